"""Brackets and commas that are missing or too many, and characters that fell on the keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator

from parso.python.tokenize import PythonToken

from grader.stages.mending.characters import is_odd
from grader.stages.mending.tokens import near_lines, tokens_of, without_comment
from grader.stages.mending.tries import Stop, Try, indent_of, is_code

_OPENING, _CLOSING = "([{", ")]}"
_BREAKING = frozenset("+ - * / @ , . = ( [".split())  # noqa: SIM905


def unclosed(lines: list[str], stop: Stop) -> Iterator[Try]:
    """A statement of several lines, or of several calls, in which one bracket is never closed."""
    if "never closed" not in stop.message:
        return
    first = stop.line
    outer = indent_of(lines[first - 1])
    ends = (
        n
        for n in range(first + 1, len(lines) + 1)
        if is_code(lines[n - 1]) and indent_of(lines[n - 1]) <= outer
    )
    end = next((n for n in ends if lines[n - 1].lstrip()[:1] not in _CLOSING), len(lines) + 1)
    block = [n for n in range(first, end) if is_code(lines[n - 1])]
    for number in block:
        line = lines[number - 1]
        missing = [mark for mark in _unbalanced(line) if mark in _CLOSING]
        if not missing or (number < block[-1] and line.rstrip()[-1:] in _OPENING):
            continue
        for doubled in re.finditer(r"([(\[{])(?=\1)", line):
            yield Try("bracket", number, line[: doubled.start()] + line[doubled.end() :])
        for next_layer in reversed(list(re.finditer(r"(?<=[\w)]),\s*nn\.", line))):
            if _unbalanced(line[: next_layer.start()])[:1]:
                yield Try(
                    "bracket", number, line[: next_layer.start()] + missing[0] + line[next_layer.start() :]
                )
        code = without_comment(line).rstrip()
        comma = "," if code.endswith(",") and number < block[-1] else ""
        yield Try(
            "bracket",
            number,
            f"{code.removesuffix(',') if comma else code}{missing[0]}{comma}{line[len(code) :]}",
        )
    if len(block) > 1:
        for mark in [m for m in _unbalanced(lines[first - 1]) if m in _CLOSING][:1]:
            yield Try("bracket", block[-1], lines[block[-1] - 1].rstrip() + mark)


def mismatched(lines: list[str], stop: Stop) -> Iterator[Try]:
    """`nn.Sequential[` that a `)` closes some lines further down: the opening one is as likely to be the slip."""
    found = re.search(r"'(.)' does not match opening parenthesis '(.)'(?: on line (\d+))?", stop.message)
    if found is None:
        return
    number = int(found[3] or stop.line)
    line, wanted = lines[number - 1], _OPENING[_CLOSING.index(found[1])]
    for token in reversed(tokens_of(line)):
        if token.string == found[2]:
            at = token.start_pos[1]
            yield Try("bracket", number, line[:at] + wanted + line[at + 1 :])


def one_character(lines: list[str], stop: Stop) -> Iterator[Try]:
    """A bracket or comma put in or taken out, next to where Python stopped first; a stray mark taken out."""
    for number in near_lines(lines, stop):
        line = lines[number - 1]
        found = tokens_of(line)
        column = stop.column if number == stop.line else len(line)
        edges = sorted(
            {t.end_pos[1] for t in found} | {t.start_pos[1] for t in found}, key=lambda c: abs(c - column)
        )
        for token in sorted(found, key=lambda t: abs(t.start_pos[1] - column)):
            start, end = token.start_pos[1], token.start_pos[1] + len(token.string)
            without = line[:start] + line[end:]
            if token.type.name == "ERRORTOKEN" or any(is_odd(c) for c in token.string):
                odd = "".join(c for c in token.string if not is_odd(c))
                yield Try("stray-character", number, line[:start] + odd + line[end:])
                yield Try("stray-character", number, without)
        breaks_off = bool(found) and found[-1].string in _BREAKING  # `unfinished` has those
        missing = _unbalanced(line)
        for doubled in re.finditer(r"([(\[{])(?=\1)|([)\]}])(?=\2)", line) if missing else ():
            yield Try("bracket", number, line[: doubled.start()] + line[doubled.end() :])
        if (
            number < stop.line and "unexpected indent" in stop.message
        ):  # `nn.Sequential`, and its layers below
            yield Try("bracket", number, f"{line.rstrip()}(")
        for at in _within(lines, found) if set(missing) & set(_OPENING) else ():
            for mark in missing:
                yield Try("bracket", number, line[:at] + mark + line[at:])
        for at in edges:
            for mark in missing:
                yield Try("bracket", number, line[:at] + mark + line[at:])
        for token in found:
            start, end = token.start_pos[1], token.start_pos[1] + len(token.string)
            if token.string in (*_OPENING, *_CLOSING):
                yield Try("bracket", number, line[:start] + line[end:])
                for other in _OPENING + _CLOSING:
                    if other != token.string and (other in _OPENING) == (token.string in _OPENING):
                        yield Try("bracket", number, line[:start] + other + line[end:])
        for dot in re.finditer(r"(?<=\d)\.(?=\s)|;", line):  # `128. padding=1`, `3; padding=1`
            yield Try("comma", number, line[: dot.start()] + "," + line[dot.end() :])
        for at in edges:
            yield Try("comma", number, line[:at] + "," + line[at:])
        for token in found:
            start, end = token.start_pos[1], token.start_pos[1] + len(token.string)
            if token.type.name == "OP" and not (breaks_off and token is found[-1]):
                yield Try("stray-character", number, line[:start] + line[end:])
            if token.string in (".", ";"):
                yield Try("comma", number, line[:start] + "," + line[end:])
        for token in found:
            if abs(token.start_pos[1] - column) <= 12 and not (breaks_off and token is found[-1]):
                start, end = token.start_pos[1], token.start_pos[1] + len(token.string)
                yield Try("stray-character", number, line[:start] + line[end:])
        for at in edges:
            for mark in ("=", ".", "+"):
                yield Try("operator-missing", number, line[:at] + mark + line[at:])


def _within(lines: list[str], found: list[PythonToken]) -> Iterator[int]:
    """Columns where two words have grown together: `self.reluself.conv1(x))`."""
    known = {word for line in lines for word in re.findall(r"\w+", line)}
    for token in found:
        for at in range(1, len(token.string)) if token.type.name == "NAME" else ():
            if token.string[:at] in known and token.string[at:] in known | set("0123456789"):
                yield token.start_pos[1] + at


def _unbalanced(line: str) -> list[str]:
    """Brackets that a line lacks, the likeliest first."""
    opened: list[str] = []
    lacking: list[str] = []
    for token in tokens_of(line):
        if token.string in _OPENING and token.string:
            opened.append(token.string)
        elif token.string in _CLOSING and token.string:
            if opened and _OPENING.index(opened[-1]) == _CLOSING.index(token.string):
                opened.pop()
            else:
                lacking.append(_OPENING[_CLOSING.index(token.string)])
    return [*dict.fromkeys(_CLOSING[_OPENING.index(o)] for o in reversed(opened)), *dict.fromkeys(lacking)]
