"""What a check found, in words a student can act on."""

from __future__ import annotations

from typing import Literal

from grader.records.base import Record, Text

CheckName = Literal["loads", "shape", "channels", "function", "gradients", "learning", "accuracy"]
Outcome = Literal["passed", "failed", "blocked", "grader_error"]

CHECKS: tuple[CheckName, ...] = (
    "loads", "shape", "channels", "function", "gradients", "learning", "accuracy",
)  # fmt: skip


class Place(Record):
    """Where to look in the student's own code."""

    file: str
    line: int
    source: str
    """The line itself, stripped."""


class Flag(Record):
    """Something in a submission that only an attacker does; for the teaching assistant, never the student."""

    what: Text
    place: Place | None = None


class LayerRow(Record):
    """One line of the channel table: what was expected of a layer, and what was found."""

    name: str
    """The student's name for it; the reference's where the student has none."""
    expected: str | None
    """"3→16, 3×3, stride 1, padding 1"; None: no such layer is asked for."""
    found: str | None
    """The same for the student's layer; None: there is none."""
    ok: bool
    note: Text | None = None


class Verdict(Record):
    """What a check says before points: `share` is the part of its points that is earned."""

    check: CheckName
    outcome: Outcome
    share: float
    """0 … 1; exactly 1 when passed, 0 when blocked."""
    open: bool = False
    """Where the reference is not known: the outcome holds for what can be seen, the share is decided when it is."""
    code: str
    """A stable name for what was found: "passed", "channels-differ", "skip-added-after-pool" …"""
    message: Text
    hint: Text | None = None
    place: Place | None = None
    layers: tuple[LayerRow, ...] = ()
    details: str = ""
    """To unfold: the student's own part of a traceback."""


class BlankLeft(Record):
    """A blank of the template that the student left empty."""

    number: int
    place: Place
    hint: Text
