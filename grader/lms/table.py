"""An LMS's own CSV file with some cells changed, and every other byte as it was.

Python's `csv` gives a field's value and forgets how it was written; an LMS compares headers and ids
byte for byte, so the way they were written is kept here.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader.errors import UserError

_BOM = b"\xef\xbb\xbf"


def whose(header: Sequence[str]) -> Literal["canvas", "moodle", ""]:
    """Whose file begins with this line: Canvas's gradebook, Moodle's grading worksheet, or neither."""
    head = [cell.strip() for cell in header] or [""]
    if "ID" in head and "Section" in head and (head[0] == "LastName" or "Student" in head[0]):
        return "canvas"
    return "moodle" if {"Identifier", "식별자"} & set(head) else ""


def no_text(data: bytes) -> str:
    """What a file is that begins like no CSV file: "a zip archive"; empty for text."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return "a spreadsheet"
    if not data.startswith(b"PK\x03\x04"):
        return ""
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except zipfile.BadZipFile:
        return "a zip archive"
    return "a spreadsheet" if {"[Content_Types].xml", "mimetype"} & set(names) else "a zip archive"


@dataclass
class Row:
    """A record: its fields as written, and its line end."""

    raw: list[str]
    ending: str
    line: int

    def value(self, place: int) -> str:
        """What a field says; empty where the row is shorter."""
        return _value(self.raw[place]) if place < len(self.raw) else ""


@dataclass
class Table:
    """A CSV file in UTF-8."""

    path: Path
    bom: bool
    separator: str
    rows: list[Row]

    @classmethod
    def read(cls, path: Path, what: str) -> Table:
        """The file; `what` is what it is to be, for messages.

        Raises:
            UserError: it is missing, not UTF-8, or no CSV file.
        """
        again = f"download {what} again and name that file, unopened"
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise UserError(f"{path}: there is no such file; check the spelling") from None
        except OSError as error:
            raise UserError(f"{path}: cannot be read ({error.strerror}); check its permissions") from None
        if kind := no_text(data):
            raise UserError(f"{path}: this is {kind}, not a CSV file; {again}")
        bom = data.startswith(_BOM)
        try:
            text = data.removeprefix(_BOM).decode()
        except UnicodeDecodeError:
            raise UserError(f"{path}: not UTF-8 (a spreadsheet has saved it?); {again}") from None
        head = "\n".join(text.splitlines()[:3])
        separator = max(",;\t", key=head.count)
        rows = _rows(text, separator)
        if rows is None:
            raise UserError(f"{path}: a quotation mark is never closed; {again}")
        if not rows or not any(cell for cell in rows[0].raw):
            raise UserError(f"{path}: it is empty; {again}")
        return cls(path, bom, separator, rows)

    @property
    def header(self) -> list[str]:
        """The names of the columns."""
        return [_value(raw) for raw in self.rows[0].raw]

    def fill(self, row: Row, place: int, text: str) -> None:
        """Change a cell, quoted if the cell that stood there was, or if need be."""
        row.raw += [""] * (place + 1 - len(row.raw))
        quoted = row.raw[place].startswith('"') or any(c in text for c in (self.separator, '"', "\n", "\r"))
        row.raw[place] = '"' + text.replace('"', '""') + '"' if quoted else text

    def bytes(self, places: list[int] | None = None, rows: list[Row] | None = None) -> bytes:
        """The file, or some of its columns and rows."""
        parts = []
        for row in self.rows if rows is None else rows:
            cells = row.raw if places is None else [row.raw[p] if p < len(row.raw) else "" for p in places]
            parts.append(self.separator.join(cells) + row.ending)
        return (_BOM if self.bom else b"") + "".join(parts).encode()


def _value(raw: str) -> str:
    stripped = raw.strip()
    if len(stripped) >= 2 and stripped.startswith('"') and stripped.endswith('"'):
        return stripped[1:-1].replace('""', '"')
    return raw


def _rows(text: str, separator: str) -> list[Row] | None:
    """None where a quotation mark is never closed."""
    field = re.compile(
        rf'([ \t]*"(?:[^"]|"")*"[^{re.escape(separator)}\r\n]*|[^{re.escape(separator)}\r\n"][^{re.escape(separator)}\r\n]*|)'
        rf"({re.escape(separator)}|\r\n|\n|\r|\Z)"
    )
    rows: list[Row] = []
    raw: list[str] = []
    place, line = 0, 1
    while place < len(text):
        found = field.match(text, place)
        if found is None:
            return None
        raw.append(found[1])
        place = found.end()
        if found[2] != separator:
            rows.append(Row(raw, found[2], line))
            raw = []
        elif place == len(text):
            rows.append(Row([*raw, ""], "", line))
        line += found[0].count("\n") or found[0].count("\r")
    return rows
