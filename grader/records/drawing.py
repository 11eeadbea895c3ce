"""A network as a picture shows it: boxes from the input down to the output, and what flows between them."""

from __future__ import annotations

from typing import Literal

from grader.records.base import Record

Mark = Literal["", "parts", "behind", "unused", "stopped"]
"""parts: up to here the values are the exercise's, from here on they are not; behind: other values, since
something before it parts; unused: reaches no output; stopped: Python's error came from here."""


class Marks(Record):
    """Which nodes of a graph's eval program compute what the reference computes."""

    parts: tuple[int, ...]
    """Given the reference's values, and making another."""
    right: tuple[int, ...]


class Box(Record):
    """One step: a layer with the pointwise operators that follow it, a pooling, a sum …"""

    title: str
    """The student's name for a layer ("conv1_1 + relu"), else the operator's ("AvgPool")."""
    detail: str = ""
    """"3→16, 3×3", "2×2"."""
    kind: Literal["input", "layer", "pool", "join", "other", "output"]
    mark: Mark = ""


class Wire(Record):
    """A tensor on its way."""

    start: int
    """Place of a box in `Drawing.boxes`."""
    end: int
    shape: str
    """Of one image: "16×32×32"; empty for the output."""


class Drawing(Record):
    """Boxes in the order of the computation; the first is the input, the last, where it is reached, the output."""

    boxes: tuple[Box, ...]
    wires: tuple[Wire, ...]
