"""When a hand-in was due, what lateness costs, and how late one was; findings know nothing of it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, field_validator

from grader.records.base import Record


def _with_time_of_day(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"\s*[\d.,:/-]*\s*", value) and ":" not in value:
        raise ValueError("the time of day is missing; write it like 2026-11-27 23:59")
    return value


Moment = Annotated[datetime, BeforeValidator(_with_time_of_day)]
"""Of the deadline's zone, where no other is written with it."""


class Deadline(Record):
    """`run.deadline` in `course.yaml`."""

    at: Moment
    zone: str
    """Of all times that are written without one: "Asia/Seoul"."""
    grace_minutes: float = Field(default=0, ge=0)
    """Later by so much is in time still; whoever is later than that is late from the deadline on."""
    percent: float = Field(default=0, ge=0, le=100)
    """Of a column's maximum, for each hour or day that has begun."""
    per: Literal["hour", "day"] = "day"
    at_most: float = Field(default=100, ge=0, le=100)
    """Percent that lateness costs in the end."""
    extensions: dict[str, Moment] = Field(default_factory=dict)
    """By student number: their own deadline."""
    submitted: dict[str, Moment] = Field(default_factory=dict)
    """By student number: when they handed in, where the LMS does not say it, or not rightly."""
    attempt: Literal["newest", "newest_in_time", "first"] = "newest"
    """Which counts where the LMS's download holds several; newest_in_time: the newest, where none is in time."""

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"there is no time zone {zone}; write one such as Asia/Seoul") from None
        return zone

    def zoned(self, moment: datetime) -> datetime:
        """The moment in the deadline's zone."""
        zone = ZoneInfo(self.zone)
        return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)

    def of(self, student_id: str) -> datetime:
        """A student's own deadline."""
        return self.zoned(self.extensions.get(student_id, self.at))

    def allows(self, student_id: str, moment: datetime) -> bool:
        """Whether the student was in time then."""
        return self.zoned(moment) <= self.of(student_id) + timedelta(minutes=self.grace_minutes)


class Lateness(Record):
    """How one student's hand-in stands to the deadline."""

    deadline: datetime
    """The student's own, in the course's zone."""
    extended: bool = False
    submitted: datetime | None = None
    """In the course's zone; None where neither the LMS nor a person says when it was."""
    seconds: float = 0.0
    """After the deadline; 0 where it was in time, or nothing is known."""
    percent: float | None
    """Of the maximum that it costs; None: late, and a person has to say when it was handed in."""
    marked: bool = False
    """The LMS's own word for it: late."""
