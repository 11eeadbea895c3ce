"""Piles to the people of the class list. Whoever is not certain is listed with candidates, never guessed.

An LMS's id decides; where the list has none of that LMS, the student number; where none is written,
a name that one person of the list has and one account of the LMS.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from grader.file_names import signs, stem
from grader.records.base import Text
from grader.records.roster import Person, Unmatched
from grader.records.submission import JoinedBy
from grader.stages.people.class_list import ClassList, bare_number, spellings
from grader.stages.people.piles import Pile

MOST_CANDIDATES = 3

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


def join(piles: Sequence[Pile], people: ClassList) -> list[Joined]:
    """Who each pile is of; one place for several piles only where people, not an LMS, named the files."""
    finder = _Finder(people)
    joined = [finder.find(pile) for pile in piles]
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
                    joined[n] = finder.contested(piles[n], place)
    return joined


_STRONGER: dict[str, tuple[str, ...]] = {"id": (), "number": ("id",), "name": ("id", "number")}


class _Finder:
    """Joins one pile, or says why not."""

    def __init__(self, people: ClassList) -> None:
        self.list = people
        self.people = people.people

    def find(self, pile: Pile) -> Joined:
        """The person whom this pile alone points to."""
        if pile.place is not None:
            return Joined(pile.place, pile.joined_by)
        if pile.unmatched is not None:
            nearest = self._nobody(pile, pile.unmatched.reason.en, pile.unmatched.reason.ko)
            return nearest if not pile.unmatched.candidates else Joined(None, None, pile.unmatched)
        return self._by_id(pile) or self._by_number(pile) or self._by_name(pile)

    def contested(self, pile: Pile, place: int) -> Joined:
        """A second account for a person who can have only one."""
        who = called(self.people[place])
        return self._nobody(
            pile,
            f"the same signs point to {who} as for another account",
            f"다른 계정의 제출물도 똑같이 {who} 학생으로 보여요",
            [place],
        )

    def _by_id(self, pile: Pile) -> Joined | None:
        ids = self.list.ids
        for kind, account in _ACCOUNTS.items():
            if kind not in pile.ids or kind not in ids:
                continue
            places = ids[kind].get(pile.ids[kind].casefold(), [])
            if len(places) == 1 and self._may_be(pile, places[0]):
                return Joined(places[0], "id")
            if not places and (kind == "email" or len(ids[kind]) < len(self.people)):
                continue  # a second address is common, and a list may have the ids of some only
            if places:
                who = called(self.people[places[0]])
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
        written = () if pile.account else self.list.named_in(pile.identity)[:1][0]
        places = self.list.numbers.get(number, []) if number else list(written)
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
            who = called(self.people[places[0]])
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
        if pile.anonymous:
            return self._nobody(
                pile,
                "it was handed in anonymously; turn anonymous grading off in the LMS and download again",
                "익명으로 채점하는 과제예요. LMS에서 익명 채점을 끄고 다시 내려받아 주세요",
            )
        return self._nobody(pile, f"the class list has nobody called {name}", f"명단에 {name} 학생이 없어요")

    def _may_be(self, pile: Pile, place: int) -> bool:
        """Whether the names agree. What stands beside a number in a file's name need not be one."""
        if not self._has_no_other_id(pile, place):
            return False
        return self.list.agrees(place, pile.name) or (not pile.account and not self._namesakes(pile))

    def _has_no_other_id(self, pile: Pile, place: int) -> bool:
        ids = self.people[place].ids
        return all(ids.get(kind, own) == own for kind, own in pile.ids.items() if kind != "email")

    def _namesakes(self, pile: Pile) -> list[int]:
        if pile.account:
            return sorted({p for form in spellings(pile.name) for p in self.list.names.get(form, [])})
        named = (*self.list.named_in(pile.name).names, *self.list.named_in(pile.identity).names)
        return sorted({place for places in named for place in places})

    def _nobody(self, pile: Pile, en: str, ko: str, first: Iterable[int] = ()) -> Joined:
        """Nobody, with the nearest people of the list."""
        found = signs(stem(pile.identity))
        name = pile.name or " ".join((*found.names, *found.words))
        near = self.list.near(pile.number, name)
        places = list(dict.fromkeys((*first, *self._namesakes(pile), *near)))
        candidates = tuple(self.people[place] for place in places[:MOST_CANDIDATES])
        return Joined(None, None, Unmatched(reason=Text(en=en, ko=ko), candidates=candidates))


def called(person: Person) -> str:
    """ "20231234 홍길동"."""
    return " ".join(part for part in (person.student_id, person.name) if part)
