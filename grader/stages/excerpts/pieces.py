"""What can be read of a cell that is not Python as a whole."""

from __future__ import annotations

import re

from grader.records.submission import Cell
from grader.stages.excerpts.statements import stop_of

MOST_PIECES = 300
_TEXT = re.compile(r"[rRuUbBfF]{0,2}(\"\"\"|''')")


def readable(cell: Cell) -> tuple[Cell, bool]:
    """The cell without the pieces that Python cannot read, nothing moved; whether these were only text.

    A piece goes from one line that is not indented to the next. Text is a string that stands alone, as Colab
    writes a notebook's text cells into a `.py` file: a backslash in it stops Python.
    """
    if cell.problem is None:
        return cell, True
    lines, only_text = cell.text.split("\n"), True
    for _ in range(MOST_PIECES):
        at = stop_of("\n".join(lines), cell.label)
        if at is None:
            return cell.model_copy(update={"text": "\n".join(lines), "problem": None}), only_text
        start = min(at, len(lines)) - 1
        while start > 0 and not _starts(lines[start]):
            start -= 1
        end = start + 1
        if text := _TEXT.match(lines[start]):
            inside = lines[start][text.end() :].find(text[1]) < 0
            while end < len(lines) and inside:
                inside = text[1] not in lines[end]
                end += 1
        else:
            only_text = False
        while end < len(lines) and not _starts(lines[end]):
            end += 1
        if not any(lines[start:end]):
            break
        lines[start:end] = [""] * (end - start)
    return cell.model_copy(update={"text": "", "problem": None}), False


def _starts(line: str) -> bool:
    """Whether a piece may begin with it: not indented, and no end of an earlier one."""
    return bool(line) and line[0] not in " \t)]}#"
