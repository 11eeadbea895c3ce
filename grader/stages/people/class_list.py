"""The class list, by all that a name or an account may say of a person in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cached_property
from itertools import permutations
from typing import NamedTuple

from grader.file_names.vocabulary import is_course_word, korean_name
from grader.records.roster import Roster
from grader.stages.people.romanised import romanised

_NEAR = 0.6
"""Two names of three syllables that differ in one have 0.67."""
_NEAR_NUMBER = 0.85
"""One digit of eight wrong, or two exchanged."""
_MOST_WORDS = 4
"""Of a name, in the order of which it may be written; longer ones are compared by their letters."""


def bare_number(number: str) -> str:
    """A student number as it is compared: "2023-12345" is "202312345", and Excel drops leading zeros."""
    kept = "".join(c for c in unicodedata.normalize("NFKC", number) if c.isalnum())
    return kept.upper().lstrip("0")


def spellings(name: str) -> frozenset[str]:
    """A name as it is compared, in every order of its parts: "홍, 길동" and "홍길동"; "Min-Su Kim" and "kimminsu".

    What stands in brackets behind it is a remark: "홍길동(재수강)".
    """
    name = re.sub(r"\s*[(\[（].*?[)\]）]", " ", _without_accents(name))
    parts = re.findall(r"[^\W_]+", name.casefold())
    if len(parts) > _MOST_WORDS:
        turned = ("".join(parts[n:] + parts[:n]) for n in range(len(parts)))
        return frozenset(turned)
    return frozenset("".join(order) for order in permutations(parts) if order)


_STROKES = str.maketrans("đĐøØłŁ", "dDoOlL")
"""Letters that Unicode does not take apart."""


def _without_accents(name: str) -> str:
    """ "José" and "Nguyễn" as a keyboard without accents writes them."""
    apart = unicodedata.normalize("NFKD", name.translate(_STROKES))
    return unicodedata.normalize("NFC", re.sub(r"(?<=[A-Za-z])[\u0300-\u036f]+", "", apart))


class Named(NamedTuple):
    """Places in the class list of whom a name of a file or folder names."""

    sure: tuple[int, ...] = ()
    """By number, login or e-mail address."""
    by_number: bool = False
    names: tuple[tuple[int, ...], ...] = ()
    """For each person's name that stands in it, all who are called so."""
    team: tuple[int, ...] = ()


class ClassList:
    """Finds people of a roster."""

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
            for spelling in {s for name in (person.name, *person.names) for s in spellings(name)}:
                self.names.setdefault(spelling, []).append(place)

    def named_in(self, label: str, prefixes: Iterable[str] = ()) -> Named:
        """Everybody whom a folder's or file's name names; `prefixes` are what its neighbours begin with, too."""
        runs = re.findall(r"[0-9A-Za-z]+(?:-[0-9A-Za-z]+)*|[0-9]+", label)
        numbers = {n for run in (*runs, *re.findall(r"[0-9]+", label)) if len(n := bare_number(run)) > 3}
        numbered = {place for number in numbers for place in self.numbers.get(number, ())}
        sure = numbered | self._by_login(label, prefixes)
        team = self._team(label) if not sure else ()
        return Named(tuple(sorted(sure)), bool(numbered), self._names_in(label), team)

    def _by_login(self, label: str, prefixes: Iterable[str]) -> set[int]:
        logins = self.ids.get("login", {}) | self._mailboxes
        if not logins and "email" not in self.ids:
            return set()
        lower = label.casefold()
        found = {
            p
            for mail in re.findall(r"[\w.+-]+@[a-z0-9.-]+", lower)
            for p in self.ids.get("email", {}).get(mail, ())
        }
        stripped = [lower[len(prefix) :] for prefix in prefixes if lower.startswith(prefix.casefold())]
        for text in (lower, *stripped):
            for segment in (text, *re.split(r"[\s_()\[\],+&]+", text)):
                parts = re.split(r"(-)", segment)
                for at in range(0, len(parts), 2):
                    before = [part for part in parts[:at] if part != "-"]
                    if all(is_course_word(part) for part in before):
                        found |= set(logins.get("".join(parts[at:]), ()))
        return found

    @cached_property
    def _mailboxes(self) -> dict[str, list[int]]:
        """What stands before the @, where that is nobody else's."""
        boxes: dict[str, list[int]] = {}
        for address, places in self.ids.get("email", {}).items():
            boxes.setdefault(address.partition("@")[0], []).extend(places)
        return {box: places for box, places in boxes.items() if len(set(places)) == 1 and len(box) > 2}

    def _team(self, label: str) -> tuple[int, ...]:
        teams = self.ids.get("team", {})
        wanted = team_of(label)
        return tuple(
            p for name, places in teams.items() if wanted and team_of(name) == wanted for p in places
        )

    def _names_in(self, label: str) -> tuple[tuple[int, ...], ...]:
        """Words, one to four in a row, that are a name of the list; the longest first, none used twice."""
        label = _without_accents(label)
        words = re.findall(r"[가-힣]+|[^\W\d_가-힣]+", label)
        found: list[tuple[int, ...]] = []
        used: set[int] = set()
        for width in range(min(len(words), 8), 0, -1):
            for start in range(len(words) - width + 1):
                span = set(range(start, start + width))
                if span & used:
                    continue
                places = self.called("".join(words[start : start + width]))
                if not places and width == 1:
                    places = self.called(self._held(words[start]))
                if places:
                    used |= span
                    found.append(tuple(places))
        return tuple(dict.fromkeys(found))

    def called(self, name: str) -> list[int]:
        """All who are called so, in any order of the name's parts."""
        return self.names.get(name.casefold(), []) if name else []

    def _held(self, word: str) -> str:
        """The name of somebody on the list that stands between course words: "김서준과제"."""
        if not "가" <= word[0] <= "힣":
            return ""
        if (name := korean_name(word)) in self.names:
            return name
        for start in range(len(word)):
            for end in range(len(word), start + 1, -1):
                rest = [part for part in (word[:start], word[end:]) if part]
                if word[start:end] in self.names and all(is_course_word(part) for part in rest):
                    return word[start:end]
        return ""

    def agrees(self, place: int, name: str) -> bool:
        """Whether a name that an LMS shows may be the person's: in any order, within more words, or romanised."""
        person = self.people[place]
        theirs = {s for own in (person.name, *person.names) for s in spellings(own)}
        if not name or not theirs or spellings(name) & theirs:
            return True
        if any(place in places for places in self._names_in(name)):
            return True
        shown = "".join(re.findall(r"[^\W\d_]+", name.casefold()))
        letters = sorted(shown)
        return any(sorted(own) == letters for own in theirs if len(own) > 12) or romanised(person.name, shown)

    def near(self, number: str, name: str) -> list[int]:
        """Places of the nearest people, the likeliest first."""
        number, forms = bare_number(number), spellings(name)
        near = []
        for place, person in enumerate(self.people):
            good = [SequenceMatcher(None, a, b).ratio() for a in forms for b in spellings(person.name)]
            good = [ratio for ratio in good if ratio >= _NEAR]
            own = bare_number(person.student_id)
            if number and own and (ratio := SequenceMatcher(None, number, own).ratio()) >= _NEAR_NUMBER:
                good.append(ratio)
            if good:
                near.append((-max(good), place))
        return [place for _, place in sorted(near)]


def team_of(name: str) -> str:
    """A team's own number or letter: "1조", "1팀" and "Team 1" are one; "" where it is no team's name."""
    found = re.search(
        r"(?<![^\W_])(?:0*(\d{1,2})\s?(?:조|팀|모둠)|(?:조|팀|모둠)\s?0*(\d{1,2})|(?:team|group)[ _-]?0*(\d{1,2}|[A-Za-z])(?![^\W_]))",
        name,
        re.IGNORECASE,
    )
    if found:
        return str(next(filter(None, found.groups()))).upper()
    return name.strip().upper() if re.fullmatch(r"\s*(?:\d{1,2}|[A-Za-z])\s*", name) else ""
