"""Names that somebody may have meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

MOST_NEAR = 3


def near(name: str, known: Iterable[str], most: int = MOST_NEAR) -> list[str]:
    """The known names that somebody may have meant, the nearest first."""
    spellings: dict[str, list[str]] = {}
    for other in dict.fromkeys(known):
        if other != name:
            spellings.setdefault(folded(other), []).append(other)
    same = spellings.get(folded(name), [])
    asked = folded(name)
    close = [
        key for key in spellings if len(key) > 1 and key != asked and sorted(key) == sorted(asked)
    ]  # letters exchanged
    close += difflib.get_close_matches(
        asked, list(spellings), n=most, cutoff=0.75 if len(asked) > 4 else 0.65
    )
    # `conv1_2` is as near to `conv1_1` as to `conv2_2`: digits that differ are rarely a slip of spelling
    ranked = sorted(
        (other for key in close for other in spellings[key]),
        key=lambda other: (re.sub(r"\D", "", other) != re.sub(r"\D", "", name), -_ratio(name, other)),
    )
    return list(dict.fromkeys([*same, *ranked]))[:most]


def folded(name: str) -> str:
    """Without underscores and capitals."""
    return name.replace("_", "").lower()


def _ratio(a: str, b: str) -> float:
    return difflib.SequenceMatcher(None, a, b).ratio()
