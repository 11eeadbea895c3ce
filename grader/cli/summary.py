"""The end of a run on the terminal."""

from __future__ import annotations

import statistics

from rich.table import Table

from grader.records.results import Results


def table(results: Results, language: str) -> Table:
    """One row per exercise: how many were graded, mean, full marks, missing."""
    korean = language == "ko"
    names = (
        ("과제", "채점", "평균", "만점자", "미제출")
        if korean
        else ("exercise", "graded", "mean", "full marks", "missing")
    )
    made = Table(box=None, pad_edge=False)
    for position, name in enumerate(names):
        made.add_column(name, justify="left" if position == 0 else "right")
    for name, info in results.run.exercises.items():
        rows = [submission.exercises[name] for submission in results.submissions]
        points = [row.points for row in rows if row.status == "graded" and row.points is not None]
        made.add_row(
            name,
            f"{len(points)}/{len(rows)}",
            f"{statistics.mean(points):.1f}/{info.max_points:g}" if points else "–",
            str(sum(p == info.max_points for p in points)),
            str(sum(row.status == "missing" for row in rows)),
        )
    return made


def needs_a_person(results: Results, language: str) -> list[str]:
    """Everything that could not be graded, one line each, and students with nothing that can be read."""
    lines = []
    for submission in results.submissions:
        who = " ".join(part for part in (submission.student_id, submission.student_name) if part)
        for name, result in submission.exercises.items():
            if result.status == "needs_review":
                reason = result.reason.in_language(language) if result.reason else ""
                lines.append(f"{who}, {name}: {reason}")
    return lines
