"""A person's points in place of the grader's."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.errors import UserError
from grader.records.base import Text
from grader.records.results import ExerciseInfo, ExerciseResult, Results, RunInfo, SubmissionResult
from grader.stages.scoring.overrides import read_overrides, with_overrides

INFO = ExerciseInfo(title=Text(en="x", ko="x"), max_points=100)
RUN = RunInfo(
    profile="quick", data="synthetic", device="cpu", trainings=0, seconds=1, grader_version="0", torch_version="2",
    isolation="landlock", exercises={"skip": INFO, "ca": INFO},
)  # fmt: skip
RESULTS = Results(
    run=RUN,
    submissions=(
        SubmissionResult(
            student_id="00731007", student_name="박서준", files=(), late=False,
            exercises={
                "skip": ExerciseResult(status="graded", points=60, max_points=100),
                "ca": ExerciseResult(status="needs_review", points=None, max_points=100),
            },
        ),
    ),
)  # fmt: skip


def overridden(folder: Path, text: str, results: Results = RESULTS) -> Results:
    (folder / "overrides.yaml").write_text(text, encoding="utf-8")
    return with_overrides(results, read_overrides(folder), folder)


def test_points_are_replaced_and_the_graders_own_are_kept(tmp_path: Path) -> None:
    text = "00731007:\n  skip: {points: 92.5, reason: 이의 신청}\n  ca: {points: 0, reason: 'copied: see mail'}\n"
    found = overridden(tmp_path, text).submissions[0].exercises
    assert (found["skip"].points, found["skip"].status) == (92.5, "graded")
    assert found["skip"].override is not None
    assert (found["skip"].override.points, found["skip"].override.reason) == (60, "이의 신청")
    assert (found["ca"].points, found["ca"].status) == (0, "graded")
    assert found["ca"].override is not None and found["ca"].override.status == "needs_review"


def test_an_override_that_is_taken_back_leaves_no_trace(tmp_path: Path) -> None:
    given = overridden(tmp_path, '"00731007": {skip: {points: 92, reason: why}}')
    assert given != RESULTS
    assert overridden(tmp_path, "", given) == RESULTS
    assert overridden(tmp_path, '"00731007": {skip: {points: 92, reason: why}}', given) == given


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('"00731007": {skip: {points: 92}}', "overrides.yaml:1: 00731007 → skip → reason"),
        ('"00731007":\n  skip: {points: many, reason: x}', "overrides.yaml:2: 00731007 → skip → points"),
        ('"00731007": {skip: {points: 101, reason: x}}', "101 points are more than the exercise has (100)"),
        ('"00731007": {skipp: {points: 1, reason: x}}', "has no exercise skipp; name one of skip, ca"),
        ('"731007": {skip: {points: 1, reason: x}}', "there is no student 731007"),
        ("a: [", "this is not YAML"),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(UserError, match=r"overrides\.yaml") as caught:
        overridden(tmp_path, text)
    assert sentence in str(caught.value)
