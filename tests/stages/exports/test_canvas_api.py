"""`grader export --to canvas-api`: a run's scores, comments and pages into Canvas, with everything that can go wrong on the way."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graded_class import COURSE, write_run
from lms_servers.canvas_rest import TOKEN, CanvasRest, Work
from lms_servers.serving import Answer, Fault

GRADER = str(Path(sys.executable).with_name("grader"))
STUDENTS = 14
EXPECTED = {3000 + n: 1.5 * n for n in range(STUDENTS)}


@pytest.fixture
def canvas() -> Iterator[CanvasRest]:
    with CanvasRest([Work(3000 + n, f"학생{n}", str(20260001 + n)) for n in range(STUDENTS)]) as server:
        yield server


class Class:
    """A run, a course.yaml for this Canvas, and the command on both."""

    def __init__(self, folder: Path, canvas: CanvasRest) -> None:
        self.canvas = canvas
        self.run = write_run(folder / "grading", STUDENTS)
        self.course = folder / "course.yaml"
        self.write()

    def write(self, columns: str = COURSE, **more: Any) -> None:
        fields = {"url": self.canvas.url, "course": 7, "assignments": "{Week 12: 4567}", **more}
        lines = "".join(f"  {name}: {value}\n" for name, value in fields.items())
        self.course.write_text(f"{columns}canvas_api:\n{lines}", "utf-8")

    def command(self, *words: str) -> list[str]:
        to = ["--to", "canvas-api", "--course", str(self.course), "--lang", "en"]
        return [GRADER, "export", str(self.run), *to, *words]

    def environment(self, token: str = TOKEN) -> dict[str, str]:
        return {**os.environ, "CANVAS_API_TOKEN": token, "COLUMNS": "200"}

    def export(self, *words: str, token: str = TOKEN) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words),
            env=self.environment(token),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def scores(self) -> dict[int, float]:
        return {user: work.score for user, work in self.canvas.students.items() if work.score is not None}


@pytest.fixture
def course(tmp_path: Path, canvas: CanvasRest) -> Class:
    return Class(tmp_path, canvas)


def test_score_comment_and_page_arrive_once_and_a_repetition_sends_nothing(course: Class) -> None:
    ended = course.export()
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert course.scores() == EXPECTED
    again = course.export()
    assert again.returncode == 0 and f"same {STUDENTS}" in again.stdout, again.stdout + again.stderr
    assert course.canvas.writes() == STUDENTS
    [comment] = course.canvas.students[3004].comments
    assert comment.text == "skip 6/100 · dense 6/100"
    page = (course.run / "students" / "20260005.html").read_bytes()
    assert [course.canvas.contents[file["id"]] for file in comment.files] == [page]


def test_without_the_journal_a_repetition_still_sends_nothing(course: Class) -> None:
    course.export()
    for file in (course.run / "exports").iterdir():
        file.unlink()
    assert course.export().returncode == 0
    assert course.canvas.writes() == STUDENTS


def test_a_page_that_changed_is_sent_with_its_score(course: Class) -> None:
    course.export()
    write_run(course.run, STUDENTS, s20260005={"files": ["lab.py", "report.pdf"]})
    assert course.export().returncode == 0
    assert course.canvas.writes() == STUDENTS + 1
    assert len(course.canvas.students[3004].comments) == 2


def test_a_dry_run_shows_what_would_change_and_sends_nothing(course: Class) -> None:
    course.canvas.students[3004].score = 80.0
    ended = course.export("--dry-run")
    assert ended.returncode == 0, ended.stderr
    assert course.canvas.count("PUT|POST") == 0 and not (course.run / "exports").exists()
    assert re.search(r"20260005 +학생4 +80 +6 +change", ended.stdout)


def test_only_scores_that_are_settled_are_sent_and_nobody_excused_is_touched(course: Class) -> None:
    reason = {"en": "odd", "ko": "이상해요"}
    write_run(
        course.run,
        STUDENTS + 1,
        s20260002={"skip": {"status": "needs_review", "points": None, "reason": reason}},
        s20260003={
            "skip": {"status": "missing", "points": 0.0},
            "dense": {"status": "missing", "points": 0.0},
        },
    )
    course.canvas.students[3005].excused = True
    ended = course.export()
    assert ended.returncode == 1
    assert set(EXPECTED) - set(course.scores()) == {3001, 3002, 3005}
    for number, words in {
        "20260002": "needs a person: skip",
        "20260006": "excused in Canvas",
        "20260015": "no such student number",
    }.items():
        assert re.search(rf"{number} .*{words}", ended.stdout), ended.stdout


def test_what_was_changed_by_hand_stays(course: Class) -> None:
    course.export()
    course.canvas.students[3003].score = 99.0
    ended = course.export()
    assert ended.returncode == 1
    assert course.scores() == {**EXPECTED, 3003: 99.0}
    assert "somebody changed it in the LMS to 99" in ended.stdout


def test_a_late_policys_deduction_is_no_change_by_hand(course: Class) -> None:
    course.canvas.students[3003].late_deduction = 1.0
    course.export()
    again = course.export()
    assert again.returncode == 0 and course.canvas.writes() == STUDENTS


def test_students_are_found_by_canvas_id_where_numbers_are_hidden(course: Class) -> None:
    course.canvas.shows_numbers = False
    ended = course.export()
    assert ended.returncode == 1 and course.scores() == {}
    assert "Canvas does not show you student numbers; grade with --roster" in ended.stdout
    known = {f"s{20260001 + n}": {"ids": {"canvas": str(3000 + n)}} for n in range(STUDENTS)}
    write_run(course.run, STUDENTS, **known)
    assert course.export().returncode == 0
    assert course.scores() == EXPECTED


KILLS = {
    "before the first grade": Fault("^PUT", nth=1),
    "between a page and its grade": Fault("^PUT", nth=6),
    "after Canvas wrote it, before the answer": Fault("^PUT", nth=7, worked=True),
    "after the last": Fault("^PUT", nth=STUDENTS, worked=True),
    "in the middle of a page": Fault("files_api", nth=4),
    "while the submissions are read": Fault("GET .*/submissions$", nth=2),
}


@pytest.mark.parametrize("point", KILLS)
def test_killed_and_repeated_each_student_has_one_right_score(course: Class, point: str) -> None:
    known = KILLS[point]
    fault = Fault(known.pattern, nth=known.nth, worked=known.worked)
    course.canvas.faults.append(fault)
    running = subprocess.Popen(
        course.command(), env=course.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    fault.act = lambda: os.kill(running.pid, signal.SIGKILL)
    assert running.wait(60) == -signal.SIGKILL
    ended = course.export()
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert course.scores() == EXPECTED
    works = course.canvas.students.values()
    assert {(work.grades, len(work.comments), len(work.comments[0].files)) for work in works} == {(1, 1, 1)}


def test_a_grade_that_canvas_refuses_does_not_keep_the_others_back(course: Class) -> None:
    course.canvas.faults.append(
        Fault("^PUT", Answer(400, {"errors": [{"message": "no grade for you"}]}), nth=3)
    )
    ended = course.export()
    assert ended.returncode == 1
    assert set(EXPECTED) - set(course.scores()) == {3002}
    assert re.search(r"20260003 .*the LMS refuses it: no grade for you", ended.stdout)
    assert course.export().returncode == 0 and course.scores() == EXPECTED


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"course": 8}, "there is no such assignment; check course and assignment"),
        ({"assignments": "{Other: 1}"}, "does not say which assignment “Week 12” is"),
        ({"url": "http://canvas.example.ac.kr"}, "write the LMS's address with https://"),
        (
            {"columns": COURSE.replace("100", "10")},
            "has 10 points there and 100 in Canvas (“HW2 CNN”); write points: 100",
        ),
    ],
)
def test_a_slip_in_course_yaml_is_one_sentence(course: Class, fields: dict[str, Any], sentence: str) -> None:
    course.write(**fields)
    ended = course.export()
    assert ended.returncode == 2 and sentence in ended.stderr, ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("token", "sentence"), [("", "CANVAS_API_TOKEN is not set"), ("odd", "does not accept the token")]
)
def test_a_token_that_is_missing_or_wrong_is_one_sentence(course: Class, token: str, sentence: str) -> None:
    ended = course.export(token=token)
    assert ended.returncode == 2 and sentence in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def test_who_handed_in_nothing_that_can_be_graded_gets_the_page_once_and_no_score(course: Class) -> None:
    missing = {"status": "missing", "points": 0.0}
    pdf = {"lab.pdf": {"en": "a PDF document", "ko": "PDF 문서예요"}}
    nothing = {"files": [], "other_files": pdf, "skip": missing, "dense": missing}
    write_run(course.run, STUDENTS, s20260005=nothing, s20260006={**nothing, "other_files": {}})
    course.canvas.students[3004].score = 40.0  # given by hand before
    ended = course.export()
    assert ended.returncode == 0, ended.stdout + ended.stderr
    work = course.canvas.students[3004]
    assert work.score == 40.0 and work.grades == 0
    [comment] = work.comments
    assert comment.text == "nothing to grade in what was handed in: lab.pdf"
    page = (course.run / "students" / "20260005.html").read_bytes()
    assert [course.canvas.contents[file["id"]] for file in comment.files] == [page]
    assert not course.canvas.students[3005].comments
    assert re.search(r"20260005 .*page only", ended.stdout)
    again = course.export()
    assert again.returncode == 0 and course.canvas.writes() == STUDENTS - 1
    (course.run / "overrides.yaml").write_text("20260005: {skip: {points: 100, reason: shown}}", "utf-8")
    assert course.export().returncode == 1  # somebody gave 40 there: not ours to change
    work.score = None
    assert course.export().returncode == 0 and work.score == 50.0
