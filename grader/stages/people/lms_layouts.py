"""Downloads of Canvas, Moodle and Gradescope, recognised by how they name things."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from grader.errors import SubmissionsError
from grader.file_names import owner, suffix
from grader.lms.download_names import (
    TEST_STUDENTS,
    LmsName,
    blackboard,
    canvas,
    canvas_name,
    is_anonymous,
    moodle,
)
from grader.lms.times import order as time_order
from grader.records.base import Text
from grader.records.deadline import Deadline
from grader.records.roster import Roster
from grader.records.submission import Item, Layout, OtherFile, SourceFile
from grader.stages.people.class_list import team_of
from grader.stages.people.gradescope import Attempt, Export
from grader.stages.people.piles import Pile

Located = Sequence[tuple[Item, str]]
"""Items with their paths relative to the folder that is being looked at."""

_GRADESCOPE = re.compile(r"(submission_\d+)(?:/(?P<file>.+)|(?P<pdf>\.pdf))", re.IGNORECASE)

_NOT_FILES = {
    "text": Text(
        en="text typed into the LMS; only a .py file or a notebook is graded",
        ko="LMS에 직접 입력한 글이에요. .py 파일이나 노트북만 채점해요",
    ),
    "link": Text(
        en="a link; only a .py file or a notebook is graded",
        ko="링크예요. .py 파일이나 노트북만 채점해요",
    ),
}


class Found(NamedTuple):
    """An LMS's download, sorted into piles."""

    layout: Layout
    piles: list[Pile]
    strays: list[OtherFile]
    rest: tuple[Item, ...] = ()
    """Files beside a download that people named."""


def recognised(
    items: Iterable[Item],
    exports: Mapping[str, Export],
    roster: Roster | None = None,
    deadline: Deadline | None = None,
) -> Found | None:
    """The piles of an LMS's download, which may lie in folders of any name; None if it is none.

    `exports` is what Gradescope's metadata says, by the folder that it lies in; `deadline` says which of
    several attempts counts.
    Several downloads side by side, such as one for each exercise, are sorted in together.
    """
    located = [(item, item.path) for item in items]
    users = {person.ids["canvas"] for person in roster.people if "canvas" in person.ids} if roster else set()
    if found := _read(located, exports.get("", {}), users, deadline):
        return found
    folders: dict[str, list[tuple[Item, str]]] = {}
    loose: list[OtherFile] = []
    for item, path in located:
        head, slash, rest = path.partition("/")
        if slash:
            folders.setdefault(head, []).append((item, rest))
        elif isinstance(item, OtherFile) and not suffix(path):
            loose.append(item)
        else:
            return None
    every = [
        found
        for head, inner in folders.items()
        if (found := _read(inner, exports.get(head, {}), users, deadline))
    ]
    if not every or len(every) < len(folders) or len({found.layout for found in every}) > 1:
        return None
    strays = [*loose, *(stray for found in every for stray in found.strays)]
    beside = tuple(item for found in every for item in found.rest)
    return Found(every[0].layout, _merged([pile for found in every for pile in found.piles]), strays, beside)


def _merged(piles: Iterable[Pile]) -> list[Pile]:
    """One pile for each account.

    Raises SubmissionsError where Moodle's numbers mean other people in another download.
    """
    merged: dict[tuple[str, str], Pile] = {}
    for pile in piles:
        owner_of_it = pile.number or pile.ids.get("email", "") if "gradescope" in pile.ids else ""
        same = merged.setdefault((pile.label if not owner_of_it else "", owner_of_it), pile)
        if same is pile:
            continue
        if "moodle" in pile.ids and (not pile.name or same.name != pile.name):
            raise SubmissionsError(
                f"{pile.source}: Moodle's number {pile.label} is somebody else's in another download beside it; "
                "grade one assignment at a time"
            )
        same.absorb(pile)
    return list(merged.values())


def _read(
    located: Located, attempts: Export, users: Collection[str], deadline: Deadline | None
) -> Found | None:
    return (
        _gradescope(located, attempts, deadline)
        or _moodle(located)
        or _canvas(located, users)
        or _blackboard(located, deadline)
    )


def _counting(attempts: Sequence[Pile], deadline: Deadline | None) -> Pile:
    """The attempt of one student that counts, with the files of the others set aside."""
    ordered = sorted(attempts, key=lambda pile: time_order(pile.submitted))
    chosen = ordered[-1]
    if deadline is not None and deadline.attempt == "first":
        chosen = ordered[0]
    elif deadline is not None and deadline.attempt == "newest_in_time":
        in_time = [p for p in ordered if p.submitted and deadline.allows(p.number, p.submitted)]
        chosen = in_time[-1] if in_time else chosen
    for other in reversed(ordered):
        if other is not chosen:
            chosen.set_aside(other)
    return chosen


def _canvas(located: Located, users: Collection[str]) -> Found | None:
    """`홍길동_LATE_3143_99101_skip.py`; an archive that was opened is a folder of that name."""
    heads = {path.partition("/")[0] for item, path in located if _is_source(item, path)}
    known = canvas(heads, users)
    if not known:
        return None

    def name_of(path: str) -> LmsName | None:
        head = path.partition("/")[0]
        return known.get(head) or (canvas_name(head) if head not in heads else None)

    theirs = [(item, path) for item, path in located if name_of(path) or not _is_source(item, path)]
    rest = tuple(item for item, path in located if not name_of(path) and _is_source(item, path))
    tests: list[tuple[Item, str]] = []
    people: list[tuple[Item, str]] = []
    for item, path in theirs:
        name = name_of(path)
        test = name is not None and re.sub(r"[\W_]", "", name.name).casefold() in TEST_STUDENTS
        (tests if test else people).append((item, path))
    found = _sorted("canvas", people, name_of, lambda path, name: path.partition("/")[2] or name.file)
    for pile in found.piles:
        if is_anonymous(pile.source):
            pile.anonymous, pile.ids = True, {}
    set_aside = [OtherFile(path=item.path, reason=_TEST) for item, _ in tests]
    return found._replace(rest=rest, strays=[*found.strays, *set_aside])


_TEST = Text(en="Canvas's test student (student view)", ko="Canvas의 테스트 학생(학생 보기)이에요")


def _blackboard(located: Located, deadline: Deadline | None) -> Found | None:
    """`Lab 12_20231101_attempt_2024-11-20-23-41-07_skip.py`, an attempt each."""
    named = {path: blackboard(path.partition("/")[0]) for _, path in located}
    if any(named[path] is None for item, path in located if _is_source(item, path)) or not any(
        named.values()
    ):
        return None
    attempts: dict[str, dict[int, Pile]] = {}
    strays = []
    for item, path in located:
        name = named[path]
        if name is None:
            strays += [item] if isinstance(item, OtherFile) else []
            continue
        pile = attempts.setdefault(name.user, {}).setdefault(name.order, Pile(name.user))
        pile.number, pile.submitted = owner(name.user).number, _clock(name.order)
        pile.source = pile.source or path.partition("/")[0]
        inner = path.partition("/")[2]
        pile.add(item, inner or name.file or path, path.partition("/")[0], name.order)
    piles = [_counting(list(of_one.values()), deadline) for of_one in attempts.values()]
    return Found("files", piles, strays)


def _clock(order: int) -> datetime | None:
    """The time of an attempt; None where its name holds no such day."""
    try:
        return datetime.strptime(str(order), "%Y%m%d%H%M%S")
    except ValueError:
        return None


def _moodle(located: Located) -> Found | None:
    """`홍길동_123_assignsubmission_file/…` and its variants."""
    named = {path: moodle(path) for _, path in located}
    if not any(named.values()) or any(
        named[path] is None for item, path in located if _is_source(item, path)
    ):
        return None
    return _sorted("moodle", located, lambda path: named[path], lambda path, name: name.file)


def _sorted(
    layout: Layout,
    located: Located,
    name_of: Callable[[str], LmsName | None],
    own_path: Callable[[str, LmsName], str],
) -> Found:
    piles: dict[str, Pile] = {}
    strays = []
    numbers: dict[str, set[str]] = {}
    # a real file goes before one that a cell writes
    for item, path in sorted(located, key=lambda pair: ".ipynb/" in pair[1].lower()):
        name = name_of(path)
        if name is None:
            if isinstance(item, OtherFile):
                strays.append(item)
            continue
        if name.kind != "file" and isinstance(item, OtherFile):
            item = item.model_copy(update={"reason": _NOT_FILES[name.kind]})
        pile = piles.setdefault(name.user, Pile(name.user, account=True))
        pile.ids.setdefault(layout, name.user)
        before, dash, own = name.name.partition("-")
        pile.name = pile.name or (own if dash and own and team_of(before) else name.name)
        pile.late |= name.late
        pile.source = pile.source or path.partition("/")[0]
        if _is_source(item, path):
            written = {owner(part).number for part in (name.file, *own_path(path, name).split("/"))}
            numbers.setdefault(name.user, set()).update(written - {""})
        pile.add(item, own_path(path, name), name.file.partition("/")[0], name.order)
    for user, found in numbers.items():
        piles[user].number = found.pop() if len(found) == 1 else ""
    return Found(layout, list(piles.values()), strays)


def _gradescope(located: Located, attempts: Export, deadline: Deadline | None) -> Found | None:
    """`submission_98765/…`, whose owners are in the metadata."""
    named = {path: match for _, path in located if (match := _GRADESCOPE.match(path))}
    if not named or any(path not in named for item, path in located if _is_source(item, path)):
        return None
    folders: dict[str, list[tuple[Item, str]]] = {}
    strays = []
    for item, path in located:
        if path in named:
            folders.setdefault(named[path][1].lower(), []).append((item, named[path]["file"] or path))
        elif isinstance(item, OtherFile) and not path.endswith("submission_metadata.yml"):
            strays.append(item)
    by_owner: dict[str, list[Pile]] = {}
    for folder in dict.fromkeys((*folders, *attempts)):
        for attempt in attempts.get(folder) or [Attempt(folder)]:
            pile = Pile(folder, account=True)
            pile.number, pile.name, pile.source = attempt.number, attempt.name, folder
            pile.submitted = attempt.created_at
            pile.ids = {"gradescope": folder.removeprefix("submission_")}
            if attempt.email:
                pile.ids["email"] = attempt.email
            for item, path in folders.get(folder, ()):
                pile.add(item, path, folder)
            if not pile.number:
                written = {
                    owner(part).number for _, path in folders.get(folder, ()) for part in path.split("/")
                }
                pile.number = written.pop() if len(written := written - {""}) == 1 else ""
            by_owner.setdefault(attempt.owner, []).append(pile)
    piles = [_counting(same, deadline) for same in by_owner.values()]
    return Found("gradescope", piles, strays)


def _is_source(item: Item, path: str) -> bool:
    return isinstance(item, SourceFile) or bool(suffix(path))
