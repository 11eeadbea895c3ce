"""Anything on disk to files: what has to be parsed is parsed by a reader without rights, and what ends it is known.

A reader's run gets many files at once. If it does not come to its end (a crash, too much memory, too much
time), they are halved until the one that did it is alone: that one is listed with its reason.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from pydantic import TypeAdapter, ValidationError

from grader.errors import SubmissionsError
from grader.file_names import clean, suffix
from grader.records.base import Record
from grader.records.submission import Item
from grader.sandboxes import Limits, Reply
from grader.stages.reading import sealed
from grader.stages.reading.archives import DEEPEST, BadArchive, as_folder
from grader.stages.reading.folders import OnDisk, walk
from grader.stages.reading.handed_in import LARGEST, other, too_large, unopened

MiB = 1 << 20
BATCH_FILES, BATCH_BYTES = 200, 64 * MiB
"""Read in one run."""
LIMITS = Limits(wall_s=60, cpu_s=60, memory_bytes=2 << 30, reply_bytes=256 * MiB)
"""Of one run; a notebook of 100 MB takes 3 s and 0.5 GB."""
SECONDS_PER_MB = 0.2
"""More for a large archive."""


class Run(Protocol):
    """`ProcessSandbox.run`."""

    def __call__(self, request: bytes, limits: Limits = ..., file: int | None = ...) -> Reply: ...


class _Answer(Record):
    """What the reader says; a claim."""

    items: tuple[Item, ...] = ()
    names: tuple[str, ...] = ()
    bad: tuple[str, str] | None = None


_ANSWER = TypeAdapter(_Answer)
_WHY = {
    "timeout": ("it takes too long to read", "읽는 데 너무 오래 걸려요"),
    "memory": ("it takes too much memory to read", "읽는 데 메모리가 너무 많이 들어요"),
    "too_large": ("it holds too much to read", "내용이 너무 많아요"),
}


def read(path: Path, run: Run) -> list[Item]:
    """Every file under `path`: a folder, a `.zip`, one `.py` or one `.ipynb`.

    Raises SubmissionsError where `path` itself cannot be used; a single file that cannot be read is an
    `OtherFile` with its reason.
    """
    try:
        return _Reader(run).anything(path)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise SubmissionsError(f"{path}: cannot be opened ({why}); check its permissions") from None
    except BadArchive as error:
        raise SubmissionsError(f"{path}: {error.en}; pack or download it again") from None


class _Reader:
    def __init__(self, run: Run) -> None:
        self._run = run

    def anything(self, path: Path) -> list[Item]:
        """Raises OSError, BadArchive and SubmissionsError."""
        if path.is_dir():
            found = walk(path)
            archives = [one for one in found.files if suffix(one.path) == ".zip"]
            plain = [one for one in found.files if suffix(one.path) != ".zip"]
            return [*found.others, *self._files(plain), *(i for one in archives for i in self._zip(one))]
        if not path.exists():
            raise SubmissionsError(f"{path}: there is no such file or folder; check the spelling")
        name = clean(path.name)
        if not path.is_file() or not (ending := suffix(name)):
            raise SubmissionsError(
                f"{path}: neither a folder nor a .zip, .py or .ipynb file; name one of these"
            )
        return self._archive(path, DEEPEST + 1) if ending == ".zip" else self._files([OnDisk(name, path)])

    # -- files ----------------------------------------------------------------------------------------

    def _files(self, files: Sequence[OnDisk]) -> list[Item]:
        items: list[Item] = []
        batch: list[tuple[OnDisk, bytes]] = []
        size = 0
        for one in files:
            most = LARGEST.get(suffix(one.path), LARGEST[".ipynb"])
            try:
                with one.file.open("rb") as stream:
                    data = stream.read(most + 1)
            except OSError as error:
                items.append(unopened(one.path, error))
                continue
            if len(data) > most:
                items.append(too_large(one.path, suffix(one.path) or ".ipynb"))
                continue
            batch.append((one, data))
            size += len(data)
            if len(batch) == BATCH_FILES or size > BATCH_BYTES:
                items += self._batch(batch)
                batch, size = [], 0
        return [*items, *self._batch(batch)]

    def _batch(self, batch: Sequence[tuple[OnDisk, bytes]]) -> list[Item]:
        if not batch:
            return []
        listed = [(one.path, len(data), DEEPEST) for one, data in batch]
        reply = self._run(sealed.request({"files": listed}, [data for _, data in batch]), LIMITS)
        answer = _answer(reply)
        if answer is not None and not (len(batch) == 1 and _strays(answer.items, batch[0][0].path)):
            return list(answer.items)
        if len(batch) == 1:
            return [_unreadable(batch[0][0].path, reply)]
        half = len(batch) // 2
        return [*self._batch(batch[:half]), *self._batch(batch[half:])]

    # -- archives -------------------------------------------------------------------------------------

    def _zip(self, one: OnDisk) -> list[Item]:
        """A zip in a folder: a student's own, or an LMS's download with students' own in it."""
        try:
            with one.file.open("rb") as stream:
                start = stream.read(16)
            return as_folder(one.path, start, lambda: self._archive(one.file, DEEPEST))
        except OSError as error:
            return [unopened(one.path, error)]

    def _archive(self, file: Path, inner: int) -> list[Item]:
        """Raises BadArchive and OSError."""
        descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
        try:
            more = int(os.fstat(descriptor).st_size / 1e6 * SECONDS_PER_MB)
            limits = LIMITS.model_copy(update={"wall_s": LIMITS.wall_s + more, "cpu_s": LIMITS.cpu_s + more})

            def ask(entries: tuple[int, int] | None, names: bool = False) -> tuple[_Answer | None, Reply]:
                asked = {"archive": True, "entries": entries, "names": names, "inner": inner}
                reply = self._run(sealed.request(asked, []), limits, descriptor)
                answer = _answer(reply)
                if answer is not None and answer.bad is not None:
                    raise BadArchive(*answer.bad)
                return answer, reply

            whole, _ = ask(None)
            if whole is not None:
                return list(whole.items)
            listed, reply = ask(None, names=True)
            if listed is None:
                why = _why(reply)
                raise BadArchive(why[0], why[1])
            return _halved(listed.names, 0, len(listed.names), ask)
        finally:
            os.close(descriptor)


def _halved(
    names: Sequence[str], start: int, end: int, ask: Callable[[tuple[int, int]], tuple[_Answer | None, Reply]]
) -> list[Item]:
    if start >= end:
        return []
    answer, reply = ask((start, end))
    if answer is not None:
        return list(answer.items)
    if end - start == 1:
        return [_unreadable(clean(names[start].replace("\\", "/")).strip("/") or "_", reply)]
    middle = (start + end) // 2
    return [*_halved(names, start, middle, ask), *_halved(names, middle, end, ask)]


def _answer(reply: Reply) -> _Answer | None:
    """None where the run did not come to its end, or says what no reader of ours says."""
    if reply.ending != "finished":
        return None
    try:
        return _ANSWER.validate_json(reply.payload)
    except (ValidationError, json.JSONDecodeError):
        return None


def _strays(items: Sequence[Item], path: str) -> bool:
    """Whether a file claims to be another's."""
    folder = path.rpartition("/")[0]
    return any(folder and not item.path.startswith(f"{folder}/") for item in items)


def _why(reply: Reply) -> tuple[str, str]:
    return _WHY.get(
        reply.ending,
        (
            f"reading it ended the reader ({reply.detail or reply.ending})",
            f"읽다가 멈췄어요({reply.detail or reply.ending})",
        ),
    )


def _unreadable(path: str, reply: Reply) -> Item:
    en, ko = _why(reply)
    return other(path, en, ko, work=True)
