"""From `results.json` to an LMS. One file for each way, one line in the table."""

from __future__ import annotations

from collections.abc import Callable

from grader.stages.exports import canvas, gradescope, moodle, spreadsheet
from grader.stages.exports.grades import Order
from grader.stages.exports.plan import Change, Outcome


def _lti(order: Order) -> Outcome:
    from grader.stages.exports import lti  # loads what speaks to networks: for those who ask for it

    return lti.export(order)


def _canvas_api(order: Order) -> Outcome:
    from grader.stages.exports import canvas_api

    return canvas_api.export(order)


EXPORTERS: dict[str, Callable[[Order], Outcome]] = {
    "canvas": canvas.export,
    "moodle": moodle.export,
    "gradescope": gradescope.export,
    "lti": _lti,
    "canvas-api": _canvas_api,
    "csv": spreadsheet.export,
}

__all__ = ["EXPORTERS", "Change", "Order", "Outcome"]
