"""Who is in the class, as an LMS lists them."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from grader.records.base import Record, Text


class Person(Record):
    """One student of the class."""

    student_id: str
    """The student number; empty where the list has none."""
    name: str
    ids: dict[str, str] = Field(default_factory=dict)
    """What the LMS calls this person: `canvas` (user id), `moodle` (participant number), `login`, `email`; and
    `team`, which several share."""
    names: tuple[str, ...] = ()
    """Other names in the list: in another script, or as the person likes to be called."""
    section: str = ""
    """The class within the course; empty where the list names none."""
    late: bool = False
    """The list says so; Moodle's download does not."""
    submitted: datetime | None = None
    """When, as the list says; without a zone where it writes none."""
    draft: bool = False
    """Saved, never handed in: Moodle's download holds drafts too, and only its worksheet tells."""


class Roster(Record):
    """A class list with the file that it was read from."""

    source: str
    people: tuple[Person, ...]


class Unmatched(Record):
    """A submission that the class list could not be joined to; a person has to."""

    reason: Text
    candidates: tuple[Person, ...]
    """Whom it may be, the likeliest first; nobody is chosen."""
