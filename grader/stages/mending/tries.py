"""One edit of source text that Python cannot read, before it is known whether it helps."""

from __future__ import annotations

from typing import NamedTuple


class Stop(NamedTuple):
    """Where Python cannot read on, and its word on why."""

    line: int
    """From 1."""
    column: int
    """From 0, in characters."""
    message: str


class Try(NamedTuple):
    """Other text for a run of lines."""

    code: str
    line: int
    """The first of them, from 1."""
    text: str
    """As many lines, joined by newlines, as are to be replaced."""

    def applied(self, lines: list[str]) -> list[str]:
        """The lines after the edit."""
        new = self.text.split("\n")
        return [*lines[: self.line - 1], *new, *lines[self.line - 1 + len(new) :]]


def indent_of(line: str) -> int:
    """Leading blanks."""
    return len(line) - len(line.lstrip(" \t\f"))


def is_code(line: str) -> bool:
    """Neither empty nor a comment alone."""
    stripped = line.strip()
    return bool(stripped) and not stripped.startswith("#")
