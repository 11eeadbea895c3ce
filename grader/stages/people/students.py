"""Files to students: who handed in what, read off the names, and joined to the class list if there is one.

A folder is a student's, and whatever lies below it with it, unless its children carry the numbers of
several students (a class's folder, a section's). Loose files belong together by student number. An
LMS's download has its own rules (`lms_layouts.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from grader.file_names import natural, owner, says_late, suffix
from grader.records.roster import Person, Roster
from grader.records.submission import ClassWork, Item, OtherFile, Submission
from grader.stages.people.gradescope import Export
from grader.stages.people.joining import join
from grader.stages.people.lms_layouts import Found, recognised
from grader.stages.people.piles import WRITTEN, Pile


def by_student(
    items: Iterable[Item],
    root: str,
    roster: Roster | None = None,
    exports: Callable[[], Mapping[str, Export]] = dict,
) -> ClassWork:
    """Every student's files, in natural order of the student's number or name.

    `root` is the name of the folder or archive that holds them: with a student number in it, all is
    that student's. A loose file that is no source and names nobody is a stray. `exports` gives
    Gradescope's metadata, and is asked for in an export of Gradescope's only.
    """
    # a real file goes before one that a cell writes
    items = sorted(items, key=lambda item: (bool(WRITTEN.search(item.path)), natural(item.path)))
    found = recognised(items, {}) or _by_people(items, root)
    if found.layout == "gradescope":
        found = recognised(items, exports()) or found
    piles = _joined(found, roster) if roster else found.piles
    numbers = {person.student_id for person in roster.people if person.student_id} if roster else set()
    # a number on the list stands for the person on the list, not for whoever wrote it on a file
    shown = Counter(pile.identity for pile in piles if pile.unmatched is None or pile.identity not in numbers)
    done: list[Submission] = []
    for pile in piles:
        certain = shown[pile.identity] == 1 and (pile.unmatched is None or pile.identity not in numbers)
        done.append(pile.submission(pile.identity if certain else pile.label))
    return ClassWork(
        submissions=tuple(sorted(done, key=lambda submission: natural(submission.student_id))),
        layout=found.layout,
        strays=tuple(sorted(found.strays, key=lambda stray: natural(stray.path))),
    )


def _joined(found: Found, roster: Roster) -> list[Pile]:
    """One pile for each person of the class list, empty for who handed nothing in, and the unmatched.

    A document in a plain folder that names nobody on the list is a stray: "공지사항.txt" looks like a name.
    """
    people: dict[int, Pile] = {}
    others = []
    for pile, (place, by, unmatched) in zip(found.piles, join(found.piles, roster), strict=True):
        pile.unmatched = unmatched
        if unmatched and not unmatched.candidates and not pile.account and not pile.has_source:
            found.strays.extend(pile.others)
        elif place is None:
            others.append(pile)
        elif place in people:
            people[place].absorb(pile)
        else:
            people[place] = pile
            pile.joined_by = by
    for place, person in enumerate(roster.people):
        pile = people.setdefault(place, Pile(next(iter(person.ids.values()), person.name)))
        _named(pile, person)
    return [*people.values(), *others]


def _named(pile: Pile, person: Person) -> None:
    pile.number = person.student_id or pile.number
    pile.name = person.name or pile.name
    pile.ids = {**pile.ids, **person.ids}
    pile.late |= person.late
    pile.draft = person.draft


def _by_people(items: Sequence[Item], root: str) -> Found:
    """The rules for folders and files that people named."""
    piles: dict[str, Pile] = {}
    strays: list[OtherFile] = []
    if owner(root).number:
        _gather(piles, root, [(item, item.path) for item in items])
    else:
        _sort_in(piles, strays, [(item, item.path) for item in items], (), root)
    return Found("files", list(piles.values()), strays)


Located = list[tuple[Item, str]]
"""Items with their paths relative to the folder that is being looked at."""


def _sort_in(
    piles: dict[str, Pile], strays: list[OtherFile], located: Located, above: tuple[str, ...], root: str
) -> None:
    folders: dict[str, Located] = {}
    loose: Located = []
    for item, path in located:
        head, slash, rest = path.partition("/")
        if slash:
            folders.setdefault(head, []).append((item, rest))
        else:
            loose.append((item, path))
    for item, path in loose:
        if suffix(path):
            _gather(piles, "/".join((*above, _stem(path))), [(item, path)])
    sole = len(folders) == 1 and not loose
    for head, inner in folders.items():
        written = WRITTEN.match(f"{head}/")  # a notebook's cells: theirs are no names of students
        if (not written and _holds_students(head, inner)) or (sole and _wraps_the_class(head, inner, root)):
            _sort_in(piles, strays, inner, (*above, head), root)
        else:
            _gather(piles, "/".join((*above, _stem(head))), inner)
    for item, path in loose:  # after all others, so that "홍길동.pdf" finds the pile of "홍길동.py"
        who, label = owner(path), "/".join((*above, _stem(path)))
        if suffix(path):
            continue
        if who.number or who.name or label in piles:
            _gather(piles, label, [(item, path)])
        elif isinstance(item, OtherFile):
            strays.append(item)


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


def _gather(piles: dict[str, Pile], label: str, located: Located) -> None:
    """One folder, or one loose file, to its student's pile."""
    head = label.rpartition("/")[2]
    who = owner(head)
    inside = [
        owner(path.rpartition("/")[2])
        for item, path in located
        if suffix(path) and not WRITTEN.search(item.path)
    ]
    numbers = {o.number for o in inside if o.number}
    number = who.number or (numbers.pop() if len(numbers) == 1 else "")
    pile = piles.setdefault(number or label, Pile(label))
    pile.number = number
    pile.name = pile.name or who.name or next((o.name for o in inside if o.name), "")
    pile.late |= says_late(label)
    pile.source = pile.source or located[0][0].path.removesuffix(f"/{located[0][1]}")
    for item, path in located:
        pile.add(item, path, head)
