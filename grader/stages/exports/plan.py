"""What an export does, or would do: a row for every student."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader.records.base import Text
from grader.stages.exports.grades import Grade

What = Literal["set", "same", "held", "missing", "page"]
"""set: the score is written. same: it stands there already. held: a person has to do something first.
missing: there is nothing to grade, and nothing is written. page: the same, but the student's page goes
along, which says why."""


@dataclass(frozen=True)
class Change:
    """One student's cell."""

    student_id: str
    name: str
    column: str
    old: str
    """As it stands there; empty for nothing, or where that is not known."""
    new: str
    """What is written; empty unless `what` is "set" or "same"."""
    what: What
    why: Text | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of an export."""

    changes: tuple[Change, ...]
    files: tuple[Path, ...] = ()
    """Written; to be uploaded by the TA."""
    advice: tuple[Text, ...] = ()
    """What to look out for on the way into the LMS."""


def not_there(found: Iterable[Grade], seen: set[str], column: str) -> list[Change]:
    """Students of the run whom the LMS's list does not have: a person must say who they are."""
    why = Text(en="not in the LMS's list", ko="LMS 명단에 없는 학생이에요")
    return [
        Change(g.student.student_id, g.student.student_name, column, "", "", "held", g.held or why)
        for g in found
        if g.student.student_id not in seen and not g.missing
    ]
