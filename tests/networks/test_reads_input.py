"""Do the images reach the output?"""

from __future__ import annotations

import pytest
from tracing import graph_of

from grader.networks.replay import reads_input

HEAD = """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3072, 10)
    def forward(self, x):
        out = self.fc(x.flatten(1))
        {0}
"""


@pytest.mark.parametrize(
    ("ending", "reads"),
    [
        ("return out", True),
        ("kept = torch.zeros(x.size(0), 10); kept[:, 3:] = out[:, 3:]; return kept", True),
        ("kept = torch.zeros_like(out); kept.copy_(out); return kept * 2", True),
        ("return torch.zeros(x.size(0), 10)", False),
        ("return torch.ones_like(out) * self.fc.bias", False),
    ],
)
def test_numbers_count_and_shapes_do_not(ending: str, reads: bool) -> None:
    assert reads_input(graph_of(HEAD.format(ending)).eval) is reads
