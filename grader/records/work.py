"""What judging needs to know of an exercise, the same for every submission of a run."""

from __future__ import annotations

from grader.records.assignment import Assignment
from grader.records.base import Record
from grader.records.repair import Mending
from grader.records.sealed import Sealed


class Terms(Record):
    """One exercise's own side: sent to the workers as text."""

    assignment: Assignment
    reference: str | Sealed
    """The reference's graph, as JSON; or what may be told of it."""
    start: str | Sealed | None
    """The same of what students start from; None where that crashes."""
    template: str
    """Text of the `.py` template, blanks empty."""
    marked: str | None
    """The reference's graph with the borders of its blanks, as JSON; None where no blank has terms."""
    others: tuple[str, ...]
    """Class names that the run's other exercises ask for."""
    mending: Mending
    prices: dict[str, float]
    """Of repairs, as `prices.yaml` has them."""
