"""Any columns that the instructor names, for a spreadsheet: UTF-8 with BOM, nothing that starts a formula."""

from __future__ import annotations

import csv
import io

from grader.errors import UserError
from grader.records.cells import late_cells, number, plain_cell
from grader.records.column_scores import written
from grader.records.gradebook import Column
from grader.stages.exports.grades import Grade, Order, grades
from grader.stages.exports.plan import Change, Outcome
from grader.yaml_file import nearest

_KNOWN = (
    "student_id", "student_name", "section", "late", "submitted", "late_percent", "status", "total", "comment", "columns",
)  # fmt: skip


def export(order: Order) -> Outcome:
    """Write the columns that course.yaml lists under `csv`."""
    by_title = {column.title: grades(_of(order, column)) for column in order.course.columns}
    everyone = by_title[order.course.columns[0].title]
    known = [*_KNOWN, *order.results.run.exercises, *by_title]
    for name in order.course.csv:
        if name not in known:
            hint = nearest(name, known, "name some of")
            raise UserError(f"course.yaml: csv: there is no column “{name}”; {hint}")
    names = [name for listed in order.course.csv for name in (by_title if listed == "columns" else (listed,))]
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow([plain_cell(name) for name in names])
    changes = []
    for place, grade in enumerate(everyone):
        row = {title: found[place] for title, found in by_title.items()}
        table.writerow([_cell(name, grade, row, order) for name in names])
        changes.append(_change(row[order.column.title], order))
    data = text.getvalue().encode("utf-8-sig")
    out = order.out or order.run / "exports" / "grades.csv"
    if order.dry_run:
        return Outcome(tuple(changes))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(data)
    return Outcome(tuple(changes), (out,))


def _of(order: Order, column: Column) -> Order:
    return Order(order.run, order.results, order.course, column, order.language)


def _change(grade: Grade, order: Order) -> Change:
    student = grade.student
    who = (student.student_id, student.student_name, order.column.title, "")
    if grade.score is None:
        return Change(*who, "", "missing" if grade.missing else "held", grade.held)
    return Change(*who, written(grade.score), "set")


def _cell(name: str, grade: Grade, columns: dict[str, Grade], order: Order) -> str:
    student = grade.student
    if name in columns:
        score = columns[name].score
        return "" if score is None else written(score)
    if name in student.exercises:
        return number(student.exercises[name].points)
    if name == "total":
        score = columns[order.column.title].score
        return "" if score is None else written(score)
    if name == "status":
        held = columns[order.column.title].held
        return plain_cell(getattr(held, order.language)) if held else ""
    if name == "late":
        return "late" if student.late else ""
    if name in ("submitted", "late_percent"):
        return dict(zip(("submitted", "late_percent"), late_cells(student), strict=True))[name]
    return plain_cell(grade.comment if name == "comment" else getattr(student, name))
