"""The blanks of a template, as comments mark them.

    # >>> BLANK skip-1
    # ko: what belongs here …
    # en: … in both languages,
    #     on as many lines as it takes
    # call: the PyTorch call that may help
    # TODO skip-1: …
    # <<< BLANK skip-1

A solution has the same marks, with its code in the place of the TODO line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.records.base import Text

_MARK = re.compile(r"\s*#\s*(>>>\s*BLANK|TODO|<<<\s*BLANK)\s+([\w-]+)-(\d+)\b")
_PART = re.compile(r"\s*#\s*(ko|en|call):\s*(.*)")
_COMMENT = re.compile(r"\s*#\s*(.*)")


class BlankError(ValueError):
    """The marks of a template or solution do not make sense; `line` is where."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line


@dataclass(frozen=True)
class Mark:
    """A comment that marks a blank."""

    kind: str
    """">>>", "TODO" or "<<<"."""
    exercise: str
    number: int
    line: int
    """From 1."""


@dataclass(frozen=True)
class Blank:
    """A blank of a template, or of the solution that it is made from."""

    exercise: str
    number: int
    first: int
    """Line of the mark that opens it, from 1."""
    code: int
    """The line after its hint."""
    last: int
    """Line of the mark that closes it."""
    hint: Text

    @property
    def name(self) -> str:
        """ "skip-1"."""
        return f"{self.exercise}-{self.number}"


def marks_in(lines: Sequence[str]) -> Iterator[Mark]:
    """Every mark, in order; a student may have deleted some."""
    for number, line in enumerate(lines, start=1):
        if found := _MARK.match(line):
            yield Mark(found[1][:3] if found[1] != "TODO" else "TODO", found[2], int(found[3]), number)


def blanks_of(source: str) -> tuple[Blank, ...]:
    """The blanks of a complete template or solution, in order.

    Raises:
        BlankError: a mark without its partner, numbers that do not run 1, 2, 3 …, or a hint that
            lacks one of the two languages.
    """
    lines = source.split("\n")
    blanks: list[Blank] = []
    opened: Mark | None = None
    for mark in marks_in(lines):
        name = f"{mark.exercise}-{mark.number}"
        if mark.kind == ">>>":
            if opened is not None:
                raise BlankError(opened.line, f"blank {opened.exercise}-{opened.number} is not closed")
            if mark.number != len(blanks) + 1:
                raise BlankError(mark.line, f"blank {name} should have the number {len(blanks) + 1}")
            opened = mark
        elif mark.kind == "<<<":
            if opened is None or (opened.exercise, opened.number) != (mark.exercise, mark.number):
                raise BlankError(mark.line, f"blank {name} is closed but not opened")
            hint, code = _hint(lines, opened, mark.line)
            blanks.append(Blank(mark.exercise, mark.number, opened.line, code, mark.line, hint))
            opened = None
    if opened is not None:
        raise BlankError(opened.line, f"blank {opened.exercise}-{opened.number} is not closed")
    return tuple(blanks)


def _hint(lines: Sequence[str], opened: Mark, end: int) -> tuple[Text, int]:
    """The hint under the opening mark, and the line after it."""
    parts: dict[str, str] = {}
    part, number = "", opened.line + 1
    while number < end and (comment := _COMMENT.match(lines[number - 1])):
        if _MARK.match(lines[number - 1]):
            break
        if starts := _PART.match(lines[number - 1]):
            part = starts[1]
            parts[part] = starts[2]
        elif part:
            parts[part] += " " + comment[1]
        number += 1
    if missing := [language for language in ("ko", "en") if not parts.get(language)]:
        raise BlankError(
            opened.line, f"blank {opened.exercise}-{opened.number} has no hint in {', '.join(missing)}"
        )
    call = parts.get("call")
    hint = Text(
        en=parts["en"] + (f" May help: {call}" if call else ""),
        ko=parts["ko"] + (f" 도움이 될 함수: {call}" if call else ""),
    )
    return hint, number


def neighbours(lines: Sequence[str], marks: Sequence[Mark], first: int, last: int) -> tuple[str, str]:
    """The last code before line `first` and the first code after line `last` (from 1), up to the next marks."""
    start = max((mark.line for mark in marks if mark.line < first), default=0)
    end = min((mark.line for mark in marks if mark.line > last), default=len(lines) + 1)
    before = [code for line in lines[start : first - 1] if (code := code_of(line))]
    after = [code for line in lines[last : end - 1] if (code := code_of(line))]
    return "".join(before[-1:]), "".join(after[:1])


def code_of(line: str) -> str:
    """A line without comment and spaces; nothing for a line that does nothing."""
    code = "".join(line.partition("#")[0].split())
    return "" if code in ("pass", "...") else code
