"""`results.json` on disk."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import ValidationError

from grader.errors import UserError
from grader.records.results import SCHEMA_VERSION, Results
from grader.stages.reports.writing import replace_file


def write_results(results: Results, path: Path) -> None:
    """Write `results.json` in one step: UTF-8, keys in the order of the records, one per line."""
    text = json.dumps(results.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n"
    # A file name that is no valid Unicode holds lone surrogates: as \udcxx they come back unchanged.
    replace_file(path, text.encode("utf-8", "backslashreplace"))


def read_results(path: Path) -> Results:
    """The results that `write_results` wrote; raises `UserError` with one sentence where it cannot."""
    again = "move it away, and run `grader run` again to make a new one"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(
            f"{path} does not exist; grade first with `grader run`, or give the folder that it wrote"
        ) from None
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}); check its permissions") from None
    except (ValueError, RecursionError):
        raise UserError(f"{path} is not complete JSON; {again}") from None
    version = data.get("schema_version") if isinstance(data, dict) else None
    if version != SCHEMA_VERSION or isinstance(version, bool):
        found = f"version {version}" if isinstance(version, int) else "no version"
        raise UserError(f"{path} has {found}, this grader reads version {SCHEMA_VERSION}; {again}")
    try:
        results = Results.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        raise UserError(
            f"{path} does not fit version {SCHEMA_VERSION} at {where}: {first['msg']}; {again}"
        ) from None
    for submission in results.submissions:
        if set(submission.exercises) != set(results.run.exercises):
            raise UserError(
                f"{path} has other exercises for {submission.student_id} than for the run; {again}"
            )
    return results
