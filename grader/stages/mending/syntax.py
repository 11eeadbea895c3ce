"""Kind *text*: Python cannot read a cell. Edits near the stop, and among them those that take it further."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from grader.stages.mending import brackets, characters, lines, tokens
from grader.stages.mending.situation import Proposal, Situation, stop_of
from grader.stages.mending.tries import Stop, Try, indent_of, is_code

Fixer = Callable[[list[str], Stop], Iterator[Try]]

SYSTEMATIC: tuple[Fixer, ...] = (
    characters.plain_characters,
    lines.merge_markers,
    lines.tabs,
    lines.pasted_marks,
    lines.print_statement,
    lines.shell_line,
)
"""One cause, many places: mended wherever it stands, as one repair."""
SINGLE: tuple[Fixer, ...] = (
    lines.indentation,
    tokens.comparison,
    tokens.quotes,
    tokens.colon,
    tokens.completed,
    tokens.torn_names,
    tokens.words,
    tokens.unfinished,
    brackets.mismatched,
    brackets.unclosed,
    brackets.one_character,
)
_ABOUT_BRACKETS = re.compile("never closed|unmatched|does not match")
"""Told before any other mistake, wherever it stands."""
MOST_READ = 1_500_000
"""Characters that are read in search of an edit; a page of code has 4,000."""
MOST_PLACES = 60
MOST_OFFERED = 5


def syntax(situation: Situation) -> Iterator[Proposal]:
    """Edits after which Python reads the broken cell, or reads on to a later line."""
    for label in _broken(situation):
        text = situation.text(label)
        stop = Stop(*(stop_of(text) or (1, 0, "")))
        offered: dict[str, tuple[str, int]] = {}
        further: dict[str, tuple[str, int]] = {}
        budget = MOST_READ
        for code, new, line in _candidates(text.split("\n"), stop):
            if new == text or new in offered or new in further:
                continue
            budget -= len(new)
            if budget < 0 or len(offered) >= MOST_OFFERED:
                break
            reached = stop_of(new)
            if reached is None:
                offered[new] = code, line
            elif _is_further(reached, stop, line):
                further[new] = code, line
        for new, (code, line) in (offered or dict(list(further.items())[:MOST_OFFERED])).items():
            yield situation.edited(code, label, new, line)


def _is_further(reached: tuple[int, int, str], stop: Stop, line: int) -> bool:
    """Python reads on, to another slip: further down, or anywhere once every bracket has its partner."""
    if "never closed" in reached[2] and reached[0] == line:
        return False  # the edit itself has opened it
    return reached[0] > stop.line or (_ABOUT_BRACKETS.search(stop.message) is not None and reached[0] != line)


def _broken(situation: Situation) -> Iterator[str]:
    """The cell that the class stands in, and others of its file that Python cannot read."""
    excerpt = situation.excerpt
    if excerpt is not None and excerpt.problem is not None:
        yield from (cell.label for cell in excerpt.cells if stop_of(situation.text(cell.label)) is not None)
    elif excerpt is None:
        yield from (label for label in situation.labels if stop_of(situation.text(label)) is not None)
    else:
        yield from (label for label in situation.labels if situation.cells[label].problem is not None)


def _candidates(text: list[str], stop: Stop) -> Iterator[tuple[str, str, int]]:
    """Code, whole text and line of each edit, the likeliest first."""
    for fixer in SYSTEMATIC:
        for first in fixer(text, stop):
            yield first.code, "\n".join(_everywhere(first.applied(text), fixer)), stop.line
    outside = _outside_classes(text, stop)
    for fixer in SINGLE:
        for one in fixer(text, stop):
            yield one.code, "\n".join(one.applied(text)), one.line
        if outside and fixer is tokens.words:  # of no concern to the class: rather without it than guessed at
            yield "broken-statement-aside", "\n".join(_without(text, stop)), stop.line
    yield "broken-statement", "\n".join([*text[: stop.line - 1], "", *text[stop.line :]]), stop.line


def _everywhere(text: list[str], fixer: Fixer) -> list[str]:
    """The same edit at each later stop that it helps with."""
    stopped = stop_of("\n".join(text))
    for _ in range(MOST_PLACES):
        if stopped is None:
            break
        for one in fixer(text, Stop(*stopped)):
            new = one.applied(text)
            reached = stop_of("\n".join(new))
            if reached is None or reached > stopped:
                text, stopped = new, reached
                break
        else:
            break
    return text


def _outside_classes(text: list[str], stop: Stop) -> bool:
    """The stop lies behind the last class, at the file's own level or in its main part."""
    head = next(
        (n for n in range(stop.line, 0, -1) if is_code(text[n - 1]) and indent_of(text[n - 1]) == 0), 0
    )
    return (
        head > 0
        and not re.match(r"(?:class\b|def\b|@)", text[head - 1], re.IGNORECASE)
        and not any(re.match(r"class\b", line) for line in text[stop.line :])
    )


def _without(text: list[str], stop: Stop) -> list[str]:
    """Without the statement at the file's own level in which Python stopped."""
    first = next(
        (n for n in range(stop.line, 0, -1) if is_code(text[n - 1]) and indent_of(text[n - 1]) == 0), 1
    )
    last = next(
        (
            n
            for n in range(stop.line + 1, len(text) + 1)
            if is_code(text[n - 1]) and indent_of(text[n - 1]) == 0
        ),
        len(text) + 1,
    )
    return [*text[: first - 1], *[""] * (last - first), *text[last - 1 :]]
