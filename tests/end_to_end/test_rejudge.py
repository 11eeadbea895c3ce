"""Judging kept graphs by other rules."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader.bench import Settings
from grader.course import default_root
from grader.pipeline import rejudge, run
from grader.records.results import Results

LIBRARY = Path(__file__).parents[1] / "submissions"
RIGHT, WRONG = LIBRARY / "correct/skip/plain.py", LIBRARY / "broken/skip/added_after_pool.py"


def points(results: Results) -> dict[str, float | None]:
    return {row.student_id: row.exercises["skip"].points for row in results.submissions}


@pytest.mark.slow
def test_a_new_rubric_counts_without_running_anybodys_code(tmp_path: Path) -> None:
    course, handed_in = tmp_path / "course", tmp_path / "in"
    for part in ("assignments", "reference"):
        shutil.copytree(default_root() / part, course / part)
    for file in default_root().glob("*.yaml"):
        shutil.copy(file, course)
    slip = RIGHT.read_text("utf-8").replace("def forward(self, x):", "def forward(self, x)", 1)
    sources = {
        "20231001": RIGHT.read_text("utf-8"),
        "20231002": WRONG.read_text("utf-8"),
        "20231003": slip,
    }
    for number, source in sources.items():
        (handed_in / number).mkdir(parents=True)
        (handed_in / number / "skip.py").write_text(source, "utf-8")
    first = Settings(handed_in, tmp_path / "one", course, ("skip",), "static", jobs=1)
    before = run(first)
    assert points(before)["20231001"] == 80

    file = course / "assignments/skip/assignment.yaml"
    file.write_text(file.read_text("utf-8").replace("function: 35", "function: 55"), "utf-8")
    shutil.rmtree(handed_in)
    settings = Settings(tmp_path / "one", tmp_path / "two", course, ("skip",), "static", jobs=1, again=True)
    after = rejudge(tmp_path / "one", settings)
    assert points(after)["20231001"] == 100
    repairs = [row.exercises["skip"].repairs for row in (before.submissions[2], after.submissions[2])]
    assert [repair.code for repair in repairs[0]] == [repair.code for repair in repairs[1]] != []
    for old, new in zip(before.submissions, after.submissions, strict=True):
        assert [f.code for f in old.exercises["skip"].findings] == [
            f.code for f in new.exercises["skip"].findings
        ]

    for kept in (tmp_path / "one/.ledger/captured").iterdir():
        kept.unlink()
    file.write_text(file.read_text("utf-8").replace("function: 55", "function: 45"), "utf-8")
    waiting = rejudge(tmp_path / "one", settings)  # without its graphs there is nothing but to ask a person
    assert points(waiting) == {"20231001": None, "20231002": None, "20231003": None}
