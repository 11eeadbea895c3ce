"""A repair: the smallest edit after which a submission runs, with what it costs."""

from __future__ import annotations

from typing import Literal

from grader.records.base import Record, Text

BLANK_LEFT, METHOD_LEFT = "blank-left", "method-left"
FILLED = frozenset((BLANK_LEFT, METHOD_LEFT))
"""Repairs that put the reference's own steps in: what is drawn of such a network shows them."""


class Repair(Record):
    """One slip, mended for the student so that the rest can be judged."""

    code: str
    """The kind of slip: "bracket", "name-misspelt", "channels-declared" …"""
    price: float
    """Percent of the exercise when it is proposed; points of the profile in `results.json`."""
    file: str
    """As tracebacks call it: "model.py", or "lab.ipynb [3]"."""
    line: int
    """In the student's own file."""
    before: str
    """The student's line, stripped."""
    after: str
    """The line that ran instead; "" where it was left out."""
    message: Text
    hint: Text


class Mending(Record):
    """`mending:` of `course.yaml`: what becomes of submissions that do not run."""

    mode: Literal["repair", "inform", "off"] = "repair"
    """repair: judged as the network that was meant, less the price; inform: the page says the same, the
    points are those of the code as it is; off: nothing is tried."""
    show_edits: bool = False
    """Whether students see the edit itself, not only its place and a question."""
    class_name: Literal["price", "accept", "ask"] = "price"
    """A class under a name that was not asked for: takes its price, costs nothing, or waits for a person."""
