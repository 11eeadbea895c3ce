"""Zip archives, read in memory and never unpacked to disk.

Limits are on what is taken out, counted while it is taken out: an archive's own figures are a claim.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from lzma import LZMAError
from pathlib import Path
from typing import BinaryIO

from grader.file_names import clean, stem, suffix
from grader.records.submission import Item, OtherFile
from grader.stages.reading.decoding import Unreadable
from grader.stages.reading.handed_in import (
    LARGEST,
    by_name,
    empty_folder,
    is_noise,
    known_start,
    may_hold_source,
    other,
    source,
    too_large,
    under_another_ending,
    unopened,
)

MOST_ENTRIES = 200_000
"""Names in one archive; only those of sources are opened, so that a picture costs its name and no more."""
MOST_BYTES = 500_000_000
"""Taken out of one hand-in, archives inside it included."""
DEEPEST = 3
"""Archives inside a hand-in's archive; the class's archive around it counts as none."""
HIGHEST_RATIO = 200
"""Python text packs to a fifth or a tenth; a notebook full of blank pictures to a fiftieth."""
_SMALL = 1_000_000
"""Bytes under which the ratio says nothing."""


class BadArchive(Exception):
    """The whole archive cannot be used; `en` and `ko` say why."""

    def __init__(self, en: str, ko: str) -> None:
        self.en, self.ko = en, ko
        super().__init__(en)


class Allowance:
    """Bytes that may still be taken out of a hand-in."""

    def __init__(self) -> None:
        self.left = MOST_BYTES

    def take(self, count: int) -> None:
        """Use `count` bytes up. Raises BadArchive."""
        self.left -= count
        if self.left < 0:
            raise BadArchive(
                f"it unpacks to more than {MOST_BYTES // 1_000_000} MB",
                f"압축을 풀면 {MOST_BYTES // 1_000_000} MB가 넘어요",
            )


def read_zip(
    archive: Path | bytes | BinaryIO,
    allowance: Allowance | None = None,
    inner: int = DEEPEST,
    allow: Callable[[str], Allowance] | None = None,
    only: tuple[int, int] | None = None,
) -> list[Item]:
    """All files in an archive; archives inside it, too, `inner` levels deep. Raises BadArchive.

    Empty folders are there as files that are nothing. `allow` gives each entry of a class's archive the
    allowance of its hand-in; `only` asks for some of the entries, from one place up to another.
    """
    own = allowance or Allowance()
    with _opened(archive) as zipped:
        entries = zipped.infolist()
        if len(entries) > MOST_ENTRIES:
            raise BadArchive(
                f"it holds more than {MOST_ENTRIES} files", f"파일이 {MOST_ENTRIES}개보다 많아요"
            )
        items: list[Item] = []
        for entry in entries[slice(*only)] if only else entries:
            if not entry.is_dir():
                items += _read_entry(zipped, entry, allow(_name(entry)) if allow else own, inner)
        return [*items, *(_empty_folders(entries, items) if only is None else ())]


def names_in(archive: BinaryIO) -> list[str]:
    """The entries' names, in their order; empty for a folder. Raises BadArchive."""
    with _opened(archive) as zipped:
        return ["" if entry.is_dir() else _name(entry) for entry in zipped.infolist()]


@contextmanager
def _opened(archive: Path | bytes | BinaryIO) -> Iterator[zipfile.ZipFile]:
    """Raises BadArchive, whatever zipfile stumbles over."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive) if isinstance(archive, bytes) else archive) as zipped:
            yield zipped
    except BadArchive:
        raise
    except Exception as error:  # noqa: BLE001  - of hostile bytes zipfile makes IndexError, OverflowError and more
        why = str(error) or type(error).__name__
        raise BadArchive(f"the archive is broken ({why})", f"압축 파일이 깨졌어요 ({why})") from None


def _parts(raw: str) -> tuple[str, ...]:
    return tuple(clean(part) for part in raw.split("/") if part not in ("", ".", ".."))


def _empty_folders(entries: Sequence[zipfile.ZipInfo], items: Sequence[Item]) -> list[Item]:
    """Folders with nothing in them, or nothing but what machines make; the uppermost of each."""
    full = {
        "/".join(parts[:n])
        for item in items
        for parts in [item.path.split("/")]
        for n in range(1, len(parts) + 1)
    }
    found: dict[str, None] = {}
    for entry in entries:
        parts = _parts(_name(entry).replace("\\", "/"))
        folders = parts if entry.is_dir() else parts[:-1]
        for length in range(1, len(folders) + 1):
            path = "/".join(folders[:length])
            if is_noise(folders[:length]) or path in full:
                continue
            found[path] = None
            break
    return [empty_folder(path) for path in found if path]


def _read_entry(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, allowance: Allowance, inner: int
) -> list[Item]:
    raw = _name(entry).replace("\\", "/")
    parts = _parts(raw)
    if not parts or not parts[-1] or is_noise(parts):
        return []
    path = "/".join(part or "_" for part in parts)
    if raw.startswith("/") or ".." in raw.split("/") or raw[1:2] == ":":
        return [
            other(path, "its name leads out of the archive", "압축 파일 밖을 가리키는 이름이에요", work=True)
        ]
    if stat.S_ISLNK(entry.external_attr >> 16):
        return [other(path, "a link, which is not followed", "링크라서 열지 않아요", work=bool(suffix(path)))]
    return opened(path, _reader(archive, entry, allowance), allowance, inner)


def opened(path: str, read: Callable[[int], bytes], allowance: Allowance, inner: int) -> list[Item]:
    """A file, or the files of an archive, by what its name and its first bytes say that it is.

    Whatever hostile bytes raise is this file's reason, and no other's.
    """
    try:
        return _opened_file(path, read, allowance, inner)
    except BadArchive as error:
        return [other(path, error.en, error.ko, work=True)]
    except Exception as error:  # noqa: BLE001  - a parser's own bug (IndexError, RecursionError, MemoryError …)
        kind = type(error).__name__
        return [other(path, f"it cannot be read ({kind})", f"읽을 수 없어요({kind})", work=True)]


def _opened_file(path: str, read: Callable[[int], bytes], allowance: Allowance, inner: int) -> list[Item]:
    ending = suffix(path)
    if ending == ".zip":
        return nested(path, read, allowance, inner)
    if not ending:
        return under_another_ending(path, read) if may_hold_source(path) else [by_name(path, read)]
    items = source(path, read)
    if inner and items and isinstance(items[0], OtherFile) and items[0].reason.en.startswith("an archive or"):
        held = nested(path, read, allowance, inner)  # a zip under the name of a .py file
        if any(not isinstance(item, OtherFile) for item in held):
            return held
    return items


def nested(path: str, read: Callable[[int], bytes], allowance: Allowance, inner: int) -> list[Item]:
    """The files of an archive that was handed in, as if it were a folder."""
    if not inner:
        return [other(path, "an archive inside an archive", "압축 파일 안의 압축 파일이에요", work=True)]
    try:
        data = read(LARGEST[".zip"] + 1)
        if len(data) > LARGEST[".zip"]:
            return [too_large(path, ".zip")]
        return as_folder(path, data[:16], lambda: read_zip(data, allowance, inner - 1))
    except Unreadable as error:
        return [other(path, error.reason.en, error.reason.ko, work=True)]
    except OSError as error:
        return [unopened(path, error)]


def as_folder(path: str, start: bytes, read: Callable[[], list[Item]]) -> list[Item]:
    """What an archive that begins like that holds, below a folder of its name; or why it holds nothing."""
    if not start.startswith(b"PK") and (found := known_start(start)):
        en, ko = found
        return [
            other(
                path,
                f"{en} under the name of a zip archive; hand in a .zip",
                f"이름만 .zip이고 실제로는 {ko}. .zip으로 다시 압축해 주세요",
                work=True,
            )
        ]
    if not start:
        return [other(path, "an empty file: there is nothing in it", "빈 파일이에요", nothing=True)]
    try:
        items = read()
    except BadArchive as error:
        return [other(path, error.en, error.ko, work=True)]
    if all(isinstance(item, OtherFile) and item.nothing for item in items):
        return [other(path, "an empty archive: there is nothing in it", "빈 압축 파일이에요", nothing=True)]
    above, _, name = path.rpartition("/")
    folder = "/".join(filter(None, (above, stem(name) or name)))
    return [item.moved(f"{folder}/{item.path}") for item in items]


def _reader(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, allowance: Allowance) -> Callable[[int], bytes]:
    def read(most: int) -> bytes:
        if entry.flag_bits & 1:
            raise Unreadable("it is locked with a password", "비밀번호로 잠겨 있어요")
        packed = max(entry.compress_size, 1)
        if entry.file_size > _SMALL and entry.file_size / packed > HIGHEST_RATIO:
            raise Unreadable("it unpacks to far more than it should", "압축을 풀면 지나치게 커져요")
        try:
            with archive.open(entry) as stream:
                data = stream.read(most)
        except (
            zipfile.BadZipFile,
            zlib.error,
            LZMAError,
            EOFError,
            NotImplementedError,
            RuntimeError,
            ValueError,
        ) as error:
            raise Unreadable(
                f"it is damaged in the archive ({error})", f"압축 파일 안에서 손상됐어요 ({error})"
            ) from None
        allowance.take(len(data))
        return data

    return read


def _name(entry: zipfile.ZipInfo) -> str:
    """The entry's name: in the Unicode field, marked as UTF-8, or UTF-8 all the same (macOS), or CP949 (Korean Windows)."""
    if entry.flag_bits & 0x800:
        return entry.filename
    raw = entry.orig_filename.encode("cp437", errors="replace")
    if stated := _unicode_path(entry.extra, raw):
        return stated
    for encoding in ("utf-8", "cp949"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename


def _unicode_path(extra: bytes, raw: bytes) -> str:
    """The name in the Unicode path field (0x7075 of the ZIP format's appendix D); "" where it is for another name."""
    while len(extra) >= 4:
        kind, length = struct.unpack("<HH", extra[:4])
        body, extra = extra[4 : 4 + length], extra[4 + length :]
        if (
            kind == 0x7075
            and len(body) > 5
            and body[0] == 1
            and struct.unpack("<L", body[1:5])[0] == zlib.crc32(raw)
        ):
            return body[5:].decode("utf-8", errors="ignore")
    return ""
