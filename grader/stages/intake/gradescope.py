"""`submission_metadata.yml` of a Gradescope export: whose folder is whose.

Its keys are Ruby symbols (":name"). It is read without honouring any tag: every scalar is text.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import NamedTuple

import yaml

from grader.errors import SubmissionsError
from grader.stages.intake.names import clean

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
    created_at: str = ""
    """As written, "2026-10-12 06:41:07.000000000 Z": sorts by time."""

    @property
    def owner(self) -> str:
        """Equal for two attempts of one student."""
        return self.number or self.email or self.folder


def read_attempts(path: Path) -> dict[str, tuple[Attempt, ...]]:
    """What the metadata in a folder or zip says of each submission folder; empty without metadata.

    Raises SubmissionsError where it is no YAML of Gradescope's.
    """
    data = _bytes(path)
    if data is None:
        return {}
    bad = SubmissionsError(f"{path}: its {FILE} cannot be read; download the export again")
    try:
        text = data.decode("utf-8-sig")
        depth = 0
        for event in yaml.parse(text, Loader=_LOADER):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                raise bad
        loaded = yaml.load(text, Loader=_LOADER)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError):
        raise bad from None
    if not isinstance(loaded, dict):
        raise bad
    return {str(folder).lower(): _attempts(str(folder).lower(), entry) for folder, entry in loaded.items()}


_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def _attempts(folder: str, entry: object) -> tuple[Attempt, ...]:
    fields = entry if isinstance(entry, dict) else {}
    submitters = fields.get(":submitters")
    people = [p for p in submitters if isinstance(p, dict)] if isinstance(submitters, list) else []
    created = _text(fields, ":created_at")
    return tuple(
        Attempt(folder, _text(p, ":sid"), clean(_text(p, ":name")), _text(p, ":email"), created)
        for p in people
    )


def _text(fields: dict[object, object], key: str) -> str:
    value = fields.get(key)
    return value.strip() if isinstance(value, str) and value not in ("null", "~") else ""


def _bytes(path: Path) -> bytes | None:
    """The metadata's bytes: at the top, or in the only folder there."""
    if path.is_dir():
        found = [file for file in (path / FILE, *sorted(path.glob(f"*/{FILE}"))) if file.is_file()]
        if not found or found[0].stat().st_size > _LARGEST or found[0].is_symlink():
            return None
        return found[0].read_bytes()
    if path.suffix.lower() != ".zip":
        return None
    with zipfile.ZipFile(path) as archive:
        names = [e for e in archive.infolist() if e.filename.rpartition("/")[2] == FILE]
        names = [e for e in names if e.filename.count("/") < 2 and e.file_size <= _LARGEST]
        if not names:
            return None
        with archive.open(names[0]) as stream:
            return stream.read(_LARGEST)
