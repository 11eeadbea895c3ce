"""Anything on disk to submissions: where reading and people meet."""

from __future__ import annotations

import atexit
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from grader.errors import SubmissionsError
from grader.file_names import clean, suffix
from grader.records.deadline import Deadline
from grader.records.roster import Roster
from grader.records.submission import ClassWork, SourceFile, Submission
from grader.sandboxes.process import ProcessSandbox
from grader.stages.people import by_student
from grader.stages.people.gradescope import read_exports
from grader.stages.reading.reading import read


@cache
def reader() -> ProcessSandbox:
    """Where hand-ins are parsed: without rights, with limits. Opened at first need, closed with this process."""
    package = Path(__file__).parents[1]
    opened = ProcessSandbox(runs_per_guest=2000, answers=("grader.stages.reading.sealed", str(package)))
    atexit.register(opened.close)
    return opened


def read_submissions(path: Path) -> tuple[Submission, ...]:
    """The students of `read_class`."""
    return read_class(path).submissions


def read_class(
    path: Path,
    roster: Roster | None = None,
    classes: Mapping[str, Sequence[str]] | None = None,
    deadline: Deadline | None = None,
) -> ClassWork:
    """Everything that was handed in under `path`: a folder, a `.zip`, one `.py` or one `.ipynb`.

    Folder and zip may be an LMS's download. With a class list everybody on it is there, whoever
    handed in nothing without files, and what cannot be joined to it is `unmatched`. `classes` are the
    class names of each exercise; `deadline` says which of several attempts counts.

    Raises SubmissionsError where nothing in it can be a submission; a single file that cannot be
    read is among its student's `others`.
    """
    items = read(path, reader().run)
    if not any(isinstance(item, SourceFile) or item.work or item.nothing for item in items):
        raise SubmissionsError(
            f"{path}: no .py, .ipynb or .zip file in it; name the folder with the submissions"
        )
    name = clean(path.resolve().name)
    if path.is_file():
        name = name[: -len(".zip")] if suffix(name) == ".zip" else ""
    work = by_student(items, name, roster, lambda: read_exports(path), classes, deadline)
    if roster is not None:
        _same_class(work, roster, path)
    return work


def _same_class(work: ClassWork, roster: Roster, path: Path) -> None:
    """Raises SubmissionsError where the class list's ids are of the same LMS, and none of them occurs."""
    listed = any(work.layout in person.ids for person in roster.people)
    handed_in = [submission for submission in work.submissions if submission.source]
    # none where the LMS hides them
    accounts = any(work.layout in one.ids for one in handed_in if one.joined_by is None)
    if listed and accounts and not any(submission.joined_by == "id" for submission in handed_in):
        raise SubmissionsError(
            f"{path}: none of its {work.layout.capitalize()} accounts is in {roster.source}; take the class list "
            "from the same course and assignment (a download of groups names groups, not students)"
        )
