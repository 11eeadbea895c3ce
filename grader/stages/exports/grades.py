"""What there is to export: the grades of one column, out of `results.json` alone.

    order = Order(run, results, column, decimals, language, …)
    for grade in grades(order): …     # grade.score, or grade.held says why there is none to send

An exporter turns grades into `Change`s (see `plan.py`), writes or posts those that are "set" unless
`order.dry_run`, and notes each in the `Journal` of its target.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
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
    """Held because there is nothing to grade: nobody needs to do anything."""
    exercises: tuple[str, ...] = ()
    """Those that the column counts."""
    late: str = ""
    """What lateness costs, in words; empty where it costs nothing."""

    @property
    def comment(self) -> str:
        """A short line for the LMS, exercise by exercise: "skip 86/100 · ca –" where ca was not handed in."""
        counted = [(name, self.student.exercises[name]) for name in self.exercises]
        said = [
            f"{name} –"
            if result.points is None or result.status == "missing"
            else f"{name} {result.points:g}/{result.max_points:g}"
            for name, result in counted
        ]
        return " · ".join([*said, self.late] if self.late else said)


LATE = Text(en="late −{0:g}%", ko="늦은 제출 −{0:g}%")
OWN_COMMENT = re.compile(
    r"[\w-]+ (?:–|[\d.]+/[\d.]+)(?: · [\w-]+ (?:–|[\d.]+/[\d.]+))*(?: · (?:late|늦은 제출) −[\d.]+%)?"
)
"""A comment as `Grade.comment` writes it."""


UNMEASURED = Text(
    en="late, and nothing says by how much: write when it was handed in under run.deadline.submitted in course.yaml, "
    "and run once more",
    ko="늦은 제출인데 얼마나 늦었는지 알 수 없어요. course.yaml의 run.deadline.submitted에 제출 시각을 적고 다시 실행하세요",
)
UNMATCHED = Text(en="not in the class list", ko="명단에 없는 제출물이에요")


def grades(order: Order) -> tuple[Grade, ...]:
    """Every student's grade in the order's column, sorted by student number.

    Raises:
        UserError: the column counts an exercise that was not graded in this run.
    """
    for name in order.column.exercises:
        graded = list(order.results.run.exercises)
        if name not in graded:
            near = get_close_matches(name, graded, n=1)
            fix = f"did you mean {near[0]}?" if near else "grade it too, or take it out of the column"
            raise UserError(
                f"{order.place}: the column “{order.column.title}” counts {name}, which {order.run} did not grade "
                f"(it has {', '.join(graded)}); {fix}"
            )
    in_doubt = order.results.in_doubt()
    told = {source for sources in in_doubt.values() for source in sources}
    return tuple(
        _grade(student, order, in_doubt.get(student.student_id, ()))
        for student in sorted(order.results.submissions, key=lambda s: (s.student_id, s.student_name))
        if not (student.unmatched and student.source in told)  # stands with whom it may be
    )


def _grade(student: SubmissionResult, order: Order, in_doubt: tuple[str, ...]) -> Grade:
    if student.unmatched:
        return Grade(student, None, UNMATCHED)
    if in_doubt:
        sources = ", ".join(in_doubt)
        held = Text(
            en=f"not settled whose this is: {sources}",
            ko=f"누구의 것인지 정해지지 않은 제출물이 있어요: {sources}",
        )
        return Grade(student, None, held)
    found = column_score(student, order.column, order.course.decimals)
    if found.waiting:
        names = ", ".join(found.waiting)
        held = Text(en=f"needs a person: {names}", ko=f"조교 확인이 필요해요: {names}")
        return Grade(student, None, held)
    if found.unmeasured:
        return Grade(student, None, UNMEASURED)
    if found.score is None:
        return Grade(student, None, _nothing(student), missing=True)
    late = LATE.in_language(order.language).format(found.late_percent) if found.late_percent else ""
    return Grade(student, found.score, exercises=order.column.exercises, late=late)


def _nothing(student: SubmissionResult) -> Text:
    """Why there is nothing to grade."""
    if student.absent:
        return Text(en="nothing handed in", ko="제출하지 않았어요")
    if not student.ungradable:
        return Text(en="nothing handed in for this column", ko="이 열의 과제는 제출하지 않았어요")
    files = ", ".join((*student.files, *student.other_files))
    return Text(
        en=f"nothing to grade in what was handed in: {files}", ko=f"제출은 했지만 채점할 것이 없어요: {files}"
    )


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
