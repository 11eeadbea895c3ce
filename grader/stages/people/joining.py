"""Piles to the people of the class list. Whoever is not certain is listed with candidates, never guessed.

An LMS's id decides; where the list has none of that LMS, the student number; where none is written,
a name that one person of the list has and one account of the LMS.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import permutations
from typing import NamedTuple

from grader.file_names import words
from grader.records.base import Text
from grader.records.roster import Person, Roster, Unmatched
from grader.records.submission import JoinedBy
from grader.stages.people.piles import Pile

MOST_CANDIDATES = 3
_NEAR = 0.6
"""Two names of three syllables that differ in one have 0.67."""

_ACCOUNTS = {
    "canvas": Text(en="Canvas user", ko="Canvas 사용자"),
    "moodle": Text(en="Moodle participant", ko="Moodle 참가자"),
    "email": Text(en="e-mail address", ko="이메일"),
}


class Joined(NamedTuple):
    """What became of one pile."""

    place: int | None
    """Of the person in the list."""
    by: JoinedBy | None = None
    unmatched: Unmatched | None = None


def bare_number(number: str) -> str:
    """A student number as it is compared: "2023-12345" is "202312345", and Excel drops leading zeros."""
    kept = "".join(c for c in unicodedata.normalize("NFKC", number) if c.isalnum())
    return kept.upper().lstrip("0")


def spellings(name: str) -> frozenset[str]:
    """A name as it is compared, in every order of its parts: "홍, 길동" and "홍길동"; "Min-Su Kim" and "kimminsu"."""
    parts = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", name).casefold())
    if len(parts) > 4:
        return frozenset(("".join(parts),))
    return frozenset("".join(order) for order in permutations(parts) if order)


def join(piles: Sequence[Pile], roster: Roster) -> list[Joined]:
    """Who each pile is of; one place for several piles only where people, not an LMS, named the files."""
    index = _Index(roster)
    joined = [index.find(pile) for pile in piles]
    for by in ("id", "number", "name"):
        taken: dict[int, list[int]] = {}
        for number, found in enumerate(joined):
            if found.place is not None and (found.by == by or found.by in _STRONGER[by]):
                taken.setdefault(found.place, []).append(number)
        for place, claims in taken.items():
            weak = [n for n in claims if joined[n].by == by and piles[n].account]
            sure = [n for n in claims if joined[n].by != by]
            if weak and (sure or len(weak) > 1):
                for n in weak:
                    joined[n] = index.contested(piles[n], place)
    return joined


_STRONGER: dict[str, tuple[str, ...]] = {"id": (), "number": ("id",), "name": ("id", "number")}


class _Index:
    """The class list, by all that a pile may say of its student."""

    def __init__(self, roster: Roster) -> None:
        self.people = roster.people
        self.ids: dict[str, dict[str, list[int]]] = {}
        self.numbers: dict[str, list[int]] = {}
        self.names: dict[str, list[int]] = {}
        for place, person in enumerate(roster.people):
            for kind, value in person.ids.items():
                self.ids.setdefault(kind, {}).setdefault(value.casefold(), []).append(place)
            if number := bare_number(person.student_id):
                self.numbers.setdefault(number, []).append(place)
            for spelling in spellings(person.name):
                self.names.setdefault(spelling, []).append(place)

    def find(self, pile: Pile) -> Joined:
        """The person whom this pile alone points to."""
        return self._by_id(pile) or self._by_number(pile) or self._by_name(pile)

    def contested(self, pile: Pile, place: int) -> Joined:
        """A second account for a person who can have only one."""
        who = _called(self.people[place])
        return self._nobody(
            pile,
            f"the same signs point to {who} as for another account",
            f"다른 계정의 제출물도 똑같이 {who} 학생으로 보여요",
            [place],
        )

    def _by_id(self, pile: Pile) -> Joined | None:
        for kind in _ACCOUNTS:
            if kind not in pile.ids or kind not in self.ids:
                continue
            places = self.ids[kind].get(pile.ids[kind].casefold(), [])
            if len(places) == 1 and self._may_be(pile, places[0]):
                return Joined(places[0], "id")
            account = _ACCOUNTS[kind]
            if not places and (kind == "email" or len(self.ids[kind]) < len(self.people)):
                continue  # a second address is common, and a list may have the ids of some only
            if places:
                who = _called(self.people[places[0]])
                return self._nobody(
                    pile,
                    f"{account.en} {pile.ids[kind]} is {who} in the class list, the download says {pile.name}",
                    f"{account.ko} {pile.ids[kind]}: 명단에는 {who} 학생, 제출물에는 {pile.name} 학생으로 되어 있어요",
                    places,
                )
            return self._nobody(
                pile,
                f"the class list has no {account.en} {pile.ids[kind]}",
                f"명단에 {account.ko} {pile.ids[kind]} 학생이 없어요",
            )
        return None

    def _by_number(self, pile: Pile) -> Joined | None:
        number = bare_number(pile.number)
        places = self.numbers.get(number, []) if number else self._written_numbers(pile)
        if not number and not places:
            return None
        shown = pile.number or ", ".join(self.people[place].student_id for place in places)
        if len(places) == 1 and self._may_be(pile, places[0]):
            return Joined(places[0], "number")
        if len(places) > 1:
            return self._nobody(
                pile,
                f"{shown} is more than one person in the class list",
                f"명단에서 {shown}에 해당하는 사람이 여럿이에요",
                places,
            )
        if places:
            who = _called(self.people[places[0]])
            return self._nobody(
                pile,
                f"the class list has {who}, but the submission says {pile.name}",
                f"명단에는 {who} 학생인데 제출물에는 {pile.name} 학생으로 되어 있어요",
                places,
            )
        return self._nobody(
            pile, f"the class list has no number {shown}", f"명단에 학번이 {shown}인 학생이 없어요"
        )

    def _by_name(self, pile: Pile) -> Joined:
        places = [place for place in self._namesakes(pile) if self._has_no_other_id(pile, place)]
        name = pile.name or pile.identity
        if len(places) == 1:
            return Joined(places[0], "name")
        if places:
            return self._nobody(
                pile,
                f"{len(places)} people in the class list are called {name}",
                f"명단에 {name} 학생이 {len(places)}명 있어요",
                places,
            )
        if self._namesakes(pile):
            return self._nobody(
                pile,
                f"{name} in the class list has another account",
                f"명단에 있는 {name} 학생은 다른 계정이에요",
            )
        return self._nobody(pile, f"the class list has nobody called {name}", f"명단에 {name} 학생이 없어요")

    def _may_be(self, pile: Pile, place: int) -> bool:
        """Whether the names agree. What stands beside a number in a file's name need not be one."""
        if not self._has_no_other_id(pile, place):
            return False
        theirs = spellings(self.people[place].name)
        if not pile.name or not theirs or spellings(pile.name) & theirs:
            return True
        return not pile.account and not self._namesakes(pile)

    def _has_no_other_id(self, pile: Pile, place: int) -> bool:
        ids = self.people[place].ids
        return all(ids.get(kind, own) == own for kind, own in pile.ids.items() if kind != "email")

    def _namesakes(self, pile: Pile) -> list[int]:
        called = [pile.name] if pile.account else [pile.name, pile.identity, words(pile.identity)]
        forms = {form for name in called for form in spellings(name)}
        return sorted({place for form in forms for place in self.names.get(form, [])})

    def _written_numbers(self, pile: Pile) -> list[int]:
        """Numbers of the list in a name, also those that look like no student number of ours: 2023-12345."""
        if pile.account:
            return []
        parts = re.findall(r"[0-9A-Za-z]+(?:-[0-9A-Za-z]+)*", pile.identity)
        bare = {bare_number(part) for part in parts}
        return sorted({p for number in bare if len(number) > 3 for p in self.numbers.get(number, [])})

    def _nobody(self, pile: Pile, en: str, ko: str, first: Iterable[int] = ()) -> Joined:
        """Nobody, with the nearest people of the list."""
        places = list(dict.fromkeys((*first, *self._namesakes(pile), *self._near(pile))))
        candidates = tuple(self.people[place] for place in places[:MOST_CANDIDATES])
        return Joined(None, None, Unmatched(reason=Text(en=en, ko=ko), candidates=candidates))

    def _near(self, pile: Pile) -> list[int]:
        number, forms = bare_number(pile.number), spellings(pile.name or words(pile.identity))
        near = []
        for place, person in enumerate(self.people):
            pairs = [(a, b) for a in forms for b in spellings(person.name)]
            if number:
                pairs.append((number, bare_number(person.student_id)))
                limit = 0.85  # one digit of eight wrong, or two exchanged
            likeness = [(SequenceMatcher(None, a, b).ratio(), a) for a, b in pairs if a and b]
            good = [ratio for ratio, a in likeness if ratio >= (limit if number and a == number else _NEAR)]
            if good:
                near.append((-max(good), place))
        return [place for _, place in sorted(near)]


def _called(person: Person) -> str:
    return " ".join(part for part in (person.student_id, person.name) if part)
