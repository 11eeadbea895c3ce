"""Slips that concern whole lines: what was pasted along, Python 2, tabs, indentation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.stages.mending.tries import Stop, Try, indent_of, is_code

_PASTED = re.compile(
    r"(?P<mark>\s*(?:In\s*\[\d*\]:|Out\s*\[\d*\]:|>>>|\.\.\.(?=\s)|\d+(?:\s*[:|.)])?(?=\s|$)))(?P<rest>.*)"
)
_PRINT = re.compile(
    r"(?P<start>\s*(?:.*[:;]\s*)?)print\b\s*(?P<what>[^(\s=].*?|\(.*\)\s*[%,].*?)?(?P<end>\s*(?:#.*)?)$"
)
_SHELL = re.compile(r"\s*(?:pip3?|conda|apt(?:-get)?|cd|ls|python3?|wget|git|\$)\s+[\w./~-]")
_MARKER = re.compile(r"(<{7}|={7}|>{7}|\|{7})(?:\s|$)")
MOST_SLIPPED = 30
"""Lines above the stop among which the one that slipped to the left is looked for."""


def merge_markers(lines: list[str], stop: Stop) -> Iterator[Try]:
    """Without the marks of an unfinished merge: the first side, or the second."""
    if not any(_MARKER.match(line) for line in lines):
        return
    for keep in (1, 2):
        side, new = 0, []
        for line in lines:
            found = _MARKER.match(line)
            if found:
                side = {"<": 1, "|": 3, "=": 2, ">": 0}[line[0]]
                new.append("")
            else:
                new.append(line if side in (0, keep) else "")
        yield Try("merge-markers", 1, "\n".join(new))


def pasted_marks(lines: list[str], stop: Stop) -> Iterator[Try]:
    """Without a line number or prompt in front; the code stays in its column, or moves to its neighbours'."""
    line = lines[stop.line - 1]
    found = _PASTED.match(line)
    if not found:
        return
    marked = [_PASTED.match(other) for other in lines]
    if (
        sum(other is not None for other in marked) > 1
    ):  # all of them at once, so that columns stay as they are to each other
        for between in (1, 0, 2):
            yield Try(
                "pasted-marks",
                1,
                "\n".join(
                    other["rest"][between if other["rest"][:between].isspace() else 0 :] if other else plain
                    for plain, other in zip(lines, marked, strict=True)
                ),
            )
    mark, rest = found["mark"], found["rest"]
    columns = [len(mark) + indent_of(rest), indent_of(rest), max(indent_of(rest) - 1, 0)]
    before = next((other for other in reversed(lines[: stop.line - 1]) if is_code(other)), "")
    columns.append(indent_of(before) + (4 if before.rstrip().endswith(":") else 0))
    for column in dict.fromkeys(columns):
        yield Try("pasted-marks", stop.line, " " * column + rest.strip() if rest.strip() else "")


def print_statement(lines: list[str], stop: Stop) -> Iterator[Try]:
    """`print x` of Python 2, with brackets."""
    line = lines[stop.line - 1]
    found = _PRINT.match(line)
    if found and found["what"]:
        yield Try("print-statement", stop.line, f"{found['start']}print({found['what']}){found['end']}")


def shell_line(lines: list[str], stop: Stop) -> Iterator[Try]:
    """A command for the shell among the Python: left out."""
    if _SHELL.match(lines[stop.line - 1]):
        yield Try("shell-line", stop.line, "")


def tabs(lines: list[str], stop: Stop) -> Iterator[Try]:
    """Tabs at the start of lines as blanks."""
    starts = [line[: indent_of(line)] for line in lines]
    if not any("\t" in start for start in starts):
        return
    for width in (4, 8, 2):
        new = [
            start.expandtabs(width) + line[len(start) :] for start, line in zip(starts, lines, strict=True)
        ]
        yield Try("tabs-mixed", 1, "\n".join(new))


def indentation(lines: list[str], stop: Stop) -> Iterator[Try]:
    """A line, or a run of lines, moved to where its neighbours stand."""
    if "outside function" in stop.message:  # `return out` in the class's column
        inner = next((n for n in range(stop.line - 2, -1, -1) if is_code(lines[n])), stop.line - 1)
        yield from _moved(lines, stop.line - 1, indent_of(lines[inner]))
    if "indent" not in stop.message:
        return
    at = stop.line - 1
    while at < len(lines) - 1 and not is_code(lines[at]):
        at += 1
    own = indent_of(lines[at])
    above = [n for n in range(at) if is_code(lines[n])]
    if not above:
        yield from _moved(lines, at, 0)
        return
    previous = indent_of(lines[above[-1]])
    levels = list(dict.fromkeys([previous, *(indent_of(lines[n]) for n in reversed(above))]))
    if "expected an indented block" in stop.message:
        yield from _moved(lines, at, previous + 4)
        head = re.search(r"on line (\d+)", stop.message)
        number = int(head[1]) if head and int(head[1]) <= len(lines) else above[-1] + 1
        yield Try("body-missing", number, lines[number - 1].rstrip() + " pass")
        return
    if lines[above[-1]].rstrip().endswith(":"):
        levels.insert(0, previous + 4)
    for level in sorted(levels, key=lambda level: abs(level - own)):
        if level != own:
            yield from _moved(lines, at, level)
    if "unindent" in stop.message:  # or the head of its block has
        for n in reversed(above):
            if indent_of(lines[n]) < own and re.match(
                r"\s*(?:async\s+)?(?:def|class|for|if|with|while)\b", lines[n]
            ):
                yield Try("indentation", n + 1, " " * own + lines[n].lstrip())
    # or the lines above have slipped to the left
    for n in [n for n in reversed(above) if indent_of(lines[n]) < own][:3]:
        before = next((m for m in range(n - 1, -1, -1) if is_code(lines[m])), None)
        if at - n < MOST_SLIPPED and before is not None and indent_of(lines[before]) > own:
            yield Try("indentation", n + 1, " " * indent_of(lines[before]) + lines[n].lstrip())
        if at - n < MOST_SLIPPED:
            part = lines[n:at]
            yield Try(
                "indentation",
                n + 1,
                "\n".join(" " * own + p.lstrip() if indent_of(p) < own and is_code(p) else p for p in part),
            )


def _moved(lines: list[str], at: int, level: int) -> Iterator[Try]:
    """Line `at` alone, the lines that stand with it up to a gap, and up to where the indentation ends."""
    own = indent_of(lines[at])
    ends = [at + 1]
    for gap in (True, False):
        end = at + 1
        while end < len(lines):
            line = lines[end]
            if (gap and not line.strip()) or (line.strip() and indent_of(line) < own):
                break
            if gap and re.match(r"\s*(?:def\b|class\b|@)", line) and indent_of(line) == own:
                break
            end += 1
        ends.append(end)
    for end in dict.fromkeys(ends):
        moved = [
            " " * max(indent_of(line) + level - own, 0) + line.lstrip() if line.strip() else line
            for line in lines[at:end]
        ]
        yield Try("indentation", at + 1, "\n".join(moved))
