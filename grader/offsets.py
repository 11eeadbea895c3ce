"""Places in a source: what a syntax tree gives as line and UTF-8 byte, as offsets into the text."""

from __future__ import annotations

import ast

Placed = ast.expr | ast.stmt | ast.arg | ast.keyword | ast.alias


class Offsets:
    """Of one text; lines end as Python ends them in a text without CR."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)

    def at(self, line: int, column: int) -> int:
        """Of a byte (from 0) of a line (from 1)."""
        text = self.lines[line - 1]
        if not text.isascii():
            column = len(text.encode()[:column].decode(errors="ignore"))
        return self.starts[line - 1] + column

    def start(self, statement: ast.stmt) -> int:
        """Where a statement begins, at its first decorator."""
        decorators = getattr(statement, "decorator_list", None)
        return self.at(decorators[0].lineno if decorators else statement.lineno, statement.col_offset)

    def end(self, node: Placed) -> int:
        """Behind a node."""
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self.at(node.end_lineno, node.end_col_offset)

    def of(self, node: ast.AST) -> tuple[int, int]:
        """Start and end of a node, its decorators left out."""
        assert isinstance(node, Placed)
        return self.at(node.lineno, node.col_offset), self.end(node)
