"""What can be read of a cell that is not Python as a whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from grader.records.submission import Cell
from grader.stages.excerpts.statements import stop_of

Lost = Literal["", "text", "end", "pieces"]
"""What cannot be read of a cell: nothing; only text; a last statement that breaks off; anything else."""
MOST_PIECES, MOST_CHARACTERS = 300, 10_000_000
"""Left out of a cell, and read again for them: Python starts anew behind each."""
_TEXT = re.compile(r"[rRuUbBfF]{0,2}(\"\"\"|''')")
_MARKS = re.compile(r"\\.|\"\"\"|'''|#|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
"""What begins or ends a string, whole strings of one line, and comments."""
_BREAKS_OFF = re.compile(
    r"never closed|unterminated|unexpected EOF|expected an indented block|incomplete input"
)


def readable(cell: Cell) -> tuple[Cell, Lost]:
    """The cell without the pieces that Python cannot read, nothing moved, and what these were.

    A piece goes from one line that is not indented to the next. Text is a string that stands alone, as Colab
    writes a notebook's text cells into a `.py` file: a backslash in it stops Python.
    """
    if cell.problem is None:
        return cell, ""
    lines, lost = cell.text.split("\n"), set[Lost]()
    for _ in range(min(MOST_PIECES, MOST_CHARACTERS // max(1, len(cell.text)))):
        stop = stop_of("\n".join(lines), cell.label)
        if stop is None:
            found: Lost = next((kind for kind in ("pieces", "end") if kind in lost), "text")
            return cell.model_copy(update={"text": "\n".join(lines), "problem": None}), found
        starts = _starts(lines)
        start = max((n for n in starts if n < stop.line), default=0)
        end = min((n for n in starts if n >= stop.line), default=len(lines))
        text = _TEXT.match(lines[start])
        breaks_off = not any(lines[end:]) and _breaks_off(lines, stop.line, stop.message)
        lost.add("text" if text else "end" if breaks_off and not lost else "pieces")
        if not any(lines[start:end]):
            break
        lines[start:end] = [""] * (end - start)
    return cell.model_copy(update={"text": "", "problem": None}), "pieces"


def _breaks_off(lines: Sequence[str], line: int, message: str) -> bool:
    """Whether the text ends in the middle of the statement at `line`; a slip has further statements below it."""
    if not _BREAKS_OFF.search(message):
        return False
    below = [other for other in lines[line:] if other.strip()]
    if not below or "triple-quoted" in message:
        return True
    own = len(lines[line - 1]) - len(lines[line - 1].lstrip())
    return "string" not in message and all(len(other) - len(other.lstrip()) > own for other in below)


def _starts(lines: Sequence[str]) -> list[int]:
    """Where pieces begin: lines that are not indented, stand in no string of several lines, and end no bracket."""
    found, inside = [], ""
    for number, line in enumerate(lines):
        if not inside and line and line[0] not in " \t)]}#":
            found.append(number)
        for mark in _MARKS.finditer(line):
            if inside:
                inside = "" if mark[0] == inside else inside
            elif mark[0][0] == "#":
                break
            elif len(mark[0]) == 3:
                inside = mark[0]
    return found
