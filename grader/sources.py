"""What students handed in, as text, kept in the folder of the run so that it can be read beside the findings."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter

from grader.ledger import Ledger
from grader.records.submission import SourceFile, Submission

_FILES: TypeAdapter[tuple[SourceFile, ...]] = TypeAdapter(tuple[SourceFile, ...])
_KIND = "sources"


def keep_sources(folder: Path, submissions: Sequence[Submission]) -> None:
    """One file per student in the ledger of the run; what is there already is not written again."""
    ledger = Ledger(folder / ".ledger")
    for submission in submissions:
        text, key = _FILES.dump_json(submission.files).decode(), _key(submission.student_id)
        if ledger.find(_KIND, key) != text:
            ledger.write(_KIND, key, text)


def sources_of(folder: Path, student_id: str) -> tuple[SourceFile, ...]:
    """The files of a student; empty where the run kept none."""
    text = Ledger(folder / ".ledger").find(_KIND, _key(student_id))
    return _FILES.validate_json(text) if text else ()


def _key(student_id: str) -> str:
    return hashlib.sha256(student_id.encode("utf-8", "surrogatepass")).hexdigest()[:32]
