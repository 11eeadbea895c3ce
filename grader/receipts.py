"""Receipts of the exam's check: was what is handed in what was checked?"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from grader.records.base import Text
from grader.records.kit import Report
from grader.records.submission import OtherFile, SourceFile

ENDING = ".receipt.json"


def text_hash(file: SourceFile) -> str:
    """SHA-256 of a file's text as it is read: line ends and encoding, which systems change, do not count."""
    return hashlib.sha256("\n\f\n".join(cell.text for cell in file.cells).encode()).hexdigest()


def receipt_notes(files: Sequence[SourceFile], others: Sequence[OtherFile]) -> tuple[Text, ...]:
    """What a submission's receipts say, for its page; nothing where it has none."""
    hashes = {text_hash(file): file.path for file in files}
    notes = []
    for other in others:
        if not other.path.endswith(ENDING):
            continue
        try:
            receipt = Report.model_validate_json(other.content or b"")
        except ValueError:
            notes.append(
                Text(
                    en=f"{other.path} is no receipt of the check.",
                    ko=f"{other.path}은(는) 확인 도구의 영수증이 아니에요.",
                )
            )
            continue
        if (path := hashes.get(receipt.sha256)) is not None:
            notes.append(
                Text(
                    en=f"{path} is the file that was checked ({receipt.checked_on}).",
                    ko=f"{path}은(는) 확인했던 그 파일이에요({receipt.checked_on}).",
                )
            )
        else:
            notes.append(
                Text(
                    en=f"{receipt.file} was checked ({receipt.checked_on}), but the file handed in is another or was changed since.",
                    ko=f"{receipt.file}을(를) 확인했지만({receipt.checked_on}), 제출한 파일은 그 뒤에 바뀌었거나 다른 파일이에요.",
                )
            )
    return tuple(notes)
