"""Which blanks of the template a student left empty, and whether the code asks for a GPU."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.marks import Blank, blanks_of, code_of, marks_in, neighbours
from grader.records.base import Record, Text
from grader.records.findings import BlankLeft, Flag, Place
from grader.records.submission import Cell, Excerpt
from grader.stages.screening.suspicion import suspicions

_CUDA = re.compile(r"""\.cuda\(|["']cuda(:|["'])""")
"""`.cuda()` or a device name: "cuda", "cuda:0"."""


class Screening(Record):
    """What reading the source shows."""

    blanks: tuple[BlankLeft, ...] = ()
    """Left empty, in the template's order."""
    notes: tuple[Text, ...] = ()
    """For the student's page; they cost nothing."""
    flags: tuple[Flag, ...] = ()
    """For the teaching assistant."""


def screen(excerpt: Excerpt, template: str) -> Screening:
    """Read an excerpt, beside the `.py` template of its exercise.

    A blank counts as empty while one of its marks is there, no code stands between its marks, and
    the code next to them is still the template's (someone may have written outside the marks).
    Where all marks are gone nothing is found.
    """
    cells = [*excerpt.cells, *(cell for module in excerpt.modules for cell in module.cells)]
    lines = template.split("\n")
    blanks = [
        found
        for blank in blanks_of(template)
        if (found := next((left for cell in cells if (left := _left(blank, cell, lines))), None))
    ]
    return Screening(blanks=tuple(blanks), notes=_gpu_note(cells), flags=suspicions(cells))


def _left(blank: Blank, cell: Cell, template: Sequence[str]) -> BlankLeft | None:
    """The blank, if this cell has it and it is empty."""
    lines = cell.text.split("\n")
    marks = list(marks_in(lines))
    own = [mark for mark in marks if (mark.exercise, mark.number) == (blank.exercise, blank.number)]
    if not own:
        return None
    first, last = own[0].line, own[-1].line
    if any(code_of(line) for line in lines[first - 1 : last]):
        return None
    before, after = neighbours(lines, marks, first, last)
    if (before, after) != neighbours(template, list(marks_in(template)), blank.first, blank.last):
        return None
    place = Place(file=cell.label, line=first, source=lines[first - 1].strip())
    return BlankLeft(number=blank.number, place=place, hint=blank.hint)


def _gpu_note(cells: Sequence[Cell]) -> tuple[Text, ...]:
    """One note, at the first line that names CUDA."""
    for cell in cells:
        for number, line in enumerate(cell.text.split("\n"), start=1):
            if _CUDA.search(line.partition("#")[0]):
                where = f"{cell.label}:{number}"
                return (
                    Text(
                        en=f"The code asks for a GPU ({where}). It was run on a CPU instead, which costs nothing.",
                        ko=f"코드에서 GPU(CUDA)를 써요({where}). 채점할 때는 CPU로 바꿔 실행했고, 감점은 없어요.",
                    ),
                )
    return ()
