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
    return with_overrides(results, read_overrides(folder))


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
        ('"00731007": {skip: {points: 92}}', ":1: 00731007.skip: reason is missing; add it"),
        (
            '"00731007":\n  skip: {points: many, reason: x}',
            ':2: 00731007.skip.points must be a number, not "many"',
        ),
        ('"00731007":\n  skip: 92', ":2: 00731007.skip must be a mapping, not 92; write indented lines"),
        (
            '"00731007": {skip: {point: 92, reason: x}}',
            ":1: unknown key 00731007.skip.point; did you mean points?",
        ),
        ('"00731007": {skip: {points: -1, reason: x}}', ":1: 00731007.skip.points must be 0 or more, not -1"),
        ('"00731007": {skip: {points: 1, reason: ""}}', ":1: 00731007.skip.reason is empty; fill it in"),
        ('"00731007":\n  skip: {points: 101, reason: x}', ":2: 101 points are more than skip has (100)"),
        ('"00731007": {skipp: {points: 1, reason: x}}', ":1: there is no exercise skipp; did you mean skip?"),
        ('"00731007": {zzz: {points: 1, reason: x}}', ":1: there is no exercise zzz; name one of skip, ca"),
        (
            '\n"731007": {skip: {points: 1, reason: x}}',
            ":2: there is no student 731007 in this run; mend the number",
        ),
        ('"731007": {skip: {points: 1, reason: x}}', "belongs to another class or assignment"),
        ("a: [", "this is not YAML"),
        ("skip\n", "the file must be a mapping"),
        (
            '"00731007": {skip: {points: 1, reason: x}}\n\n00731007: {ca: {points: 1, reason: x}}',
            ":3: 00731007 stands here again (first in line 1); delete one",
        ),
        (
            '"00731007":\n  skip: {points: 1, reason: x}\n  skip: {points: 2, reason: x}',
            ":3: 00731007.skip stands here again (first in line 2); delete one",
        ),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(UserError, match=r"overrides\.yaml") as caught:
        overridden(tmp_path, text)
    assert sentence in str(caught.value)


def test_a_file_in_another_encoding_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "overrides.yaml").write_bytes('"1":\n  skip: {points: 1, reason: 이의}'.encode("cp949"))
    with pytest.raises(UserError, match=r"overrides\.yaml:2: this is not UTF-8 text; save the file as UTF-8"):
        read_overrides(tmp_path)


def test_a_reason_may_be_a_date_or_a_number_and_points_may_stand_in_quotes(tmp_path: Path) -> None:
    text = '"00731007": {skip: {points: "92", reason: 2026-11-20}, ca: {points: 1, reason: 7}}'
    found = overridden(tmp_path, text).submissions[0].exercises
    assert found["skip"].points == 92 and found["skip"].override is not None
    assert found["skip"].override.reason == "2026-11-20" and found["ca"].points == 1
