"""Slips by the hundred: what students do to a network that was right, one rule for each kind.

Unlike mutants (`grader/authoring/mutations.py`), which compute something else, these are meant to leave
a program that does not run, or whose output is no N×10: what mending is for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from grader.authoring.slips import definitions, names, shapes, text
from grader.authoring.slips.source import Slip, Source, planted

__all__ = ["RULES", "Slip", "Source", "planted", "slips"]

RULES: dict[str, tuple[Callable[[Source], Iterator[Slip]], ...]] = {
    "text": text.RULES,
    "names": (*names.RULES, *definitions.RULES),
    "numbers and surroundings": shapes.RULES,
}


def slips(source: Source) -> Iterator[tuple[str, Slip]]:
    """Every slip that a rule finds a place for, with its kind; no two that leave the same text."""
    seen = {source.text}
    for kind, rules in RULES.items():
        for rule in rules:
            for slip in rule(source):
                made = planted(source, [slip])
                if made is not None and made[0] not in seen:
                    seen.add(made[0])
                    yield kind, slip
