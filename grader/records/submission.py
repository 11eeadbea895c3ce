"""What a student handed in, and the part of it that one exercise needs."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from grader.records.base import Record, Text
from grader.records.graph import SourceLine
from grader.records.roster import Unmatched

Layout = Literal["canvas", "moodle", "gradescope", "files"]
"""Who laid the files out: an LMS in its download, or people."""
JoinedBy = Literal["id", "number", "name"]


class Cell(Record):
    """A stretch of Python source with line numbers of its own: a `.py` file or one notebook cell."""

    label: str
    """What tracebacks call it: "model.py", or "lab.ipynb [3]" for the third code cell."""
    text: str
    """Decoded, LF line ends; magics and shell lines are neutralised without moving a line."""
    problem: Text | None = None
    """Why it cannot be parsed (syntax error with its line), else None."""
    execution: int | None = None
    """The notebook's count of when the cell was run, where it has one."""
    newer: bool = False
    """It cannot be parsed by us; a newer Python may be able to."""


class SourceFile(Record):
    """One `.py` or `.ipynb` file, decoded."""

    path: str
    """Relative to the student's own files, NFC, "/" between folders."""
    kind: Literal["python", "notebook"]
    cells: tuple[Cell, ...]
    notes: tuple[Text, ...] = ()
    """What was done to read it: transcoded from CP949, UTF-16 …"""
    as_seen: str = ""
    """A notebook with what its cells showed (nbformat 4, JSON), to be read by people; grading knows nothing of it."""

    def moved(self, path: str) -> SourceFile:
        """The same file under another path, its labels with it."""
        old = len(self.path)
        cells = tuple(cell.model_copy(update={"label": path + cell.label[old:]}) for cell in self.cells)
        return self.model_copy(update={"path": path, "cells": cells})


class OtherFile(Record):
    """A file that is not a submission (PDF, image, data set), or one that cannot be read."""

    path: str
    reason: Text
    content: bytes | None = None
    """Of a small file that the student's code may read (settings, tables); None of any other."""
    work: bool = False
    """It was to be graded, or may have been, and could not be read: a person has to look."""
    nothing: bool = False
    """An empty folder or archive: somebody handed in something, and nothing is in it."""

    def moved(self, path: str) -> OtherFile:
        """The same file under another path."""
        return self.model_copy(update={"path": path})


Item = SourceFile | OtherFile
"""A file that was handed in, read or not."""
BY_RUN = "_ipynb"
"""Ends the name of a module that is a notebook: `%run` runs it, where Python would not import it."""


class Submission(Record):
    """All that one student handed in."""

    student_id: str
    """The student number where one can be read off the names, else the folder's or file's name."""
    student_name: str
    """Empty where no name can be read."""
    files: tuple[SourceFile, ...]
    others: tuple[OtherFile, ...] = ()
    section: str = ""
    """Of the class list."""
    late: bool = False
    """The LMS, or a folder's name, says so."""
    submitted: datetime | None = None
    """When, as the LMS says; without a zone where it writes none. Never the time of a file."""
    draft: bool = False
    """Saved in the LMS, never handed in."""
    ids: dict[str, str] = Field(default_factory=dict)
    """What the LMS calls the student, as in `Person.ids`."""
    source: str = ""
    """The file or folder as it came, the first where there are several."""
    joined_by: JoinedBy | None = None
    """What joined it to the class list; None without a list, or where nothing was handed in."""
    unmatched: Unmatched | None = None
    """Why the class list has nobody for it."""

    def for_grading(self) -> Submission:
        """The same without what only people read."""
        files = tuple(file.model_copy(update={"as_seen": ""}) for file in self.files)
        return self.model_copy(update={"files": files})


class ClassWork(Record):
    """All that a class handed in."""

    submissions: tuple[Submission, ...]
    layout: Layout
    strays: tuple[OtherFile, ...] = ()
    """Files beside the students' that name nobody."""

    def for_grading(self) -> ClassWork:
        """The same without what only people read."""
        return self.model_copy(update={"submissions": tuple(one.for_grading() for one in self.submissions)})


class LocalModule(Record):
    """A student's own module that the class imports: `from blocks import SkipBlock`."""

    name: str
    cells: tuple[Cell, ...]
    path: str = ""
    """Where it was handed in; "" for a package without a file."""


class LaidOut(Record):
    """A handed-in file that the student's code finds where it expects it."""

    path: str
    content: bytes


class Whole(Record):
    """How an excerpt is run that has all statements of its files: one by one, errors put aside."""

    path: str
    """Of the file that is run."""
    package: str = ""
    """That the file belongs to, by the folders it lies in: what its relative imports count from."""
    files: tuple[LaidOut, ...] = ()
    until: SourceLine | None = None
    """The statement before which the class is made, as the student's code makes it there; None: at the end."""
    stand_ins: bool = False
    """What a sandbox lacks is stood in for: packages, data sets, a keyboard, a command line."""
    rebuilt: bool = False
    """The file changes a network of the class after it was made: what it trains is another one."""
    torn: Literal["", "end", "pieces"] = ""
    """Its own cell or file is not Python as a whole, and what can be read of it is run: it breaks off at its end,
    or has other pieces that cannot be read."""


class Excerpt(Record):
    """The part of a submission that one exercise needs, or (`whole`) all of its files: what is run.

    Every statement that is left out is blanked, so that lines keep their numbers.
    """

    exercise: str
    class_name: str
    file: str
    cells: tuple[Cell, ...]
    modules: tuple[LocalModule, ...] = ()
    problem: Text | None = None
    """Why nothing can be run: the class's own cell has a syntax error (then `cells` holds it)."""
    newer: bool = False
    """The problem may be ours: the code may be right for a newer Python than the one that grades."""
    notes: tuple[Text, ...] = ()
    """For the student's page: several definitions, other files that define the class too …"""
    whole: Whole | None = None
    """None: of every file only what the class's text needs, run as it stands."""
