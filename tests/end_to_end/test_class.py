"""A teaching assistant points `grader run` at a class."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from classroom import Student, choose, write

CORRECT = {"base": 8, "skip": 11, "dense": 11, "ca": 10}
BROKEN = {"base": 4, "skip": 6, "dense": 5, "ca": 5}


def grade(folder: Path, out: Path, *more: str) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    command = [
        sys.executable, "-m", "grader", "run", str(folder), "--out", str(out), "--isolation", "process", *more,
    ]  # fmt: skip
    ended = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended, json.loads((out / "results.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Student]]:
    folder = tmp_path_factory.mktemp("class")
    students = write(folder, choose("correct", CORRECT), correct=True, first=20230001)
    students += write(folder, choose("broken", BROKEN), correct=False, first=20240001)
    return folder, students


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_sixty_students_get_what_they_deserve_and_a_second_run_grades_nothing_again(
    classroom: tuple[Path, list[Student]], tmp_path: Path
) -> None:
    folder, students = classroom
    assert len(students) == 60 and len({s.case for s in students if s.correct}) >= 15
    _, results = grade(folder, tmp_path)
    by_number = {row["student_id"]: row["exercises"] for row in results["submissions"]}
    wrong = {}
    for student in students:
        found = by_number[student.number][student.exercise]
        if (found["points"] == found["max_points"]) != student.correct:
            wrong[f"{student.exercise}/{student.case}"] = (found["points"], found["findings"])
    assert wrong == {}
    assert not Path("/tmp/grader_should_never_write_this").exists()

    began = time.monotonic()
    _, again = grade(folder, tmp_path)
    assert time.monotonic() - began < 60
    for run in (results["run"], again["run"]):
        del run["seconds"]
    assert again == results

    with (tmp_path / "scores.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 60
    assert len(list((tmp_path / "students").glob("*.html"))) == 60
