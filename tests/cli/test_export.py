"""`grader export` and `grader report` on a finished run: overrides as they stand now, in the run's language."""

from __future__ import annotations

import csv
import json
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


def test_a_new_score_is_told_from_a_change_and_a_dry_run_speaks_of_no_upload(run: Path) -> None:
    sheet = run.parent / "sheet.csv"
    sheet.write_text(WORKSHEET.replace("20260002,,", "20260002,70.00,"), "utf-8")
    dry = grader(run, "export", "--to", "moodle", "--worksheet", str(sheet), "--dry-run")
    assert dry.returncode == 0, dry.stderr
    lines = [" ".join(line.split()) for line in dry.stdout.splitlines()]
    assert lines[:2] == ["Week 12 ← skip + dense", "number name there new action why"]
    assert "20260001 학생0 0 new" in lines and "20260002 학생1 70.00 1.5 change" in lines
    assert "new 1, change 1" in lines
    assert "Upload grading worksheet" not in dry.stdout and lines[-1].endswith(
        "run it again without --dry-run."
    )
    assert any(line.startswith("· The feedback comments get the points") for line in lines)
    done = grader(run, "export", "--to", "moodle", "--worksheet", str(sheet))
    assert "Upload grading worksheet" in done.stdout and "Dry run" not in done.stdout


@pytest.mark.parametrize("more", [[], ["--dry-run"]])
def test_scores_without_the_training_checks_are_warned_of(tmp_path: Path, more: list[str]) -> None:
    (tmp_path / "course.yaml").write_text(COURSE, "utf-8")
    static = write_run(tmp_path / "grading", 2)
    assert "주의: --profile static으로 채점해서" in grader(static, "export", "--to", "csv", *more).stdout
    trained = write_run(tmp_path / "trained", 2, run={"profile": "quick"})
    assert "주의" not in grader(trained, "export", "--to", "csv", *more).stdout


def test_no_word_of_the_table_is_cut_out(run: Path) -> None:
    sheet = run.parent / "sheet.csv"
    head, *rows = WORKSHEET.splitlines()
    locked = [head + ",Grade can be changed", *(row + ",No" for row in rows)]
    sheet.write_text("\n".join(locked) + "\n", "utf-8")
    ended = grader(run, "export", "--to", "moodle", "--worksheet", str(sheet), "--lang", "ko")
    assert ended.returncode == 1, ended.stderr
    assert "…" not in ended.stdout
    assert {"Moodle에서", "성적을", "바꿀", "수", "없는", "상태예요"} <= set(ended.stdout.split())


def test_the_overrides_that_an_export_counts_are_named(run: Path) -> None:
    (run / "overrides.yaml").write_text(OVERRIDE, "utf-8")
    (run / "override.yml").touch()
    ended = grader(run, "export", "--to", "csv", "--dry-run")
    assert "1 override applied: 20260002 skip 1.5 → 91.5" in ended.stdout
    assert f"{run / 'override.yml'} was not read; its name must be overrides.yaml." in ended.stdout


def test_what_looks_like_a_mistake_of_the_person_who_exports_is_said(run: Path) -> None:
    sheet = run.parent / "sheet.csv"
    ended = grader(run, "export", "--to", "moodle", "--worksheet", str(sheet), "--dry-run")
    assert "Nobody" not in ended.stdout and ended.returncode == 0, ended.stdout + ended.stderr
    sheet.write_text(WORKSHEET.replace("2026", "2027").replace("학생", "다른 반 "), "utf-8")
    ended = grader(run, "export", "--to", "moodle", "--worksheet", str(sheet), "--dry-run")
    assert "folder of another class?" in " ".join(ended.stdout.split())


def test_an_exercise_that_nobody_handed_in_is_said_where_scores_are_exported(
    run: Path, tmp_path: Path
) -> None:
    results = json.loads((run / "results.json").read_text("utf-8"))
    for submission in results["submissions"]:
        submission["exercises"]["dense"] |= {"status": "missing", "points": 0.0}
    (run / "results.json").write_text(json.dumps(results), "utf-8")
    sheet = str(run.parent / "sheet.csv")
    scores = grader(run, "export", "--to", "moodle", "--worksheet", sheet, "--dry-run")
    assert "Nobody handed in dense" in scores.stdout
    autograder = grader(run, "export", "--to", "gradescope", "--out", str(tmp_path / "autograder.zip"))
    assert autograder.returncode == 0, autograder.stderr
    assert "autograder.zip" in autograder.stdout and "Nobody" not in autograder.stdout
