"""`reference/<name>/misconceptions.py` and the catalogue of fingerprints that is made from it.

The instructor's own code is trusted and run: `MISCONCEPTIONS` in the exercise's file, and
`misconceptions(solution)` in `reference/every_exercise.py`, which reads off an exercise's solution the
mistakes that are possible in all of them.
"""

from __future__ import annotations

import hashlib
import json
import runpy
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, ValidationError

from grader.errors import AssignmentError
from grader.records.base import Record
from grader.records.misconception import DoesNotApply, Edit, Misconception, applied

OWN, SHARED, CATALOGUE = "misconceptions.py", "every_exercise.py", "catalogue.json"


@dataclass(frozen=True)
class Mistakes:
    """What an instructor says of one exercise's mistakes."""

    misconceptions: tuple[Misconception, ...]
    harmless: tuple[tuple[Edit, ...], ...]
    """Rewrites that only permute channels; each mistake is known in these forms, too."""
    common: tuple[str, ...]
    """Codes whose pairs are known, too."""
    source: str
    """Hash of all that fingerprints depend on; words and shares may change freely."""


class Catalogue(Record):
    """`catalogue.json`: made by `make mutants`, never by hand."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    source: str
    """`Mistakes.source` when it was made."""
    fingerprints: dict[str, list[str]]
    """Of each wrong network: the codes of its mistakes."""


def read_mistakes(secret: Path, solution: str) -> Mistakes | None:
    """The mistakes known of the exercise in the folder `secret`; None where no file describes any.

    Raises:
        AssignmentError: the first mistake in a file of theirs.
    """
    own, shared = secret / OWN, secret.parent / SHARED
    if not own.exists():
        return None
    names = _run(own)
    found = _sequence(own, names, "MISCONCEPTIONS")
    harmless = _sequence(own, {"HARMLESS": (), **names}, "HARMLESS")
    if shared.exists():
        everywhere = _run(shared)
        with _mistakes_named(shared):
            found += tuple(everywhere["misconceptions"](solution))
    if not all(isinstance(one, Misconception) for one in found):
        raise AssignmentError(
            own, None, "MISCONCEPTIONS holds something else", "make each a Misconception(…)"
        )
    common = _sequence(own, {"COMMON": (), **names}, "COMMON")
    codes = Counter(one.code for one in found)
    for code, count in codes.items():
        if count > 1:
            raise AssignmentError(own, None, f"the code {code} stands there twice", "rename one")
    for code in common:
        if code not in codes:
            raise AssignmentError(own, None, f"COMMON names {code}, which is not there", "correct the code")
    ways = [(one.code, way) for one in found for way in one.ways]
    for code, way in ways + [("HARMLESS", way) for way in harmless]:
        try:
            applied(way, solution)
        except DoesNotApply as error:
            raise AssignmentError(own, None, f"{code}: in solution.py {error}", "correct the edit") from error
    return Mistakes(found, harmless, common, _hash(solution, found, harmless, common))


def _hash(
    solution: str,
    found: Sequence[Misconception],
    harmless: Sequence[Sequence[Edit]],
    common: Sequence[str],
) -> str:
    ways = [(one.code, one.check, [_plain(way) for way in one.ways]) for one in found]
    document = json.dumps([solution, ways, [_plain(way) for way in harmless], list(common)])
    return hashlib.sha256(document.encode()).hexdigest()[:16]


def _plain(edits: Sequence[Edit]) -> list[tuple[str, str, int]]:
    return [(edit.old, edit.new, edit.times) for edit in edits]


def read_catalogue(secret: Path, solution: str) -> Mapping[str, tuple[Misconception, ...]]:
    """Fingerprint of a wrong network → its mistakes; empty where no catalogue has been made.

    Raises:
        AssignmentError: the catalogue is broken, or older than what it was made from.
    """
    path = secret / CATALOGUE
    if not path.exists() or (mistakes := read_mistakes(secret, solution)) is None:
        return {}
    try:
        catalogue = Catalogue.model_validate_json(path.read_bytes())
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]["msg"]
        raise AssignmentError(
            path, None, f"it is broken ({problem})", "make it again: make mutants"
        ) from error
    known = {one.code: one for one in mistakes.misconceptions}
    if catalogue.source != mistakes.source or not known.keys() >= {
        code for codes in catalogue.fingerprints.values() for code in codes
    }:
        raise AssignmentError(
            path,
            None,
            "it was made from another solution or other misconceptions",
            "make it again: make mutants",
        )
    return {
        fingerprint: tuple(known[code] for code in codes)
        for fingerprint, codes in catalogue.fingerprints.items()
    }


def store_catalogue(secret: Path, source: str, found: Mapping[str, Sequence[str]]) -> None:
    """Write `catalogue.json`: one line for each fingerprint, so that a change is a small diff."""
    lines = ",\n".join(
        f"    {json.dumps(fingerprint)}: {json.dumps(list(codes))}"
        for fingerprint, codes in sorted(found.items(), key=lambda item: (list(item[1]), item[0]))
    )
    text = f'{{\n  "source": "{source}",\n  "fingerprints": {{\n{lines}\n  }}\n}}\n'
    (secret / CATALOGUE).write_text(text, encoding="utf-8")


def _run(path: Path) -> dict[str, Any]:
    """The names that an instructor's file defines."""
    with _mistakes_named(path):
        return runpy.run_path(str(path))


@contextmanager
def _mistakes_named(path: Path) -> Iterator[None]:
    """Whatever the instructor's code raises is a mistake in their file."""
    try:
        yield
    except SyntaxError as error:
        raise AssignmentError(
            path, error.lineno, f"this is not Python ({error.msg})", "correct it"
        ) from error
    except Exception as error:
        lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == str(path)]
        problem = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no reason given'}"
        if isinstance(error, ValidationError):
            first = error.errors(include_url=False)[0]
            where = ".".join([error.title, *map(str, first["loc"])])
            problem = f"{where}: {first['msg'].removeprefix('Value error, ')}"
        raise AssignmentError(path, lines[0] if lines else None, problem, "correct it") from error


def _sequence(path: Path, names: Mapping[str, Any], name: str) -> tuple[Any, ...]:
    if not isinstance(found := names.get(name), tuple | list):
        raise AssignmentError(path, None, f"there is no tuple {name}", f"define {name} = (…)")
    return tuple(found)
