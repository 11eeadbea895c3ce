"""Every correct style gets everything, no mistake does: the library of tests/submissions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tracing import exercise, judged, traced

from grader.class_work import read_submissions
from grader.stages.excerpts import cut

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
    (failed,) = [v for v in found.verdicts if v.outcome != "passed"]
    assert failed.code == "overwritten"
    assert failed.place is not None and "+=" in failed.place.source
    assert found.graph is None and found.fingerprint is not None


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("base/flipped_by_chance_in_torch", "decided-by-chance"),
        ("base/flipped_by_chance_in_python", "decided-by-chance"),
        ("skip/path_dropped_by_chance", "decided-by-chance"),
        ("base/learned_scale", "learns-more"),
        ("base/prelu_from_zero", "learns-more"),
        ("ca/batch_mixed_in_gate", "images-mixed"),
        ("base/dropout_function_always_on", "random-in-eval"),
        ("base/parameters_without_convolutions", "layers-not-registered"),
        ("base/frozen_by_train", "gradients-missing"),
        ("base/gradients_clipped_by_hooks", "gradients-hooked"),
        ("base/gradient_reversed_by_hook", "gradients-turned"),
    ],
)
def test_what_a_network_does_beside_its_function_is_named(file: str, code: str) -> None:
    name = file.partition("/")[0]
    found = judged((LIBRARY / "broken" / f"{file}.py").read_text("utf-8"), name)
    assert [v.code for v in found.verdicts if v.outcome == "failed"] == [code]


CHANCE = """
import random, torch, torch.nn as nn
from numpy import random as dice
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3072, 10)
    def forward(self, x):
        BODY
        return self.fc(x.flatten(1))
"""


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ("x = x.flip(3) if self.training and torch.rand(1) < 0.01 else x", True),
        ("x = x.flip(3) if torch.randint(0, 100, (1,)).item() == 3 else x", True),
        ("x = x.flip(3) if torch.empty(1).uniform_().gt(0.99).all() else x", True),
        ("x = x.flip(3) if random.random() < 0.01 else x", True),
        ("x = x.flip(3) if dice.rand() < 0.01 else x", True),
        ("print(nn.functional.dropout(x).mean().item())", False),
        ("random.seed(1); torch.manual_seed(1)", False),
        ("torch.rand(2)", False),
        ("x = x + 0 * torch.rand_like(x)", False),
    ],
)
def test_only_what_dice_decide_is_refused(body: str, refused: bool) -> None:
    found = traced(CHANCE.replace("BODY", body))
    assert (found.problem is not None and found.problem.code == "decided-by-chance") == refused, found.problem


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
