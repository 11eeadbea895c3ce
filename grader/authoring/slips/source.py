"""A working source, and one slip planted in it."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)
LAYERS = ("Conv2d", "Linear", "Conv1d")


@dataclass(frozen=True)
class Slip:
    """One slip of the hand, planted by rule."""

    rule: str
    lines: Mapping[int, str]
    """Line of the working source (from 1) → what stands there now; it may be several lines."""
    ends: frozenset[int]
    """Lines of the working source where a repair is at the slip's place: its own, or the other end's."""

    def __str__(self) -> str:
        return f"{self.rule} in line {min(self.lines)}"


class Source:
    """A program that works."""

    def __init__(self, name: str, text: str, class_name: str) -> None:
        self.name, self.text, self.class_name = name, text, class_name
        self.lines = text.split("\n")
        self.tree = ast.parse(text)

    @cached_property
    def tokens(self) -> list[tokenize.TokenInfo]:
        """What Python reads, without comments and blanks."""
        blank = (
            tokenize.COMMENT,
            tokenize.NL,
            tokenize.NEWLINE,
            tokenize.INDENT,
            tokenize.DEDENT,
            tokenize.ENDMARKER,
        )
        return [t for t in tokenize.generate_tokens(io.StringIO(self.text).readline) if t.type not in blank]

    def nodes(self, *kinds: type[Node]) -> list[Node]:
        """All nodes of these kinds, in the order of the text."""
        found = [node for node in ast.walk(self.tree) if isinstance(node, kinds)]
        return sorted(found, key=lambda node: (getattr(node, "lineno", 0), getattr(node, "col_offset", 0)))

    def methods(self, name: str) -> list[ast.FunctionDef]:
        """The methods of that name."""
        return [
            s for owner in self.nodes(ast.ClassDef) for s in owner.body if isinstance(s, ast.FunctionDef) and s.name == name
        ]  # fmt: skip

    def calls(self, *names: str) -> list[ast.Call]:
        """Calls of functions whose last name is one of these."""
        return [c for c in self.nodes(ast.Call) if ast.unparse(c.func).rpartition(".")[2] in names]

    def source_of(self, node: ast.AST) -> str:
        """What the student wrote."""
        return ast.get_source_segment(self.text, node) or ""

    def mentions(self, attribute: str) -> list[int]:
        """Lines that read or make an attribute."""
        return [n.lineno for n in self.nodes(ast.Attribute) if n.attr == attribute]

    # -- slips -------------------------------------------------------------------------------------

    def line(self, rule: str, number: int, text: str, ends: Sequence[int] = ()) -> Slip:
        """A line written otherwise."""
        return Slip(rule, {number: text}, frozenset((number, *ends)))

    def cut(self, rule: str, number: int, start: int, end: int, new: str, ends: Sequence[int] = ()) -> Slip:
        """Other text between two columns of a line."""
        old = self.lines[number - 1]
        return self.line(rule, number, old[:start] + new + old[end:], ends)

    def swap(
        self, rule: str, node: ast.expr | ast.stmt | ast.keyword, new: str, ends: Sequence[int] = ()
    ) -> Slip:
        """Other text in the place of a node."""
        first, last = node.lineno, node.end_lineno or node.lineno
        start = self.lines[first - 1].encode()[: node.col_offset].decode()
        end = self.lines[last - 1].encode()[node.end_col_offset :].decode()
        lines = {first: start + new + end} | dict.fromkeys(range(first + 1, last + 1), "")
        return Slip(rule, lines, frozenset((first, *ends)))


def planted(source: Source, slips: Sequence[Slip]) -> tuple[str, frozenset[int]] | None:
    """The source with these slips, and their lines in it; None where two of them meet."""
    changes: dict[int, str] = {}
    for slip in slips:
        if changes.keys() & slip.lines.keys():
            return None
        changes |= slip.lines
    text: list[str] = []
    places: set[int] = set()
    ends = frozenset().union(*(slip.ends for slip in slips))
    for number, line in enumerate(source.lines, start=1):
        new = changes.get(number, line).split("\n")
        if number in ends:
            places |= set(range(len(text) + 1, len(text) + len(new) + 1))
        text += new
    return "\n".join(text), frozenset(places)


def methods_of(owner: ast.ClassDef) -> Iterator[ast.FunctionDef]:
    """The functions of a class's body."""
    yield from (s for s in owner.body if isinstance(s, ast.FunctionDef))
