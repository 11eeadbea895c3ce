"""What one student handed in, while it is being gathered."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from grader.file_names import attempt, natural
from grader.lms.times import order as time_order
from grader.records.base import Text
from grader.records.roster import Unmatched
from grader.records.submission import Item, JoinedBy, OtherFile, SourceFile, Submission

WRITTEN = re.compile(r"[^/]+\.ipynb/", re.IGNORECASE)
"""A module that a cell writes lies beside the notebook."""

MOST_OTHERS = 50
"""Listed per student; a data set unpacked beside the homework has sixty thousand."""


class Part(NamedTuple):
    """What one name brought into a pile: a folder, or a loose file."""

    label: str
    name: str
    strength: int
    """How surely the name says whose it is."""
    exercises: frozenset[str]
    """Whose classes it defines."""
    items: tuple[tuple[Item, str], ...]
    is_file: bool = False


class Pile:
    """Files that belong together.

    Args:
        label: names the pile where nothing better does: a folder's or file's name, an account's id.
        account: one account of an LMS. Its name is the LMS's word, and two accounts are two people.
    """

    def __init__(self, label: str, account: bool = False) -> None:
        self.label = label
        self.account = account
        self.number = ""
        self.name = ""
        self.section = ""
        self.late = False
        self.submitted: datetime | None = None
        self.draft = False
        self.ids: dict[str, str] = {}
        self.source = ""
        self.joined_by: JoinedBy | None = None
        self.unmatched: Unmatched | None = None
        self.place: int | None = None
        """Of its person in the class list, where a name has settled it already."""
        self.called = ""
        """A name by which alone the pile is known."""
        self.nameless = False
        """Nothing in any name says whose it is."""
        self.anonymous = False
        """The LMS hides whose it is."""
        self.parts: list[Part] = []
        self._items: dict[str, tuple[int, Item]] = {}

    @property
    def identity(self) -> str:
        """The student number, else the last part of the label."""
        return self.number or self.called or self.label.rpartition("/")[2]

    @property
    def others(self) -> list[OtherFile]:
        """The files that are no source."""
        return [item for _, item in self._items.values() if isinstance(item, OtherFile)]

    @property
    def has_source(self) -> bool:
        """Whether there is anything to grade."""
        return len(self.others) < len(self._items)

    @property
    def has_work(self) -> bool:
        """Whether there is anything to grade, or that was meant to be."""
        return self.has_source or any(other.work for other in self.others)

    def add(self, item: Item, path: str, origin: str, order: int = 0) -> None:
        """One file under the student's own path; `origin` tells apart two of the same path."""
        path = WRITTEN.sub("", path)
        if path in self._items:
            path = f"{origin}/{path}"
        count = 1
        while path in self._items:
            count += 1
            path = f"{origin} ({count})/{path}"
        self._items[path] = (order, item.moved(path))

    def empty(self, label: str) -> Pile:
        """A pile of the same person's without files."""
        made = Pile(label, self.account)
        made.number, made.name, made.late, made.draft = self.number, self.name, self.late, self.draft
        made.section, made.submitted = self.section, self.submitted
        made.ids, made.source, made.joined_by, made.place = (
            dict(self.ids),
            self.source,
            self.joined_by,
            self.place,
        )
        made.called, made.nameless = self.called, self.nameless
        return made

    def absorb(self, other: Pile) -> None:
        """The files of another pile of the same student's."""
        self.late |= other.late
        self.submitted = max(self.submitted, other.submitted, key=time_order)
        self.name = self.name or other.name
        for path, (order, item) in other._items.items():
            self.add(item, path, other.label.rpartition("/")[2], order)

    def set_aside(self, other: Pile) -> None:
        """The files of another attempt: kept and listed, not graded."""
        when = f"{other.submitted:%Y-%m-%d %H:%M}" if other.submitted else "?"
        later = time_order(other.submitted) > time_order(self.submitted)
        reason = Text(
            en=f"{'a later' if later else 'an earlier'} attempt ({when}); another one counts",
            ko=f"{'나중' if later else '이전'}에 제출한 파일이에요({when}). 다른 제출물을 채점해요",
        )
        for path, (order, item) in other._items.items():
            self.add(OtherFile(path=item.path, reason=reason), path, other.label, order)

    def submission(self, student_id: str) -> Submission:
        """The pile as a record, what came last at the end."""

        def key(entry: tuple[int, Item]) -> tuple[object, ...]:
            order, item = entry
            base, again = attempt(item.path)
            return order, natural(base), again, natural(item.path)

        items = [item for _, item in sorted(self._items.values(), key=key)]
        others = [item for item in items if isinstance(item, OtherFile)]
        if len(others) > MOST_OTHERS:
            more = len(others) - MOST_OTHERS
            reason = Text(
                en=f"{more} more files that are no submission", ko=f"제출물이 아닌 파일이 {more}개 더 있어요"
            )
            others = [*others[:MOST_OTHERS], OtherFile(path="…", reason=reason)]
        return Submission(
            student_id=student_id,
            student_name=self.name,
            files=tuple(item for item in items if isinstance(item, SourceFile)),
            others=tuple(others),
            section=self.section,
            late=self.late,
            submitted=self.submitted,
            draft=self.draft,
            ids=self.ids,
            source=self.source,
            joined_by=self.joined_by,
            unmatched=self.unmatched,
        )
