"""`scores.csv`: one row per student, for spreadsheets and for the LMS.

Column names and the words of the status column are English whatever the language of the pages:
programs read this file.
"""

from __future__ import annotations

import csv
import io

from grader.records.cells import late_cells, number, plain_cell
from grader.records.results import Results, SubmissionResult
from grader.stages.reports.summary import is_complete, known_points, state


def scores_csv(results: Results) -> bytes:
    """The whole table, UTF-8 with BOM.

    A student with an exercise that waits for a person has no total yet: an import must not take a
    part of the points for all of them.
    """
    names = list(results.run.exercises)
    max_total = sum(info.max_points for info in results.run.exercises.values())
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(
        [
            "student_id",
            "student_name",
            "late",
            "submitted",
            "late_percent",
            *names,
            "total",
            "max_total",
            "status",
        ]
    )
    for submission in results.submissions:
        table.writerow(
            [
                plain_cell(submission.student_id),
                plain_cell(submission.student_name),
                "late" if submission.late else "",
                *late_cells(submission),
                *(number(submission.exercises[name].points) for name in names),
                number(known_points(submission) if is_complete(submission) else None),
                number(max_total),
                _status(submission, names),
            ]
        )
    return text.getvalue().encode("utf-8-sig", "replace")


def _status(submission: SubmissionResult, names: list[str]) -> str:
    """ "needs review: skip; missing: base, ca", or "" where everything was graded."""
    parts = ["not in the class list"] if submission.unmatched else []
    for its_state, label in (("review", "needs review"), ("missing", "missing")):
        if found := [name for name in names if state(submission.exercises[name]) == its_state]:
            parts.append(f"{label}: {', '.join(found)}")
    return "; ".join(parts)
