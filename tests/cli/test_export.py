"""`grader export` and `grader report` on a finished run: overrides as they stand now, in the run's language."""

from __future__ import annotations

import csv
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from graded_class import COURSE, write_run

GRADER = str(Path(sys.executable).with_name("grader"))
WORKSHEET = """Identifier,Full name,ID number,Grade,Maximum grade,Feedback comments
Participant 1,학생0,20260001,,100.00,
Participant 2,학생1,20260002,,100.00,
"""
OVERRIDE = '"20260002": {skip: {points: 91.5, reason: appeal of Monday}}'


@pytest.fixture
def run(tmp_path: Path) -> Path:
    (tmp_path / "course.yaml").write_text(COURSE, "utf-8")
    (tmp_path / "sheet.csv").write_text(WORKSHEET, "utf-8")
    return write_run(tmp_path / "grading", 2, run={"language": "en", "profile": "quick"})


def grader(run: Path, command: str, *words: str) -> subprocess.CompletedProcess[str]:
    course = ["--course", str(run.parent / "course.yaml")] if command == "export" else []
    whole = [GRADER, command, str(run), *course, *words]
    return subprocess.run(whole, capture_output=True, text=True, timeout=60, check=False)


def exported(run: Path) -> dict[str, str]:
    text = (run / "exports" / "grades.csv").read_text("utf-8-sig")
    return {row["student_id"]: row["total"] for row in csv.DictReader(text.splitlines())}


def test_an_export_has_the_overrides_as_they_stand_now(run: Path) -> None:
    assert grader(run, "export", "--to", "csv").returncode == 0
    assert exported(run)["20260002"] == "1.5"
    (run / "overrides.yaml").write_text(OVERRIDE, "utf-8")
    ended = grader(run, "export", "--to", "csv")
    assert ended.returncode == 0, ended.stderr
    assert exported(run)["20260002"] == "46.5"
    (run / "overrides.yaml").unlink()
    assert grader(run, "export", "--to", "csv").returncode == 0
    assert exported(run)["20260002"] == "1.5"


def test_the_pages_that_go_along_are_made_again(run: Path) -> None:
    (run / "overrides.yaml").write_text(OVERRIDE, "utf-8")
    sheet = str(run.parent / "sheet.csv")
    ended = grader(run, "export", "--to", "moodle", "--worksheet", sheet)
    assert ended.returncode == 0, ended.stderr
    with zipfile.ZipFile(run / "exports" / "moodle-sheet-feedback.zip") as packed:
        page = packed.read("학생1_2_assignsubmission_file_feedback.html").decode()
    assert "appeal of Monday" in page
    assert page == (run / "students" / "20260002.html").read_text("utf-8")


def test_a_dry_run_knows_them_too_and_writes_nothing(run: Path) -> None:
    (run / "overrides.yaml").write_text(OVERRIDE, "utf-8")
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    ended = grader(run, "export", "--to", "csv", "--dry-run")
    assert ended.returncode == 0 and "46.5" in ended.stdout, ended.stdout + ended.stderr
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("more", [[], ["--dry-run"]])
def test_a_broken_overrides_yaml_stops_it(run: Path, more: list[str]) -> None:
    (run / "overrides.yaml").write_text(f"{OVERRIDE}\n{OVERRIDE}\n", "utf-8")
    ended = grader(run, "export", "--to", "csv", *more)
    assert ended.returncode == 2 and not (run / "exports").exists()
    assert "overrides.yaml:2: 20260002 stands here again (first in line 1); delete one" in ended.stderr


def test_the_language_is_the_runs_until_another_is_asked_for(run: Path) -> None:
    page = run / "students" / "20260001.html"
    for command in (["report"], ["export", "--to", "csv"]):
        ended = grader(run, *command)
        assert ended.returncode == 0, ended.stderr
        assert '<html lang="en">' in page.read_text("utf-8")
        assert ("Report:" if command == ["report"] else "number") in ended.stdout
    assert "결과 페이지" in grader(run, "report", "--lang", "ko").stdout
    ended = grader(run, "export", "--to", "csv")
    assert "학번" in ended.stdout and '<html lang="ko">' in page.read_text("utf-8")


def test_results_of_an_earlier_version_have_korean_pages(run: Path) -> None:
    results = run / "results.json"
    results.write_text(results.read_text("utf-8").replace(',"language":"en"', ""), "utf-8")
    assert '"language"' not in results.read_text("utf-8")
    assert "결과 페이지" in grader(run, "report").stdout
