"""Rubric → points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from grader.records.assignment import Assignment
from grader.records.base import Text
from grader.records.findings import CHECKS, CheckName, Verdict
from grader.records.judgement import Judgement
from grader.records.repair import Repair
from grader.records.results import ExerciseResult, Finding

TRAINED: tuple[CheckName, ...] = ("learning", "accuracy")


def checks_of(profile: str) -> tuple[CheckName, ...]:
    """The checks that a profile makes: `static` does not train."""
    return tuple(check for check in CHECKS if profile != "static" or check not in TRAINED)


def max_points(exercise: Assignment, profile: str) -> float:
    """What a correct submission gets."""
    return float(sum(exercise.rubric[check] for check in checks_of(profile)))


def findings(verdicts: Iterable[Verdict], exercise: Assignment, profile: str) -> tuple[Finding, ...]:
    """Points for every check of the profile; a check without a verdict was blocked by an earlier one."""
    by_check = {verdict.check: verdict for verdict in verdicts}
    return tuple(
        _finding(by_check.get(check) or _blocked(check), exercise.rubric[check])
        for check in checks_of(profile)
    )


def _finding(verdict: Verdict, worth: float) -> Finding:
    points = None if verdict.outcome == "grader_error" else round(worth * verdict.share, 1)
    if verdict.outcome == "failed" and points == worth and worth:
        points = round(worth - 0.1, 1)  # rounding must not make a failed check a full one
    return Finding(
        check=verdict.check, outcome=verdict.outcome, points=points, max_points=worth, code=verdict.code,
        message=verdict.message, hint=verdict.hint, place=verdict.place, layers=verdict.layers,
        details=verdict.details,
    )  # fmt: skip


def _blocked(check: CheckName) -> Verdict:
    return Verdict(
        check=check, outcome="blocked", share=0.0, code="blocked",
        message=Text(
            en="Could not be checked, since an earlier check failed.", ko="앞의 검사에서 막혀서 확인하지 못했어요."
        ),
    )  # fmt: skip


def earned(judgement: Judgement, exercise: Assignment) -> float:
    """What a judgement is worth, in percent, if whatever can be trained will also learn."""
    shares: dict[CheckName, float] = {verdict.check: verdict.share for verdict in judgement.verdicts}
    if judgement.graph is not None:
        shares |= dict.fromkeys(TRAINED, 1.0)
    points = sum(exercise.rubric[check] * share for check, share in shares.items())
    return 100 * points / sum(exercise.rubric.values()) - sum(repair.price for repair in judgement.repairs)


def charged(result: ExerciseResult, repairs: Sequence[Repair]) -> ExerciseResult:
    """The result less the prices of what was mended, which are given in percent and told in points."""
    in_points = tuple(
        repair.model_copy(update={"price": round(repair.price * result.max_points / 100, 1)})
        for repair in repairs
    )
    points = result.points
    if points is not None:
        points = max(0.0, round(points - sum(repair.price for repair in in_points), 1))
    return result.model_copy(update={"points": points, "repairs": in_points})


def graded(found: tuple[Finding, ...], exercise: Assignment, profile: str) -> ExerciseResult:
    """An exercise's result; one that a check of ours could not judge waits for a person."""
    unsure = next((finding for finding in found if finding.outcome == "grader_error"), None)
    total = None if unsure else round(sum(finding.points or 0.0 for finding in found), 1)
    return ExerciseResult(
        status="needs_review" if unsure else "graded",
        points=total,
        max_points=max_points(exercise, profile),
        reason=unsure.message if unsure else None,
        findings=found,
    )
