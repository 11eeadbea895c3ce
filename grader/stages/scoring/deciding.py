"""Writes into `overrides.yaml` what a person decided, and leaves the rest of the file as it stands."""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from grader.errors import UserError
from grader.records.base import Record
from grader.records.findings import CheckName
from grader.records.results import Results
from grader.stages.scoring.overrides import FILE, read_overrides, with_overrides


class Decision(Record):
    """A person's points for one exercise of one student, or for one check of it."""

    student_id: str
    exercise: str
    check: CheckName | None = None
    """None: the exercise as a whole."""
    points: float | None
    """None: what stands there is taken back."""
    reason: str = ""
    by: str = ""


class Note(Record):
    """What course staff write for themselves beside one exercise of one student."""

    student_id: str
    exercise: str
    text: str
    """Empty: what stands there is taken away."""


class FileChanged(UserError):
    """Somebody else wrote into the file after it was shown."""


def version_of(folder: Path) -> str:
    """A hash of the file; equal as long as nobody has written into it."""
    path = folder / FILE
    return hashlib.sha256(path.read_bytes() if path.exists() else b"").hexdigest()[:16]


def decide(folder: Path, results: Results, version: str, decisions: Sequence[Decision | Note]) -> str:
    """Write decisions and notes into the file, all of them or none; the version that the file has then.

    Args:
        results: of the run, to see that the file still fits it afterwards.
        version: of the file that the person saw.

    Raises:
        FileChanged: it has another version by now.
        UserError: a decision does not fit the run (more points than there are …), or the file cannot be written.
    """
    path = folder / FILE
    with _alone(folder):
        if version_of(folder) != version:
            raise FileChanged(f"{path} was changed by somebody else meanwhile; look at it again, then decide")
        before = path.read_bytes() if path.exists() else None
        data = _read(before)
        for decision in decisions:
            _enter(data, decision.student_id, decision.exercise, decision)
        text = io.StringIO()
        _yaml().dump(data, text)
        _write(path, text.getvalue().encode("utf-8") if data else b"")
        try:
            with_overrides(results, read_overrides(folder))
        except UserError:
            _write(path, before if before is not None else b"")
            raise
        return version_of(folder)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else who asks for this, in whatever process, writes meanwhile."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096  # lines stay as they are
    yaml.allow_unicode = True
    return yaml


def _read(content: bytes | None) -> CommentedMap:
    data = _yaml().load(content.decode("utf-8-sig")) if content else None
    return data if data is not None else CommentedMap()


def _enter(data: CommentedMap, student_id: str, exercise: str, entered: Decision | Note) -> None:
    student = _key(data, student_id)
    exercises = data.setdefault(student, CommentedMap())
    entry: CommentedMap = exercises.get(exercise) or CommentedMap()
    private = entered.text if isinstance(entered, Note) else entry.get("private")
    if isinstance(entered, Decision):
        entry = _decided(entry, entered)
    entry.pop("private", None)
    if private:
        entry["private"] = private
    if entry:
        exercises[exercise] = entry
    else:
        exercises.pop(exercise, None)
    if not exercises:
        data.pop(student)


def _decided(entry: CommentedMap, decision: Decision) -> CommentedMap:
    """What stands for an exercise after a decision."""
    value = CommentedMap(points=_number(decision.points), reason=decision.reason)
    if decision.by:
        value["by"] = decision.by
    if decision.check is None:
        return value if decision.points is not None else CommentedMap()
    checks = entry.get("checks") or CommentedMap()
    if decision.points is None:
        checks.pop(decision.check, None)
    else:
        checks[decision.check] = value
    return CommentedMap(checks=checks) if checks else CommentedMap()


def _key(data: CommentedMap, student_id: str) -> object:
    """The key under which a student stands there: 20231234 may be written as a number."""
    for key in data:
        if str(key).zfill(getattr(key, "_width", None) or 0) == student_id:
            return key
    return DoubleQuotedScalarString(student_id)


def _number(points: float | None) -> float | int | None:
    return int(points) if points is not None and points == int(points) else points


def _write(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name}.tmp")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        raise UserError(f"{path} cannot be written ({error.strerror}); check its permissions") from error
