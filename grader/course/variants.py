"""Which variant of the course a student has: `variants/<number>/`, each a course of its own with other widths.

`grader release --variants N` makes them (`authoring/variants.py`); `course.yaml` says that they are graded by.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from grader.course.price_file import FILE as PRICES
from grader.errors import AssignmentError
from grader.records.base import Record

FOLDER, MANIFEST = "variants", "variant.json"


class Manifest(Record):
    """What a variant was made from."""

    source: str
    """`source_of` the course then."""
    exercises: tuple[str, ...]
    """Those whose known mistakes are in the catalogue."""


def variant_of(student_id: str, count: int) -> int:
    """The variant of a student, 1 … count: the remainder of the number, so that students can tell it, too.

    Neighbours on the class list have different ones. An id without digits is divided by its checksum.
    """
    digits = "".join(re.findall(r"[0-9]", student_id))
    return (int(digits) if digits else zlib.crc32(student_id.encode())) % count + 1


def variant_root(root: Path, number: int) -> Path:
    """The folder of a variant, a course's root."""
    return root / FOLDER / str(number)


def checked_roots(root: Path, count: int, exercises: Sequence[str]) -> list[Path]:
    """The roots of the variants, ready to be graded by.

    Raises:
        AssignmentError: some are missing, or were made from another state of the course.
    """
    fix, now = f"make them: grader release --variants {count}", source_of(root)
    roots = [variant_root(root, number) for number in range(1, count + 1)]
    for one in roots:
        path = one / MANIFEST
        if not path.exists():
            raise AssignmentError(path, None, "course.yaml asks for variants, but this one is not there", fix)
        try:
            manifest = Manifest.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise AssignmentError(path, None, "it is broken", fix) from error
        if manifest.source != now:
            raise AssignmentError(path, None, "the exercises have changed since it was made", fix)
        if lacking := [name for name in exercises if name not in manifest.exercises]:
            raise AssignmentError(path, None, f"it was made without {', '.join(lacking)}", fix)
    return roots


def source_of(root: Path) -> str:
    """Hash of all files that variants are made from."""
    files = sorted(
        path
        for folder in ("assignments", "reference")
        for path in (root / folder).glob("**/*")
        if path.suffix in (".yaml", ".md")
        or path.name in ("solution.py", "misconceptions.py", "every_exercise.py")
    )
    prices = root / PRICES
    known = [(path.relative_to(root).as_posix(), path.read_bytes()) for path in files]
    known += [(PRICES, prices.read_bytes())] if prices.exists() else []
    return hashlib.sha256(repr(known).encode()).hexdigest()[:16]
