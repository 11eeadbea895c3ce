"""Every correct style gets everything, no mistake does: the library of tests/submissions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tracing import exercise, judged

from grader.stages.intake import cut, read_submissions

LIBRARY = Path(__file__).parents[2] / "submissions"


def cases(kind: str) -> list[pytest.ParameterSet]:
    return [
        pytest.param(file.parent.name, file, id=f"{file.parent.name}-{file.stem}")
        for file in sorted((LIBRARY / kind).glob("*/*.py"))
        if file.parent.name != "combo"  # an open design: tests/stages/judging/test_components.py
    ]


def class_of(name: str, source: str) -> str | None:
    """The last accepted class that the file defines; None where it defines none."""
    accepted = exercise(name)[0].classes
    found = [found for found in re.findall(r"^\s*class (\w+)", source, re.M) if found in accepted]
    return found[-1] if found else None


@pytest.mark.parametrize(("name", "file"), cases("correct"))
def test_a_correct_style_passes_every_check(name: str, file: Path) -> None:
    source = file.read_text("utf-8")
    found = judged(source, name, class_of(name, source))
    assert [(v.check, v.code) for v in found.verdicts if v.outcome != "passed"] == []
    assert found.is_reference


def test_a_network_whose_backward_pass_fails_is_not_trained() -> None:
    source = (LIBRARY / "broken" / "skip" / "in_place_addition.py").read_text("utf-8")
    found = judged(source, "skip")
    assert [v.code for v in found.verdicts if v.outcome != "passed"] == ["backward-fails"]
    assert found.graph is None and found.fingerprint is not None


@pytest.mark.parametrize(("name", "file"), cases("broken"))
def test_a_mistake_costs_something_and_says_so(name: str, file: Path) -> None:
    source = file.read_text("utf-8")
    class_name = class_of(name, source)
    if class_name is None:  # there is nothing to judge: the exercise is missing
        (submission,) = read_submissions(file)
        assert cut(submission, exercise(name)[0].classes, name) is None
        return
    found = judged(source, name, class_name)
    failed = [verdict for verdict in found.verdicts if verdict.outcome == "failed"]
    assert failed
    assert all(verdict.share < 1 and verdict.message.ko and verdict.message.en for verdict in failed)
    assert all(verdict.hint for verdict in failed)
