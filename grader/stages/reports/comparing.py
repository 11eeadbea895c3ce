"""Two runs beside each other: who moves, by how much, and why."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from grader.records.base import Text
from grader.records.cells import number, plain_cell
from grader.records.results import ExerciseResult, Results
from grader.stages.reports.pages import environment
from grader.stages.reports.words import CHECK_WORDS


@dataclass(frozen=True)
class Move:
    """One exercise of one student that is not the same in both runs."""

    student_id: str
    student_name: str
    exercise: str
    before: float | None
    """Points; None: waits for a person, or is not in that run."""
    after: float | None
    why: tuple[Text, ...]

    @property
    def by(self) -> float | None:
        """Points gained; None where one of the two has none."""
        return None if self.before is None or self.after is None else round(self.after - self.before, 2)


@dataclass(frozen=True)
class Comparison:
    """Of two runs."""

    moves: tuple[Move, ...]
    """Those who lose most first, then those without points in one run, then by what they gain."""
    same: int
    """Exercises of students that got the same points for the same reasons in both."""
    told: int
    """Exercises with the same points for other reasons; they are no moves."""


def compare(before: Results, after: Results) -> Comparison:
    """What the second run says otherwise."""
    old = {row.student_id: row for row in before.submissions}
    new = {row.student_id: row for row in after.submissions}
    moves, same, told = [], 0, 0
    for student in dict.fromkeys((*old, *new)):
        row = new.get(student) or old[student]
        mine = old[student].exercises if student in old else {}
        theirs = new[student].exercises if student in new else {}
        for exercise in dict.fromkeys((*mine, *theirs)):
            one, two = mine.get(exercise), theirs.get(exercise)
            why = _why(one, two)
            if _points(one) != _points(two) or (one is None) != (two is None):
                moves.append(Move(student, row.student_name, exercise, _points(one), _points(two), why))
            elif why:
                told += 1
            else:
                same += 1
    moves.sort(key=lambda move: (move.by if move.by is not None else 0.0, move.student_id, move.exercise))
    return Comparison(tuple(moves), same, told)


def _points(result: ExerciseResult | None) -> float | None:
    return None if result is None or result.status == "needs_review" else result.points


def _why(one: ExerciseResult | None, two: ExerciseResult | None) -> tuple[Text, ...]:
    if one is None or two is None:
        missing = Text(en="only in the second run", ko="두 번째 채점에만 있어요") if one is None else Text(
            en="only in the first run", ko="첫 번째 채점에만 있어요"
        )  # fmt: skip
        return (missing,)
    found = []
    if one.status != two.status:
        found.append(Text(en=f"{one.status} → {two.status}", ko=f"{one.status} → {two.status}"))
    if one.max_points != two.max_points:
        most = f"{number(one.max_points)} → {number(two.max_points)}"
        found.append(Text(en=f"maximum {most}", ko=f"만점 {most}"))
    mine = {finding.check: finding for finding in one.findings}
    theirs = {finding.check: finding for finding in two.findings}
    for check in CHECK_WORDS:
        a, b = mine.get(check), theirs.get(check)
        if a is not None and b is not None and (a.code, a.points) != (b.code, b.points):
            codes = a.code if a.code == b.code else f"{a.code} → {b.code}"
            change = f"{codes} ({number(a.points) or '?'} → {number(b.points) or '?'})"
            name = CHECK_WORDS[check].name
            found.append(Text(en=f"{name.en}: {change}", ko=f"{name.ko}: {change}"))
    prices = [sum(repair.price for repair in result.repairs) for result in (one, two)]
    if prices[0] != prices[1]:
        change = " → ".join(f"−{number(price)}" if price else "0" for price in prices)
        found.append(Text(en=f"repairs: {change}", ko=f"고친 부분: {change}"))
    reasons = [result.override.reason if result.override else None for result in (one, two)]
    if reasons[0] != reasons[1]:
        said = " → ".join(reason if reason is not None else "–" for reason in reasons)
        found.append(Text(en=f"decided by a person: {said}", ko=f"조교가 정함: {said}"))
    return tuple(found)


def comparison_csv(comparison: Comparison, language: str) -> bytes:
    """One row per move, UTF-8 with BOM."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(["student_id", "student_name", "exercise", "before", "after", "difference", "why"])
    for move in comparison.moves:
        table.writerow(
            [
                plain_cell(move.student_id), plain_cell(move.student_name), move.exercise, number(move.before),
                number(move.after), number(move.by), plain_cell("; ".join(t.in_language(language) for t in move.why)),
            ]
        )  # fmt: skip
    return text.getvalue().encode("utf-8-sig", "replace")


def comparison_page(comparison: Comparison, first: str, second: str, language: str) -> bytes:
    """The same as a page.

    Args:
        first: what the runs are called.
    """
    template = environment(language).get_template("compare.html.j2")
    return template.render(comparison=comparison, first=first, second=second).encode("utf-8", "replace")
