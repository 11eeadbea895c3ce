"""What an export does, or would do: a row for every student."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader.records.base import Text
from grader.records.results import SubmissionResult
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
    upload: Text | None = None
    """How they get into the LMS."""
    advice: tuple[Text, ...] = ()
    """What to look out for on the way there."""


def numbers_differ(found: Iterable[tuple[str, SubmissionResult]]) -> list[Text]:
    """A warning, by name, of students whose number in the LMS's file is not theirs: a spreadsheet changes some.

    Args:
        found: the number as the file has it, and the student whom it, or the LMS's own id, led to.
    """
    odd = [
        f"{student.student_name} {student.student_id} ≠ {number}".strip()
        for number, student in ((raw.strip("'\"="), student) for raw, student in found)
        if number and number != student.student_id and student.student_id not in student.ids.values()
    ]
    if not odd:
        return []
    names = ", ".join(odd)
    return [
        Text(
            en=f"The student numbers in the file are others than in the run (saved by a spreadsheet?): {names}. "
            "Make sure that these are the same people; better, download the file again and do not open it.",
            ko=f"파일의 학번이 채점 결과와 달라요(엑셀로 저장했나요?): {names}. 같은 학생이 맞는지 확인하세요. "
            "파일을 다시 내려받아 열지 말고 쓰는 편이 좋아요.",
        )
    ]


def not_there(found: Iterable[Grade], seen: set[str], column: str) -> list[Change]:
    """Students of the run whom the LMS's list does not have: a person must say who they are."""
    why = Text(en="not in the LMS's list", ko="LMS 명단에 없는 학생이에요")
    return [
        Change(g.student.student_id, g.student.student_name, column, "", "", "held", g.held or why)
        for g in found
        if g.student.student_id not in seen and not g.missing
    ]
