"""Writing decisions into a file that people write into by hand, too."""

from __future__ import annotations

from pathlib import Path

import pytest
from stages.reports.results_sample import RESULTS

from grader.errors import UserError
from grader.records.results import Results, SubmissionResult
from grader.stages.scoring.deciding import Decision, FileChanged, Note, decide, version_of
from grader.stages.scoring.overrides import read_overrides, with_overrides

FUNCTION = Decision(
    student_id="20231003", exercise="skip", check="function", points=30, reason="자료가 모호함", by="김조교"
)


def student(results: Results, number: str) -> SubmissionResult:
    return next(one for one in results.submissions if one.student_id == number)


def graded(folder: Path) -> Results:
    return with_overrides(RESULTS, read_overrides(folder))


def test_a_check_gets_a_persons_points_and_the_exercise_their_sum(tmp_path: Path) -> None:
    decide(tmp_path, RESULTS, version_of(tmp_path), [FUNCTION])
    found = student(graded(tmp_path), "20231003").exercises["skip"]
    before = student(RESULTS, "20231003").exercises["skip"]
    assert found.points == before.points + 10  # type: ignore[operator]
    function = next(finding for finding in found.findings if finding.check == "function")
    assert function.override is not None and (function.points, function.override.points) == (30, 20)
    assert (function.override.reason, function.override.by) == ("자료가 모호함", "김조교")


def test_an_exercise_waits_until_every_check_that_waited_is_decided(tmp_path: Path) -> None:
    learning = Decision(student_id="20231004", exercise="ca", check="learning", points=10, reason="fine")
    version = decide(tmp_path, RESULTS, version_of(tmp_path), [learning])
    assert student(graded(tmp_path), "20231004").exercises["ca"].status == "needs_review"
    decide(tmp_path, RESULTS, version, [learning.model_copy(update={"check": "accuracy", "points": 5})])
    found = student(graded(tmp_path), "20231004").exercises["ca"]
    assert (found.status, found.points) == ("graded", 95)


def test_what_is_taken_back_leaves_the_graders_points_and_no_trace(tmp_path: Path) -> None:
    version = decide(tmp_path, RESULTS, version_of(tmp_path), [FUNCTION])
    decide(tmp_path, graded(tmp_path), version, [FUNCTION.model_copy(update={"points": None})])
    assert (tmp_path / "overrides.yaml").read_text() == ""
    assert graded(tmp_path) == RESULTS


def test_what_people_wrote_by_hand_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "overrides.yaml"
    file.write_text(
        "# appeals of Monday\n20231001:\n  base: {points: 92, reason: '메일 참고'} # by Kim\n", "utf-8"
    )
    decide(tmp_path, RESULTS, version_of(tmp_path), [FUNCTION])
    text = file.read_text("utf-8")
    assert text.startswith(
        "# appeals of Monday\n20231001:\n  base: {points: 92, reason: '메일 참고'} # by Kim\n"
    )
    own = Decision(student_id="20231001", exercise="skip", points=50, reason="x")
    decide(tmp_path, RESULTS, version_of(tmp_path), [own])
    assert set(read_overrides(tmp_path).given["20231001"]) == {"base", "skip"}  # type: ignore[union-attr]


def test_the_second_of_two_people_is_told_and_changes_nothing(tmp_path: Path) -> None:
    seen = version_of(tmp_path)
    decide(tmp_path, RESULTS, seen, [FUNCTION])
    text = (tmp_path / "overrides.yaml").read_text()
    with pytest.raises(FileChanged, match="somebody else"):
        decide(tmp_path, RESULTS, seen, [FUNCTION.model_copy(update={"points": 0})])
    assert (tmp_path / "overrides.yaml").read_text() == text


def test_a_decision_that_does_not_fit_changes_nothing(tmp_path: Path) -> None:
    version = decide(tmp_path, RESULTS, version_of(tmp_path), [FUNCTION])
    text = (tmp_path / "overrides.yaml").read_text()
    too_many = FUNCTION.model_copy(update={"points": 36})
    with pytest.raises(UserError, match="36 points are more than function has"):
        decide(tmp_path, RESULTS, version, [FUNCTION.model_copy(update={"exercise": "ca"}), too_many])
    assert (tmp_path / "overrides.yaml").read_text() == text


def test_a_number_with_zeros_in_front_is_found_though_nobody_quoted_it(tmp_path: Path) -> None:
    row = student(RESULTS, "20231001").model_copy(update={"student_id": "00731007"})
    results = RESULTS.model_copy(update={"submissions": (row,)})
    (tmp_path / "overrides.yaml").write_text("00731007:\n  skip: {points: 1, reason: x}\n")
    again = Decision(student_id="00731007", exercise="skip", points=2, reason="y")
    decide(tmp_path, results, version_of(tmp_path), [again])
    found = with_overrides(results, read_overrides(tmp_path)).submissions[0].exercises["skip"]
    assert found.points == 2


def test_a_note_of_course_staff_stands_beside_decisions_and_in_no_result(tmp_path: Path) -> None:
    note = Note(student_id="20231003", exercise="skip", text="came to the office hour")
    version = decide(tmp_path, RESULTS, version_of(tmp_path), [note])
    assert graded(tmp_path) == RESULTS
    version = decide(tmp_path, RESULTS, version, [FUNCTION])
    assert "office hour" not in graded(tmp_path).model_dump_json()
    version = decide(tmp_path, RESULTS, version, [FUNCTION.model_copy(update={"points": None})])
    text = (tmp_path / "overrides.yaml").read_text()
    assert text == '"20231003":\n  skip:\n    private: came to the office hour\n'
    decide(tmp_path, RESULTS, version, [note.model_copy(update={"text": ""})])
    assert (tmp_path / "overrides.yaml").read_text() == ""
