"""Who is in the class, as an LMS lists them."""

from __future__ import annotations

from pydantic import Field

from grader.records.base import Record


class Person(Record):
    """One student of the class."""

    student_id: str
    """The student number; empty where the list has none."""
    name: str
    ids: dict[str, str] = Field(default_factory=dict)
    """What the LMS calls this person: `canvas` (user id), `moodle` (participant number), `login`, `email`."""


class Roster(Record):
    """A class list with the file that it was read from."""

    source: str
    people: tuple[Person, ...]
