"""Lateness by the course's deadline and by what the LMS says."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from export_orders import RUN, result, student

from grader.records.column_scores import column_score
from grader.records.deadline import Deadline
from grader.records.gradebook import Column
from grader.records.results import Results, SubmissionResult
from grader.stages.scoring.lateness import with_lateness

DUE = {"at": "2026-11-27 23:59", "zone": "Asia/Seoul", "percent": 10, "at_most": 50}


def deadline(**more: object) -> Deadline:
    return Deadline.model_validate({**DUE, **more})


def judged(rule: Deadline | None, *, number: str = "1", **more: object) -> SubmissionResult:
    row = student(number, "홍길동", result(80), result(66), files=("a.py",), **more)
    return with_lateness(Results(run=RUN, submissions=(row,)), rule).submissions[0]


@pytest.mark.parametrize(
    ("submitted", "more", "late", "percent"),
    [
        ("2026-11-27 23:59", {}, False, 0),
        ("2026-11-28 00:00", {}, True, 10),
        ("2026-11-28 23:59", {}, True, 10),
        ("2026-11-29 00:00", {}, True, 20),
        ("2026-12-20 00:00", {}, True, 50),
        ("2026-11-28 02:00", {"per": "hour"}, True, 30),
        ("2026-11-28 00:09", {"grace_minutes": 10}, False, 0),
        ("2026-11-28 00:10", {"grace_minutes": 10}, True, 10),
        ("2026-11-30 23:59", {"extensions": {"1": "2026-11-30 23:59"}}, False, 0),
        ("2026-11-30 23:59", {"extensions": {"2": "2026-11-30 23:59"}}, True, 30),
        ("2026-11-28 12:00", {"submitted": {"1": "2026-11-27 22:00"}}, False, 0),
        ("2026-11-28 12:00", {"percent": 0}, True, 0),
    ],
)
def test_a_time_is_held_against_the_students_own_deadline(
    submitted: str, more: dict[str, object], late: bool, percent: float
) -> None:
    row = judged(deadline(**more), submitted=datetime.fromisoformat(submitted))
    assert row.late is late and row.lateness is not None and row.lateness.percent == percent


def test_a_time_of_another_zone_is_the_same_moment() -> None:
    row = judged(deadline(), submitted=datetime(2026, 11, 27, 14, 59, tzinfo=UTC))  # 23:59 in Seoul
    assert not row.late and row.lateness is not None
    assert row.lateness.submitted is not None and f"{row.lateness.submitted:%H:%M %z}" == "23:59 +0900"


@pytest.mark.parametrize(
    ("more", "percent"),
    [
        ({}, None),
        ({"percent": 20, "at_most": 20}, 20),
        ({"percent": 20, "at_most": 20, "grace_minutes": 5}, None),
        ({"percent": 20, "at_most": 20, "extensions": {"1": "2026-11-30 23:59"}}, None),
        ({"percent": 0}, 0),
        ({"submitted": {"1": "2026-11-28 10:00"}}, 10),
    ],
)
def test_a_mark_without_a_time_is_priced_only_where_all_lateness_costs_the_same(
    more: dict[str, object], percent: float | None
) -> None:
    row = judged(deadline(**more), late=True)
    assert row.late and row.lateness is not None and row.lateness.percent == percent


def test_who_has_neither_time_nor_mark_is_in_time_and_who_is_absent_has_no_lateness() -> None:
    row = judged(deadline())
    assert not row.late and row.lateness is not None and row.lateness.submitted is None
    absent = student("1", "", result(0, "missing"), result(0, "missing"))
    assert with_lateness(Results(run=RUN, submissions=(absent,)), deadline()).submissions[0].lateness is None


def test_another_deadline_replaces_the_first_and_none_leaves_the_lmss_word() -> None:
    marked = judged(deadline(), late=True, submitted=datetime(2026, 11, 27, 12))
    assert not marked.late and marked.marked_late
    results = Results(run=RUN, submissions=(marked,))
    assert with_lateness(results, deadline(at="2026-11-26 23:59")).submissions[0].late
    without = with_lateness(results, None)
    assert (
        without.submissions[0].late
        and without.submissions[0].lateness is None
        and without.run.deadline is None
    )


def test_a_column_is_less_by_percent_of_its_maximum_and_findings_stay() -> None:
    column = Column(title="Lab", exercises=("skip", "dense"), points=100)
    row = judged(deadline(), submitted=datetime(2026, 11, 29, 12))
    found = column_score(row, column, 2)
    assert (str(found.score), found.late_percent) == ("71.25", 20)  # 146 of 160 is 91.25
    assert row.exercises["skip"].points == 80
    assert column_score(judged(deadline(at_most=100), submitted=datetime(2027, 1, 1)), column, 2).score == 0
    unmeasured = column_score(judged(deadline(), late=True), column, 2)
    assert unmeasured.score is None and unmeasured.unmeasured
