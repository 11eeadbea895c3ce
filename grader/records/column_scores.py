"""What a student has in a column of the LMS: points of several exercises, added up and scaled."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from grader.records.gradebook import Column
from grader.records.results import SubmissionResult


@dataclass(frozen=True)
class ColumnScore:
    """One student in one column."""

    score: Decimal | None
    """None while an exercise waits for a person, or where nothing was handed in for the column."""
    waiting: tuple[str, ...] = ()
    """The exercises that a person has to look at first."""
    points: Decimal = Decimal(0)
    """Of all its exercises together, as far as they are known."""
    whole: Decimal = Decimal(0)
    """What these exercises give at most."""
    late_percent: float = 0.0
    """Of the column's maximum, which the score is less by."""
    unmeasured: bool = False
    """Late, and nothing says by how much: a person has to."""


def column_score(student: SubmissionResult, column: Column, decimals: int) -> ColumnScore:
    """The student's score in a column all of whose exercises are in the results."""
    counted = [student.exercises[name] for name in column.exercises]
    waiting = tuple(n for n in column.exercises if student.exercises[n].status == "needs_review")
    points = sum((Decimal(str(result.points or 0)) for result in counted), Decimal(0))
    whole = sum((Decimal(str(result.max_points)) for result in counted), Decimal(0))
    percent = student.lateness.percent if student.lateness else 0.0
    if all(result.status == "missing" for result in counted):
        return ColumnScore(None, waiting, points, whole)
    if waiting or percent is None:
        return ColumnScore(None, waiting, points, whole, unmeasured=percent is None)
    of_column = Decimal(str(column.points))
    score = points * of_column / whole - Decimal(str(percent)) * of_column / 100
    return ColumnScore(rounded(max(score, Decimal(0)), decimals), (), points, whole, percent)


def rounded(number: Decimal, decimals: int) -> Decimal:
    """A half goes up, as people expect of grades."""
    return number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def written(score: Decimal) -> str:
    """Plain digits with a point: "87.5", never "8.75E+1" or a comma."""
    text = f"{score:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
