"""What is to be done about one cell of an LMS's gradebook, from what is wanted, what is there, what we sent last.

What is there decides; the journal only tells our own score from a colleague's. So a post that was broken
off at any point, even between the LMS's writing and our noting it, goes on without sending twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["send", "same", "by hand"]


@dataclass(frozen=True)
class Cell:
    """A score with what is said of it."""

    score: float | None
    comment: str = ""

    def equals(self, other: Cell) -> bool:
        """The same to the LMS, which keeps two decimals."""
        if self.score is None or other.score is None:
            return self.score is other.score
        return abs(self.score - other.score) < 0.005 and self.comment == other.comment


def verdict(wanted: Cell, there: Cell, sent: Cell | None) -> Verdict:
    """What to do.

    Args:
        there: as the LMS shows it; an LMS that shows no comments, or no zero, is met by what we sent.
        sent: what we sent last, if ever.
    """
    if sent is not None:
        there = _with_what_is_hidden(there, sent)
    if there.equals(wanted):
        return "same"
    if sent is None or there.score is None:
        return "send"
    if sent.score is None or abs(there.score - sent.score) >= 0.005:
        return "by hand"
    return "same" if sent.equals(wanted) else "send"  # a comment changed by hand stays


def _with_what_is_hidden(there: Cell, sent: Cell) -> Cell:
    if there.score is None and sent.score == 0:
        return sent  # Moodle's results leave a zero out, and with it the comment
    if there.comment == "":
        return Cell(there.score, sent.comment)
    return there
