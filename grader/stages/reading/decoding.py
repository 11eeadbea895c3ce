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
    """The bytes are no text; `reason` is for the student's page."""

    def __init__(self, en: str, ko: str) -> None:
        self.reason = Text(en=en, ko=ko)
        super().__init__(en)


class Decoded(Record):
    """Text with LF line ends, and what was done to get it."""

    text: str
    notes: tuple[Text, ...]


def decode(data: bytes) -> Decoded:
    """UTF-16 by its mark, UTF-8, the file's own coding comment, CP949, in this order.

    Raises Unreadable.
    """
    text, encoding = _decode(data)
    if "\0" in text:
        raise Unreadable(
            "it holds NUL bytes, so it is no text file", "NUL 바이트가 들어 있어서 텍스트 파일이 아니에요"
        )
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if encoding in ("utf-8", "ascii"):
        return Decoded(text=text, notes=())
    name = encoding.upper()
    note = Text(
        en=f"read as {name}; UTF-8 is safer", ko=f"{name} 인코딩으로 읽었어요. 다음에는 UTF-8로 저장해 주세요"
    )
    return Decoded(text=text, notes=(note,))


def _decode(data: bytes) -> tuple[str, str]:
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    attempts = ["utf-16"] if utf16 else ["utf-8-sig", *_declared(data), "cp949"]
    for encoding in attempts:
        try:
            return data.decode(encoding), encoding.removesuffix("-sig")
        except UnicodeDecodeError:
            continue
    raise Unreadable(
        f"it cannot be decoded (tried {', '.join(attempts)}); save it as UTF-8",
        f"글자를 읽을 수 없어요({', '.join(attempts)} 시도). UTF-8로 저장해 주세요",
    )


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
