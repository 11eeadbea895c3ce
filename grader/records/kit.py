"""What a student's kit knows, and what a check with it says."""

from __future__ import annotations

from typing import Literal

from grader.records.assignment import Assignment
from grader.records.base import Language, Record, Text
from grader.records.misconception import Mistake
from grader.records.prices import Prices
from grader.records.repair import Mending, Repair
from grader.records.results import Finding
from grader.records.sealed import Sealed


class ToldMistake(Mistake):
    """What the kit says of a known mistake, once a network has it."""

    price: tuple[float, float] | None
    """As in `prices.yaml`."""


class KitExercise(Record):
    """One exercise, without anything that would give it away."""

    assignment: Assignment
    prices: Prices
    """Of repairs, and of findings that name no mistake of the catalogue."""
    template: str
    """Source text of the `.py` template, by which blanks left empty are known."""
    reference: Sealed
    start: Sealed | None
    """What students start from."""


class Kit(Record):
    """What `grader release` packs into the check."""

    language: Language
    exam: bool
    """Interface and shape only; nothing is said of what is right."""
    mending: Mending
    exercises: tuple[KitExercise, ...]


class CheckedLine(Record):
    """One check; `open` where only the grading decides on all of it."""

    finding: Finding
    open: bool


class Checked(Record):
    """What the check says of one exercise."""

    exercise: str
    title: Text
    file: str
    class_name: str
    lines: tuple[CheckedLine, ...] = ()
    repairs: tuple[Repair, ...] = ()
    """Slips that were mended to judge the rest; each costs its price."""
    notes: tuple[Text, ...] = ()
    held: Text | None = None
    """Why nothing can be said: a person would look at it."""


class Report(Record):
    """All that one check says."""

    language: Language
    exam: bool
    file: str
    sha256: str
    """Of the file's text (`grader.receipts`); "" for a notebook that is running."""
    checked_on: str
    """ISO time, UTC."""
    seconds: float
    exercises: tuple[Checked, ...] = ()
    problem: Text | None = None
    """Why nothing was checked."""

    @property
    def all_right(self) -> bool:
        """Something was checked, and nothing was found to be wrong."""
        return bool(self.exercises) and all(
            not one.repairs
            and one.held is None
            and all(line.finding.outcome == "passed" for line in one.lines)
            for one in self.exercises
        )


Ending = Literal["timeout", "ended"]
