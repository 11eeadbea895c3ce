"""Characters that a Korean keyboard, a word processor or a messenger puts in the place of Python's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.stages.mending.tries import Stop, Try

_TABLE: dict[int, str] = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {
    ord(odd): plain
    for odds, plain in {
        "“”„‟″〝〞«»": '"', "‘’‚‛′`´": "'", "‐‑‒–—−ー": "-", "×✕": "*", "÷": "/", "…": "...", "、": ",",
        "。．": ".", "【〔［": "[", "】〕］": "]", "（": "(", "）": ")", "｛": "{", "｝": "}", "：﹕∶": ":",
        "；": ";", "＝": "=", "\u3000\u00a0\u2002\u2003\u2009\u202f": " ", "·": ".",
        "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f": "", "≤": "<=", "≥": ">=", "≠": "!=", "→": "->",
    }.items()
    for odd in odds
}  # fmt: skip
_STRING_OR_COMMENT = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|#.*')


def plain_characters(lines: list[str], stop: Stop) -> Iterator[Try]:
    """The line with plain brackets, quotes, commas and spaces outside its strings and comments."""
    line = lines[stop.line - 1]
    parts, end = [], 0
    for found in _STRING_OR_COMMENT.finditer(line):
        parts += [line[end : found.start()].translate(_TABLE), found[0]]
        end = found.end()
    parts.append(line[end:].translate(_TABLE))
    for new in dict.fromkeys(("".join(parts), line.translate(_TABLE))):
        if new != line:
            yield Try("odd-characters", stop.line, new)


def is_odd(character: str) -> bool:
    """No character that Python reads outside strings, and none of the replaceable ones either."""
    return not character.isascii() and ord(character) not in _TABLE
