"""`submission_metadata.yml` of a Gradescope export: whose folder is whose.

Its keys are Ruby symbols (":name"). It is read without honouring any tag: every scalar is text.
"""

from __future__ import annotations

import zipfile
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import yaml

from grader.errors import SubmissionsError
from grader.file_names import clean
from grader.lms.times import moment

FILE = "submission_metadata.yml"
_LARGEST = 100_000_000
"""Bytes; every submission's results are in it."""
_DEEPEST = 60
"""Levels. The loader calls itself at each; what Gradescope writes has a dozen."""


class Attempt(NamedTuple):
    """One submitter of one folder."""

    folder: str
    number: str = ""
    name: str = ""
    email: str = ""
    created_at: datetime | None = None

    @property
    def owner(self) -> str:
        """Equal for two attempts of one student."""
        return self.number or self.email or self.folder


Export = dict[str, tuple[Attempt, ...]]
"""The submitters of each submission folder of an export."""


def read_exports(path: Path) -> dict[str, Export]:
    """What the metadata in a folder or zip says, by the folder that it lies in ("": at the top).

    Raises SubmissionsError where it is no YAML of Gradescope's.
    """
    try:
        loaded = {where: _loaded(data) for where, data in _metadata(path).items()}
    except (yaml.YAMLError, ValueError, zipfile.BadZipFile, zlib.error, RuntimeError, EOFError):
        raise SubmissionsError(f"{path}: its {FILE} cannot be read; download the export again") from None
    return {
        where: {
            str(folder).lower(): _attempts(str(folder).lower(), entry) for folder, entry in entries.items()
        }
        for where, entries in loaded.items()
    }


def _loaded(data: bytes) -> dict[object, object]:
    """Raises YAMLError or ValueError."""
    text = data.decode("utf-8-sig")
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise ValueError("too deep")
    loaded = yaml.load(text, Loader=_LOADER)
    if not isinstance(loaded, dict):
        raise ValueError("no mapping")
    return loaded


_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def _attempts(folder: str, entry: object) -> tuple[Attempt, ...]:
    fields = entry if isinstance(entry, dict) else {}
    submitters = fields.get(":submitters")
    people = [p for p in submitters if isinstance(p, dict)] if isinstance(submitters, list) else []
    created = moment(_text(fields, ":created_at"))
    if created is not None and created.tzinfo is None:  # as YAML writes times of UTC
        created = created.replace(tzinfo=UTC)
    return tuple(
        Attempt(folder, _text(p, ":sid"), clean(_text(p, ":name")), _text(p, ":email"), created)
        for p in people
    )


def _text(fields: dict[object, object], key: str) -> str:
    value = fields.get(key)
    return value.strip() if isinstance(value, str) and value not in ("null", "~") else ""


def _metadata(path: Path) -> dict[str, bytes]:
    """The metadata at the top or one folder below: several exports may lie side by side."""
    if path.is_dir():
        files = {"": path / FILE} | {clean(f.parent.name): f for f in sorted(path.glob(f"*/{FILE}"))}
        return {where: f.read_bytes() for where, f in files.items() if _usable(f)}
    with zipfile.ZipFile(path) as archive:
        entries = [e for e in archive.infolist() if e.filename.rpartition("/")[2] == FILE]
        entries = [e for e in entries if e.filename.count("/") < 2 and e.file_size <= _LARGEST]
        return {clean(e.filename.rpartition("/")[0]): archive.read(e) for e in entries}


def _usable(file: Path) -> bool:
    return file.is_file() and not file.is_symlink() and file.stat().st_size <= _LARGEST
