"""What each name of a folder or file claims: whose it is, and how surely.

A name is read in the light of all the others. A number that stands beside several people's names is
nobody's (a day, a course's number); a word that does is the work's; a name goes with the one number
that it stands beside elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from grader.file_names import Signs, signs
from grader.file_names.vocabulary import ROMAN_SURNAMES
from grader.records.base import Text
from grader.records.roster import Person, Roster, Unmatched
from grader.records.submission import JoinedBy
from grader.stages.people.class_list import ClassList, spellings

Key = tuple[str, str | int]
"""What makes two piles one person's: ("person", place in the class list), ("number", "20231234"), …"""

SURE, NUMBER, NAME, WORD, NOTHING = 4, 3, 2, 1, 0
"""How surely a name names somebody."""
_NEAR_DAYS = 60
"""Days of handing in lie within a term."""


@dataclass(frozen=True)
class Claim:
    """Whom a name names."""

    keys: tuple[Key, ...] = ()
    """Several: a pair, who handed it in together."""
    strength: int = NOTHING
    number: str = ""
    name: str = ""
    by: JoinedBy | None = None
    """What led to the person of the class list."""
    doubt: Unmatched | None = None
    """Why nobody is chosen although somebody is named."""


class Label(NamedTuple):
    """A folder's name, or a file's without its ending, with the names of the folders above it."""

    text: str
    above: tuple[str, ...]


class Claims:
    """Reads names in the light of all names of a class."""

    def __init__(self, labels: Iterable[Label], roster: Roster | None) -> None:
        self.list = ClassList(roster) if roster else None
        self._labels = list(dict.fromkeys(labels))
        self._days = self._days_among_numbers()
        self._words = self._words_of_the_work()
        self._prefixes = self._beginnings()
        self._numbers_of: dict[str, set[str]] = {}
        for label in self._labels:
            found = signs(label.text)
            numbers = self._numbers(found)
            if len(numbers) == 1 and len(found.names) == 1:
                self._numbers_of.setdefault(found.names[0], set()).add(numbers[0])
        self._read: dict[str, Claim] = {}

    def of(self, text: str) -> Claim:
        """What a name claims."""
        if text not in self._read:
            found = self._listed(text) if self.list else None
            self._read[text] = found or self._unlisted(text)
        return self._read[text]

    def people(self, *claims: Claim) -> tuple[Person, ...]:
        """Whom of the class list these claims mean."""
        listed = self.list.people if self.list else ()
        places = {int(place) for claim in claims for kind, place in claim.keys if kind == "person"}
        return tuple(listed[place] for place in sorted(places))

    # -- in the light of all the others ---------------------------------------------------------------

    def _days_among_numbers(self) -> frozenset[str]:
        """Numbers that cannot be a student's: several people's names or numbers stand beside them, or they
        are days where the class's numbers are longer."""
        beside: dict[str, set[str]] = {}  # where it is the only number
        beside_all: dict[str, set[str]] = {}
        with_numbers: dict[str, set[str]] = {}
        together = []
        for label in self._labels:
            found = signs(label.text)
            if len(found.numbers) > 1:
                together.append(found.numbers)
            for number in found.numbers:
                others = [n for n in found.numbers if n != number]
                with_numbers.setdefault(number, set()).update(others)
                is_day = may_be_a_day(number) is not None
                own = found.names[:1]
                for above in reversed(label.above):
                    own = own or signs(above).names[:1] or (signs(above).words[:1] if is_day else ())
                latin = _person_in_latin(found)
                beside_all.setdefault(number, set()).update(own or latin or others[:1])
                if not others:
                    beside.setdefault(number, set()).update(
                        found.names[:1] or (latin if is_day else ()) or own
                    )
        shared = {number for number, people in beside.items() if len(people) > 1}
        shared |= {
            number for number, people in beside_all.items() if len(people) > 2
        }  # one may be a pair's other
        for number, beside_it in with_numbers.items():
            if (
                len(beside_it) > 1 and number not in beside
            ):  # a course's number, a day; who is in two pairs is rare
                everywhere = sum(number in numbers for numbers in together) == len(together)
                shared |= {number} if everywhere or may_be_a_day(number) else set()
        shared |= self._of_another_length(set(with_numbers))
        shared |= self._beside_a_number()
        days = [day for number in shared if (day := may_be_a_day(number))]
        near = {
            number
            for number in with_numbers
            if (day := may_be_a_day(number)) and any(abs((day - other).days) <= _NEAR_DAYS for other in days)
        }
        return frozenset(number for number in shared | near if not self._is_listed(number))

    def _beside_a_number(self) -> set[str]:
        """Days of somebody who has a student number elsewhere that is no day, as most of the class have; or
        several days."""
        numbers: dict[str, set[str]] = {}
        for label in self._labels:
            own_signs = signs(label.text)
            if said := own_signs.names[:1] or _person_in_latin(own_signs):
                numbers.setdefault(said[0], set()).update(own_signs.numbers)
        every = set().union(*numbers.values()) if numbers else set()
        days = {number: day for number in every if (day := may_be_a_day(number))}
        found: set[str] = set()
        if 2 * len(days) <= len(every):
            found |= {number for own in numbers.values() if own - set(days) for number in own & set(days)}
        for who, own in numbers.items():  # several, and nobody else's number lies in the same weeks
            others = [
                days[n] for other, theirs in numbers.items() if other != who for n in theirs & set(days)
            ]
            if len(own) > 1 and own <= set(days):
                near = (abs((days[n] - other).days) <= _NEAR_DAYS for n in own for other in others)
                found |= set() if any(near) else own
        return found

    @staticmethod
    def _of_another_length(numbers: set[str]) -> set[str]:
        """Days among student numbers that all have another length than eight digits."""
        days = {number for number in numbers if may_be_a_day(number)}
        others = Counter(len(number.replace("-", "")) for number in numbers - days)
        length, count = max(others.items(), key=lambda pair: pair[1], default=(8, 0))
        return days if length != 8 and count > len(days) else set()

    def _words_of_the_work(self) -> frozenset[str]:
        """Words that stand beside several people's signs."""
        beside: dict[str, set[tuple[str, ...]]] = {}
        for label in self._labels:
            found = signs(label.text)
            for word in found.words:
                rest = found.names or self._numbers(found) or tuple(w for w in found.words if w != word)
                if rest:
                    beside.setdefault(word.casefold(), set()).add(tuple(rest))
        return frozenset(word for word, others in beside.items() if len(others) > 1)

    def _beginnings(self) -> tuple[str, ...]:
        """What all folders (or all files) beside each other begin with, up to a mark."""
        families: dict[tuple[str, ...], list[str]] = {}
        for label in self._labels:
            families.setdefault(label.above, []).append(label.text)
        begun = {_common_beginning(texts) for texts in families.values() if len(texts) > 1}
        cut = {text[: max(text.rfind(mark) for mark in "-_ ") + 1] for text in begun}
        return tuple(sorted(cut - {""}))

    def _is_listed(self, number: str) -> bool:
        return bool(self.list and self.list.named_in(number).by_number)

    def _numbers(self, found: Signs) -> tuple[str, ...]:
        return tuple(number for number in found.numbers if number not in self._days)

    # -- with and without a class list ----------------------------------------------------------------

    def _listed(self, text: str) -> Claim | None:
        """Whom of the class list a name names; None: nobody."""
        assert self.list
        named = self.list.named_in(text, self._prefixes)
        alone = {places[0] for places in named.names if len(places) == 1}
        shared = [places for places in named.names if len(places) > 1]
        found = signs(text)
        if named.sure:
            sure = set(named.sure)
            said = {place for places in named.names for place in places}
            if others := alone - sure:
                if not said & sure:  # the number says one, the name another
                    return self._nobody(text)
                sure |= others
            elif len(sure) == 1 and not said and found.names and not self._fits(found.names, sure):
                pass  # what stands beside a number need not be a name
            by: JoinedBy = "number" if named.by_number else "id"
            return Claim(tuple(("person", place) for place in sorted(sure)), SURE, by=by)
        strange = [n for n in self._numbers(found) if not (named.names and may_be_a_day(n))]
        if strange:
            return None
        if shared:
            return self._nobody(text)
        if alone:
            return Claim(tuple(("person", place) for place in sorted(alone)), NUMBER, by="name")
        if named.team:
            return Claim(tuple(("person", place) for place in sorted(named.team)), NAME, by="id")
        return None

    def _fits(self, names: Iterable[str], places: Iterable[int]) -> bool:
        assert self.list
        return any(self.list.agrees(place, name) for place in places for name in names)

    def _nobody(self, text: str) -> Claim:
        found = self._unlisted(text)
        return Claim((("unsettled", text),), NUMBER, found.number, found.name)

    def _unlisted(self, text: str) -> Claim:
        """Whom a name names by itself."""
        found = signs(text)
        numbers = self._numbers(found)
        name = found.names[0] if found.names else ""
        if self.list and not numbers and (found.names or found.words):
            own = " ".join(found.names[:1] or self._own_words(found))
            return Claim((("unlisted", own),), WORD, name=name)
        if len(numbers) > 1:
            return Claim(
                tuple(("number", n) for n in numbers), NUMBER, name=name if len(found.names) == 1 else ""
            )
        if numbers:
            latin = [word for word in found.words if word.isascii() and not any(c.isdigit() for c in word)]
            name = name or (" ".join(latin) if len(latin) <= 4 else "")
            return Claim((("number", numbers[0]),), NUMBER, numbers[0], name)
        if found.emails:
            return Claim((("email", found.emails[0].casefold()),), NUMBER, name=name)
        if len(found.names) > 1:
            return self._several(text, found.names)
        if name:
            return self._named(text, name)
        if found.team:
            return Claim((("team", text.casefold()),), WORD)
        if words := self._own_words(found):
            return Claim((("word", min(spellings(" ".join(words)))),), WORD)
        return Claim()

    def _own_words(self, found: Signs) -> tuple[str, ...]:
        own = tuple(word for word in found.words if word.casefold() not in self._words)
        return own or found.words

    def _named(self, text: str, name: str) -> Claim:
        numbers = sorted(self._numbers_of.get(name, ()))
        if len(numbers) == 1:
            return Claim((("number", numbers[0]),), NAME, numbers[0], name)
        if len(numbers) > 1:
            listed = ", ".join(numbers)
            why = Text(
                en=f"several students are called {name} ({listed}); write the number into the name",
                ko=f"{name} 학생이 여럿이에요({listed}). 이름에 학번을 적어 주세요",
            )
            return Claim((("unsettled", text),), NAME, "", name, doubt=Unmatched(reason=why, candidates=()))
        return Claim((("name", name),), NAME, "", name)

    def _several(self, text: str, names: tuple[str, ...]) -> Claim:
        """Two names in one: those that stand alone elsewhere, else a question."""
        known = {n for label in self._labels if len(own := signs(label.text).names) == 1 for n in own}
        sole = [name for name in names if name in known]
        if len(sole) == 1:
            return self._named(text, sole[0])
        if len(sole) == len(names):
            return Claim(tuple(key for name in names for key in self._named(text, name).keys), NAME)
        listed = ", ".join(names)
        why = Text(
            en=f"it names {listed}: a pair, or one student and a word? Put the student number into the name",
            ko=f"{listed}: 함께 한 것인가요, 한 사람과 다른 말인가요? 이름에 학번을 적어 주세요",
        )
        return Claim((("unsettled", text),), NAME, doubt=Unmatched(reason=why, candidates=()))


def _common_beginning(texts: list[str]) -> str:
    first, last = min(texts), max(texts)
    same = (place for place, (a, b) in enumerate(zip(first, last, strict=False)) if a != b)
    return first[: next(same, len(min(first, last, key=len)))]


def _person_in_latin(found: Signs) -> tuple[str, ...]:
    """Words that are more likely a person's than the work's: a full name, or what is shaped like a login."""
    lower = [word.casefold() for word in found.words]
    if len(lower) > 1 or any(re.search(r"[\d.-]", word) or word in ROMAN_SURNAMES for word in lower):
        return (" ".join(sorted(lower)),)
    return ()


def may_be_a_day(number: str) -> date | None:
    """The day that eight digits may be."""
    if len(number) != 8 or not number.isdigit() or number[:2] not in ("19", "20"):
        return None
    try:
        return date(int(number[:4]), int(number[4:6]), int(number[6:]))
    except ValueError:
        return None
