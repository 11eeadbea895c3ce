"""Numbers for parameters that do not depend on how a student named or ordered them."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from tracing import exercise, graph_of

from grader.networks.replay import Replay
from grader.networks.starting import ready
from grader.networks.weights import MAX_ASSIGNMENTS, assignments, fill, natural, slots_of
from grader.records.graph import ModelGraph

LIBRARY = Path(__file__).parents[1] / "submissions" / "correct"


def reference(name: str) -> ModelGraph:
    return ModelGraph.model_validate_json(exercise(name)[1])


@pytest.mark.parametrize(("name", "count"), [("base", 1), ("skip", 2), ("dense", 1), ("ca", 2)])
def test_only_layers_of_one_shape_can_be_exchanged(name: str, count: int) -> None:
    assert len(list(assignments(slots_of(reference(name))))) == count


def test_a_network_of_many_equal_layers_is_tried_in_one_order_only() -> None:
    layers = "".join(f"x = self.c[{k}](x)\n        " for k in range(6))
    graph = graph_of(f"""
import torch.nn as nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = nn.ModuleList(nn.Conv2d(3, 3, 3, padding=1) for _ in range(6))
        self.fc = nn.Linear(3072, 10)
    def forward(self, x):
        {layers}return self.fc(x.flatten(1))
""")
    assert math.factorial(6) > MAX_ASSIGNMENTS
    assert list(assignments(slots_of(graph))) == [natural(slots_of(graph)).ranks]


def test_the_he_start_has_the_spread_of_its_paper_and_a_small_last_layer() -> None:
    network = ready(reference("base"), "he", seed=0).requires_grad_(False)
    names = {value.name: number for number, value in enumerate(network.graph.values)}
    for name, fan_in in (("conv3_2", 128 * 9), ("fc1", 4096)):
        spread = float(network.value(names[f"{name}.weight"]).std())
        assert spread == pytest.approx(math.sqrt(2 / fan_in), rel=0.02)
        assert float(network.value(names[f"{name}.bias"]).abs().max()) == 0
    assert float(network.value(names["fc3.weight"]).std()) == pytest.approx(0.01, rel=0.05)


def test_the_pytorch_start_stays_within_one_over_root_fan_in() -> None:
    network = ready(reference("base"), "pytorch", seed=0).requires_grad_(False)
    names = {value.name: number for number, value in enumerate(network.graph.values)}
    weight = network.value(names["fc1.weight"])
    assert float(weight.abs().max()) <= 1 / 64
    assert float(weight.std()) == pytest.approx(1 / 64 / math.sqrt(3), rel=0.01)


def test_two_styles_of_one_network_start_alike_and_seeds_differ() -> None:
    other = graph_of((LIBRARY / "base" / "functional_parameters.py").read_text("utf-8"), "VGG")
    images = torch.rand(2, 3, 32, 32)
    ours, theirs = ready(reference("base"), "he", 0), ready(other, "he", 0)
    assert torch.allclose(ours(images), theirs(images), atol=1e-6)
    assert not torch.allclose(ours(images), ready(reference("base"), "he", 1)(images), atol=1e-4)


def test_probe_numbers_leave_no_bias_at_zero() -> None:
    graph = reference("ca")
    network, slots = Replay(graph, torch.float64), slots_of(graph)
    fill(network, slots, natural(slots), "probe", seed=0)
    assert all(float(p.detach().abs().min()) > 0 for p in network.parameters() if p.dim() == 1)
