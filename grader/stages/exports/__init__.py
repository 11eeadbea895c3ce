"""From `results.json` to an LMS. One file for each way, one line in the table."""

from __future__ import annotations

from collections.abc import Callable

from grader.stages.exports import canvas, gradescope, moodle, spreadsheet
from grader.stages.exports.grades import Order
from grader.stages.exports.plan import Change, Outcome

EXPORTERS: dict[str, Callable[[Order], Outcome]] = {
    "canvas": canvas.export,
    "moodle": moodle.export,
    "gradescope": gradescope.export,
    "csv": spreadsheet.export,
}

__all__ = ["EXPORTERS", "Change", "Order", "Outcome"]
