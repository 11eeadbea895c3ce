"""A class whose students handed in several files for one exercise, or half of what they meant to; then late ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.bench import Settings
from grader.cli.summary import needs_a_person
from grader.course import default_root
from grader.errors import UserError
from grader.pipeline import run
from grader.records.results import ExerciseResult, Results

ROOT = default_root()
RIGHT = (ROOT / "reference" / "skip" / "solution.py").read_text("utf-8")
DENSE = (ROOT / "reference" / "dense" / "solution.py").read_text("utf-8")
TEMPLATE = (ROOT / "assignments" / "skip" / "skip_template.py").read_text("utf-8")
WRONG = RIGHT.replace("nn.Conv2d(3, 16,", "nn.Conv2d(3, 24,").replace(
    "nn.Conv2d(16, 32,", "nn.Conv2d(24, 32,"
)

CLEAR = {
    "20240001": {"skip.py": WRONG, "skip_최종.py": WRONG, "skip_최종_수정2.py": RIGHT},
    "20240002": {"skip_v2.py": WRONG, "skip_v10.py": RIGHT},
    "20240003": {"skip.py": RIGHT, "예전 것/skip.py": WRONG},
    "20240004": {"skip.py": RIGHT, "backup_1120/skip_final.py": WRONG},
    "20240005": {"skip_template.py": TEMPLATE, "lab12/my_lab.py": RIGHT},
    "20240006": {"Copy of skip_template.py": RIGHT, "skip_template.py": TEMPLATE},
    "20240007": {"skip (2).py": WRONG, "skip (3).py": RIGHT},
    "20240009": {"skip_v1.9.py": WRONG, "skip_v1.10.py": RIGHT},
    "20240010": {"skip_1120.py": RIGHT, "skip_1118.py": WRONG},
    "20240008": {"skip_재제출.py": RIGHT, "skip_final.py": WRONG},
}
"""What the names say decides; the right file is meant."""
THIN = {
    "20240011": {"alpha.py": RIGHT, "beta.py": WRONG},
    "20240012": {"skip.py": WRONG, "submit/skip.py": RIGHT},
}
SAME = {"20240013": {"alpha.py": RIGHT, "beta.py": RIGHT}}
HALF = {"20240021": {"skip.py": RIGHT, "dense.ipynb": '{"cells": ['}, "20240022": {"skip.py": RIGHT}}
LATE = {"20240031": {"skip.py": WRONG}, "20240022": {"dense.py": DENSE}}


def _class(folder: Path, students: dict[str, dict[str, str]]) -> Path:
    for student, files in students.items():
        for name, text in files.items():
            file = folder / student / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
    return folder


def _settings(submissions: Path, out: Path, **more: object) -> Settings:
    given = {"course": ROOT, "exercises": ("skip", "dense"), "profile": "static", "language": "en"} | more
    return Settings(submissions=submissions, out=out, **given)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("several")


@pytest.fixture(scope="module")
def results(folder: Path) -> Results:
    return run(_settings(_class(folder / "class", CLEAR | THIN | SAME | HALF), folder / "out"))


def _of(results: Results, student: str, exercise: str = "skip") -> ExerciseResult:
    (row,) = [row for row in results.submissions if row.student_id == student]
    return row.exercises[exercise]


@pytest.mark.parametrize("student", CLEAR)
def test_the_later_version_counts_and_the_page_says_why(results: Results, student: str) -> None:
    found = _of(results, student)
    assert found.points == found.max_points
    assert found.asked is None
    assert any("is graded, since" in note.en for note in found.notes)


@pytest.mark.parametrize("student", THIN)
def test_where_names_say_little_the_teaching_assistant_is_told_what_each_would_give(
    results: Results, student: str
) -> None:
    found = _of(results, student)
    assert found.asked is not None
    assert all(str(file) in found.asked.en for file in THIN[student])
    assert any(student in line and "which file counts?" in line for line in needs_a_person(results, "en"))


def test_files_that_come_to_the_same_are_no_question(results: Results) -> None:
    found = _of(results, "20240013")
    assert found.points == found.max_points and found.asked is None


def test_half_a_hand_in_waits_for_a_person_and_is_told_from_none(results: Results) -> None:
    half, none = _of(results, "20240021", "dense"), _of(results, "20240022", "dense")
    assert (half.status, half.points, none.status) == ("needs_review", None, "missing")
    assert half.reason is not None and "dense.ipynb" in half.reason.en
    assert _of(results, "20240021").points == _of(results, "20240021").max_points


def test_the_best_file_counts_or_a_person_is_always_asked_where_the_course_says_so(
    folder: Path, results: Results
) -> None:
    for policy, points, asked in (("best", 80.0, False), ("ask", None, True)):
        course = folder / policy
        course.mkdir()
        for part in ("assignments", "reference"):
            (course / part).symlink_to(ROOT / part)
        text = (ROOT / "course.yaml").read_text("utf-8")
        (course / "course.yaml").write_text(
            text.replace("several_files: newest", f"several_files: {policy}"), "utf-8"
        )
        students = {"20240011": THIN["20240011"], "20240002": CLEAR["20240002"]}
        made = run(
            _settings(_class(folder / f"class_{policy}", students), folder / f"out_{policy}", course=course)
        )
        assert points is None or _of(made, "20240011").points == points
        assert [_of(made, student).asked is not None for student in students] == [asked, asked]


def test_a_late_hand_in_joins_its_class_and_nothing_is_lost(folder: Path, results: Results) -> None:
    late = _class(folder / "late", LATE)
    merged = run(_settings(late, folder / "out"))
    before = {row.student_id: row for row in results.submissions}
    after = {row.student_id: row for row in merged.submissions}
    assert set(after) == set(before) | {"20240031"}
    assert all(after[student] == before[student] for student in before if student not in LATE)
    assert after["20240022"].exercises["skip"] == before["20240022"].exercises["skip"]
    assert after["20240022"].exercises["dense"].points == 80.0
    again = run(_settings(late, folder / "out", exercises=("skip",)))
    assert {row.student_id: row.exercises["dense"] for row in again.submissions} == {
        student: row.exercises["dense"] for student, row in after.items()
    }


def test_what_cannot_stand_beside_it_is_refused_before_anything_is_graded(
    folder: Path, results: Results
) -> None:
    other = _class(folder / "other", {"20240001": {"skip.py": WRONG}})
    kept = (folder / "out" / "results.json").read_bytes()
    with pytest.raises(UserError, match="holds skip of 20240001 from another folder of submissions already"):
        run(_settings(other, folder / "out"))
    more = _class(folder / "more", {"20240099": {"skip.py": WRONG}})
    with pytest.raises(UserError, match="results of --profile static"):
        run(_settings(more, folder / "out", profile="quick"))
    assert (folder / "out" / "results.json").read_bytes() == kept


def test_a_folder_that_was_renamed_leaves_no_ghost(folder: Path, results: Results) -> None:
    renamed = _class(folder / "renamed", {"홍길동": {"skip.py": RIGHT}, "20240098": {"skip.py": WRONG}})
    run(_settings(renamed, folder / "out_renamed"))
    (renamed / "홍길동").rename(renamed / "20240097_홍길동")
    made = run(_settings(renamed, folder / "out_renamed"))
    assert [row.student_id for row in made.submissions] == ["20240097", "20240098"]
