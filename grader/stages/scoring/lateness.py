"""How late everybody was, by the course's deadline and what the LMS says; the points of findings stay as they are."""

from __future__ import annotations

import math

from grader.records.deadline import Deadline, Lateness
from grader.records.results import Results, SubmissionResult

_SECONDS = {"hour": 3600, "day": 86_400}


def with_lateness(results: Results, deadline: Deadline | None) -> Results:
    """The results with lateness by this deadline, and by no earlier one."""
    rows = tuple(_row(row, deadline) for row in results.submissions)
    run = results.run.model_copy(update={"deadline": deadline})
    return results.model_copy(update={"run": run, "submissions": rows})


def _row(row: SubmissionResult, deadline: Deadline | None) -> SubmissionResult:
    marked = row.marked_late
    if deadline is None or row.absent:
        return row.model_copy(update={"late": marked, "lateness": None})
    found = _lateness(row, marked, deadline)
    late = not deadline.allows(row.student_id, found.submitted) if found.submitted else marked
    return row.model_copy(update={"late": late, "lateness": found})


def _lateness(row: SubmissionResult, marked: bool, deadline: Deadline) -> Lateness:
    own = deadline.of(row.student_id)
    extended = row.student_id in deadline.extensions
    said = deadline.submitted.get(row.student_id, row.submitted)
    if said is None:
        percent = _unmeasured(deadline, extended) if marked else 0.0
        return Lateness(deadline=own, extended=extended, percent=percent, marked=marked)
    submitted = deadline.zoned(said)
    seconds = max(0.0, (submitted - own).total_seconds())
    return Lateness(
        deadline=own,
        extended=extended,
        submitted=submitted,
        seconds=seconds,
        percent=0.0 if deadline.allows(row.student_id, said) else _cost(seconds, deadline),
        marked=marked,
    )


def _cost(seconds: float, deadline: Deadline) -> float:
    begun = math.ceil(seconds / _SECONDS[deadline.per])
    return min(deadline.at_most, begun * deadline.percent)


def _unmeasured(deadline: Deadline, extended: bool) -> float | None:
    """What lateness costs whose size nobody says: known only where all lateness costs the same."""
    least = min(deadline.at_most, deadline.percent)
    if least == 0:
        return 0.0
    in_time_perhaps = extended or deadline.grace_minutes > 0  # the LMS knows of neither
    return None if in_time_perhaps or least < deadline.at_most else least
