"""A deadline in course.yaml, and a class list that says when everybody handed in."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader.bench import Settings
from grader.cli.summary import advice, needs_a_person, remarks
from grader.course import default_root
from grader.course.course_file import read_course_file
from grader.pipeline import run
from grader.reporting import report

RIGHT = Path(__file__).parents[1] / "submissions/correct/skip/plain.py"
COURSE = """\
run:
  deadline: {at: 2026-11-27 23:59, zone: Asia/Seoul, percent: 10, at_most: 50, extensions: {"20239999": 2026-12-01 12:00}}
columns: [{title: Lab, exercises: [skip], points: 100}]
"""


@pytest.mark.slow
def test_lateness_costs_what_the_course_says_and_leaves_the_findings_alone(tmp_path: Path) -> None:
    course, handed_in = tmp_path / "course", tmp_path / "in"
    for part in ("assignments", "reference"):
        shutil.copytree(default_root() / part, course / part)
    shutil.copy(default_root() / "prices.yaml", course)
    (course / "course.yaml").write_text(COURSE)
    for name in ("20231001", "20231002", "20231003_LATE", "20231004"):
        (handed_in / name).mkdir(parents=True)
        shutil.copy(RIGHT, handed_in / name / "skip.py")
    people = tmp_path / "people.csv"
    people.write_text(
        "number,name,section,submitted at\n20231001,A,1,2026-11-27 20:00\n20231002,B,2,2026-11-29 01:00\n20231003,C,1,\n20231004,D,2,\n"
    )
    settings = Settings(
        handed_in, tmp_path / "out", course, ("skip",), "static", roster=people, jobs=1, language="en"
    )
    results = run(settings)
    assert [(row.student_id, row.late, row.section) for row in results.submissions] == [
        ("20231001", False, "1"), ("20231002", True, "2"), ("20231003", True, "1"), ("20231004", False, "2"),
    ]  # fmt: skip
    assert {row.exercises["skip"].points for row in results.submissions} == {80}
    assert needs_a_person(results, "en") == ["20231003 C: late, and nothing says by how much"]
    told = advice(results, tmp_path, "en")[0]
    assert "under run.deadline in course.yaml" in told and "submitted" in told
    said = remarks(results, "en")
    assert "Taken to be in time, since nothing says when they handed in: 20231004 D" in said
    assert "In the deadline of course.yaml, but not in this run: 20239999" in said
    page = (tmp_path / "out/students/20231002.html").read_text("utf-8")
    assert "Handed in 2026-11-29 01:00, 25 h 1 min after the deadline (2026-11-27 23:59)" in page
    assert "(skip = 80 / 80, −20%)" in page and "<b>80</b> / 80" in page

    # a run keeps its own deadline, whatever course.yaml says next week; running again takes the new one
    (course / "course.yaml").write_text(COURSE.replace("11-27", "12-04"))
    again = report(tmp_path / "out", None, read_course_file(course / "course.yaml"))
    assert again.submissions[1].late
    assert not run(settings).submissions[1].late
