"""Which class was meant for which exercise, where no class has the name that is asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from grader.records.assignment import Assignment
from grader.records.submission import Submission
from grader.stages.mending.class_name import class_name, is_near
from grader.stages.mending.situation import Proposal, Situation


class Meant(NamedTuple):
    """A class that may be an exercise's."""

    proposal: Proposal
    certain: bool
    """Its name, its file or the template's marks in it say so, or nothing else is asked for; else what it
    computes must decide."""


def meant(
    submission: Submission, asked: Mapping[str, Assignment], lacking: Sequence[str], taken: Mapping[str, frozenset[str]]
) -> dict[str, Meant]:  # fmt: skip
    """For each exercise that lacks its class: the class that may be it. One class serves one exercise.

    Args:
        asked: the run's exercises.
        lacking: those of them of which no file defines the class.
        taken: by exercise, the class names that any other exercise of the course asks for.
    """
    offers = {
        name: list(class_name(Situation(submission, asked[name], None, None, taken.get(name, frozenset()))))
        for name in lacking
    }
    found: dict[str, Meant] = {}
    used: set[tuple[str, int]] = set()
    for says in (_near, _said):
        for name in lacking:
            for proposal in offers[name]:
                place = proposal.file, proposal.line
                if name not in found and place not in used and says(submission, asked[name], proposal):
                    found[name] = Meant(proposal, certain=True)
                    used.add(place)
    for name in lacking:
        rest = [proposal for proposal in offers[name] if (proposal.file, proposal.line) not in used]
        if name not in found and rest:
            found[name] = Meant(rest[0], certain=len(asked) == 1)
    return found


def _near(submission: Submission, exercise: Assignment, proposal: Proposal) -> bool:
    """The class's name is nearly the asked one."""
    return any(is_near(name, proposal.facts[0]) for name in exercise.classes)


def _said(submission: Submission, exercise: Assignment, proposal: Proposal) -> bool:
    """The file's name, or the template's marks in it, name the exercise."""
    for file in submission.files:
        for cell in file.cells:
            if cell.label == proposal.file:
                word = rf"(?<![^\W\d_]){re.escape(exercise.name)}(?![^\W\d_])"
                if re.search(word, file.path.rpartition("/")[2], re.IGNORECASE):
                    return True
                return re.search(rf"BLANK {re.escape(exercise.name)}-\d", cell.text) is not None
    return False


_CLASS = re.compile(r"^\s*[cC]\w*[sS]\w*\s+(\w+)", re.MULTILINE)
"""The keyword may be misspelt: it may be why Python cannot read the cell."""


def unread(submission: Submission, taken: frozenset[str]) -> bool:
    """Whether a cell that Python cannot read may hold the class under another name than the asked one."""
    return any(
        cell.problem is not None and set(_CLASS.findall(cell.text)) - taken
        for file in submission.files
        for cell in file.cells
    )
