"""Submissions out of texts, and what must hold of every excerpt."""

from __future__ import annotations

import ast
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.records.submission import Excerpt, SourceFile, Submission
from grader.stages.reading.magics import neutralised

NAMES = ("VGG_SKIP",)


def python(path: str, text: str) -> SourceFile:
    """A `.py` file."""
    return SourceFile(path=path, kind="python", cells=(neutralised(path, text),))


def cells(path: str, *texts: str) -> SourceFile:
    """A notebook of these code cells."""
    made = tuple(neutralised(f"{path} [{n}]", text) for n, text in enumerate(texts, start=1))
    return SourceFile(path=path, kind="notebook", cells=made)


def handed_in(*files: SourceFile) -> Submission:
    """A student's submission."""
    return Submission(student_id="20231234", student_name="홍길동", files=files)


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Those files in a folder, which is given back."""
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def packed(files: Mapping[str, str | bytes]) -> bytes:
    """A zip archive of those files."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


def notebook(*sources: str, minor: int = 5) -> str:
    """A notebook file's text, of code cells only."""
    made: list[dict[str, Any]] = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}
        for source in sources
    ]
    return json.dumps(
        {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": minor}, ensure_ascii=False
    )


def assert_nothing_moved(excerpt: Excerpt, submission: Submission) -> None:
    """What is left stands where it stood; only imports and block heads may be written anew."""
    texts = {cell.label: cell.text for file in submission.files for cell in file.cells}
    for cell in excerpt.cells:
        before, after = texts[cell.label].split("\n"), cell.text.split("\n")
        assert len(before) == len(after)
        ast.parse(cell.text)
        for old, new in zip(before, after, strict=True):
            if new.strip().startswith(("import ", "from ", "if 1:")) or "(" in new[:1]:
                continue
            assert all(b == a or a in " ()0;" for a, b in zip(new, old, strict=False))
