"""A finished run of a small class, for tests of what is made from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from grader.records.results import Results

EXERCISES = ("skip", "dense")


def write_run(
    folder: Path,
    students: int,
    first: int = 20260001,
    run: dict[str, Any] | None = None,
    **other: dict[str, Any],
) -> Path:
    """`results.json` and a page per student; student n has 3n points of 200, at most 200.

    Args:
        run: what differs of the run.
        other: what differs, by student number: an exercise's fields under its name, or a submission's.
    """
    submissions = []
    for n in range(students):
        number = str(first + n)
        points = min(100.0, 1.5 * n)
        exercises = {name: {"status": "graded", "points": points, "max_points": 100.0} for name in EXERCISES}
        submission: dict[str, Any] = {
            "student_id": number, "student_name": f"학생{n}", "files": ["lab.py"], "late": False,
            "exercises": exercises, "ids": {"email": f"s{n}@x.ac.kr"},
        }  # fmt: skip
        for name, value in other.get(f"s{number}", {}).items():
            if name in EXERCISES:
                exercises[name] |= value
            else:
                submission[name] = value
        submissions.append(submission)
    title = {"en": "x", "ko": "x"}
    results = Results.model_validate({
        "run": {
            "profile": "static", "data": "synthetic", "device": "cpu", "trainings": 0, "seconds": 1.0,
            "grader_version": "0", "torch_version": "0", "isolation": "none",
            "exercises": {name: {"title": title, "max_points": 100.0} for name in EXERCISES},
            **(run or {}),
        },
        "submissions": submissions,
    })  # fmt: skip
    (folder / "students").mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(results.model_dump_json(), "utf-8")
    for submission in submissions:
        page = f"<!doctype html><title>{submission['student_name']}</title>"
        (folder / "students" / f"{submission['student_id']}.html").write_text(page, "utf-8")
    return folder


COURSE = """columns:
  - title: Week 12
    exercises: [skip, dense]
    points: 100
"""
