"""Canvas (LearningX): the TA's own exported gradebook CSV, with one column filled.

What Canvas does with the file on import decides what is in it (`lib/gradebook_importer.rb`): it drops
columns whose titles look like its own totals, takes a blank for "clear this grade", and splits numbers at
commas. So the file holds the student columns as they came, the one assignment, and the students who have
a score.
"""

from __future__ import annotations

import re

from grader.errors import UserError
from grader.lms.table import Row, Table, whose
from grader.records.base import Text
from grader.records.column_scores import written
from grader.stages.exports.grades import Grade, Order, by_number, grades, plain_number
from grader.stages.exports.plan import Change, Outcome, not_there, numbers_differ

DROPPED = re.compile(r"(Current|Final).*(Score|Points|Grade)|Override.*(Score|Grade|Status)", re.IGNORECASE)
"""Titles that Canvas takes for its own totals and ignores without a word."""
POINTS_ROW = "Points Possible"
WHAT = "the gradebook from Canvas"


def export(order: Order) -> Outcome:
    """Fill the gradebook that `order.source` names; the file to import is `order.out`."""
    if order.source is None:
        raise UserError("Canvas's own gradebook is needed; export it in Canvas and name it with --gradebook")
    table = Table.read(order.source, WHAT)
    last = _check_header(table)
    place = _column(table, last, order)
    _check_points(table, place, order)
    ids = {name: at for at, name in enumerate(table.header[: last + 1])}
    everyone = grades(order)
    listed = by_number(everyone)
    changes, kept = [], [row for row in table.rows if _is_head(row)]
    seen: set[str] = set()
    numbers = []
    kept.insert(0, table.rows[0])
    for row in table.rows[1:]:
        if _is_head(row) or not any(row.raw):
            continue
        grade = _grade(row, ids, listed)
        change = _change(table, row, place, grade, order)
        if grade is not None:
            seen.add(grade.student.student_id)
            numbers.append((_number(row, ids), grade.student))
        changes.append(change)
        if change.what in ("set", "same"):
            table.fill(row, place, change.new)
            kept.append(row)
    changes += not_there(everyone, seen, order.column.title)
    files = []
    if not order.dry_run and any(change.what in ("set", "same") for change in changes):
        out = order.out or order.run / "exports" / f"canvas-{order.source.stem}.csv"
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(table.bytes([*range(last + 1), place], kept))
        files.append(out)
    return Outcome(tuple(changes), tuple(files), UPLOAD, tuple(numbers_differ(numbers)))


UPLOAD = Text(
    en="In Canvas: Grades → Import; check the preview, then save. Do not open the file in Excel first.",
    ko="Canvas에서 ‘성적 → 가져오기’로 올리고, 미리보기를 확인한 다음 저장하세요. 그 전에 엑셀로 열어서 저장하지 마세요.",
)


def _is_head(row: Row) -> bool:
    """The points row, and the one that marks hidden grades."""
    return row.value(0).strip() == POINTS_ROW or (
        not row.value(0).strip() and any(cell.strip().startswith("Manual Posting") for cell in row.raw)
    )


def _check_header(table: Table) -> int:
    """The place of the last student column; the header must be one that Canvas reads back."""
    header = table.header
    last = max((at for at, name in enumerate(header) if name.strip() == "Section"), default=-1)
    if whose(header) == "moodle":
        raise UserError(
            f"{table.path}: this is a grading worksheet from Moodle; it goes with --to moodle --worksheet"
        )
    if last < 0 or whose(header) != "canvas":
        raise UserError(
            f"{table.path}:1: this is no gradebook of Canvas (Student, ID … Section are missing); "
            "export it with Canvas set to English column names, as it does by itself, and name that file"
        )
    return last


def _column(table: Table, last: int, order: Order) -> int:
    title = order.column.title
    if DROPPED.search(title):
        raise UserError(
            f"{order.place}: Canvas ignores columns called like its own totals, and “{title}” is one; "
            "give the assignment another title in Canvas and here"
        )
    header = table.header
    names = [re.sub(r" \(\d+\)$", "", name) for name in header]
    found = [at for at in range(last + 1, len(header)) if title in (names[at], header[at])]
    if len(found) == 1:
        return found[0]
    if found:
        raise UserError(
            f"{table.path}:1: two columns are called “{title}”; write the title with its number in course.yaml: "
            f"“{header[found[0]]}”"
        )
    there = [name for name in header[last + 1 :] if name.strip() and not DROPPED.search(name)]
    hint = (
        f"name one of those that it has: {', '.join(there)}"
        if there
        else "make the assignment in Canvas first"
    )
    raise UserError(f"{order.place}: there is no column “{title}” in {table.path.name}; {hint}")


def _check_points(table: Table, place: int, order: Order) -> None:
    points = order.column.points
    for row in table.rows:
        if row.value(0).strip() != POINTS_ROW:
            continue
        stands = row.value(place).strip()
        if "read only" in stands:
            raise UserError(f"{table.path}:{row.line}: Canvas computes this column itself; choose another")
        try:
            there = float(stands.replace(",", ""))
        except ValueError:
            continue
        if abs(there - points) > 0.005:
            raise UserError(
                f"{order.place}: the column has {points:g} points there and {there:g} in Canvas "
                f"({table.path}:{row.line}); make them equal"
            )


def _grade(row: Row, ids: dict[str, int], listed: dict[str, Grade]) -> Grade | None:
    for name in ("SIS User ID", "SIS Login ID"):
        if name in ids and (grade := listed.get(plain_number(row.value(ids[name])))):
            return grade
    canvas_id = row.value(ids["ID"]).strip()
    return next((g for g in listed.values() if canvas_id and g.student.ids.get("canvas") == canvas_id), None)


def _number(row: Row, ids: dict[str, int]) -> str:
    return row.value(ids["SIS User ID"]).strip() if "SIS User ID" in ids else ""


def _change(table: Table, row: Row, place: int, grade: Grade | None, order: Order) -> Change:
    number_at = (
        table.header.index("SIS User ID") if "SIS User ID" in table.header else table.header.index("ID")
    )
    old = row.value(place).strip()
    who = (grade.student.student_id if grade else row.value(number_at), row.value(0), order.column.title, old)
    if grade is None:
        why = Text(en="not among the submissions", ko="제출물 가운데 없어요")
        return Change(*who, "", "missing", why)
    if grade.score is None:
        return Change(*who, "", "missing" if grade.missing else "held", grade.held)
    if old in ("EX", "N/A"):
        why = Text(
            en=f"{old} in Canvas: excused or not assigned",
            ko=f"Canvas에 {old}(면제 또는 대상 아님)로 되어 있어요",
        )
        return Change(*who, "", "held", why)
    new = written(grade.score)
    return Change(*who, new, "same" if _equal(old, new) else "set")


def _equal(old: str, new: str) -> bool:
    try:
        return abs(float(old) - float(new)) < 0.005
    except ValueError:
        return False
