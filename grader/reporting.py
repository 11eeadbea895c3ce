"""An earlier run's results with the decisions as they stand now, and its pages made again; nothing is graded.

Kept apart from the pipeline: whoever exports or compares need not wait for torch.
"""

from __future__ import annotations

from pathlib import Path

from grader.records.base import Language
from grader.records.gradebook import CourseFile
from grader.records.results import Results
from grader.stages.reports import read_results, write_reports, write_results
from grader.stages.scoring.overrides import read_overrides, with_overrides


def current(folder: Path, language: Language | None = None) -> Results:
    """The results of an earlier run with its `overrides.yaml` as it stands now; nothing is written.

    Args:
        language: of the pages from now on; None: as they are.

    Raises:
        UserError: there is no such run, or a mistake in its `overrides.yaml`.
    """
    results = with_overrides(read_results(folder / "results.json"), read_overrides(folder))
    if language is None:
        return results
    return results.model_copy(update={"run": results.run.model_copy(update={"language": language})})


def report(folder: Path, language: Language | None = None, course: CourseFile | None = None) -> Results:
    """`current`, with the pages and `scores.csv` made again; nothing is graded.

    Raises:
        UserError: as `current`, or a file cannot be written.
    """
    results = current(folder, language)
    write(results, folder, course)
    return results


def write(results: Results, folder: Path, course: CourseFile | None) -> None:
    """`results.json`, the pages and `scores.csv`."""
    write_results(results, folder / "results.json")
    write_reports(results, folder, results.run.language, course)
