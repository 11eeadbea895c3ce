import math
import subprocess
import sys

import pytest
from stages.training.plain_networks import QUICK

from grader.errors import CalibrationError
from grader.records.assignment import Calibration, Measured
from grader.records.findings import Verdict
from grader.records.training import TrainingRecord
from grader.stages.training.verdicts import calibration_for, judge_accuracy, judge_learning

CALIBRATION = Calibration(
    profile="quick",
    data="cifar10",
    recipe=QUICK,
    accuracy=Measured(n=30, mean=0.38, spread=0.015, worst=0.35, threshold=0.32),
    loss=Measured(n=30, mean=1.65, spread=0.05, worst=1.75, threshold=1.85),
    seeds=tuple(range(30)),
    miss_probability=0.001,
    assumption="normal",
    machine="a machine",
    versions={},
    seconds_per_run=9,
    made_on="2025-01-01",
)


def measured(final_loss: float = 1.6, accuracy: float = 0.4) -> TrainingRecord:
    return TrainingRecord(
        losses=(2.3012, 1.9, final_loss),
        final_loss=final_loss,
        accuracy=accuracy,
        test_images=2000,
        steps=200,
        seconds=8.0,
    )


DIVERGED = TrainingRecord(
    losses=(2.3,), final_loss=math.inf, accuracy=0, test_images=2000, steps=1, seconds=1, diverged=True
)
NEVER_FINITE = DIVERGED.model_copy(update={"losses": (), "steps": 0})


def said(verdict: Verdict) -> tuple[str, float, str]:
    return verdict.outcome, verdict.share, verdict.code


@pytest.mark.parametrize("is_reference", [True, False])
def test_a_loss_and_an_accuracy_on_the_threshold_pass(is_reference: bool):
    assert said(judge_learning(measured(1.85), CALIBRATION, is_reference)) == ("passed", 1, "passed")
    assert said(judge_accuracy(measured(accuracy=0.32), CALIBRATION, is_reference)) == ("passed", 1, "passed")


def test_the_learning_message_has_the_figures_in_both_languages():
    message = judge_learning(measured(1.21), CALIBRATION, False).message
    assert message.en == (
        "In 200 training steps the loss went from 2.30 to 1.21. A network that never looks at the image "
        "cannot get below 2.30; needed: 1.85 or less."
    )
    assert message.ko == (
        "200번 학습하는 동안 손실이 이렇게 변했어요: 2.30 → 1.21. 이미지를 전혀 보지 않는 네트워크는 2.30 "
        "아래로 내려갈 수 없고, 통과 기준은 1.85 이하예요."
    )


def test_the_accuracy_message_has_the_figures_in_both_languages():
    message = judge_accuracy(measured(accuracy=0.2915), CALIBRATION, False).message
    assert message.en == (
        "After 200 steps it got 29.1% of 2000 test images right. Guessing gives 10%, a correct network "
        "about 38.0%; needed: 32.0%."
    )
    assert message.ko == (
        "200번 학습한 뒤 테스트 이미지 2000장 중 29.1%를 맞혔어요. 찍으면 10%, 올바른 네트워크는 38.0% "
        "정도이고, 통과 기준은 32.0%예요."
    )


def test_a_network_that_does_not_learn_fails_with_a_hint():
    verdict = judge_learning(measured(2.3026), CALIBRATION, False)
    assert said(verdict) == ("failed", 0, "does-not-learn")
    assert verdict.hint is not None and "gradient" in verdict.hint.en and "gradient" in verdict.hint.ko


@pytest.mark.parametrize(
    ("accuracy", "share", "code"),
    [
        (0.08, 0, "accuracy-at-chance"),
        (0.1268, 0, "accuracy-at-chance"),
        (0.21, 0.5, "accuracy-too-low"),
        (0.30, 0.8, "accuracy-too-low"),
        (0.3199, 0.8, "accuracy-too-low"),
    ],
)
def test_an_accuracy_below_the_threshold_earns_its_way_from_chance_up_to_a_cap(accuracy, share, code):
    verdict = judge_accuracy(measured(accuracy=accuracy), CALIBRATION, False)
    assert verdict.outcome == "failed"
    assert verdict.share == pytest.approx(share)
    assert verdict.code == code


@pytest.mark.parametrize(
    "record", [measured(2.1, 0.2), DIVERGED, NEVER_FINITE], ids=["low", "NaN", "NaN at once"]
)
@pytest.mark.parametrize("judge", [judge_learning, judge_accuracy])
def test_a_miss_of_the_reference_itself_is_our_fault(judge, record: TrainingRecord):
    verdict = judge(record, CALIBRATION, True)
    assert said(verdict) == ("grader_error", 0, "reference-missed-threshold")
    assert "a fault of the grader" in verdict.message.en and "채점기 쪽 문제" in verdict.message.ko


@pytest.mark.parametrize("record", [DIVERGED, NEVER_FINITE])
@pytest.mark.parametrize("judge", [judge_learning, judge_accuracy])
def test_divergence_has_a_code_and_a_text_of_its_own(judge, record: TrainingRecord):
    verdict = judge(record, CALIBRATION, False)
    assert said(verdict) == ("failed", 0, "diverged")
    assert f"After {record.steps} training steps" in verdict.message.en and "NaN" in verdict.message.ko
    assert verdict.hint is not None


def test_thresholds_are_found_by_profile_and_data():
    other = CALIBRATION.model_copy(update={"data": "synthetic-1"})
    assert calibration_for("skip", [other, CALIBRATION], "quick", QUICK, "cifar10", "cifar10") is CALIBRATION


def test_missing_thresholds_are_said_with_the_command_that_makes_them():
    with pytest.raises(CalibrationError) as caught:
        calibration_for("skip", [CALIBRATION], "full", QUICK, "cifar10", "data/cifar")
    assert str(caught.value) == (
        "skip has no thresholds for the full recipe on cifar10; make thresholds with: grader calibrate "
        "--exercise skip --profile full --data data/cifar"
    )


def test_a_recipe_that_changed_since_needs_new_thresholds():
    changed = QUICK.model_copy(update={"steps": 100})
    with pytest.raises(CalibrationError, match="quick recipe of skip was changed after it was calibrated"):
        calibration_for("skip", [CALIBRATION], "quick", changed, "cifar10", "cifar10")


def test_without_a_threshold_only_what_is_plain_is_judged():
    good, at_chance = measured(1.6, 0.4), measured(2.29, 0.1)
    assert said(judge_learning(good, None, True)) == ("passed", 1, "passed")
    assert said(judge_accuracy(good, None, True)) == ("passed", 1, "passed")
    assert said(judge_learning(good, None, False)) == ("grader_error", 0, "no-threshold")
    assert said(judge_accuracy(good, None, False)) == ("grader_error", 0, "no-threshold")
    assert said(judge_learning(at_chance, None, False)) == ("failed", 0, "does-not-learn")
    assert said(judge_accuracy(at_chance, None, False)) == ("failed", 0, "accuracy-at-chance")
    assert said(judge_learning(at_chance, None, True)) == ("grader_error", 0, "reference-missed-threshold")
    assert said(judge_accuracy(at_chance, None, True)) == ("grader_error", 0, "reference-missed-threshold")
    assert said(judge_learning(DIVERGED, None, False)) == ("failed", 0, "diverged")


def test_the_loss_of_every_epoch_is_shown():
    record = measured(1.6).model_copy(update={"epoch_losses": (2.3, 1.85, 1.6)})
    assert judge_learning(record, CALIBRATION, False).details == (
        "epoch  1  loss 2.3000\nepoch  2  loss 1.8500\nepoch  3  loss 1.6000"
    )


def test_judging_loads_no_torch():
    code = "import sys; from grader.stages.training import judge_learning, calibration_for; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_what_needs_torch_can_be_imported_from_the_stage_too():
    from grader.stages.training import DataSet, load, train

    assert load("synthetic").__class__ is DataSet and train.__name__ == "train"
