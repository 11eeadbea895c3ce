"""What the doctor finds, and what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course import default_root
from grader.doctor import Check, examine, fit
from grader.records.base import Text


@pytest.fixture(scope="module")
def checks() -> dict[str, Check]:
    return {check.what: check for check in examine(default_root(), "synthetic")}


def test_this_machine_is_fit_and_every_part_is_looked_at(checks: dict[str, Check]) -> None:
    assert fit(list(checks.values())), [c for c in checks.values() if c.grade == "problem"]
    assert list(checks) == ["Python", "torch", "torchvision", "GPU", "sandbox", "container", "course", "data",
                            "thresholds", "machine"]  # fmt: skip
    assert "Landlock" in checks["sandbox"].said.en
    assert checks["data"].said.en.startswith("synthetic-1: ")
    assert checks["course"].said.en == "base, skip, dense, ca, combo"


def test_missing_thresholds_are_named_with_the_command_that_makes_them(checks: dict[str, Check]) -> None:
    said = checks["thresholds"].said
    assert "base/full" in said.en and "base/quick" not in said.en and "combo" not in said.en
    assert "grader calibrate --data synthetic" in said.ko


def test_what_is_broken_is_a_problem_and_does_not_hide_the_rest(tmp_path: Path) -> None:
    found = {check.what: check for check in examine(default_root(), str(tmp_path / "cifar"))}
    assert found["data"].grade == "problem" and str(tmp_path) in found["data"].said.en
    assert found["machine"].grade == "ok"
    assert not fit(list(found.values()))


def test_a_note_keeps_nobody_from_grading() -> None:
    note = Check(what="GPU", grade="note", said=Text(en="none", ko="없음"))
    assert fit([note])
