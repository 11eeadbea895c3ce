"""A cell's text with only some of its statements left: lines and columns stay where they were."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from grader.offsets import Offsets
from grader.stages.excerpts.statements import Block, Statement, parse

_SAME_LINE = re.compile(r"(?:[ \t\f]|\\\n)*;(?:[ \t\f]|\\\n)*")


@dataclass(frozen=True)
class Kept:
    """A statement to leave in place, or to write anew on its first line."""

    statement: Statement
    rewritten: str | None = None


def blanked(text: str, kept: Sequence[Kept]) -> str:
    """Spaces and line ends instead of everything but `kept`, which is in order and from this cell.

    The head of a block whose statements are kept one by one becomes `if 1:`. A dropped statement
    before a kept one on one line becomes `()`, so that the kept one keeps its column.
    """
    places = Offsets(text)
    out = [c if c in "\n\t\f" else " " for c in text]
    frames: dict[Block, None] = {}
    for item in kept:
        start, end = places.start(item.statement.node), places.end(item.statement.node)
        frames.update(dict.fromkeys(item.statement.frames))
        if item.rewritten is None:
            out[start:end] = text[start:end]
        else:
            _write(out, start, item.rewritten)
    for frame in frames:
        _write(out, places.start(frame), "if 1:")
    for items, body in _by_body(kept, text):
        _fill_lines(out, text, places, items, body)
    return "\n".join(line.rstrip() for line in "".join(out).split("\n"))


def _write(out: list[str], start: int, text: str) -> None:
    """Put `text` there; where it is longer than the line, the line grows."""
    room = 0
    while start + room < len(out) and out[start + room] != "\n" and room < len(text):
        room += 1
    out[start : start + room] = list(text[:room])
    if room < len(text):
        out[start + room - 1] += text[room:]


def _by_body(kept: Sequence[Kept], text: str) -> list[tuple[set[tuple[int, int]], list[ast.stmt]]]:
    """For each block that holds kept statements: which, and all its statements in order."""
    tree = parse(text)
    chosen = {_key(item.statement.node) for item in kept}
    frames = {_key(frame) for item in kept for frame in item.statement.frames}
    found = [(chosen | frames, tree.body)]
    waiting = [tree.body]
    while waiting:
        for node in waiting.pop():
            if _key(node) in frames and isinstance(node, Block):
                found.append((chosen | frames, node.body))
                waiting.append(node.body)
    return found


def _key(node: ast.stmt) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _fill_lines(
    out: list[str], text: str, places: Offsets, chosen: set[tuple[int, int]], body: list[ast.stmt]
) -> None:
    """Close the gaps on lines that hold several statements."""
    line: list[ast.stmt] = []
    for node, following in zip(body, [*body[1:], None], strict=True):
        line.append(node)
        gap = text[places.end(node) : places.start(following)] if following else "\n"
        if _SAME_LINE.fullmatch(gap):
            continue
        last = max((i for i, n in enumerate(line) if _key(n) in chosen), default=0)
        for current, nxt in pairwise(line[: last + 1]):
            start, end = places.start(current), places.end(current)
            if _key(current) not in chosen:
                out[start] = "(" if end - start > 1 else "0"
                if end - start > 1:
                    out[end - 1] = ")"
            out[end : places.start(nxt)] = text[end : places.start(nxt)]
        line = []
