"""Times as an LMS writes them. What is read is certain, or it is not read."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_ISO = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[ T](?P<time>\d\d:\d\d(?::\d\d)?)(?P<fraction>\.\d+)? ?(?P<zone>Z|UTC|[+-]\d\d:?\d\d)?"
)
"""Gradescope: "2026-10-12 06:41:07.000000000 -07:00"; people's lists."""
_DASHES = re.compile(r"\d{4}(?:-\d\d){5}")
"""Blackboard's attempts."""
_ENGLISH = re.compile(
    r"(?:[A-Z][a-z]+, )?(?P<day>\d{1,2}) (?P<month>[A-Z][a-z]+) (?P<year>\d{4}), (?P<hour>\d{1,2}):(?P<minute>\d\d) ?(?P<half>AM|PM)"
)
"""Moodle: "Monday, 12 October 2026, 3:41 PM"."""
_KOREAN = re.compile(
    r"(?P<year>\d{4})(?:년|[./-])\s*(?P<month>\d{1,2})(?:월|[./-])\s*(?P<day>\d{1,2})[일.]?,?\s*(?:\(?[월화수목금토일](?:요일)?\)?,?\s*)?"
    r"(?P<half>오전|오후)?\s*(?P<hour>\d{1,2})(?::|시\s*)(?P<minute>\d\d)분?(?::(?P<second>\d\d))?"
)
"""Moodle: "2026년 10월 12일, 월요일, 오후 03:41"; spreadsheets: "2026. 10. 12. 오후 3:41"."""
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def moment(written: str) -> datetime | None:
    """The time that is written; without a zone where none is, None where it is no time."""
    text = " ".join(written.split())
    try:
        if found := _ISO.fullmatch(text):
            zone = found["zone"] or ""
            zone = "+00:00" if zone in ("Z", "UTC") else f"{zone[:3]}:{zone[-2:]}" if zone else ""
            return datetime.fromisoformat(
                f"{found['day']}T{found['time']}{(found['fraction'] or '')[:7]}{zone}"
            )
        if _DASHES.fullmatch(text):
            return datetime.strptime(text, "%Y-%m-%d-%H-%M-%S")
        if found := _ENGLISH.fullmatch(text):
            month = _MONTHS.index(found["month"]) + 1
            hour = _of_day(int(found["hour"]), found["half"] == "PM")
            return datetime(int(found["year"]), month, int(found["day"]), hour, int(found["minute"]))
        if found := _KOREAN.fullmatch(text):
            hour = int(found["hour"])
            hour = _of_day(hour, found["half"] == "오후") if found["half"] else hour
            day = (int(found["year"]), int(found["month"]), int(found["day"]))
            return datetime(*day, hour, int(found["minute"]), int(found["second"] or 0))
    except ValueError:  # the 31st of February, month 13
        return None
    return None


def order(when: datetime | None) -> float:
    """By which times are sorted; none at all comes first, no zone is taken for UTC."""
    if when is None:
        return float("-inf")
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def _of_day(hour: int, afternoon: bool) -> int:
    """12 AM is midnight, 12 PM noon. Raises ValueError for other hours than 1 to 12."""
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + 12 * afternoon
