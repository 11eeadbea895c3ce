"""A folder on disk to its files: nothing outside it is read, and no file stops the others."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from grader.file_names import clean, suffix
from grader.records.submission import Item
from grader.stages.reading.archives import Allowance, nested
from grader.stages.reading.handed_in import by_name, is_noise, other, source, unopened


def read_folder(root: Path) -> list[Item]:
    """All files below `root`; archives are opened one level deep, at the top two. Links lead nowhere but inside it."""
    inside = root.resolve()
    items: list[Item] = []
    waiting: list[tuple[Path, tuple[str, ...]]] = [(root, ())]
    while waiting:
        folder, above = waiting.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            if folder == root:
                raise
            items.append(unopened("/".join(above), error))
            continue
        for entry in entries:
            parts = (*above, clean(entry.name) or "_")
            if is_noise(parts):
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append((Path(entry.path), parts))
            else:
                items += _file(Path(entry.path), "/".join(parts), inside)
    return items


def _file(file: Path, path: str, inside: Path) -> list[Item]:
    try:
        if file.is_symlink():
            target = file.resolve(strict=True)
            if not target.is_relative_to(inside):
                return [other(path, "a link that leads out of the folder", "폴더 밖을 가리키는 링크예요")]
            file = target
        mode = file.stat().st_mode
    except (OSError, RuntimeError):  # Python 3.11 and 3.12 tell a circle of links by a RuntimeError
        return [other(path, "a broken link", "끊어진 링크예요")]
    if not stat.S_ISREG(mode):  # a pipe would be waited for, for ever
        return [other(path, "not a regular file", "일반 파일이 아니에요")]
    ending = suffix(path)
    read = reader(file)
    if not ending:
        return [by_name(path, read)]
    if ending != ".zip":
        return source(path, read)
    # a zip at the top may be an LMS's download with the students' own zips in it
    return nested(path, read, Allowance(), inner=1 if "/" in path else 2)


def reader(file: Path) -> Callable[[int], bytes]:
    """Gives at most that many bytes of the file."""

    def read(most: int) -> bytes:
        with file.open("rb") as stream:
            return stream.read(most)

    return read
