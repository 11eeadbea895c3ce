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


def column_score(student: SubmissionResult, column: Column, decimals: int) -> ColumnScore:
    """The student's score in a column all of whose exercises are in the results."""
    counted = [student.exercises[name] for name in column.exercises]
    waiting = tuple(n for n in column.exercises if student.exercises[n].status == "needs_review")
    points = sum((Decimal(str(result.points or 0)) for result in counted), Decimal(0))
    whole = sum((Decimal(str(result.max_points)) for result in counted), Decimal(0))
    if waiting or all(result.status == "missing" for result in counted):
        return ColumnScore(None, waiting, points, whole)
    return ColumnScore(rounded(points * Decimal(str(column.points)) / whole, decimals), (), points, whole)


def rounded(number: Decimal, decimals: int) -> Decimal:
    """A half goes up, as people expect of grades."""
    return number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def written(score: Decimal) -> str:
    """Plain digits with a point: "87.5", never "8.75E+1" or a comma."""
    text = f"{score:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
