"""What answers in the reader's sandbox: bytes of hand-ins to records, as JSON.

Runs in a child without rights (`grader/guest`), with limits: whatever the bytes do to it is over when it ends.
The request is a length, JSON of that length, and the files' bytes one behind the other; an archive comes as
an open file instead, and is never copied.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import BinaryIO

from grader.records.submission import Item
from grader.stages.reading.archives import Allowance, BadArchive, names_in, opened, read_zip

FILE = 7
"""The descriptor of the archive: `lockdown.FILE`."""


def warm() -> None:
    """Nothing more than the imports above."""


def request(asked: Mapping[str, object], blobs: Sequence[bytes]) -> bytes:
    """What `answer` takes."""
    head = json.dumps(asked).encode()
    return b"".join((len(head).to_bytes(8, "big"), head, *blobs))


def answer(asked: bytes) -> Iterator[bytes]:
    """`{"files": [[path, length], …]}`, or `{"archive": path, "entries": [from, to] or null, "names": bool}`."""
    length = int.from_bytes(asked[:8], "big")
    head, rest = json.loads(asked[8 : 8 + length]), memoryview(asked)[8 + length :]
    if "files" in head:
        yield from _written(_files(head["files"], rest))
        return
    with open(FILE, "rb", closefd=False) as archive:
        archive.seek(0)
        try:
            if head["names"]:
                yield json.dumps({"names": names_in(archive)}).encode()
            else:
                yield from _written(_archive(archive, head["entries"], head["inner"]))
        except BadArchive as error:
            yield json.dumps({"bad": [error.en, error.ko]}).encode()


def _written(items: Iterable[Item]) -> Iterator[bytes]:
    yield b'{"items": ['
    for place, item in enumerate(items):
        yield (b"," if place else b"") + item.model_dump_json().encode()
    yield b"]}"


def _files(listed: list[tuple[str, int, int]], rest: memoryview) -> Iterator[Item]:
    at = 0
    for path, length, inner in listed:
        data = bytes(rest[at : at + length])
        at += length
        yield from opened(path, lambda most, data=data: data[:most], Allowance(), inner)  # type: ignore[misc]


def _archive(archive: BinaryIO, entries: list[int] | None, inner: int) -> list[Item]:
    """A class's archive: each hand-in in it has an allowance of its own."""
    allowances: dict[str, Allowance] = {}

    def allowance(path: str) -> Allowance:
        hand_in = path if path.lower().endswith(".zip") else path.rpartition("/")[0]
        return allowances.setdefault(hand_in, Allowance())

    only = (entries[0], entries[1]) if entries else None
    return read_zip(archive, inner=inner, allow=allowance, only=only)
