"""How texts and numbers stand in a CSV file that a spreadsheet will open."""

from __future__ import annotations

from grader.records.results import SubmissionResult

# A spreadsheet runs a cell that begins with one of these; in East Asian Excel the full-width ones too.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # fmt: skip


def plain_cell(text: str) -> str:
    """`text` as a spreadsheet shows it and never runs it."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def number(points: float | None) -> str:
    """Points without needless zeros: "72", "72.5", "71.67"; "" for None."""
    return "" if points is None else f"{points:.2f}".rstrip("0").rstrip(".")


def late_cells(student: SubmissionResult) -> tuple[str, str]:
    """When it was handed in, and the percent that lateness costs; "?" where a person has to say."""
    lateness = student.lateness
    when = lateness.submitted if lateness else student.submitted
    percent = lateness.percent if lateness else 0.0
    return (f"{when:%Y-%m-%d %H:%M}" if when else ""), "?" if percent is None else number(percent or None)
