"""Whether a name in Latin letters may be a Korean one written out.

By the Revised Romanization's table of sounds, letter for letter as people write their names: surnames in
their customary forms, and vowels and consonants that passports write in several ways taken as equal.
"""

from __future__ import annotations

import re
from functools import lru_cache

_FIRST = ["g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "_", "j", "jj", "ch", "k", "t", "p", "h"]
_VOWELS = [
    "a",
    "ae",
    "ya",
    "yae",
    "eo",
    "e",
    "yeo",
    "ye",
    "o",
    "wa",
    "wae",
    "oe",
    "yo",
    "u",
    "wo",
    "we",
    "wi",
    "yu",
    "eu",
    "ui",
    "i",
]
_LAST = [
    "_",
    "k",
    "k",
    "k",
    "n",
    "n",
    "n",
    "t",
    "l",
    "k",
    "m",
    "l",
    "l",
    "l",
    "p",
    "l",
    "m",
    "p",
    "p",
    "t",
    "t",
    "ng",
    "t",
    "t",
    "k",
    "t",
    "p",
    "t",
]
_SURNAMES = {
    "김": "kim", "이": "lee", "박": "park", "최": "choi", "정": "jung", "강": "kang", "조": "cho", "윤": "yoon",
    "장": "jang", "임": "lim", "오": "oh", "서": "seo", "신": "shin", "권": "kwon", "황": "hwang", "안": "ahn",
    "송": "song", "류": "ryu", "유": "yoo", "전": "jeon", "고": "ko", "문": "moon", "손": "son", "양": "yang",
    "배": "bae", "백": "baek", "허": "heo", "남": "nam", "노": "noh", "심": "shim", "하": "ha", "곽": "kwak",
    "주": "joo", "우": "woo", "구": "koo", "나": "na", "민": "min", "진": "jin",
}  # fmt: skip
_EQUAL = (("eo", "u"), ("oo", "u"), ("ee", "i"), ("yi", "i"), ("ou", "u"), ("woo", "u"), ("wu", "u"), ("ah", "a"),
          ("oh", "o"), ("eu", "u"), ("ck", "k"), ("kk", "k"), ("sh", "s"), ("ch", "j"), ("g", "k"), ("d", "t"),
          ("b", "p"), ("l", "r"), ("z", "j"), ("ui", "i"), ("ae", "e"), ("ey", "e"), ("ai", "e"))  # fmt: skip


@lru_cache(maxsize=16384)
def romanised(korean: str, latin: str) -> bool:
    """Whether `latin` (letters alone, in any case) may be `korean`, surname first or last."""
    korean = "".join(re.findall(r"[가-힣]", korean))
    latin = latin.lower()
    if not 2 <= len(korean) <= 5 or not re.fullmatch(r"[a-z]{4,}", latin):
        return False
    family, given = korean[0], "".join(map(_sound, korean[1:]))
    forms = {_sound(family), _SURNAMES.get(family, _sound(family))}
    wanted = {order for form in forms for order in (_plain(form + given), _plain(given + form))}
    return _plain(latin) in wanted


def _sound(syllable: str) -> str:
    code = ord(syllable) - 0xAC00
    first, vowel, last = code // 588, code % 588 // 28, code % 28
    return (_FIRST[first] + _VOWELS[vowel] + _LAST[last]).replace("_", "")


def _plain(name: str) -> str:
    """Without what is written in several ways."""
    for before, after in _EQUAL:
        name = name.replace(before, after)
    return re.sub(r"(.)\1", r"\1", re.sub(r"[yh]", "", name))
