"""Which of several files is the later one, as their names tell."""

from __future__ import annotations

import re
from typing import NamedTuple


def attempt(path: str) -> tuple[str, int]:
    """A path without the suffix of a file that came again, and that suffix's number; 0 without one.

    Canvas writes "skip-1.py", browsers "skip (1).py". Canvas gives a uuid to what came nine times.
    """
    match = re.fullmatch(r"(.+?)(?:-(\d{1,2})|\s*\((\d{1,2})\)|-([0-9a-f-]{36}))(\.\w+)", path)
    if match is None:
        return path, 0
    base, canvas, browser, uuid, ending = match.groups()
    return base + ending, 100 if uuid else int(canvas or browser)


class Standing(NamedTuple):
    """What a path says of a file's place among its versions."""

    work: str
    """The file's name without all that tells versions apart: equal for versions of one work."""
    set_aside: bool
    """A folder or the name says that it is an older one, a backup, or as it was given."""
    handed_in: bool
    """A folder says that what lies in it is what was meant to be handed in."""
    copy: bool
    """The name says that it was copied: Colab's "Copy of …" is the student's own work."""
    stage: tuple[int, int]
    """How final it says that it is, and its number; the greater, the later."""
    day: int = 0
    """Month and day that stand in the name, 1120; 0 where none does."""

    def against(self, other: Standing) -> int:
        """1 where this is the later of the two, as far as the names tell; -1 where it is the earlier."""
        mine, theirs = self.stage, other.stage
        if mine == theirs and self.day and other.day:
            return (self.day > other.day) - (self.day < other.day)
        return (mine > theirs) - (mine < theirs)


_ASIDE = re.compile(
    r"(?<![^\W\d_])(?:old|older|backup|backups|bak|archive|archived|deprecated|previous|prev|trash|orig|original|template"
    r"|templates|starter|draft|wip|unused|not[ _-]?used)(?![^\W\d_])|이전|예전|옛날|백업|구버전|지난|버림|원본|안[ _]?씀|미사용|임시|초안|템플릿",
    re.IGNORECASE,
)
_GIVEN = re.compile(r"template|starter|original|템플릿|원본|초안", re.IGNORECASE)
"""What was given out: a copy of it is a student's work."""
_HANDED_IN = re.compile(
    r"(?<![^\W\d_])(?:submit|submitted|submission|final)(?![^\W\d_])|제출|최종", re.IGNORECASE
)
_COPY = re.compile(r"copy[ _]of|(?:[ _-]*(?:의|-)?[ _-]*(?:사본|복사본))|[ _-]copy(?![ _]of)", re.IGNORECASE)
_LATER = (
    (r"재제출|resubmit(?:ted|ted|ssion)?|다시[ _]?제출|re-?upload", 4),
    (r"진짜|찐|really|real|레알|최최종|진진", 3),
    (r"마지막|last|latest|newest", 3),
    (r"최종|final|완성|제출|submit(?:ted)?|done|complete", 2),
    (r"수정|고침|개선|fixed?|revised|corrected|edit(?:ed)?|update[d]?|new|rev", 1),
)
_NUMBER = re.compile(
    r"""(?:v|ver|version|버전|판)[ _.-]?(\d{1,4}(?:\.\d{1,3})?) | \((\d{1,2})\) | (?<=[^\W_])[ _-]+(\d{1,2})(?!\d)
      | (?<=[가-힣])(\d{1,2})(?!\d)""",
    re.VERBOSE | re.IGNORECASE,
)


_DAY = re.compile(r"(?<!\d)(?:(?:20)?\d\d[-_.]?)?((?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12]\d|3[01]))(?!\d)")


def _counted(number: str) -> int:
    """A version's number, by which 1.10 comes after 1.9."""
    whole, _, part = number.partition(".")
    return 1000 * int(whole) + int(part or 0)


def standing(path: str) -> Standing:
    """Of a file by its path among its student's files."""
    *folders, name = path.split("/")
    text = re.sub(r"(\.[A-Za-z]\w{0,5})+$", "", name)
    stage, rest = 0, text
    for words, weight in _LATER:
        found = re.findall(
            rf"(?<![^\W\d_가-힣])(?:{words})(?![^\W\d_가-힣])|(?:{words})(?=[\W\d_]|본|판|$|[가-힣])",
            rest,
            re.IGNORECASE,
        )
        stage += weight * len(found)
        rest = re.sub(rf"(?:{words})(?:본|판|물|용)?", " ", rest, flags=re.IGNORECASE) if found else rest
    copied = bool(_COPY.search(rest))
    rest = _COPY.sub(" ", rest)
    days = [int(re.sub(r"\D", "", day)) for day in _DAY.findall(rest)]
    rest = _DAY.sub(" ", rest)
    numbers = [_counted(next(filter(None, found))) for found in _NUMBER.findall(rest)]
    rest = _NUMBER.sub(" ", rest)
    return Standing(
        work=re.sub(r"[\W_]+", " ", rest).strip().casefold(),
        set_aside=bool(_ASIDE.search(_GIVEN.sub(" ", text) if copied else text))
        or any(_ASIDE.search(folder) for folder in folders),
        handed_in=any(_HANDED_IN.search(folder) and not _ASIDE.search(folder) for folder in folders),
        copy=copied,
        stage=(stage, numbers[-1] if numbers else 0),
        day=days[-1] if days else 0,
    )
