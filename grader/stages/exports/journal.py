"""What was sent where: a line per score, on disk before the next one is sent."""

from __future__ import annotations

import json
import os
from pathlib import Path

from pydantic import ValidationError

from grader.records.base import Record


class Entry(Record):
    """One score that an LMS, or a file for it, was given."""

    student_id: str
    score: str
    """Empty where a page went without one."""
    time: str
    """UTC, ISO 8601."""
    comment: str = ""
    mark: str = ""
    """Says what was sent along, such as a hash of the student's page."""


class Journal:
    """The scores that one target was given, in `RUN/exports/<target>.jsonl`."""

    def __init__(self, run: Path, target: str) -> None:
        safe = "".join(c if c.isalnum() or c in "-_" else "-" for c in target)
        self.path = run / "exports" / f"{safe}.jsonl"

    def last(self) -> dict[str, Entry]:
        """The newest entry of each student; a line that a power cut tore is skipped."""
        found: dict[str, Entry] = {}
        try:
            lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return {}
        for line in lines:
            try:
                entry = Entry.model_validate_json(line)
            except ValidationError:
                continue
            found[entry.student_id] = entry
        return found

    def note(self, entry: Entry) -> None:
        """Add an entry; it is on disk when this returns."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        torn = self.path.exists() and not self.path.read_bytes().endswith(b"\n")
        with self.path.open("ab") as file:
            line = json.dumps(entry.model_dump(exclude_defaults=True), ensure_ascii=False) + "\n"
            file.write((b"\n" if torn and file.tell() else b"") + line.encode())
            file.flush()
            os.fsync(file.fileno())
