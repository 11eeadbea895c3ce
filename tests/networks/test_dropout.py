"""Dropout, taken out of a network."""

from __future__ import annotations

import pytest
import torch
from tracing import graph_of

from grader.networks.dropout import without_dropout
from grader.networks.replay import Replay
from grader.networks.weights import fill, natural, slots_of
from grader.records.graph import ModelGraph

SOURCE = """
import torch, torch.nn as nn, torch.nn.functional as F
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.fc, self.drop = nn.Conv2d(3, 4, 3, padding=1), nn.Linear(4096, 10), DROP
    def forward(self, x):
        return self.fc(self.drop(self.conv(x)).flatten(1))
"""


def answers(graph: ModelGraph) -> tuple[torch.Tensor, torch.Tensor]:
    """In train and in eval mode, with the same weights."""
    network, slots = Replay(graph), slots_of(graph)
    fill(network, slots, natural(slots), "pytorch", seed=0)
    images = torch.rand(4, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        return network.train(True)(images), network.train(False)(images)


@pytest.mark.parametrize(
    "drop",
    ["nn.Dropout(0.3)", "nn.Dropout()", "nn.Dropout(0.5, inplace=True)", "nn.Dropout2d(0.9)",
     "lambda x: F.dropout(x, 0.2, self.training)"],
)  # fmt: skip
def test_a_network_without_dropout_answers_in_train_mode_as_in_eval_mode(drop: str) -> None:
    graph = graph_of(SOURCE.replace("DROP", drop))
    trained, evaluated = answers(graph)
    assert not torch.allclose(trained, evaluated)
    trained, evaluated = answers(without_dropout(graph))
    assert torch.equal(trained, evaluated)


@pytest.mark.parametrize("drop", ["nn.AlphaDropout(0.5)", "lambda x: x + torch.rand_like(x)", "nn.ReLU()"])
def test_other_noise_stays(drop: str) -> None:
    graph = graph_of(SOURCE.replace("DROP", drop))
    assert without_dropout(graph) == graph
