"""What can be read of a cell that is not Python as a whole."""

from __future__ import annotations

import re
from typing import Literal

from grader.records.submission import Cell
from grader.stages.excerpts.statements import stop_of

Lost = Literal["", "text", "end", "pieces"]
"""What cannot be read of a cell: nothing; only text; a last statement that breaks off; anything else."""
MOST_PIECES = 300
_TEXT = re.compile(r"[rRuUbBfF]{0,2}(\"\"\"|''')")
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
    for _ in range(MOST_PIECES):
        stop = stop_of("\n".join(lines), cell.label)
        if stop is None:
            found: Lost = next((kind for kind in ("pieces", "end") if kind in lost), "text")
            return cell.model_copy(update={"text": "\n".join(lines), "problem": None}), found
        start = min(stop.line, len(lines)) - 1
        while start > 0 and not _starts(lines[start]):
            start -= 1
        end = start + 1
        text = _TEXT.match(lines[start])
        if text:
            inside = text[1] not in lines[start][text.end() :]
            while end < len(lines) and inside:
                inside = text[1] not in lines[end]
                end += 1
        while end < len(lines) and not _starts(lines[end]):
            end += 1
        breaks_off = not any(lines[end:]) and _BREAKS_OFF.search(stop.message)
        lost.add("text" if text else "end" if breaks_off and not lost else "pieces")
        if not any(lines[start:end]):
            break
        lines[start:end] = [""] * (end - start)
    return cell.model_copy(update={"text": "", "problem": None}), "pieces"


def _starts(line: str) -> bool:
    """Whether a piece may begin with it: not indented, and no end of an earlier one."""
    return bool(line) and line[0] not in " \t)]}#"
