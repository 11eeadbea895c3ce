"""`grader check`: the student's check, with a kit made on the spot."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from grader.check.command import main
from grader.records.base import Language


def check(file: Path, exercises: Sequence[str], language: Language, as_json: bool) -> int:
    """Print what the check says; the exit code is its own: 0 all is right, 1 not all is, 2 nothing was checked.

    Raises:
        UserError: a mistake in the exercises' files.
    """
    from grader.authoring.check_kit import kit_of
    from grader.course import default_root
    from grader.engines.local import LocalEngine

    with LocalEngine(1, preload=("grader.pipeline_jobs",)) as engine:
        kit = kit_of(default_root(), exercises, language, exam=False, engine=engine)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kit.json"
        path.write_text(kit.model_dump_json(), encoding="utf-8")
        arguments = [str(file), "--kit", str(path), "--lang", language]
        arguments += [word for name in exercises for word in ("--exercise", name)]
        return main([*arguments, "--json"] if as_json else arguments)
