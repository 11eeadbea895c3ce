"""Which graphs are one structure, and which are not."""

from __future__ import annotations

import pytest
from tracing import excerpt_of, exercise, graph_of, judged, traced

from grader.networks.structure import structure
from grader.stages.judging import judge

PLAIN = """
import torch, torch.nn as nn, torch.nn.functional as F
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.skip = nn.Conv2d(3, 4, 3, padding=1)
        self.fc = nn.Linear(4 * 16 * 16, 10)
    def forward(self, x):
        out = F.relu(self.conv(x)) + F.relu(self.skip(x))
        return self.fc(F.avg_pool2d(out, 2).view(-1, 4 * 16 * 16))
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("self.skip", "self.지름길"),
        (".view(-1, 4 * 16 * 16)", ".view(x.size(0), -1)"),
        ("avg_pool2d(out, 2)", "avg_pool2d(out, 2, stride=2)"),
        (
            "        self.conv = nn.Conv2d(3, 4, 3, padding=1)\n        self.skip = nn.Conv2d(3, 4, 3, padding=1)\n",
            "        self.skip = nn.Conv2d(3, 4, 3, padding=1)\n        self.conv = nn.Conv2d(3, 4, 3, padding=1)\n",
        ),
        ("out = ", "print(x.shape)\n        out = "),
    ],
)
def test_names_lines_order_and_what_torch_fills_in_do_not_matter(old: str, new: str) -> None:
    assert old in PLAIN
    assert structure(graph_of(PLAIN)) == structure(graph_of(PLAIN.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("F.relu(self.skip(x))", "self.skip(x)"),
        ("F.relu(self.skip(x))", "F.relu(self.conv(x))"),
        ("F.relu(self.skip(x))", "F.relu(self.skip(x)).detach()"),
        ("F.relu(self.skip(x))", "F.relu_(self.skip(x))"),
        ("avg_pool2d(out, 2)", "avg_pool2d(out, 2, padding=0, count_include_pad=False)"),
        ("self.skip = nn", "self.unused = nn.Linear(2, 2)\n        self.skip = nn"),
        ("+ F.relu", "+ 0.5 * F.relu"),
        ("+ F.relu", "+ 1.0 * F.relu"),
        ("        out = ", "        with torch.no_grad():\n            x = x * 1\n        out = "),
        ("        out = ", "        x = x * 1 if self.training else x\n        out = "),
        (
            "        self.fc =",
            "        self.skip.weight.requires_grad_(False)\n        self.fc =",
        ),
        (
            "self.skip = nn.Conv2d(3, 4, 3, padding=1)",
            "self.hidden = [nn.Conv2d(3, 4, 3, padding=1)]\n        self.__dict__['skip'] = self.hidden[0]",
        ),
    ],
)
def test_whatever_may_change_a_number_does(old: str, new: str) -> None:
    assert old in PLAIN
    assert structure(graph_of(PLAIN)) != structure(graph_of(PLAIN.replace(old, new)))


def test_a_constant_is_known_by_its_numbers() -> None:
    scaled = PLAIN.replace("        out = ", "        x = x * torch.tensor([0.5])\n        out = ")
    assert structure(graph_of(scaled)) == structure(graph_of(scaled.replace("self.fc", "self.last")))
    assert structure(graph_of(scaled)) != structure(graph_of(scaled.replace("0.5", "0.25")))


def test_what_is_compared_once_is_judged_as_before_with_the_own_names() -> None:
    assignment, reference = exercise("skip")
    from grader.course import default_root, read_course

    source = read_course(default_root(), ["skip"])["skip"].solution
    first = judged(source, "skip")
    renamed = source.replace("conv_skip1", "지름길1")
    assert renamed != source
    excerpt = excerpt_of(renamed, assignment.classes[0])
    second = judge(traced(renamed, assignment.classes[0]), excerpt, assignment, reference, None)
    assert second.is_reference and first.is_reference
    assert second.model_copy(update={"graph": None, "verdicts": (), "drawing": None}) == first.model_copy(
        update={"graph": None, "verdicts": (), "drawing": None}
    )
    assert second.graph is not None and any(v.name.startswith("지름길1") for v in second.graph.values)
    for before, after in zip(first.verdicts, second.verdicts, strict=True):
        if after.check == "channels":
            assert any(row.name == "지름길1" for row in after.layers)
        else:
            assert after == before
