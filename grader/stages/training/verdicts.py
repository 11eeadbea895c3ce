"""From what a training run measured to what the student reads: `learning` and `accuracy`."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Literal

from grader.errors import CalibrationError
from grader.records.assignment import Calibration, Recipe
from grader.records.base import Text
from grader.records.findings import Verdict
from grader.records.training import CLASSES, TrainingRecord

BLIND_LOSS = math.log(CLASSES)
"""On a balanced batch no output that ignores the image has a lower mean cross entropy: 2.303."""

BLIND_MARGIN = 0.1
"""Nats below that which a network that learned nothing from the images does not reach: no dead, frozen
or blind network came lower than 0.01 below it (benchmarks/separation.py)."""

CHANCE = 1 / CLASSES

PARTIAL_CAP = 0.8
"""Most that an accuracy below the threshold can earn."""


def calibration_for(
    exercise: str, known: Iterable[Calibration], profile: str, recipe: Recipe, data: str, source: str
) -> Calibration:
    """The thresholds for this recipe on the data set called `data` (`--data source`).

    Raises CalibrationError, with the command that makes them, where there are none.
    """
    made = f"make thresholds with: grader calibrate --exercise {exercise} --profile {profile} --data {source}"
    for calibration in known:
        if (calibration.profile, calibration.data) == (profile, data):
            if calibration.recipe == recipe:
                return calibration
            raise CalibrationError(
                f"the {profile} recipe of {exercise} was changed after it was calibrated on {data}; {made}"
            )
    raise CalibrationError(f"{exercise} has no thresholds for the {profile} recipe on {data}; {made}")


def judge_learning(record: TrainingRecord, calibration: Calibration | None, is_reference: bool) -> Verdict:
    """The network learns from the images: its loss falls below what guessing can reach.

    `is_reference`: the network computes the reference's function, so that a miss is ours. Without a
    calibration, a loss that guessing reaches fails, and the reference's function passes with any other;
    for what lies between there is nobody to say whether it is low enough.
    """
    if record.diverged:
        return _diverged("learning", record, is_reference)
    limit = calibration.loss.threshold if calibration else BLIND_LOSS - BLIND_MARGIN
    first, last = record.losses[0], record.final_loss
    figures = Text(
        en=f"In {record.steps} training steps the loss went from {first:.2f} to {last:.2f}. A network "
        f"that never looks at the image cannot get below {BLIND_LOSS:.2f}; needed: {limit:.2f} or less.",
        ko=f"{record.steps}번 학습하는 동안 손실이 이렇게 변했어요: {first:.2f} → {last:.2f}. "
        f"이미지를 전혀 보지 않는 네트워크는 {BLIND_LOSS:.2f} 아래로 내려갈 수 없고, "
        f"통과 기준은 {limit:.2f} 이하예요.",
    )
    details = _course(record)
    if last <= limit:
        if calibration is None and not is_reference:
            return _no_threshold("learning", figures)
        return Verdict(
            check="learning", outcome="passed", share=1, code="passed", message=figures, details=details
        )
    if is_reference:
        return _our_fault("learning", figures)
    return Verdict(
        check="learning",
        outcome="failed",
        share=0,
        code="does-not-learn",
        message=figures,
        details=details,
        hint=Text(
            en="Can the outputs change when the image changes, and does every layer between them get a "
            "gradient? Look at the function and gradients checks above first.",
            ko="이미지가 바뀌면 출력도 바뀌나요? 그 사이의 모든 층에 gradient가 전달되나요? 위의 function과 "
            "gradients 항목을 먼저 확인해 보세요.",
        ),
    )


def judge_accuracy(record: TrainingRecord, calibration: Calibration | None, is_reference: bool) -> Verdict:
    """The trained network recognises test images about as often as a correct one does.

    `is_reference`: the network computes the reference's function, so that a miss is ours. Without a
    calibration: as for learning, with guessing's accuracy as the limit.
    """
    if record.diverged:
        return _diverged("accuracy", record, is_reference)
    if calibration is None:
        return _accuracy_above_chance(record, is_reference)
    threshold = calibration.accuracy.threshold
    percent, usual = f"{record.accuracy:.1%}", f"{calibration.accuracy.mean:.1%}"
    figures = Text(
        en=f"After {record.steps} steps it got {percent} of {record.test_images} test images right. "
        f"Guessing gives {CHANCE:.0%}, a correct network about {usual}; needed: {threshold:.1%}.",
        ko=f"{record.steps}번 학습한 뒤 테스트 이미지 {record.test_images}장 중 {percent}를 맞혔어요. 찍으면 "
        f"{CHANCE:.0%}, 올바른 네트워크는 {usual} 정도이고, 통과 기준은 {threshold:.1%}예요.",
    )
    if record.accuracy >= threshold:
        return Verdict(check="accuracy", outcome="passed", share=1, code="passed", message=figures)
    if is_reference:
        return _our_fault("accuracy", figures)
    at_chance = record.accuracy <= chance_ceiling(record.test_images)
    return Verdict(
        check="accuracy",
        outcome="failed",
        share=0 if at_chance else min(PARTIAL_CAP, (record.accuracy - CHANCE) / (threshold - CHANCE)),
        code="accuracy-at-chance" if at_chance else "accuracy-too-low",
        message=figures,
        hint=_ACCURACY_HINT,
    )


_ACCURACY_HINT = Text(
    en="What does the network compute differently from the figure in the handout? Start with the first "
    "check above that did not pass.",
    ko="네트워크가 계산하는 내용이 자료의 그림과 어디에서 다를까요? 위에서 통과하지 못한 첫 번째 "
    "항목부터 살펴보세요.",
)


def _accuracy_above_chance(record: TrainingRecord, is_reference: bool) -> Verdict:
    """What can be said of an accuracy without a threshold."""
    ceiling = chance_ceiling(record.test_images)
    figures = Text(
        en=f"After {record.steps} steps it got {record.accuracy:.1%} of {record.test_images} test images right. "
        f"Guessing gives {CHANCE:.0%}, and all but never more than {ceiling:.1%}.",
        ko=f"{record.steps}번 학습한 뒤 테스트 이미지 {record.test_images}장 중 {record.accuracy:.1%}를 맞혔어요. "
        f"찍으면 {CHANCE:.0%}이고, {ceiling:.1%}를 넘는 일은 거의 없어요.",
    )
    if record.accuracy > ceiling:
        if is_reference:
            return Verdict(check="accuracy", outcome="passed", share=1, code="passed", message=figures)
        return _no_threshold("accuracy", figures)
    if is_reference:
        return _our_fault("accuracy", figures)
    return Verdict(
        check="accuracy",
        outcome="failed",
        share=0,
        code="accuracy-at-chance",
        message=figures,
        hint=_ACCURACY_HINT,
    )


def _no_threshold(check: Literal["learning", "accuracy"], figures: Text) -> Verdict:
    """It is better than guessing, and nobody has measured how good a correct network is."""
    return Verdict(
        check=check,
        outcome="grader_error",
        share=0,
        code="no-threshold",
        message=Text(
            en=f"How well a correct network does with this training has not been measured yet. {figures.en}",
            ko=f"이 학습 방식에서 올바른 네트워크가 얼마나 잘하는지 아직 재지 않았어요. {figures.ko}",
        ),
    )


def _course(record: TrainingRecord) -> str:
    """The loss of every epoch, where the recipe has epochs; read in any language."""
    return "\n".join(f"epoch {k:2}  loss {loss:.4f}" for k, loss in enumerate(record.epoch_losses, 1))


def chance_ceiling(test_images: int) -> float:
    """Accuracy that guessing exceeds with probability below 0.0001: four standard errors above chance."""
    return CHANCE + 4 * math.sqrt(CHANCE * (1 - CHANCE) / test_images)


def _diverged(check: Literal["learning", "accuracy"], record: TrainingRecord, is_reference: bool) -> Verdict:
    message = Text(
        en=f"After {record.steps} training steps the outputs were no longer finite numbers (NaN or "
        "infinity), so nothing can be learned or measured.",
        ko=f"{record.steps}번 학습한 뒤 출력이 유한한 수가 아니게 되었어요(NaN 또는 무한대). 그래서 학습도 "
        "측정도 할 수 없었어요.",
    )
    if is_reference:
        return _our_fault(check, message)
    return Verdict(
        check=check,
        outcome="failed",
        share=0,
        code="diverged",
        message=message,
        hint=Text(
            en="Where could a number grow without bound, or a division by zero, a logarithm or a root of "
            "something that is not positive happen?",
            ko="값이 끝없이 커지는 곳이나 0으로 나누는 곳, 양수가 아닌 값에 log나 sqrt를 쓰는 곳이 있나요?",
        ),
    )


def _our_fault(check: Literal["learning", "accuracy"], figures: Text) -> Verdict:
    """A network that computes the reference's function missed: our recipe or thresholds, not the student."""
    return Verdict(
        check=check,
        outcome="grader_error",
        share=0,
        code="reference-missed-threshold",
        message=Text(
            en="The network computes exactly what was asked for, and yet its training run missed the threshold: a "
            f"fault of the grader. {figures.en}",
            ko="네트워크는 정확히 맞게 계산하는데도 학습 결과가 기준에 못 미쳤어요. 채점기 쪽 문제예요. "
            f"{figures.ko}",
        ),
    )
