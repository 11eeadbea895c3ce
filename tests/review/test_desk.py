"""What waits for a person, and for whom a decision counts."""

from __future__ import annotations

from pathlib import Path

from stages.reports.results_sample import RESULTS

from grader.records.base import Text
from grader.review.desk import Desk, Spot
from grader.stages.reports import write_results

ASKED = Text(en="which file counts?", ko="어느 파일로 채점할까요?")


def test_a_question_with_points_waits_too_and_is_decided_for_its_student_alone(tmp_path: Path) -> None:
    third, sixth = RESULTS.submissions[2], RESULTS.submissions[5]  # both without the sigmoid in ca
    asked = third.exercises["ca"].model_copy(update={"question": ASKED})
    third = third.model_copy(update={"exercises": {**third.exercises, "ca": asked}})
    rows = (*RESULTS.submissions[:2], third, *RESULTS.submissions[3:])
    write_results(RESULTS.model_copy(update={"submissions": rows}), tmp_path / "results.json")
    desk, spot = Desk(tmp_path), Spot(2, "ca")
    results = desk.results()
    assert third.exercises["ca"].fingerprint == sixth.exercises["ca"].fingerprint
    assert spot in desk.waiting(results)
    assert [member.student for member in desk.group(results, spot)] == [2]
    assert len(desk.group(results, Spot(2, "ca", "function"))) == 2
    desk.decide(desk.version(), spot, 82.5, "the later file", "Kim", everybody=True)
    assert spot not in desk.waiting(desk.results())
