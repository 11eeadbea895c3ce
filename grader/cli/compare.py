"""`grader compare`: the table, and where the page and the CSV are."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text as Shown

from grader.records.base import Language
from grader.records.cells import number
from grader.reporting import current
from grader.stages.reports.comparing import Comparison, compare, comparison_csv, comparison_page
from grader.stages.reports.words import WORDS
from grader.stages.reports.writing import replace_file


def show(first: Path, second: Path, language: Language | None, console: Console) -> None:
    """Compare two runs, each with its overrides as they stand now.

    Raises:
        UserError: one of them cannot be read, or a file cannot be written.
    """
    after = current(second)
    spoken = language or after.run.language
    found = compare(current(first), after)
    summary = WORDS["compare_summary"].in_language(spoken)
    if found.moves:
        console.print(_table(found, spoken), soft_wrap=False)
    console.print(summary.format(len(found.moves), found.same, found.told), markup=False)
    page = comparison_page(found, first.name, second.name, spoken)
    for name, content in (("compare.html", page), ("compare.csv", comparison_csv(found, spoken))):
        replace_file(second / name, content)
        console.print(f"→ {second / name}", markup=False)


def _table(found: Comparison, language: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for key in ("student_id", "student_name", "exercise", "before", "after", "difference", "why"):
        right = key in ("before", "after", "difference")
        table.add_column(
            WORDS[key].in_language(language), justify="right" if right else "left", overflow="fold"
        )
    for move in found.moves:
        sign = "+" if (move.by or 0) > 0 else ""
        table.add_row(
            Shown(move.student_id),
            Shown(move.student_name),
            move.exercise,
            "?" if move.before is None else number(move.before),
            "?" if move.after is None else number(move.after),
            "–" if move.by is None else f"{sign}{number(move.by)}",
            Shown("; ".join(text.in_language(language) for text in move.why)),
        )
    return table
