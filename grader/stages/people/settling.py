"""Whose is what: for each folder, is it one person's, or does it hold several people's?

Both readings are weighed by all that speaks for them: what the folder's own name claims, whom the names
inside it claim, and whether its children are exercises, sections or the parts of one project. The heavier
one is chosen. Where the two weigh nearly the same, what is contested is nobody's, and asked about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from grader.file_names import says_late, signs, standing
from grader.records.base import Text
from grader.records.roster import Unmatched
from grader.records.submission import Item, OtherFile, SourceFile
from grader.stages.people.claims import NAME, NOTHING, NUMBER, WORD, Claim, Claims, Key, may_be_a_day
from grader.stages.people.folders import Folder, Loose
from grader.stages.people.piles import Part, Pile

Defines = Callable[[Item], frozenset[str]]
"""The exercises whose classes a file defines."""

_CLOSE = 2.5
"""Readings whose weights differ by less are asked about."""
_OWN = {4: 8.0, NUMBER: 6.0, NAME: 4.0}
"""What a folder's own name weighs, by how sure it is."""
_OTHER, _MOST_OTHERS = 3.0, 5
"""What each other person named inside weighs, and how many are counted."""

_NAMELESS = Text(
    en="its name says nobody's name or number; put the student number into it",
    ko="이름에 학번이나 성명이 없어요. 학번을 적어 주세요",
)
_SEVERAL = Text(
    en="it holds one exercise several times, and no name says whose: one student's, or several students'? "
    "Give each student a folder with the number",
    ko="같은 문제의 파일이 여럿인데 누구의 것인지 이름에 없어요. 한 사람의 것인가요? 학생마다 학번을 적은 폴더로 나눠 주세요",
)

_SYLLABLES = 3
"""Of most Korean names, and of few words."""

Reading = Literal["person", "people", "close"]


@dataclass
class Settler:
    """Sorts a tree of files into piles.

    Args:
        claims: what the names say.
        defines: which exercises a file defines.
        root: name of what holds the whole tree.
    """

    claims: Claims
    defines: Defines
    root: str
    exercises: frozenset[str] = frozenset()
    """Names of exercises, as folders may be called."""
    piles: dict[Key, Pile] = field(default_factory=dict)
    strays: list[OtherFile] = field(default_factory=list)
    _inside: dict[int, tuple[Claim, ...]] = field(default_factory=dict)

    def settle(self, top: Folder) -> list[Pile]:
        """Everybody's pile; what names nobody is a stray if it is no work, else a pile that is asked about."""
        own = self.claims.of(self.root)
        reading, own = self._reading(top, own, is_root=True)
        if reading == "person":
            self._one(top, own, self.root)
            if not own.keys and self._looks_like_several(top):
                self._ask(list(self.piles.values()), _SEVERAL)
        else:
            self._people(top, "", False)
        for key, pile in list(self.piles.items()):
            self._part_namesakes(key, pile)
        self._ask_for_the_nameless()
        return list(self.piles.values())

    # -- the decision ---------------------------------------------------------------------------------

    def _reading(self, folder: Folder, own: Claim, is_root: bool = False) -> tuple[Reading, Claim]:
        """How a folder is read, and whose it is where it is one person's."""
        others = {
            claim.keys: claim for claim in self._named_inside(folder) if not set(claim.keys) & set(own.keys)
        }
        if is_root and own.number and not own.name and may_be_a_day(own.number):
            own = Claim() if others or self._words_inside(folder, True) else own  # the day of the download
        if own.strength >= NAME:
            return self._weighed(folder, own, others), own
        if len(others) > 1:
            return "people", own
        if len(others) == 1:
            (inner,) = others.values()
            if is_root or (own.strength == NOTHING and self._is_a_shelf(folder)):
                return "people", own
            return "person", inner
        if is_root:
            sole = len(folder.folders) == 1 and not any(loose.is_work for loose in folder.files)
            return ("people" if sole or self._words_inside(folder, True) else "person"), own
        if own.strength == WORD:
            return "person", own
        return ("people" if self._words_inside(folder, False) else "person"), own

    def _own(self, folder: Folder) -> Claim:
        """Whom a folder's name names. A number that may be a day, before several people's work, is the day."""
        own = self.claims.of(folder.name)
        if (
            own.number
            and not own.name
            and own.keys
            and own.keys[0][0] == "number"
            and may_be_a_day(own.number)
        ):
            people = {claim.keys for claim in self._named_inside(folder)} - {own.keys}
            if len(people) > 1 or len(self._words_inside(folder, False)) > 1:
                return Claim()
        return own

    def _weighed(self, folder: Folder, own: Claim, others: dict[tuple[Key, ...], Claim]) -> Reading:
        children = [self.claims.of(name) for name in self._children(folder)]
        if len(others) < 2:
            return "close" if others and all(_is_another(child, own) for child in children) else "person"
        again = sum(bool(set(child.keys) & set(own.keys)) for child in children)
        all_others = children and all(
            child.strength >= NAME and not set(child.keys) & set(own.keys) for child in children
        )
        one = _OWN[own.strength] + min(again, 3)
        several = _OTHER * min(len(others), _MOST_OTHERS) + (2.0 if all_others else 0.0)
        if abs(one - several) < _CLOSE:
            return "close"
        return "person" if one > several else "people"

    def _named_inside(self, folder: Folder) -> tuple[Claim, ...]:
        """Whom the uppermost names inside name; a name or more, no mere word."""
        if id(folder) not in self._inside:
            found = [c for loose in folder.files if (c := self.claims.of(loose.label)).strength >= NAME]
            for child in folder.folders.values():
                claim = self._own(child)
                found += [claim] if claim.strength >= NAME else self._named_inside(child)
            self._inside[id(folder)] = tuple(found)
        return self._inside[id(folder)]

    def _words_inside(self, folder: Folder, is_root: bool) -> set[Key]:
        """Whom mere words may name: folders with work in them, and files that hold a class of an exercise."""
        found: set[Key] = set()
        for child in folder.folders.values():
            claim = self._own(child)
            if claim.strength == WORD and child.has_work:
                found |= set(claim.keys)
            elif claim.strength == NOTHING:
                found |= self._words_inside(child, False)
        imported = _imported(folder)
        for loose in folder.files:
            claim = self.claims.of(loose.label)
            if claim.strength != WORD or not loose.is_work or loose.label in imported:
                continue
            if is_root or self.defines(loose.item) or isinstance(loose.item, OtherFile):
                found |= set(claim.keys)
        return found

    def _is_a_shelf(self, folder: Folder) -> bool:
        """Whether a folder's name is that of a section, a team, an exercise or lateness."""
        found = signs(folder.name)
        return bool(found.section or found.team or says_late(folder.name)) or len(self._children(folder)) > 1

    def _children(self, folder: Folder) -> list[str]:
        return [*folder.folders, *(loose.label for loose in folder.files if loose.is_work)]

    # -- doing as decided -----------------------------------------------------------------------------

    def _people(self, folder: Folder, section: str, late: bool) -> None:
        """Each child goes to whom it names."""
        late |= says_late(folder.name) if folder.name else False
        section = signs(folder.name).section or section
        imported = _imported(folder)
        work = [loose for loose in folder.files if loose.is_work]
        for loose in work:
            claim = self.claims.of(loose.label)
            if claim.strength == WORD and loose.label in imported:
                claim = Claim()
            self._add_loose(folder, loose, claim, section, late)
        for child in folder.folders.values():
            reading, claim = self._reading(child, self._own(child))
            if reading == "people":
                self._people(child, section, late)
            elif reading == "close":
                self._contested(child, claim)
            else:
                self._one(child, claim, child.path, section, late)
        for loose in folder.files:  # after all others, so that "홍길동.pdf" finds the pile of "홍길동.py"
            if loose in work:
                continue
            claim = self.claims.of(loose.label)
            known = claim.keys and all(
                key in self.piles for key in self._keys(claim, section, folder, loose.label)
            )
            if claim.strength >= NAME or known:
                self._add_loose(folder, loose, claim, section, late)
            elif isinstance(loose.item, OtherFile):
                self.strays.append(loose.item)

    def _add_loose(self, folder: Folder, loose: Loose, claim: Claim, section: str, late: bool) -> None:
        shelf = folder.name if self._is_an_exercise(folder.name) else ""
        path = f"{shelf}/{loose.path}" if shelf else loose.path
        label = "/".join(filter(None, (folder.path, loose.label)))
        for pile in self._piles_of(claim, label, section, folder, loose.label):
            pile.late |= late or says_late(loose.label)
            pile.source = pile.source or loose.item.path
            pile.add(loose.item, path, folder.name or loose.label)
            pile.parts.append(
                Part(
                    label, loose.label, claim.strength, self.defines(loose.item), ((loose.item, path),), True
                )
            )

    def _one(self, folder: Folder, claim: Claim, label: str, section: str = "", late: bool = False) -> None:
        """All below a folder is one person's, or one pair's."""
        files = list(folder.all_files())
        if not any(Loose(item, path).is_work for item, path in files) and claim.strength == NOTHING:
            self.strays += [item for item, _ in files if isinstance(item, OtherFile) and not item.nothing]
            if not any(isinstance(item, OtherFile) and item.nothing for item, _ in files):
                return
        labels = {loose.label for loose in folder.files if loose.is_work}
        if not claim.keys and not folder.folders and len(labels) == 1:
            label = labels.pop()
        claim = self._with_a_number_inside(folder, claim)
        for pile in self._piles_of(claim, label or "?", section, folder, folder.name):
            pile.late |= late or says_late(folder.name)
            pile.source = pile.source or (folder.path or (files[0][0].path if files else ""))
            for item, path in files:
                pile.add(item, path, folder.name)
            defined = frozenset[str]().union(*(self.defines(item) for item, _ in files))
            pile.parts.append(Part(label, folder.name, claim.strength, defined, tuple(files)))

    def _looks_like_several(self, top: Folder) -> bool:
        """Whether what names nobody holds the same exercise twice, and the names do not say that one is older."""
        found: list[tuple[str, frozenset[str]]] = [
            (f"{loose.label}.py", self.defines(loose.item)) for loose in top.files
        ]
        for folder in top.folders.values():
            inside = frozenset[str]().union(*(self.defines(item) for item, _ in folder.all_files()))
            found.append((f"{folder.name}/x.py", inside))
        kept = [(standing(path), path, defined) for path, defined in found if defined]
        kept = [one for one in kept if not (one[0].set_aside or one[0].handed_in or one[0].copy)]
        return any(
            one[2] & other[2]
            for place, one in enumerate(kept)
            for other in kept[:place]
            if ("/" in one[1] and "/" in other[1]) or one[0].work != other[0].work
        )

    def _part_namesakes(self, key: Key, pile: Pile) -> None:
        """Two hand-ins for one exercise that only a name holds together may be two people's: asked about."""
        weak = [part for part in pile.parts if part.strength <= NAME and not pile.joined_by]
        apart = [
            part
            for part in weak
            if any(
                other is not part and part.exercises & other.exercises and not _are_versions(part, other)
                for other in pile.parts
            )
        ]
        if not apart or pile.unmatched is not None:
            return
        sure = [part for part in pile.parts if part not in apart]
        name = pile.name or pile.called or apart[0].name
        why = Text(
            en=f"several hand-ins for one exercise say {name}: one student's, or two students of one name? "
            "Put the student number into each name",
            ko=f"{name}: 같은 문제에 제출물이 여럿이에요. 한 사람의 것인가요, 이름이 같은 두 사람인가요? 이름마다 학번을 적어 주세요",
        )
        del self.piles[key]
        for part in (*sure, *apart):
            asked = part in apart
            mine = self.piles.setdefault(key if not asked else ("apart", part.label), pile.empty(part.label))
            mine.unmatched = Unmatched(reason=why, candidates=()) if asked else None
            mine.number = "" if asked else pile.number
            mine.source = part.items[0][0].path if asked and part.items else pile.source
            for item, path in part.items:
                mine.add(item, path, part.name)

    def _with_a_number_inside(self, folder: Folder, claim: Claim) -> Claim:
        """A number that all who are named inside share is the folder's, if no name speaks against it."""
        if (
            claim.number
            or len(claim.keys) > 1
            or (claim.keys and claim.keys[0][0] == "person")
            or claim.doubt
        ):
            return claim
        numbers = {c.number: c for c in self._named_inside(folder) if c.number}
        if len(numbers) != 1:
            return claim
        (inner,) = numbers.values()
        if inner.name and claim.name and inner.name != claim.name:
            return claim
        return Claim(
            inner.keys, inner.strength, inner.number, claim.name or inner.name, inner.by, inner.doubt
        )

    def _contested(self, folder: Folder, claim: Claim) -> None:
        """A folder of somebody in which others are named: nobody's, until a person says so."""
        others = [c for c in self._named_inside(folder) if not set(c.keys) & set(claim.keys)]
        names = [c.name or c.number or ", ".join(p.name for p in self.claims.people(c)) for c in others]
        listed = ", ".join(dict.fromkeys(filter(None, names)))
        why = Text(
            en=f"the folder “{folder.name}” names one student, and what is in it another ({listed}); give each a folder "
            "of their own",
            ko=f"“{folder.name}” 폴더 안에 다른 학생({listed})의 이름이 있어요. 학생마다 폴더를 나눠 주세요",
        )
        pile = Pile(folder.path)
        pile.source = folder.path
        pile.unmatched = Unmatched(reason=why, candidates=self.claims.people(claim, *others))
        for item, path in folder.all_files():
            pile.add(item, path, folder.name)
        self.piles["contested", folder.path] = pile

    def _keys(self, claim: Claim, section: str, folder: Folder, label: str) -> Iterator[Key]:
        for kind, value in claim.keys:
            if kind in ("name", "word"):  # people of one name may be in two sections
                yield kind, f"{section}/{value}"
            elif kind == "unsettled":
                yield kind, "/".join(filter(None, (folder.path, label)))
            else:
                yield kind, value

    def _piles_of(self, claim: Claim, label: str, section: str, folder: Folder, own: str) -> list[Pile]:
        keys = list(self._keys(claim, section, folder, own)) or [("label", label)]
        found = []
        for key in keys:
            pile = self.piles.setdefault(key, Pile(label))
            kind, value = key
            pile.number = pile.number or (str(value) if kind == "number" else "")
            pile.number = pile.number or (claim.number if len(keys) == 1 and kind != "person" else "")
            pile.name = pile.name or (claim.name if len(keys) == 1 else "")
            pile.place = int(value) if kind == "person" else None
            pile.joined_by = _stronger(pile.joined_by, claim.by)
            pile.unmatched = pile.unmatched or claim.doubt
            pile.nameless |= claim.strength == NOTHING
            pile.called = pile.called or (str(value).rpartition("/")[2] if kind == "name" else "")
            found.append(pile)
        return found

    def _is_an_exercise(self, name: str) -> bool:
        return bool(name) and name.casefold() in self.exercises

    def _ask_for_the_nameless(self) -> None:
        """Work that names nobody, beside others' that does."""
        if any(not pile.nameless for pile in self.piles.values()):
            self._ask([pile for pile in self.piles.values() if pile.nameless and pile.has_work], _NAMELESS)

    def _ask(self, piles: Sequence[Pile], why: Text) -> None:
        for pile in piles:
            pile.unmatched = pile.unmatched or Unmatched(reason=why, candidates=())


def _is_another(inner: Claim, own: Claim) -> bool:
    """Whether a name inside somebody's folder surely is somebody else's: no day, and no word that looks like a name."""
    if set(inner.keys) & set(own.keys) or (may_be_a_day(inner.number) and not inner.name):
        return False
    if own.strength == inner.strength == NAME:
        return len(own.name) == len(inner.name) == _SYLLABLES
    return min(own.strength, inner.strength) >= NUMBER


def _are_versions(one: Part, other: Part) -> bool:
    """Whether two files' names differ in nothing but what tells versions of one work apart.

    Of two folders of one name one bears such a mark, too, whosever they are. A day in only one of the names may
    as well be the number of a student who has the other's name.
    """
    a, b = standing(f"{one.name}.py"), standing(f"{other.name}.py")
    alike = a.work == b.work and bool(a.day) == bool(b.day)
    return one.is_file and other.is_file and alike and (a.stage != b.stage or a.copy != b.copy)


def _stronger(one: str | None, other: str | None) -> Literal["id", "number", "name"] | None:
    order: Sequence[Literal["id", "number", "name"]] = ("id", "number", "name")
    return next((by for by in order if by in (one, other)), None)


def _imported(folder: Folder) -> set[str]:
    """Names of files that others beside them import: parts of one project."""
    named: set[str] = set()
    labels = {loose.label for loose in folder.files}
    for loose in folder.files:
        if isinstance(loose.item, SourceFile):
            for cell in loose.item.cells:
                named |= set(re.findall(r"^[ \t]*(?:from|import)[ \t]+\.?(\w+)", cell.text, re.MULTILINE))
    return labels & named
