"""The graph computes what the module computes."""

from __future__ import annotations

import pytest
import torch
from tracing import graph_of

from grader.networks import operators
from grader.networks.replay import Replay, cost, live, load
from grader.records.graph import Affine, Node, Program, ValueRef

SMALL = """
import torch, torch.nn as nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.fc = nn.Linear(4 * 32 * 32, 10)
    def forward(self, x):
        out = torch.relu(self.conv(x))
        print(out.mean().item())
        assert torch.isfinite(out).all()
        return self.fc(out.view(x.size(0), -1))
"""


def test_a_replay_gives_what_torch_gives_with_the_same_numbers() -> None:
    network = Replay(graph_of(SMALL))
    conv, fc = torch.nn.Conv2d(3, 4, 3, padding=1), torch.nn.Linear(4096, 10)
    names = {value.name: number for number, value in enumerate(network.graph.values)}
    load(network, {names["conv.weight"]: conv.weight, names["conv.bias"]: conv.bias,
                   names["fc.weight"]: fc.weight, names["fc.bias"]: fc.bias})  # fmt: skip
    images = torch.rand(7, 3, 32, 32)
    expected = fc(torch.relu(conv(images)).flatten(1))
    assert torch.equal(network(images), expected)


def test_prints_and_asserts_are_not_part_of_the_network() -> None:
    graph = graph_of(SMALL)
    assert [operators.base_name(node.op) for node in graph.train.nodes] == [
        "convolution", "relu", "view", "t", "addmm",
    ]  # fmt: skip


def test_a_batch_size_that_is_computed_follows_the_batch() -> None:
    view = next(node for node in graph_of(SMALL).eval.nodes if node.op.startswith("aten.view"))
    assert view.args[1] == (Affine(per_image=1, plus=0), -1)


def test_nodes_remember_the_students_lines_and_modules() -> None:
    conv = graph_of(SMALL).train.nodes[0]
    assert (conv.module, conv.line and conv.line.line) == ("conv", 9)


def test_the_cost_counts_multiplications_from_shapes_alone() -> None:
    graph = graph_of(SMALL)
    needs = cost(graph, graph.eval, (3, 32, 32), 2)
    assert needs.output == (2, 10)
    assert needs.multiplications == 2 * (4 * 32 * 32 * 27 + 10 * 4096)


def test_an_in_place_write_into_what_is_needed_stays() -> None:
    nodes = (
        Node(op="aten.relu.default", args=(ValueRef(value=0),), outputs=(1,), shapes=((1,),)),
        Node(op="aten.view.default", args=(ValueRef(value=1), (1,)), outputs=(2,), shapes=((1,),)),
        Node(op="aten.mul_.Scalar", args=(ValueRef(value=2), 2.0), outputs=(3,), shapes=((1,),)),
        Node(op="aten.neg.default", args=(ValueRef(value=0),), outputs=(4,), shapes=((1,),)),
    )
    kept = live(Program(batch=1, nodes=nodes, output=1))
    assert [node.op.split(".")[1] for node in kept.nodes] == ["relu", "view", "mul_"]


@pytest.mark.parametrize(
    "op", ["aten.add.out", "prims.add.default", "aten._local_scalar_dense.default", "aten.add", "add", "aten.set_.source_Storage"]
)  # fmt: skip
def test_an_operator_that_is_not_in_the_table_has_no_overload(op: str) -> None:
    with pytest.raises(KeyError):
        operators.overload(op)


def test_every_row_of_the_table_is_an_operator_of_torch_or_of_a_later_one() -> None:
    unknown = [name for name in operators.OPERATORS if not hasattr(torch.ops.aten, name)]
    assert unknown == []


def test_an_overload_that_torch_does_not_have_is_dropped_with_what_reaches_no_output() -> None:
    nodes = (
        Node(op="aten.view.nonsense", args=(ValueRef(value=0),), outputs=(1,), shapes=((1, 3),), module="", line=None),
        Node(op="aten.relu.default", args=(ValueRef(value=0),), outputs=(2,), shapes=((1, 3),), module="", line=None),
    )  # fmt: skip
    assert [node.op for node in live(Program(batch=1, nodes=nodes, output=2)).nodes] == ["aten.relu.default"]


UNUSUAL = """
import torch, torch.nn as nn, torch.nn.functional as F
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.fc = nn.Conv2d(3, 4, 3, padding=1), nn.Linear(4096, 10)
        self.normed = nn.utils.parametrizations.weight_norm(nn.Conv2d(4, 4, 1))
    def forward(self, x):
        x = self.conv(x)
        BODY
        return self.fc(x.flatten(1))
"""


@pytest.mark.parametrize(
    "body",
    [
        "x = F.fold(F.unfold(x, 2, stride=2), (32, 32), 2, stride=2)",
        "x = torch.fmax(x, torch.zeros_like(x))",
        "x = x.index_copy(1, torch.tensor([0, 1, 2, 3]), x)",
        "s, m = torch.std_mean(x, dim=1, keepdim=True); x = (x - m) / (s + 1)",
        "x = x - x.median(dim=1, keepdim=True)[0]",
        "x = x.sort(dim=1)[0]",
        "x = x.topk(4, dim=1)[0]",
        "x = F.interpolate(x, size=(32, 32), mode='bicubic')",
        "x = self.normed(x)",
        "x = torch.diag_embed(x[:, :, :, 0])",
        "x = torch.zeros_like(x).scatter_add(1, torch.zeros_like(x).long(), x)",
        "x = x.clone(); x[x < 0] = 0",
        "x = x.index_add(1, torch.tensor([0]), x[:, :1])",
        "x = torch.nansum(torch.stack([x, x]), 0)",
        "x = F.rrelu(x, training=self.training)",
    ],
)
def test_unusual_operators_can_be_replayed_and_trained(body: str) -> None:
    network = Replay(graph_of(UNUSUAL.replace("BODY", body)))
    answer = network(torch.rand(4, 3, 32, 32))
    assert answer.shape == (4, 10)
    answer.sum().backward()
    gradient = network.value(1).grad
    assert gradient is not None and bool(torch.isfinite(gradient).all())
