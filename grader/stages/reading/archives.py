"""Zip archives, read in memory and never unpacked to disk.

Limits are on what is taken out, counted while it is taken out: an archive's own figures are a claim.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Callable
from lzma import LZMAError
from pathlib import Path

from grader.file_names import clean, suffix
from grader.records.submission import Item
from grader.stages.reading.decoding import Unreadable
from grader.stages.reading.handed_in import (
    LARGEST,
    by_name,
    is_noise,
    other,
    source,
    unopened,
)

MOST_ENTRIES = 20_000
MOST_BYTES = 500_000_000
"""Taken out of one archive, those inside it included."""
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
    """Bytes that may still be taken out of an archive."""

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


def read_zip(archive: Path | bytes, allowance: Allowance | None = None, inner: int = 1) -> list[Item]:
    """All files in an archive; archives inside it, too, `inner` levels deep. Raises BadArchive."""
    allowance = allowance or Allowance()
    try:
        with zipfile.ZipFile(io.BytesIO(archive) if isinstance(archive, bytes) else archive) as opened:
            entries = [entry for entry in opened.infolist() if not entry.is_dir()]
            if len(entries) > MOST_ENTRIES:
                raise BadArchive(
                    f"it holds more than {MOST_ENTRIES} files", f"파일이 {MOST_ENTRIES}개보다 많아요"
                )
            return [item for entry in entries for item in _read_entry(opened, entry, allowance, inner)]
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError) as error:
        raise BadArchive(f"the archive is broken ({error})", f"압축 파일이 깨졌어요 ({error})") from None


def _read_entry(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, allowance: Allowance, inner: int
) -> list[Item]:
    raw = _name(entry).replace("\\", "/")
    parts = tuple(clean(part) for part in raw.split("/") if part not in ("", ".", ".."))
    if not parts or not parts[-1] or is_noise(parts):
        return []
    path = "/".join(part or "_" for part in parts)
    if raw.startswith("/") or ".." in raw.split("/") or raw[1:2] == ":":
        return [other(path, "its name leads out of the archive", "압축 파일 밖을 가리키는 이름이에요")]
    if stat.S_ISLNK(entry.external_attr >> 16):
        return [other(path, "a link, which is not followed", "링크라서 열지 않아요")]
    ending = suffix(path)
    read = _reader(archive, entry, allowance)
    if not ending:
        return [by_name(path, read)]
    return source(path, read) if ending != ".zip" else nested(path, read, allowance, inner)


def nested(path: str, read: Callable[[int], bytes], allowance: Allowance, inner: int) -> list[Item]:
    """The files of an archive that was handed in, as if it were a folder."""
    if not inner:
        return [other(path, "an archive inside an archive", "압축 파일 안의 압축 파일이에요")]
    folder = path[: path.lower().rindex(".zip")].rstrip(" /") or path
    try:
        data = read(LARGEST[".zip"] + 1)
        if len(data) > LARGEST[".zip"]:
            return [other(path, "too large an archive", "압축 파일이 너무 커요")]
        items = read_zip(data, allowance, inner - 1)
    except BadArchive as error:
        return [other(path, error.en, error.ko)]
    except Unreadable as error:
        return [other(path, error.reason.en, error.reason.ko)]
    except OSError as error:
        return [unopened(path, error)]
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
    """The entry's name: marked as UTF-8, or UTF-8 all the same (macOS), or CP949 (Korean Windows)."""
    if entry.flag_bits & 0x800:
        return entry.filename
    raw = entry.orig_filename.encode("cp437", errors="replace")
    for encoding in ("utf-8", "cp949"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename
