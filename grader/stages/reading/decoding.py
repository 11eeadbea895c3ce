"""Bytes of a text file to text, in every encoding that a Korean student's machine produces."""

from __future__ import annotations

import codecs
import re

from grader.records.base import Record, Text

# PEP 263: a comment in the first or second line
_COOKIE = re.compile(
    rb"\A(?:[ \t\f]*(?:#[^\r\n]*)?(?:\r\n|\r|\n))?[ \t\f]*#[^\r\n]*?coding[:=][ \t]*([-\w.]+)"
)


class Unreadable(Exception):
    """The bytes are no text, or no file that is read; `reason` is for the student's page."""

    def __init__(self, en: str, ko: str) -> None:
        self.reason = Text(en=en, ko=ko)
        super().__init__(en)


class Decoded(Record):
    """Text with LF line ends, and what was done to get it."""

    text: str
    notes: tuple[Text, ...]
    lost_line: int | None = None
    """Where the first byte stands that is none of any encoding; a mark stands in its place."""


def decode(data: bytes) -> Decoded:
    """UTF-16 by its mark or by its zeros, UTF-8, the file's own coding comment, CP949, in this order; else what
    can be read of it as UTF-8, since bytes that make no character mostly stand in a comment.

    Raises Unreadable.
    """
    text, encoding, lost = _decode(data)
    if "\0" in text:
        raise Unreadable(
            "it holds NUL bytes, so it is no text file", "NUL 바이트가 들어 있어서 텍스트 파일이 아니에요"
        )
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if lost is not None:
        note = Text(
            en=f"line {lost}: it holds bytes that are no UTF-8; they were left out",
            ko=f"{lost}번째 줄에 UTF-8로 읽을 수 없는 글자가 있어서 빼고 읽었어요",
        )
        return Decoded(text=text, notes=(note,), lost_line=lost)
    if encoding in ("utf-8", "ascii"):
        return Decoded(text=text, notes=())
    name = encoding.upper()
    note = Text(
        en=f"read as {name}; UTF-8 is safer", ko=f"{name} 인코딩으로 읽었어요. 다음에는 UTF-8로 저장해 주세요"
    )
    return Decoded(text=text, notes=(note,))


def undecodable(line: int) -> Unreadable:
    """Why a file whose code does not survive the loss of such bytes cannot be read."""
    return Unreadable(
        f"line {line}: it cannot be decoded from here on; save it as UTF-8",
        f"{line}번째 줄부터 글자를 읽을 수 없어요. UTF-8로 저장해 주세요",
    )


def _decode(data: bytes) -> tuple[str, str, int | None]:
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    attempts = ["utf-16"] if utf16 else [*_unmarked(data), "utf-8-sig", *_declared(data), "cp949"]
    for encoding in attempts:
        try:
            return data.decode(encoding), encoding.removesuffix("-sig"), None
        except UnicodeDecodeError as error:
            if encoding == "utf-8-sig":
                lost = data[: error.start].count(b"\n") + 1
    if utf16 or _hardly_text(data):
        raise Unreadable(
            f"it cannot be decoded (tried {', '.join(attempts)}); save it as UTF-8",
            f"글자를 읽을 수 없어요({', '.join(attempts)} 시도). UTF-8로 저장해 주세요",
        )
    return data.decode("utf-8", errors="replace").removeprefix("\ufeff"), "utf-8", lost


def _unmarked(data: bytes) -> list[str]:
    """UTF-16 without its mark: every other byte of Python is zero."""
    head = data[:400]
    for encoding, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if len(head) > 3 and 2 * zeros.count(0) > len(zeros):
            return [encoding]
    return []


def _hardly_text(data: bytes) -> bool:
    """Whether more than a few bytes are of no text at all."""
    odd = sum(byte < 9 or 13 < byte < 32 for byte in data[:4000])
    return odd * 50 > len(data[:4000])


def _declared(data: bytes) -> list[str]:
    cookie = _COOKIE.match(data)
    if cookie is None:
        return []
    name = cookie.group(1).decode("ascii", "replace")
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError):
        return []
    # rot13, base64 and the like are codecs too, but not of text
    return [codec.name] if codec._is_text_encoding else []
