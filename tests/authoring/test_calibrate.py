import datetime
import json
import math
from pathlib import Path

import pytest
from stages.training.plain_networks import QUICK, small_network

from grader.authoring.calibrate import calibrate_course, machine, store, summarize
from grader.course.exercises import read_calibrations
from grader.errors import AssignmentError, CalibrationError, DataError, TrainingFault
from grader.records.assignment import Assignment, Recipe
from grader.records.base import Text
from grader.records.findings import CHECKS
from grader.records.training import TrainingRecord

DAY = datetime.date(2025, 6, 1)
SMALL = QUICK.model_copy(update={"steps": 300, "learning_rate": 0.005, "test_images": 500})


def assignment(name: str = "small", recipe: Recipe = SMALL) -> Assignment:
    return Assignment(
        name=name,
        title=Text(en="Small", ko="작은 네트워크"),
        classes=("Small",),
        rubric=dict.fromkeys(CHECKS, 1.0),
        recipes={"quick": recipe},
    )


def measured(accuracy: float, loss: float, diverged: bool = False) -> TrainingRecord:
    return TrainingRecord(
        losses=(2.3, loss),
        final_loss=loss,
        accuracy=accuracy,
        test_images=500,
        steps=200,
        seconds=2.0,
        diverged=diverged,
    )


def records(accuracy: float = 0.4, loss: float = 1.6, step: float = 0.002) -> list[TrainingRecord]:
    return [measured(accuracy + k * step, loss + k * step) for k in (-4, -2, -1, -0.5, 0, 0, 0.5, 1, 2, 4)]


def summary(found: list[TrainingRecord]):
    return summarize("skip", "quick", SMALL, "cifar10", range(len(found)), found, DAY)


def test_a_course_is_calibrated_and_stored(tmp_path: Path):
    seen: list[tuple[str, int, int]] = []
    made = calibrate_course(
        [assignment("one"), assignment("two")],
        "quick",
        "synthetic",
        range(6),
        small_network,
        tmp_path,
        progress=lambda name, seed, record: seen.append((name, seed, record.steps)),
        today=DAY,
    )
    assert seen == [(name, seed, 300) for name in ("one", "two") for seed in range(6)]
    (stored,) = read_calibrations(tmp_path / "one" / "calibration.json")
    assert stored == made["one"]
    assert (stored.profile, stored.data, stored.recipe, stored.made_on) == (
        "quick",
        "synthetic-1",
        SMALL,
        "2025-06-01",
    )
    assert stored.seeds == (0, 1, 2, 3, 4, 5) and stored.accuracy.n == stored.loss.n == 6
    assert 0.15 < stored.accuracy.threshold < stored.accuracy.worst <= stored.accuracy.mean
    assert stored.loss.mean <= stored.loss.worst < stored.loss.threshold < math.log(10)
    assert stored.versions.keys() == {"python", "torch", "grader"} and stored.machine == machine()


@pytest.mark.slow
def test_worker_processes_measure_the_same_as_one_process(tmp_path: Path):
    def figures(jobs: int):
        made = calibrate_course(
            [assignment()], "quick", "synthetic", range(10), small_network, tmp_path, jobs=jobs, today=DAY
        )
        return made["small"].model_copy(update={"seconds_per_run": 0.0})

    assert figures(jobs=2) == figures(jobs=1)


def test_the_assumption_and_its_check_are_stored():
    stated = summary(records()).assumption
    assert stated.startswith(
        "normal over seeds; each threshold is a one-sided prediction bound, mean and 4.51 spreads"
    )
    assert stated.endswith("Borne out.")
    outlier = [*records()[:-1], measured(0.36, 1.608)]
    assert "Not borne out for accuracy:" in summary(outlier).assumption


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        (records(accuracy=0.18, step=0.01), "the accuracy threshold would be"),
        (records(loss=2.18, step=0.01), "the loss threshold would be"),
    ],
)
def test_a_recipe_that_does_not_separate_correct_from_blind_is_refused(found, problem: str):
    with pytest.raises(CalibrationError, match=problem) as caught:
        summary(found)
    assert str(caught.value).startswith(
        "the quick recipe of skip does not tell correct networks from blind ones on cifar10"
    )
    assert str(caught.value).endswith("give the recipe more steps")


def test_too_few_seeds_are_refused():
    with pytest.raises(CalibrationError, match="4 seeds are too few for a threshold; use --seeds 10 or more"):
        summary(records()[:4])


def test_a_reference_that_diverges_is_our_fault():
    with pytest.raises(TrainingFault, match="skip diverged under the quick recipe with seed 10"):
        summary([*records(), measured(0, math.inf, diverged=True)])


def test_an_unusable_data_set_is_said_before_anything_is_trained(tmp_path: Path):
    with pytest.raises(DataError, match="no such folder"):
        calibrate_course([assignment()], "quick", str(tmp_path / "no"), range(6), small_network, tmp_path)


def test_an_entry_is_replaced_by_profile_and_data(tmp_path: Path):
    path = tmp_path / "skip" / "calibration.json"
    first = summary(records())
    other = first.model_copy(update={"data": "synthetic-1"})
    better = first.model_copy(update={"made_on": "2025-07-01"})
    for calibration in (first, other, better):
        store(path, calibration)
    assert read_calibrations(path) == (better, other)
    assert [entry["data"] for entry in json.loads(path.read_text())] == ["cifar10", "synthetic-1"]


def test_no_file_means_no_thresholds(tmp_path: Path):
    assert read_calibrations(tmp_path / "calibration.json") == ()


def test_a_broken_file_is_one_sentence(tmp_path: Path):
    path = tmp_path / "calibration.json"
    path.write_text('[{"profile": "quick"}]')
    with pytest.raises(AssignmentError) as caught:
        read_calibrations(path)
    assert str(caught.value) == f"{path}: 0.data: Field required; delete it and run grader calibrate"
