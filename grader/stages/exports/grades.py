"""What there is to export: the grades of one column, out of `results.json` alone.

    order = Order(run, results, column, decimals, language, …)
    for grade in grades(order): …     # grade.score, or grade.held says why there is none to send

An exporter turns grades into `Change`s (see `plan.py`), writes or posts those that are "set" unless
`order.dry_run`, and notes each in the `Journal` of its target.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from grader.errors import UserError
from grader.records.base import Text
from grader.records.column_scores import column_score
from grader.records.gradebook import Column, CourseFile
from grader.records.results import Results, SubmissionResult


@dataclass(frozen=True)
class Order:
    """One export, as it was asked for."""

    run: Path
    """The folder that `grader run` wrote."""
    results: Results
    course: CourseFile
    column: Column
    language: str
    """ "ko" or "en"."""
    source: Path | None = None
    """The TA's own gradebook or worksheet, for exporters that fill one."""
    out: Path | None = None
    pages: Mapping[str, bytes] = field(default_factory=dict)
    """Each student's page, by student number."""
    place: str = "course.yaml"
    """File and line of the column, for sentences: "course.yaml:4"."""
    project: Path | None = None
    """The grader's own folder, for what has to carry it along."""
    dry_run: bool = False
    key: Path | None = None
    """Private key of the LTI tool."""
    told: Callable[[int, int], None] = lambda done, total: None
    """Called as scores are posted: how many of how many are seen to."""


@dataclass(frozen=True)
class Grade:
    """One student's score in the column, or why there is none."""

    student: SubmissionResult
    score: Decimal | None
    held: Text | None = None
    """Why nothing is sent; None where `score` is to be sent."""
    missing: bool = False
    """Held because nothing was handed in: nobody needs to do anything."""

    @property
    def comment(self) -> str:
        """A short line for the LMS: exercise by exercise."""
        return " · ".join(
            f"{name} {result.points:g}/{result.max_points:g}"
            for name, result in self.student.exercises.items()
            if result.points is not None and result.status == "graded"
        )


UNMATCHED = Text(en="not in the class list", ko="명단에 없는 제출물이에요")
NOTHING = Text(en="nothing handed in", ko="제출하지 않았어요")


def grades(order: Order) -> tuple[Grade, ...]:
    """Every student's grade in the order's column, sorted by student number.

    Raises:
        UserError: the column counts an exercise that was not graded in this run.
    """
    for name in order.column.exercises:
        if name not in order.results.run.exercises:
            graded = ", ".join(order.results.run.exercises)
            raise UserError(
                f"course.yaml: the column “{order.column.title}” counts {name}, which {order.run} did not grade "
                f"(it has {graded}); grade it too, or take it out of the column"
            )
    return tuple(
        _grade(student, order.column, order.course.decimals)
        for student in sorted(order.results.submissions, key=lambda s: (s.student_id, s.student_name))
    )


def _grade(student: SubmissionResult, column: Column, decimals: int) -> Grade:
    if student.unmatched:
        return Grade(student, None, UNMATCHED)
    found = column_score(student, column, decimals)
    if found.waiting:
        names = ", ".join(found.waiting)
        held = Text(en=f"needs a person: {names}", ko=f"조교 확인이 필요해요: {names}")
        return Grade(student, None, held)
    if found.score is None:
        return Grade(student, None, NOTHING, missing=True)
    return Grade(student, found.score)


def plain_number(number: str) -> str:
    """A student number as it compares: spreadsheets drop leading zeros."""
    return number.strip().strip("'\"=").lstrip("0").casefold()


def by_number(found: Iterable[Grade]) -> dict[str, Grade]:
    """Grades by student number; numbers that two students share lead to nobody."""
    listed: dict[str, Grade] = {}
    twice = set()
    for grade in found:
        key = plain_number(grade.student.student_id)
        if key in listed:
            twice.add(key)
        listed[key] = grade
    return {key: grade for key, grade in listed.items() if key and key not in twice}
