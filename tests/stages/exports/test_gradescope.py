"""The autograder zip, run as Gradescope runs it, and what it leaves for Gradescope."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from export_orders import CLASS, RUN, order

from grader.course import default_root
from grader.errors import UserError
from grader.records.deadline import Lateness
from grader.records.results import Results
from grader.stages.exports import EXPORTERS

LIBRARY = Path(__file__).parents[2] / "submissions"


def check(results: dict[str, Any]) -> None:
    """Gradescope's rules for results.json."""
    assert "score" in results or all("score" in test for test in results["tests"])
    assert set(results) <= {
        "score", "execution_time", "output", "output_format", "test_output_format", "test_name_format", "visibility",
        "stdout_visibility", "extra_data", "tests", "leaderboard",
    }  # fmt: skip
    for test in results["tests"]:
        assert set(test) <= {
            "score", "max_score", "status", "name", "name_format", "number", "output", "output_format", "tags",
            "visibility", "extra_data",
        }  # fmt: skip
        assert test.get("status", "passed") in ("passed", "failed")
        assert test.get("output_format", "text") in ("text", "html", "simple_format", "md", "ansi")
        assert test.get("visibility", "visible") in ("hidden", "after_due_date", "after_published", "visible")


@pytest.fixture
def autograder(tmp_path: Path) -> Path:
    """`/autograder` with the zip unpacked."""
    made = EXPORTERS["gradescope"](order(tmp_path, out=tmp_path / "autograder.zip", project=default_root()))
    root = tmp_path / "autograder"
    with zipfile.ZipFile(made.files[0]) as packed:
        names = packed.namelist()
        assert {"setup.sh", "run_autograder", "pyproject.toml", "requirements.lock"} <= set(names)
        assert "reference/skip/solution.py" in names and "grader/guest/__main__.py" in names
        assert not any(
            "__pycache__" in name or name.startswith(("tests/", "examples/", "/")) for name in names
        )
        for name in ("setup.sh", "run_autograder"):
            assert packed.getinfo(name).external_attr >> 16 & stat.S_IXUSR
            assert packed.read(name).startswith(b"#!")
        packed.extractall(root / "source")
    (root / "results").mkdir()
    (root / "submission").mkdir()
    return root


def ended(root: Path, grader: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"AUTOGRADER": str(root), "GRADER": grader}
    command = ["bash", str(root / "source/run_autograder")]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)


def run(root: Path, grader: str) -> dict[str, Any]:
    done = ended(root, grader)
    assert done.returncode == 0, done.stdout
    results: dict[str, Any] = json.loads((root / "results/results.json").read_text(encoding="utf-8"))
    check(results)
    return results


def test_the_autograder_grades_a_submission(autograder: Path) -> None:
    shutil.copy(LIBRARY / "correct/skip/plain.py", autograder / "submission/my homework.py")
    results = run(autograder, str(Path(sys.executable).with_name("grader")))
    assert results["score"] == 25.0, (autograder / "results/log.txt").read_text()  # one exercise of four
    tests = {test["name"]: test for test in results["tests"]}
    assert tests["skip: function"]["score"] == tests["skip: function"]["max_score"] == 10.938  # 35 of 4 × 80
    assert sum(test["score"] for test in tests.values()) == pytest.approx(results["score"])
    assert sum(test["max_score"] for test in tests.values()) == pytest.approx(100)
    assert tests["dense"]["score"] == 0 and "VGG_DENSE" in tests["dense"]["output"]


def test_a_fault_of_ours_gives_no_score_and_tells_the_staff(autograder: Path) -> None:
    shutil.copy(LIBRARY / "correct/skip/plain.py", autograder / "submission/model.py")
    done = ended(autograder, "/nowhere/grader")
    assert done.returncode == 1 and "조교가 확인할게요" in done.stdout and "/nowhere/grader" in done.stdout
    assert not (autograder / "results/results.json").exists()


def test_results_of_one_student_say_what_was_lost_and_why(tmp_path: Path) -> None:
    one = Results(run=order(tmp_path).results.run, submissions=CLASS[:1])
    made = EXPORTERS["gradescope"](order(tmp_path, results=one, out=tmp_path / "results.json"))
    results = json.loads(made.files[0].read_text(encoding="utf-8"))
    check(results)
    assert results["score"] == 91.25
    assert [(test["score"], test["max_score"]) for test in results["tests"]] == [(50, 50), (41.25, 50)]
    waits = Results(run=one.run, submissions=CLASS[3:4])
    held = EXPORTERS["gradescope"](order(tmp_path, results=waits, out=tmp_path / "none.json"))
    assert [change.what for change in held.changes] == ["held"] and not (tmp_path / "none.json").exists()


def test_lateness_is_a_line_of_its_own_that_adds_up_to_the_score(tmp_path: Path) -> None:
    late = Lateness(deadline=datetime(2026, 11, 27, 23, 59, tzinfo=UTC), seconds=90_000, percent=20)
    one = CLASS[0].model_copy(update={"lateness": late})
    asked = order(tmp_path, results=Results(run=RUN, submissions=(one,)), out=tmp_path / "results.json")
    EXPORTERS["gradescope"](asked)
    made = json.loads((tmp_path / "results.json").read_text("utf-8"))
    check(made)
    assert made["tests"][-1] == {
        "name": "늦은 제출 −20%",
        "score": -20,
        "max_score": 0,
        "output_format": "text",
    }
    assert sum(test["score"] for test in made["tests"]) == pytest.approx(made["score"]) == 71.25


def test_what_is_to_be_made_must_be_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"name what is to be made with --out"):
        EXPORTERS["gradescope"](order(tmp_path))
    with pytest.raises(UserError, match=r"holds 7 students, and results\.json is for one"):
        EXPORTERS["gradescope"](order(tmp_path, out=tmp_path / "results.json"))


def test_the_maximum_to_set_in_gradescope_is_said(tmp_path: Path) -> None:
    made = EXPORTERS["gradescope"](order(tmp_path, out=tmp_path / "autograder.zip", project=default_root()))
    assert made.upload is not None
    assert "Autograder points 100" in made.upload.en and "Autograder points를 100점" in made.upload.ko
