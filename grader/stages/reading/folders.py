"""A folder on disk to the files in it: names and kinds, no content; nothing outside it, and no file stops the others."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import NamedTuple

from grader.file_names import clean, suffix
from grader.records.submission import OtherFile
from grader.stages.reading.handed_in import (
    by_name,
    empty_folder,
    is_noise,
    may_be_read,
    may_hold_source,
    other,
    unopened,
)


class OnDisk(NamedTuple):
    """A file to be read."""

    path: str
    """From the folder, NFC, "/" between folders."""
    file: Path


class Walked(NamedTuple):
    """What a folder holds."""

    files: list[OnDisk]
    others: list[OtherFile]
    """What is known without being opened: by its name, or a link out of the folder, or nothing."""


def walk(root: Path) -> Walked:
    """All files below `root`. Links lead nowhere but inside it; results of our own among them are passed by."""
    inside = root.resolve()
    found = Walked([], [])
    _walk(root, (), inside, found)
    return found


def _walk(folder: Path, above: tuple[str, ...], inside: Path, found: Walked) -> None:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        if not above:
            raise
        found.others.append(unopened("/".join(above), error))
        return
    if above and _is_ours({entry.name for entry in entries}):
        return
    before = len(found.files) + len(found.others)
    for entry in entries:
        parts = (*above, clean(entry.name) or "_")
        if is_noise(parts):
            continue
        if entry.is_dir(follow_symlinks=False):
            if len(parts) < _DEEPEST:
                _walk(Path(entry.path), parts, inside, found)
            else:
                found.others.append(_too_deep("/".join(parts)))
        else:
            _file(Path(entry.path), "/".join(parts), inside, found)
    if above and len(found.files) + len(found.others) == before:
        found.others.append(empty_folder("/".join(above)))


_DEEPEST = 200
"""Folders one in the other; Python calls itself for each."""


def _too_deep(path: str) -> OtherFile:
    return other(
        path,
        f"more than {_DEEPEST} folders one in the other; what is in it was not read",
        f"폴더가 {_DEEPEST}단계보다 깊어서 안에 있는 파일을 읽지 못했어요",
        work=True,
    )


def _is_ours(names: set[str]) -> bool:
    """Whether a folder is one that an earlier run wrote its results into."""
    return {"results.json", "index.html", "students"} <= names or ".ledger" in names


def _file(file: Path, path: str, inside: Path, found: Walked) -> None:
    try:
        if file.is_symlink():
            target = file.resolve(strict=True)
            if not target.is_relative_to(inside):
                found.others.append(
                    other(path, "a link that leads out of the folder", "폴더 밖을 가리키는 링크예요")
                )
                return
            file = target
        mode = file.stat().st_mode
    except (OSError, RuntimeError):  # Python 3.11 and 3.12 tell a circle of links by a RuntimeError
        found.others.append(other(path, "a broken link", "끊어진 링크예요"))
        return
    if not stat.S_ISREG(mode):  # a pipe would be waited for, for ever
        found.others.append(other(path, "not a regular file", "일반 파일이 아니에요"))
    elif suffix(path) or may_hold_source(path) or may_be_read(path):
        found.files.append(OnDisk(path, file))
    else:
        found.others.append(by_name(path))
