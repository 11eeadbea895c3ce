"""File names as an LMS writes them into its download.

Read in the sources of Canvas (`lib/content_zipper.rb`) and Moodle (`mod/assign/classes/downloader.php`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from grader.records.base import Record

# {name}[_LATE]_{user id}_{attachment id}_{file name}; the name is lower case, so LATE is the mark
_CANVAS = re.compile(
    r"(?P<name>[^_].*?)(?P<late>_LATE)?_(?P<user>\d{3,})_(?P<attachment>\d{4,})_(?P<file>.+)"
)
_CANVAS_NAMELESS = re.compile(r"(?P<late>LATE_)?anon_(?P<user>[A-Za-z0-9]+)_(?P<attachment>\d+)_(?P<file>.+)")
_CANVAS_ENTRY = re.compile(r"(?P<name>.*?)(?P<late>_LATE)?_(?P<user>\d{3,})_(?P<file>(text|link)\.html)")
_ENTRY_YEAR = re.compile(r"(19|20)\d{6}")

# {full name}[_{number}]_assignsubmission_{plugin}[_]/{path} or …_{plugin}_{file}
_MOODLE = re.compile(
    r"(?P<name>[^_/]*)(?:_(?P<user>\d+))?_assignsubmission_(?P<plugin>file|onlinetext)(?:_?/|_)(?P<file>.+)"
)
_MOODLE_NAMELESS = frozenset(("participant", "참가자"))
"""Moodle's word in the place of a name when marking is blind, in the languages we know."""


class LmsName(Record):
    """The parts of a name in an LMS's download."""

    user: str
    """What the LMS calls the account: user id, participant number, or a group's name."""
    name: str
    """Empty where the LMS hides it."""
    file: str
    """What the student called the file, folders before it."""
    kind: Literal["file", "text", "link"]
    late: bool = False
    order: int = 0
    """Grows with time among the files of one account; 0 where the LMS does not tell."""


def canvas(names: Iterable[str]) -> dict[str, LmsName]:
    """The parts of each name, if all of them are as Canvas writes them; else nothing.

    All of them, since `hw_112_20231234_skip.py` alone could be either.
    """
    parts = {name: canvas_name(name) for name in names}
    found = {name: part for name, part in parts.items() if part is not None}
    if len(found) < len(parts):
        return {}
    uploads = [part for part in found.values() if part.kind == "file"]
    if all(_ENTRY_YEAR.fullmatch(str(part.order)) for part in uploads):
        return {}
    return found


def canvas_name(name: str) -> LmsName | None:
    """One name without folders; None where it is not as Canvas writes it."""
    if match := _CANVAS_NAMELESS.fullmatch(name) or _CANVAS.fullmatch(name):
        part = match.groupdict()
        return LmsName(
            user=part["user"],
            name=part.get("name", ""),
            file=part["file"],
            kind="file",
            late=bool(part["late"]),
            order=int(part["attachment"]),
        )
    if match := _CANVAS_ENTRY.fullmatch(name):
        part = match.groupdict()
        kind: Literal["text", "link"] = "text" if part["file"].startswith("text") else "link"
        return LmsName(
            user=part["user"], name=part["name"], file=part["file"], kind=kind, late=bool(part["late"])
        )
    return None


def moodle(path: str) -> LmsName | None:
    """A path in Moodle's download, in either of its layouts; None where it is none."""
    match = _MOODLE.fullmatch(path)
    if match is None:
        return None
    part = match.groupdict()
    hidden = part["name"].strip().casefold() in _MOODLE_NAMELESS
    return LmsName(
        user=part["user"] or part["name"],
        name="" if hidden else part["name"].strip(),
        file=part["file"],
        kind="text" if part["plugin"] == "onlinetext" else "file",
    )
