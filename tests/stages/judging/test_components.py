"""Open designs: the library of `combo`, and what counts as a component."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest
from tracing import exercise, graph_of, judged, verdict

from grader.course import default_root, read_course
from grader.records.findings import Verdict
from grader.stages.judging.components import components
from grader.stages.judging.open_design import NEAR

LIBRARY = Path(__file__).parents[2] / "submissions"


def cases(kind: str) -> list[pytest.ParameterSet]:
    files = sorted((LIBRARY / kind / "combo").glob("*.py"))
    return [pytest.param(file.read_text("utf-8"), id=file.stem) for file in files]


def test_the_library_has_designs_enough() -> None:
    assert len(cases("correct")) >= 14
    assert len(cases("broken")) >= 12


@pytest.mark.parametrize("source", cases("correct"))
def test_a_design_with_all_components_passes_every_check(source: str) -> None:
    found = judged(source, "combo")

    assert [(v.check, v.code, v.message.en) for v in found.verdicts if v.outcome != "passed"] == []
    assert verdict(found, "function").share == 1
    assert found.graph is not None and found.fingerprint and not found.is_reference


@pytest.mark.parametrize("source", cases("broken"))
def test_what_is_wrong_with_a_design_costs_where_it_belongs(source: str) -> None:
    expected = re.search(r"^# expect: (\w+)$", source, re.M)
    found = judged(source, "combo")
    failed = [v for v in found.verdicts if v.outcome == "failed"]

    assert expected is not None and expected[1] in [v.check for v in failed]
    prices = read_course(default_root(), ["combo"])["combo"].prices
    # a share of one is a matter of the price alone
    assert all(v.share < 1 or prices.of_finding(v.code, v.share) for v in failed)
    assert all(v.hint and v.message.ko and v.message.en for v in failed)
    assert not found.is_reference


def test_the_reference_is_itself_and_of_every_kind_one_is_shown_with_its_line() -> None:
    solution = (default_root() / "reference/combo/solution.py").read_text("utf-8")
    found = judged(solution, "combo")
    message = verdict(found, "function").message

    assert found.is_reference
    for line in ("out = out + self.relu(self.conv_skip(block_in))", "out = out * gate"):
        number = next(i for i, text in enumerate(solution.split("\n"), 1) if text.strip() == line)
        assert f"(line {number}: `{line}`)" in message.en and f"({number}번째 줄 `{line}`)" in message.ko


def test_the_fingerprint_of_a_design_is_the_same_every_time_and_does_not_depend_on_names() -> None:
    source = (LIBRARY / "correct/combo/several_of_each.py").read_text("utf-8")  # too many ranks to try
    first, again = judged(source, "combo"), judged(source.replace("excite", "up"), "combo")

    assert first.fingerprint == again.fingerprint and first.ranks == again.ranks


def told(name: str) -> Verdict:
    """What the function check says of a broken design."""
    return verdict(judged((LIBRARY / f"broken/combo/{name}.py").read_text("utf-8"), "combo"), "function")


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("gate_on_other_map", "missing-gate", "multiplied onto another map (the output of `conv3_2`)"),
        ("gate_without_sigmoid", "missing-gate", "the gate does not end in a sigmoid"),
        ("gate_with_softmax", "missing-gate", "the gate does not end in a sigmoid but in a softmax"),
        ("gate_not_applied", "missing-gate", "their result never reaches the output: `gate1`, `gate2`"),
        ("gate_added", "missing-gate", "the gate is added to the map, not multiplied"),
        ("gate_in_training_only", "missing-gate", "it is there in train mode only"),
        ("equal_tensors_added", "missing-skip", "a tensor is added to itself"),
        ("skip_from_constant", "missing-skip", "something that does not depend on the images is added"),
        ("skip_multiplied", "missing-skip", "the two paths meet in a multiplication"),
        ("cat_dim_0", "missing-dense", "goes along dimension 0, not along the channels"),
        ("cat_with_itself", "missing-dense", "a tensor is concatenated with itself"),
        ("cat_of_two_branches", "missing-dense", "no earlier map is carried on"),
    ],
)  # fmt: skip
def test_what_comes_near_a_component_is_told(name: str, code: str, words: str) -> None:
    found = told(name)

    assert found.code == code and words in found.message.en
    assert found.share == pytest.approx(1 - NEAR / 3)


def test_a_network_without_any_component_earns_what_an_untouched_template_does() -> None:
    source = (LIBRARY / "broken/combo/plain_vgg.py").read_text("utf-8")

    assert [v.check for v in judged(source, "combo").verdicts if v.share] == ["loads"]


def test_the_table_shows_fixed_widths_pools_and_layers_of_the_own_design() -> None:
    rows = verdict(judged(exercise_solution(), "combo"), "channels").layers

    assert [(row.name, row.expected) for row in rows] == [
        ("conv1_1", "→16"), ("conv1_2", "→32"), ("pool1", "max pool 2×2"),
        ("conv2_1", "→32"), ("conv2_2", "→64"), ("pool2", "max pool 2×2"),
        ("conv3_1", "→128"), ("conv3_2", "→256"), ("pool3", "max pool 2×2"),
        ("fc1", "→512"), ("fc2", "→256"), ("fc3", "→10"),
        ("conv_skip", None), ("gate_conv1", None), ("gate_conv2", None),
    ]  # fmt: skip
    assert all(row.ok for row in rows)


def test_after_a_crash_only_what_is_declared_is_judged() -> None:
    source = (LIBRARY / "broken/combo/channel_mismatch.py").read_text("utf-8")

    assert verdict(judged(source, "combo"), "channels").outcome == "passed"


def exercise_solution() -> str:
    assert exercise("combo")[0].open_design is not None
    return (default_root() / "reference/combo/solution.py").read_text("utf-8")


# -- single components in small networks ---------------------------------------------------------------

SMALL = """
import torch, torch.nn as nn, torch.nn.functional as F
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 8, 3, padding=1)
        self.g, self.one = nn.Conv2d(8, 8, 1), nn.Linear(8, 1)
        self.k = nn.Parameter(torch.randn(1, 8, 32, 32))
        self.fc = nn.Linear(8, 10)
    def forward(self, x):
        p = F.relu(self.a(x))
{body}
        return self.fc(q.mean((2, 3)))
"""


def kinds(body: str) -> list[str]:
    """The components of a small network, in order."""
    graph = graph_of(SMALL.format(body=textwrap.indent(textwrap.dedent(body).strip(), " " * 8)))
    return [s.kind for s in components(graph, graph.train) if s.counts]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("q = p + self.b(p)", ["skip"]),
        ("q = self.b(p).add_(p)", ["skip"]),
        ("q = sum([p, self.b(p)])", ["skip"]),
        ("q = torch.stack([p, self.b(p)], 1).mean(1)", ["skip"]),
        ("q = F.dropout(F.relu(p + 0.1 * self.b(p)), 0.1, self.training)", ["skip"]),
        ("q = p + F.relu(p)", []),
        ("q = p + self.k", []),
        ("q = p + 1", []),
        ("q = p + p.clone()", []),
        ("q = p + self.g(p.mean((2, 3), keepdim=True)).expand_as(p)", []),
        ("q = torch.cat([x, p], 1)[:, :8]", ["dense"]),
        ("q = torch.cat([p, F.relu(self.b(p))], 1)[:, :8]", ["dense"]),
        ("q = torch.cat([F.max_pool2d(p, 2), self.b(F.max_pool2d(p, 2))], -3)[:, 8:]", ["dense"]),
        ("q = torch.cat([p, p], 1)[:, :8]", []),
        ("q = torch.cat([p, -p], 1)[:, :8]", []),
        ("q = torch.cat([self.b(p), self.g(p)], 1)[:, :8]", []),
        ("q = torch.cat([p, self.b(p)], 2)", []),
        ("q = p * torch.sigmoid(self.g(F.adaptive_avg_pool2d(p, 1)))", ["gate"]),
        ("q = p * torch.sigmoid(self.g(p.amax((2, 3), True)))", ["gate"]),
        ("q = p * F.hardsigmoid(self.g(p.view(len(p), 8, -1).mean(-1)[..., None, None]))", ["gate"]),
        ("q = F.max_pool2d(p, 2) * self.g(p.mean((2, 3), keepdim=True)).sigmoid()", ["gate"]),
        ("q = p * (1 + self.g(p.mean((2, 3), keepdim=True)).sigmoid())", ["gate"]),
        ("q = p * self.g(p.mean((2, 3), keepdim=True))", []),
        ("q = p * self.g(p.mean((2, 3), keepdim=True).sigmoid())", []),
        ("q = p * p.mean((2, 3), keepdim=True).sigmoid()", []),
        ("q = self.b(p) * self.g(p.mean((2, 3), keepdim=True)).sigmoid()", []),
        ("q = p * self.one(p.mean((2, 3))).sigmoid()[..., None, None]", []),
        ("q = p * self.g(p.mean(1, keepdim=True).expand_as(p)).sigmoid()", []),
        ("q = p * self.g(p).sigmoid()", []),
        ("q = p + p * self.g(p.mean((2, 3), keepdim=True)).sigmoid()", ["gate"]),
        ("q = p * torch.sigmoid(p)", []),
    ],
)  # fmt: skip
def test_a_component_is_known_by_how_the_images_flow(body: str, expected: list[str]) -> None:
    assert kinds(body) == expected
