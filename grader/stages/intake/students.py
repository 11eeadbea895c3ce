"""Files to students: who handed in what, read off the names alone.

A folder is a student's, and whatever lies below it with it, unless its children carry the numbers of
several students (a class's folder, a section's). Loose files belong together by student number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from grader.records.base import Text
from grader.records.submission import OtherFile, SourceFile, Submission
from grader.stages.intake.archives import moved
from grader.stages.intake.handed_in import Item, suffix
from grader.stages.intake.names import CanvasName, canvas, natural, owner

_WRITTEN = re.compile(r"[^/]+\.ipynb/", re.IGNORECASE)
"""A module that a cell writes lies beside the notebook."""

MOST_OTHERS = 50
"""Listed per student; a data set unpacked beside the homework has sixty thousand."""


class _Pile:
    """What one student handed in, while it is being gathered."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.number = ""
        self.name = ""
        self.late = False
        self.items: dict[str, Item] = {}

    def add(self, item: Item, path: str, origin: str) -> None:
        path = _WRITTEN.sub("", path)
        if path in self.items:
            path = f"{origin}/{path}"
        count = 1
        while path in self.items:
            count += 1
            path = f"{origin} ({count})/{path}"
        self.items[path] = moved(item, path)


def by_student(items: Iterable[Item], root: str) -> tuple[Submission, ...]:
    """Every student's files, in natural order of the student's number or name.

    `root` is the name of the folder or archive that holds them: with a student number in it, all is
    that student's. A loose file that is no source and names nobody is nobody's: it is left out.
    """
    # a real file goes before one that a cell writes
    items = sorted(items, key=lambda item: (bool(_WRITTEN.search(item.path)), natural(item.path)))
    piles: dict[str, _Pile] = {}
    if owner(root).number:
        _gather(piles, root, [(item, item.path) for item in items])
    else:
        _sort_in(piles, [(item, item.path) for item in items], (), root)
    names: dict[str, int] = {}
    for pile in piles.values():
        identity = pile.number or pile.label.rpartition("/")[2]
        names[identity] = names.get(identity, 0) + 1
    done = []
    for pile in piles.values():
        identity = pile.number or pile.label.rpartition("/")[2]
        done.append(_submission(pile, identity if names[identity] == 1 else pile.label))
    return tuple(sorted(done, key=lambda submission: natural(submission.student_id)))


Located = list[tuple[Item, str]]
"""Items with their paths relative to the folder that is being looked at."""


def _sort_in(piles: dict[str, _Pile], located: Located, above: tuple[str, ...], root: str) -> None:
    folders: dict[str, Located] = {}
    loose: Located = []
    for item, path in located:
        head, slash, rest = path.partition("/")
        if slash:
            folders.setdefault(head, []).append((item, rest))
        else:
            loose.append((item, path))
    named = canvas([*folders, *(path for _, path in loose if suffix(path))]) if not above else {}
    for item, path in loose:
        if path in named:
            _gather_canvas(piles, named[path], [(item, named[path].file)])
        elif suffix(path):
            _gather(piles, "/".join((*above, _stem(path))), [(item, path)])
    sole = len(folders) == 1 and not loose
    for head, inner in folders.items():
        if head in named:
            _gather_canvas(piles, named[head], inner)
        elif _holds_students(head, inner) or (sole and _wraps_the_class(head, inner, root)):
            _sort_in(piles, inner, (*above, head), root)
        else:
            _gather(piles, "/".join((*above, _stem(head))), inner)
    for item, path in loose:  # after all others, so that "홍길동.pdf" finds the pile of "홍길동.py"
        who, label = owner(path), "/".join((*above, _stem(path)))
        if not suffix(path) and (who.number or who.name or label in piles):
            _gather(piles, label, [(item, path)])


def _stem(name: str) -> str:
    """The name without the ending of a source; "lab.ipynb" may also be the head of what the notebook writes."""
    ending = suffix(name) or PurePosixPath(name).suffix
    return name[: name.lower().rindex(ending.lower())].strip() or name if ending else name


def _holds_students(head: str, inner: Located) -> bool:
    """Whether a folder's children carry the numbers of several students."""
    who = owner(head)
    children = {path.partition("/")[0] for _, path in inner if "/" in path or suffix(path)}
    return not (who.number or who.name) and len({n for child in children if (n := owner(child).number)}) > 1


def _wraps_the_class(head: str, inner: Located, root: str) -> bool:
    """Whether the only folder there is came about by packing the class's folder."""
    who = owner(head)
    folders = {path.partition("/")[0] for _, path in inner if "/" in path}
    sources = [path for _, path in inner if "/" not in path and suffix(path)]
    return not (who.number or who.name) and (head == root or (len(folders) > 1 and not sources))


def _gather(piles: dict[str, _Pile], label: str, located: Located) -> None:
    """One folder, or one loose file, to its student's pile."""
    head = label.rpartition("/")[2]
    who = owner(head)
    inside = [owner(path.rpartition("/")[2]) for _, path in located if suffix(path)]
    numbers = {o.number for o in inside if o.number}
    number = who.number or (numbers.pop() if len(numbers) == 1 else "")
    pile = piles.setdefault(number or label, _Pile(label))
    pile.number = number
    pile.name = pile.name or who.name or next((o.name for o in inside if o.name), "")
    for item, path in located:
        pile.add(item, path, head)


def _gather_canvas(piles: dict[str, _Pile], parts: CanvasName, located: Located) -> None:
    """The files of one Canvas user; the student's number may be in the inner names."""
    pile = piles.setdefault(f"canvas {parts.user}", _Pile(parts.user))
    who = owner(parts.file)
    pile.number = pile.number or who.number
    pile.name = pile.name or who.name or parts.name
    pile.late |= parts.late
    for item, path in located:
        pile.add(item, path, parts.file)


def _submission(pile: _Pile, identity: str) -> Submission:
    items = sorted(pile.items.values(), key=lambda item: natural(item.path))
    others = [item for item in items if isinstance(item, OtherFile)]
    if len(others) > MOST_OTHERS:
        more = len(others) - MOST_OTHERS
        reason = Text(
            en=f"{more} more files that are no submission", ko=f"제출물이 아닌 파일이 {more}개 더 있어요"
        )
        others = [*others[:MOST_OTHERS], OtherFile(path="…", reason=reason)]
    return Submission(
        student_id=identity,
        student_name=pile.name,
        files=tuple(item for item in items if isinstance(item, SourceFile)),
        others=tuple(others),
        late=pile.late,
    )
