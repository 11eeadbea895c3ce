"""What a name says of a person, and what in it only looks as if it did."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from grader.file_names.spelling import stem as without_ending
from grader.file_names.vocabulary import SURNAMES, is_course_word, korean_name
from grader.records.base import Record

_EMAIL = re.compile(r"[\w.+-]+@[^\W_][a-z0-9-]*(?:\.[a-z0-9-]+)+", re.ASCII | re.IGNORECASE)
_MOMENT = re.compile(
    r"""(?<!\d)(?: (?:19|20)\d\d\s?[-._년/]\s?\d{1,2}\s?[-._월/]\s?\d{1,2}(?!\d)\s?일?
            (?:[T_\s-]{1,3}\d{1,2}[-:시._h]\s?\d{1,2}(?:[-:분._m]\s?\d{1,2}초?)?)?
          | (?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[T_-]?(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?
          | \d{1,2}월\s?\d{1,2}일 | \d{1,2}:\d\d(?::\d\d)? )(?!\d)""",
    re.VERBOSE,
)
_SECTION = re.compile(
    r"""(?<![^\W_])(?: (?:제\s?)?\d{1,2}\s?분반 | 분반\s?\d{1,2}(?!\d) | [A-Za-z가나다라]\s?반 | \d{1,2}\s?반
          | (?:section|sec|class)[ _-]?(?:\d{1,2}|[A-Za-z])(?![^\W_]) )""",
    re.VERBOSE | re.IGNORECASE,
)
_TEAM = re.compile(
    r"(?<![^\W_])(?:(\d{1,2})\s?(?:조|팀|모둠)|(?:조|팀|모둠)\s?(\d{1,2})(?!\d)|(?:team|group)[ _-]?(\d{1,2}|[A-Za-z])(?![^\W_]))",
    re.IGNORECASE,
)
_WEEK = re.compile(
    r"(?<![^\W_])(?:제?\d{1,2}\s?주차?|(?:week|wk|lab|hw|homework|assignment|ex|exercise)[ _-]?\d{1,2}(?!\d))",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<!\d)(?:\d{4}-\d{4,6}|\d{7,10})(?!\d)")
_PHONE = re.compile(r"(?<!\d)01[016-9](?:[-. ]\d{3,4}[-. ]|\d{4})\d{4}(?!\d)")
_HASH = re.compile(r"(?<![^\W_])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![^\W_])", re.IGNORECASE)
_SPACED = re.compile(r"(?<![가-힣])([가-힣])[ _]([가-힣])[ _]?([가-힣])(?![가-힣])")
"""A surname that stands apart: "박 도윤", "김 서 준"."""
_LATE = re.compile(r"(?<![^\W_])(?:지각|늦은[ _]?제출|LATE)(?![^\W_])")
_SPLIT = re.compile(r"[\s_()\[\]{},+&~#'\"“”‘’·;:!=@/\\|<>?*]+")


class Owner(Record):
    """What a name says of the student; an empty string where it says nothing."""

    number: str
    name: str


class Signs(NamedTuple):
    """Everything in a name that may be somebody's, in the order in which it stands there."""

    numbers: tuple[str, ...] = ()
    """As long as student numbers are; a day may look like one."""
    names: tuple[str, ...] = ()
    """Korean names, as far as surname and length tell."""
    words: tuple[str, ...] = ()
    """Other words that are none of the course's: names in Latin letters, logins, or anything."""
    emails: tuple[str, ...] = ()
    section: str = ""
    team: str = ""
    """Its number or letter."""


@lru_cache(maxsize=65536)
def signs(label: str) -> Signs:
    """Those of a (cleaned) name of a folder, or of a file without its ending."""
    label = unicodedata.normalize("NFKC", label)
    emails, hashes = tuple(_EMAIL.findall(label)), _HASH.findall(label)
    text = _HASH.sub(" ", _PHONE.sub(" ", _EMAIL.sub(" ", label)))
    text = _SPACED.sub(_closed, _MOMENT.sub(" ", text))
    section = found.group() if (found := _SECTION.search(text)) else ""
    team = next(filter(None, found.groups())).upper() if (found := _TEAM.search(text)) else ""
    text = _WEEK.sub(" ", _TEAM.sub(" ", _SECTION.sub(" ", text)))
    numbers = tuple(dict.fromkeys(n[0] for n in _NUMBER.finditer(text) if not _is_a_code(text[: n.start()])))
    text = _NUMBER.sub(" ", text)
    names, words = [], list(hashes)
    for segment in _SPLIT.split(text):
        for run in re.findall(r"[가-힣]+|[^가-힣]+", segment):
            if "가" <= run[0] <= "힣":
                if name := korean_name(run):
                    names.append(name)
                elif not is_course_word(run) and 2 <= len(run) <= 12:
                    words.append(run)
            elif word := _own_word(run):
                words.append(word)
    return Signs(
        numbers=numbers,
        names=tuple(dict.fromkeys(names)),
        words=tuple(dict.fromkeys(words)),
        emails=emails,
        section=re.sub(r"\s", "", section),
        team=team,
    )


def _closed(found: re.Match[str]) -> str:
    name = "".join(found.groups())
    given = name[1:]
    return name if name[0] in SURNAMES and not is_course_word(given) else found[0]


def _is_a_code(before: str) -> bool:
    """Whether letters before a number make it a course's: "CSE4012001", not "s20231101" or "ID20231101"."""
    letters = re.search(r"[A-Za-z]{2,}$", before)
    return letters is not None and letters[0].casefold() not in ("id", "sid", "no", "num", "stu", "student")


def _own_word(run: str) -> str:
    """ "lab12-harin-lee" without what is the course's: "harin-lee"; "" where nothing is left."""
    parts = re.split(r"([-.])", run.strip("-. "))
    keep = [i for i in range(0, len(parts), 2) if _may_be_a_name(parts[i])]
    return "".join(parts[keep[0] : keep[-1] + 1]) if keep else ""


def _may_be_a_name(part: str) -> bool:
    return (
        len(part) > 1
        and not part.isdigit()
        and bool(re.search(r"[^\W\d_]", part))
        and not is_course_word(part)
    )


@lru_cache(maxsize=65536)
def owner(name: str) -> Owner:
    """Student number and name in a (cleaned) file or folder name without its folders.

    A number's neighbours in Latin letters are taken for a name; without a number such a word is as likely
    the name of the work as of its author.
    """
    found = signs(without_ending(name))
    number = found.numbers[0] if found.numbers else ""
    if found.names:
        return Owner(number=number, name=found.names[0])
    latin = [word for word in found.words if word.isascii() and not re.search(r"\d", word)]
    return Owner(number=number, name=" ".join(latin) if number and len(latin) <= 4 else "")


def says_late(label: str) -> bool:
    """Whether a folder or file is marked as late: 지각, 늦은 제출, LATE (not "late fusion")."""
    return bool(_LATE.search(label)) or "late" in (part.lower() for part in label.split("/"))
