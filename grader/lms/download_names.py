"""File names as an LMS writes them into its download.

Read in the sources of Canvas (`lib/content_zipper.rb`) and Moodle (`mod/assign/classes/downloader.php`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Literal

from grader.file_names.vocabulary import is_course_word
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


_CANVAS_YOUNG = re.compile(
    r"(?P<name>[^_].*?)(?P<late>_LATE)?_(?P<user>\d{1,})_(?P<attachment>\d{2,})_(?P<file>.+)"
)
"""As a site of one's own writes it, whose ids are short still."""
_BLACKBOARD = re.compile(
    r"(?P<work>.+)_(?P<user>[^_]+)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|(?P<text>\.txt))"
)
TEST_STUDENTS = frozenset(("studenttest", "teststudent", "학생테스트", "테스트학생"))
"""Canvas's "student view", as its name is written without blanks and marks."""


def canvas(names: Iterable[str], users: Collection[str] = ()) -> dict[str, LmsName]:
    """The parts of each name that Canvas wrote, if what they have in common says so; else nothing.

    `hw_112_20231234_skip.py` alone could be either, so all of them must be Canvas's; or most, with one
    name for each user and no download twice; or their users must be among `users`, the class list's.
    """
    names = list(dict.fromkeys(names))
    usual = {name: part for name in names if (part := canvas_name(name))}
    uploads = [part for part in usual.values() if part.kind == "file"]
    if len(usual) == len(names):
        return {} if _are_days(uploads) and not _listed(uploads, users) else usual
    young = {name: part for name in names if (part := usual.get(name) or _young(name))}
    for found in (usual, young):
        uploads = [part for part in found.values() if part.kind == "file"]
        if _listed(uploads, users) or (
            len(uploads) > 1
            and 3 * len(found) >= 2 * len(names)
            and not _are_days(uploads)
            and _consistent(uploads)
        ):
            return found
    return {}


def _are_days(parts: Sequence[LmsName]) -> bool:
    """Whether what would be the downloads' numbers are days, or student numbers that begin with a year."""
    return bool(parts) and all(_ENTRY_YEAR.fullmatch(str(part.order)) for part in parts)


def _listed(parts: Sequence[LmsName], users: Collection[str]) -> bool:
    return bool(parts) and 2 * sum(part.user in users for part in parts) >= len(parts)


def _consistent(parts: Sequence[LmsName]) -> bool:
    """One name for each user, that may be a name; no download twice."""
    pairs = {(part.user, part.name) for part in parts}
    users, downloads = {user for user, _ in pairs}, {part.order for part in parts}
    may_be = all(
        not name or any(not is_course_word(w) for w in re.findall(r"[^\W\d_]+", name)) for _, name in pairs
    )
    return len(users) == len(pairs) > 1 and len(downloads) == len(parts) and may_be


def _young(name: str) -> LmsName | None:
    match = _CANVAS_YOUNG.fullmatch(name)
    if match is None:
        return None
    part = match.groupdict()
    return LmsName(
        user=part["user"], name=part["name"], file=part["file"], kind="file", late=bool(part["late"]),
        order=int(part["attachment"]),
    )  # fmt: skip


def is_anonymous(name: str) -> bool:
    """Whether Canvas wrote it for an assignment that is graded anonymously."""
    return _CANVAS_NAMELESS.fullmatch(name) is not None


def blackboard(name: str) -> LmsName | None:
    """`Lab 12_20231101_attempt_2024-11-20-23-41-07_skip.py`, and the text that goes with it."""
    match = _BLACKBOARD.fullmatch(name)
    if match is None:
        return None
    part = match.groupdict()
    return LmsName(
        user=part["user"], name="", file=part["file"] or "", kind="text" if part["text"] else "file",
        order=int(part["time"].replace("-", "")),
    )  # fmt: skip


def canvas_name(name: str) -> LmsName | None:
    """One name without folders; None where it is not as Canvas writes it."""
    if match := _CANVAS_NAMELESS.fullmatch(name) or _CANVAS.fullmatch(name):
        part = match.groupdict()
        if re.search(r"_\d+$", part.get("name", "")):
            return None  # a young site's two numbers, and one with which the student's own name begins
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
