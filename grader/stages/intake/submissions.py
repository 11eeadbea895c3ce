"""Anything on disk to submissions."""

from __future__ import annotations

from pathlib import Path

from grader.errors import SubmissionsError
from grader.records.roster import Roster
from grader.records.submission import ClassWork, SourceFile, Submission
from grader.stages.intake.archives import BadArchive, read_zip
from grader.stages.intake.folders import read_folder, reader
from grader.stages.intake.gradescope import read_exports
from grader.stages.intake.handed_in import Item, source, suffix
from grader.stages.intake.names import clean
from grader.stages.intake.students import by_student


def read_submissions(path: Path) -> tuple[Submission, ...]:
    """The students of `read_class`."""
    return read_class(path).submissions


def read_class(path: Path, roster: Roster | None = None) -> ClassWork:
    """Everything that was handed in under `path`: a folder, a `.zip`, one `.py` or one `.ipynb`.

    Folder and zip may be an LMS's download. With a class list everybody on it is there, whoever
    handed in nothing without files, and what cannot be joined to it is `unmatched`.

    Raises SubmissionsError where nothing in it can be a submission; a single file that cannot be
    read is among its student's `others`.
    """
    try:
        items = _items(path)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise SubmissionsError(f"{path}: cannot be opened ({why}); check its permissions") from None
    except BadArchive as error:
        raise SubmissionsError(f"{path}: {error.en}; pack or download it again") from None
    if not any(isinstance(item, SourceFile) or suffix(item.path) for item in items):
        raise SubmissionsError(
            f"{path}: no .py, .ipynb or .zip file in it; name the folder with the submissions"
        )
    name = clean(path.resolve().name)
    if path.is_file():
        name = name[: -len(".zip")] if suffix(name) == ".zip" else ""
    work = by_student(items, name, roster, lambda: read_exports(path))
    if roster is not None:
        _same_class(work, roster, path)
    return work


def _same_class(work: ClassWork, roster: Roster, path: Path) -> None:
    """Raises SubmissionsError where the class list's ids are of the same LMS, and none of them occurs."""
    listed = any(work.layout in person.ids for person in roster.people)
    handed_in = [submission for submission in work.submissions if submission.source]
    if listed and handed_in and not any(submission.joined_by == "id" for submission in handed_in):
        raise SubmissionsError(
            f"{path}: none of its {work.layout.capitalize()} accounts is in {roster.source}; take the class list "
            "from the same course and assignment (a download of groups names groups, not students)"
        )


def _items(path: Path) -> list[Item]:
    if path.is_dir():
        return read_folder(path)
    if not path.exists():
        raise SubmissionsError(f"{path}: there is no such file or folder; check the spelling")
    name = clean(path.name)
    if not path.is_file() or not (ending := suffix(name)):
        raise SubmissionsError(f"{path}: neither a folder nor a .zip, .py or .ipynb file; name one of these")
    return read_zip(path) if ending == ".zip" else source(name, reader(path))
