"""Files to students: who handed in what, and joined to the class list if there is one.

An LMS's download has its own rules (`lms_layouts.py`); everything else is read off the names that
people gave (`claims.py`), folder by folder (`settling.py`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from grader.file_names import natural
from grader.lms.times import order as time_order
from grader.records.deadline import Deadline
from grader.records.roster import Person, Roster
from grader.records.submission import ClassWork, Item, SourceFile, Submission
from grader.stages.people.claims import Claims, Label
from grader.stages.people.class_list import ClassList
from grader.stages.people.folders import tree
from grader.stages.people.gradescope import Export
from grader.stages.people.joining import join
from grader.stages.people.lms_layouts import Found, recognised
from grader.stages.people.piles import WRITTEN, Pile
from grader.stages.people.settling import Defines, Settler


def by_student(
    items: Iterable[Item],
    root: str,
    roster: Roster | None = None,
    exports: Callable[[], Mapping[str, Export]] = dict,
    classes: Mapping[str, Sequence[str]] | None = None,
    deadline: Deadline | None = None,
) -> ClassWork:
    """Every student's files, in natural order of the student's number or name.

    `root` is the name of the folder or archive that holds them. A loose file that is no source and names
    nobody is a stray. `exports` gives Gradescope's metadata, and is asked for in an export of Gradescope's
    only. `classes` are the exercises' class names, by which files are known that belong to one of them.
    `deadline` says which of several attempts counts.
    """
    # a real file goes before one that a cell writes
    items = sorted(items, key=lambda item: (bool(WRITTEN.search(item.path)), natural(item.path)))
    found = recognised(items, {}, roster, deadline)
    if found and found.layout == "gradescope":
        found = recognised(items, exports(), roster, deadline) or found
    if found is None:
        found = _by_people(items, root, roster, classes or {})
    elif found.rest:
        beside = _by_people(found.rest, "", roster, classes or {})
        found = Found(found.layout, [*found.piles, *beside.piles], [*found.strays, *beside.strays])
    piles = _joined(found, roster) if roster else found.piles
    numbers = {person.student_id for person in roster.people if person.student_id} if roster else set()
    # a number on the list stands for the person on the list, not for whoever wrote it on a file
    shown = Counter(pile.identity for pile in piles if pile.unmatched is None or pile.identity not in numbers)
    done: list[Submission] = []
    for pile in piles:
        certain = shown[pile.identity] == 1 and (pile.unmatched is None or pile.identity not in numbers)
        own = pile.identity if certain else pile.label
        done.append(pile.submission(f"{own} (?)" if not certain and own in numbers else own))
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
    for pile, (place, by, unmatched) in zip(found.piles, join(found.piles, ClassList(roster)), strict=True):
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
    pile.ids = {**pile.ids, **{kind: value for kind, value in person.ids.items() if kind != "team"}}
    pile.section = person.section
    pile.late |= person.late
    pile.submitted = max(pile.submitted, person.submitted, key=time_order)
    pile.draft = person.draft


def _by_people(
    items: Sequence[Item], root: str, roster: Roster | None, classes: Mapping[str, Sequence[str]]
) -> Found:
    """The rules for folders and files that people named."""
    top = tree(items)
    claims = Claims([Label(root, ()), *top.labels()], roster)
    settler = Settler(claims, _defining(classes), root, frozenset(name.casefold() for name in classes))
    piles = settler.settle(top)
    return Found("files", piles, settler.strays)


def _defining(classes: Mapping[str, Sequence[str]]) -> Defines:
    """Tells which exercises' classes a file defines, as far as its text shows."""
    patterns = {
        exercise: re.compile(rf"^[ \t]*(?:class[ \t]+(?:{names})\b|(?:{names})[ \t]*=)", re.MULTILINE)
        for exercise, accepted in classes.items()
        if (names := "|".join(map(re.escape, accepted)))
    }

    def defines(item: Item) -> frozenset[str]:
        if not isinstance(item, SourceFile):
            return frozenset()
        return frozenset(e for e, p in patterns.items() if any(p.search(cell.text) for cell in item.cells))

    return defines
