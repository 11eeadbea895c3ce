"""One class of thirty, packed in every form: the same scores for every student number."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import lms_class
import pytest
from lms_class import FORMS, PUPILS, expected, write_roster

from grader.assembly import assemble
from grader.bench import Bench, Settings
from grader.candidates import choose
from grader.class_work import read_class
from grader.course import default_root, other_classes, read_course
from grader.engines.local import LocalEngine
from grader.ledger import Ledger
from grader.lms.roster import read_roster
from grader.pipeline import tasks_of
from grader.progress import Progress
from grader.records.results import Results

Grade = Callable[[str, Path], Results]


@pytest.fixture(scope="module")
def grade(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grade]:
    """Grades one form as `pipeline.run` does, but with workers that stay for all forms."""
    out = tmp_path_factory.mktemp("out")
    settings = Settings(submissions=out, out=out, course=default_root(), profile="static", jobs=2)
    course = read_course(settings.course, ["skip", "dense"])
    with LocalEngine(2, preload=("grader.pipeline_jobs",)) as engine:
        bench = Bench(settings, course, Ledger(out / ".ledger"), engine, Progress())
        bench.others = other_classes(settings.course)
        bench.prepare()

        def graded(form: str, folder: Path) -> Results:
            write, kind = FORMS[form]
            handed_in = read_class(write(folder), read_roster(write_roster(folder, kind)))
            rivals = tasks_of(handed_in.submissions, course, bench)
            bench.judge_and_train([task for several in rivals for task in several])
            tasks = [choose(several, bench, "newest") for several in rivals]
            return assemble(settings, handed_in, course, tasks, bench, 0.0)

        yield graded


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_every_student_the_same_scores(form: str, grade: Grade, tmp_path: Path) -> None:
    results = grade(form, tmp_path)
    assert [s.student_id for s in results.submissions] == [pupil.number for pupil in PUPILS]
    assert all(s.unmatched is None for s in results.submissions)
    found = {
        s.student_id: {
            name: "full" if r.points == r.max_points else "missing" if r.status == "missing" else "part"
            for name, r in s.exercises.items()
        }
        for s in results.submissions
    }
    assert found == {pupil.number: expected(pupil) for pupil in PUPILS}
    points = {s.student_id: [r.points for r in s.exercises.values()] for s in results.submissions}
    assert points == _POINTS.setdefault("first form", points)

    by_number = {s.student_id: s for s in results.submissions}
    for pupil in PUPILS:
        row = by_number[pupil.number]
        assert row.student_name == pupil.name
        if form.startswith(("canvas", "moodle")):
            assert row.late is pupil.late
            assert row.ids[form.split()[0]] == str(pupil.canvas if "canvas" in form else pupil.participant)
    assert list(results.strays) == (["공지사항.txt"] if form == "flat" else [])


_POINTS: dict[str, dict[str, list[float | None]]] = {}


@pytest.mark.slow
def test_a_teaching_assistant_is_told_whom_the_class_list_does_not_settle(tmp_path: Path) -> None:
    """A Canvas download with a list of numbers and names: two students are called 김민수."""
    write, _ = FORMS["canvas zip"]
    command = [sys.executable, "-m", "grader", "run", str(write(tmp_path)), "--out", str(tmp_path / "out"),
               "--roster", str(write_roster(tmp_path, "simple")), "--profile", "static",
               "--exercise", "skip", "--lang", "en", "--isolation", "process"]  # fmt: skip
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    lines = [line.strip() for line in ended.stdout.splitlines()]
    start = lines.index("Needs a person:")
    twins = [pupil.number for pupil in PUPILS if pupil.name == "김민수"]
    for line in lines[start + 1 : start + 3]:
        assert line.startswith("김민수_31")
        assert line.endswith(f"called 김민수 ({twins[0]} 김민수 or {twins[1]} 김민수?)")
    absent = [f"{pupil.number} {pupil.name}" for pupil in PUPILS if pupil.name in ("최지우", "정하늘")]
    assert any(line.startswith("Handed in nothing:") and all(a in line for a in absent) for line in lines)

    results: dict[str, Any] = json.loads((tmp_path / "out" / "results.json").read_text("utf-8"))
    graded = {row["student_id"]: row for row in results["submissions"]}
    assert len(graded) == len(PUPILS) + 2
    for pupil in PUPILS:
        settled = pupil.number not in twins
        assert (graded[pupil.number]["exercises"]["skip"]["status"] == "graded") is (
            settled and expected(pupil)["skip"] != "missing"
        )
    page = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert "Not found in the class list" in page and "김민수_3143_" in page


def test_the_samples_can_be_written_into_a_folder(tmp_path: Path) -> None:
    command = [sys.executable, str(Path(lms_class.__file__)), str(tmp_path / "samples")]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    names = {path.name for path in (tmp_path / "samples").iterdir()}
    assert len(names) == len(FORMS) + 4 and names == set(lms_class.STEPS)
    assert all(any(line.endswith(f" {name}") for line in said.splitlines()) for name in names)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_page_for_teaching_assistants_names_samples_that_there_are(language: str) -> None:
    """And a folder of its own in every command, and the language where it is not the usual one."""
    page = (default_root() / "docs" / "lms.md").read_text("utf-8")
    half = page.split("\n## English\n")[language == "en"]
    commands = re.findall(r"`(grader (?:run|export|report) [^`]+)`", half)
    words = [shlex.split(command) for command in commands]
    assert {"run", "export", "report"} == {each[1] for each in words}
    named = {word.removeprefix("lms-sample/") for each in words for word in each if "lms-sample/" in word}
    assert named <= set(lms_class.STEPS) and len(named) >= 5
    own = [[word for word in each if word.startswith("grading-")] for each in words if len(each) > 2]
    assert all(folders for folders in own) and len({folder for folders in own for folder in folders}) == 3
    assert all(("--lang" in each) is (language == "en") for each in words if each[1] == "run")
