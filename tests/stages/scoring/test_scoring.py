"""Rubric → points."""

from __future__ import annotations

from grader.course import default_root, read_course
from grader.records.base import Text
from grader.records.findings import CHECKS, CheckName, Outcome, Verdict
from grader.stages.scoring import findings, graded, max_points

SKIP = read_course(default_root(), ["skip"])["skip"].assignment


def verdict(check: CheckName, outcome: Outcome = "passed", share: float = 1.0) -> Verdict:
    return Verdict(check=check, outcome=outcome, share=share, code="x", message=Text(en="x", ko="x"))


def test_a_correct_submission_gets_exactly_the_maximum() -> None:
    result = graded(findings([verdict(check) for check in CHECKS], SKIP, "quick"), SKIP, "quick")
    assert (result.status, result.points, result.max_points) == ("graded", 100.0, 100.0)


def test_a_static_run_leaves_out_what_needs_training() -> None:
    result = graded(findings([verdict(check) for check in CHECKS[:5]], SKIP, "static"), SKIP, "static")
    assert (result.points, result.max_points, len(result.findings)) == (80.0, 80.0, 5)
    assert max_points(SKIP, "static") == 80.0


def test_a_check_without_a_verdict_was_blocked_and_earns_nothing() -> None:
    result = graded(findings([verdict("loads")], SKIP, "quick"), SKIP, "quick")
    assert result.points == 5.0
    assert {finding.outcome for finding in result.findings[1:]} == {"blocked"}


def test_our_own_fault_costs_nothing_and_waits_for_a_person() -> None:
    verdicts = [verdict(check) for check in CHECKS[:6]] + [verdict("accuracy", "grader_error", 0.0)]
    result = graded(findings(verdicts, SKIP, "quick"), SKIP, "quick")
    assert (result.status, result.points) == ("needs_review", None)
    assert result.findings[-1].points is None


def test_rounding_never_makes_a_failed_check_a_full_one() -> None:
    found = findings([verdict("function", "failed", 0.9999)], SKIP, "quick")
    assert next(f.points for f in found if f.check == "function") == 34.9
