"""Anything on disk to files."""

from __future__ import annotations

from pathlib import Path

from grader.errors import SubmissionsError
from grader.file_names import clean, suffix
from grader.records.submission import Item
from grader.stages.reading.archives import BadArchive, read_zip
from grader.stages.reading.folders import read_folder, reader
from grader.stages.reading.handed_in import source


def read(path: Path) -> list[Item]:
    """Every file under `path`: a folder, a `.zip`, one `.py` or one `.ipynb`.

    Raises SubmissionsError where `path` itself cannot be used; a single file that cannot be read is an
    `OtherFile` with its reason.
    """
    try:
        return _items(path)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise SubmissionsError(f"{path}: cannot be opened ({why}); check its permissions") from None
    except BadArchive as error:
        raise SubmissionsError(f"{path}: {error.en}; pack or download it again") from None


def _items(path: Path) -> list[Item]:
    if path.is_dir():
        return read_folder(path)
    if not path.exists():
        raise SubmissionsError(f"{path}: there is no such file or folder; check the spelling")
    name = clean(path.name)
    if not path.is_file() or not (ending := suffix(name)):
        raise SubmissionsError(f"{path}: neither a folder nor a .zip, .py or .ipynb file; name one of these")
    return read_zip(path) if ending == ".zip" else source(name, reader(path))
