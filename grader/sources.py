"""What students handed in, kept in the folder of the run: to be read beside the findings, and judged again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from grader.ledger import Ledger
from grader.records.submission import Submission

_KIND = "sources"


def keep_sources(folder: Path, submissions: Sequence[Submission]) -> None:
    """One file per student in the ledger of the run; what is there already is not written again."""
    ledger = Ledger(folder / ".ledger")
    for submission in submissions:
        text, key = submission.model_dump_json(), _key(submission.student_id)
        if ledger.find(_KIND, key) != text:
            ledger.write(_KIND, key, text)


def kept_of(folder: Path, student_id: str) -> Submission | None:
    """What a student handed in; None where the run kept nothing that this version of the grader can read."""
    text = Ledger(folder / ".ledger").find(_KIND, _key(student_id))
    try:
        return Submission.model_validate_json(text) if text else None
    except ValidationError:
        return None


def _key(student_id: str) -> str:
    return hashlib.sha256(student_id.encode("utf-8", "surrogatepass")).hexdigest()[:32]
