"""Scores posted one by one: what is there decides what is sent, and the journal tells our scores from a colleague's.

A post that was broken off at any point, even between the LMS's writing and our noting it, goes on
without sending twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal, Protocol

from grader.errors import LmsUnavailable, ScoreRefused, UserError
from grader.records.base import Text
from grader.stages.exports.grades import Grade, Order, grades, plain_number
from grader.stages.exports.journal import Entry, Journal
from grader.stages.exports.plan import Change, Outcome

Verdict = Literal["send", "same", "by hand"]


@dataclass(frozen=True)
class Cell:
    """A score with what goes along."""

    score: float | None
    comment: str = ""
    mark: str = ""
    """Says which page was attached."""

    def equals(self, other: Cell) -> bool:
        """The same to the LMS, which keeps two decimals."""
        return (
            _same_score(self.score, other.score) and self.comment == other.comment and self.mark == other.mark
        )


def _same_score(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) < 0.005


@dataclass(frozen=True)
class Wanted(Cell):
    """What is to stand there; without a score only comment and page, and the score there stays."""


class Gradebook(Protocol):
    """One column of an LMS."""

    def find(self, asked: Sequence[tuple[Grade, Wanted]]) -> dict[str, Cell | Text]:
        """What is there, by student number; or why nothing can be sent.

        Args:
            asked: with what is wanted, for an LMS in which that is looked for rather than read.
        """

    def send(self, student_id: str, wanted: Wanted, before: Entry | None) -> str:
        """Write a cell; returns the time it was stamped with (UTC, ISO 8601).

        Args:
            before: what we sent last.

        Raises:
            ScoreRefused, LmsUnavailable, UserError
        """


def post(order: Order, gradebook: Gradebook, target: str, cells: dict[str, Wanted]) -> Outcome:
    """Send the order's grades, unless it is a dry run.

    Args:
        target: names the journal: the LMS and the column.
        cells: what is wanted, by student number; a score that is held has none.

    Raises:
        UserError: the LMS failed for good; how far it got is said.
    """
    listed = grades(order)
    twice = {
        number for number, n in Counter(plain_number(g.student.student_id) for g in listed).items() if n > 1
    }
    asked = [(g, cells[g.student.student_id]) for g in listed
             if g.student.student_id in cells and plain_number(g.student.student_id) not in twice]  # fmt: skip
    journal = Journal(order.run, target)
    there, last = gradebook.find(asked), journal.last()
    changes: list[Change] = []
    sent = 0
    for grade in listed:
        order.told(len(changes), len(listed))
        student = grade.student.student_id
        change = Change(student, grade.student.student_name, order.column.title, "", "", "held", grade.held)
        if grade.missing and student not in there:
            change = replace(change, what="missing")
        elif grade.held is None and student not in there:
            change = replace(change, why=_TWICE)
        elif grade.held is None or grade.missing:
            change = _change(change, cells[student], there[student], last.get(student))
        if change.what in ("set", "page") and not order.dry_run:
            try:
                time = gradebook.send(student, cells[student], last.get(student))
            except ScoreRefused as refusal:
                said = Text(en=f"the LMS refuses it: {refusal}", ko=f"LMS가 받지 않았어요: {refusal}")
                change = replace(change, what="held", new="", why=said)
            except LmsUnavailable as later:
                raise UserError(_broken_off(later, sent)) from None
            else:
                sent += 1
                journal.note(_entry(student, cells[student], time))
        elif change.what == "same" and not order.dry_run and _unknown(cells[student], last.get(student)):
            # sent, and killed before it was noted: a later change there must not pass for ours
            now = datetime.now(UTC).isoformat(timespec="milliseconds")
            journal.note(_entry(student, cells[student], now))
        changes.append(change)
    return Outcome(tuple(changes))


def verdict(wanted: Cell, there: Cell, sent: Cell | None) -> Verdict:
    """What to do about one cell.

    Args:
        there: as the LMS shows it; what it hides (Moodle a zero, some all comments) is as we sent it.
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
    return replace(there, comment=there.comment or sent.comment, mark=there.mark or sent.mark)


_TWICE = Text(
    en="two submissions have this student number; leave one in the folder and grade again",
    ko="같은 학번의 제출물이 둘이에요. 하나만 남기고 다시 채점해 주세요",
)


def _change(change: Change, wanted: Wanted, there: Cell | Text, before: Entry | None) -> Change:
    sent = _sent(before)
    if isinstance(there, Text):
        return replace(change, what="missing") if wanted.score is None else replace(change, why=there)
    if wanted.score is None:
        return replace(change, what="missing" if verdict(wanted, there, sent) == "same" else "page")
    old, new = _shown(there.score), _shown(wanted.score)
    if old == "" and before and verdict(wanted, there, sent) == "same":
        old = new  # a zero that Moodle does not show
    match verdict(wanted, there, sent):
        case "same":
            return replace(change, old=old, new=new, what="same")
        case "send":
            return replace(change, old=old, new=new, what="set")
        case "by hand":
            why = Text(
                en=f"somebody changed it in the LMS to {old}; to send {new} all the same, clear it there",
                ko=f"누가 LMS에서 점수를 고쳤어요(지금 {old}점). 그래도 {new}점을 보내려면 그 칸을 비워 주세요",
            )
            return replace(change, old=old, why=why)


def _shown(score: float | None) -> str:
    return "" if score is None else f"{score:.2f}".rstrip("0").rstrip(".")


def _entry(student: str, cell: Wanted, time: str) -> Entry:
    return Entry(
        student_id=student, score=_shown(cell.score), time=time, comment=cell.comment, mark=cell.mark
    )


def _sent(before: Entry | None) -> Cell | None:
    if before is None:
        return None
    return Cell(float(before.score) if before.score else None, before.comment, before.mark)


def _unknown(cell: Wanted, before: Entry | None) -> bool:
    sent = _sent(before)
    return sent is None or not cell.equals(sent)


def _broken_off(later: LmsUnavailable, sent: int) -> str:
    hint = "; a column that is locked in Moodle answers so" if "HTTP 500" in str(later) else ""
    return (
        f"{later}, again and again{hint}; {sent} scores were sent just now, "
        f"and the same command goes on from there"
    )
