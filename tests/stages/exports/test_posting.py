"""What is done about one cell."""

from __future__ import annotations

import pytest

from grader.stages.exports.posting import Cell, Verdict, verdict

EMPTY = Cell(None)


@pytest.mark.parametrize(
    ("wanted", "there", "sent", "expected"),
    [
        (Cell(80), EMPTY, None, "send"),
        (Cell(0), EMPTY, None, "send"),
        (Cell(80), Cell(80), None, "same"),  # sent, but killed before it was noted
        (Cell(80, "a"), Cell(80, "a"), None, "same"),
        (Cell(80, "a"), Cell(80), None, "send"),
        (Cell(80), Cell(70), None, "send"),  # graded before the grader came
        (Cell(80.004), Cell(80), Cell(80.004), "same"),
        (Cell(80, "a"), Cell(80, "a"), Cell(80, "a"), "same"),
        (Cell(80, "a"), Cell(80), Cell(80, "a"), "same"),  # an LMS that shows no comments
        (Cell(80, "a"), Cell(80, "b"), Cell(80, "a"), "same"),  # a comment changed by hand
        (Cell(80), Cell(90), Cell(80), "by hand"),
        (Cell(85), Cell(90), Cell(80), "by hand"),
        (Cell(85), Cell(80), Cell(80), "send"),  # a new run
        (Cell(85), Cell(85), Cell(80), "same"),  # a new run, sent, killed before it was noted
        (Cell(80), EMPTY, Cell(80), "send"),  # cleared in the LMS
        (Cell(0), EMPTY, Cell(0), "same"),  # Moodle shows no zero
        (Cell(0, "a"), EMPTY, Cell(0, "a"), "same"),
        (Cell(10), EMPTY, Cell(0), "send"),
        (Cell(None, "a", "p"), EMPTY, None, "send"),  # a page without a score
        (Cell(None, "a", "p"), Cell(None, "a", "p"), None, "same"),
        (Cell(None, "a", "q"), Cell(None, "a", "p"), Cell(None, "a", "p"), "send"),
    ],
)
def test_what_is_wanted_there_and_sent_decide(
    wanted: Cell, there: Cell, sent: Cell | None, expected: Verdict
) -> None:
    assert verdict(wanted, there, sent) == expected
