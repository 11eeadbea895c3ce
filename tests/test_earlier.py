"""Results that are in the folder already."""

from __future__ import annotations

from pathlib import Path

from stages.reports.results_sample import RESULTS

from grader.earlier import Earlier
from grader.records.results import Results

FIRST = RESULTS.submissions[0]
CLASS = tuple(row.model_copy(update={"batch": "first"}) for row in RESULTS.submissions)
COUNTED = RESULTS.model_copy(
    update={"run": RESULTS.run.model_copy(update={"trainings": 7}), "submissions": CLASS}
)


def merged(tmp_path: Path, new: Results) -> Results:
    """What a folder holds that held the whole class, after another run."""
    (tmp_path / "results.json").write_text(COUNTED.model_dump_json(), encoding="utf-8")
    return Earlier(tmp_path, "another").merged(new)


def test_the_same_run_again_changes_nothing(tmp_path: Path) -> None:
    assert merged(tmp_path, COUNTED) == COUNTED


def test_a_late_hand_in_joins_its_class_with_the_trainings_of_before(tmp_path: Path) -> None:
    late = FIRST.model_copy(update={"student_id": "20239999"})
    run = RESULTS.run.model_copy(update={"trainings": 1})
    together = merged(tmp_path, RESULTS.model_copy(update={"run": run, "submissions": (late,)}))

    assert {row.student_id for row in together.submissions} == {
        "20239999",
        *(row.student_id for row in RESULTS.submissions),
    }
    own = sum(r.training == "own run" for row in RESULTS.submissions for r in row.exercises.values())
    assert own and together.run.trainings == 1 + own
