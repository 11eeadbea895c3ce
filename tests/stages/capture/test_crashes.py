"""What a crash looks like from the trusted side."""

from __future__ import annotations

import pytest
from tracing import traced

HEAD = "import torch\nimport torch.nn as nn\nclass Net(nn.Module):\n"


def test_a_crash_names_the_students_line_and_the_graph_up_to_it() -> None:
    found = traced(
        HEAD
        + """
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 8, 3, padding=1)
        self.b = nn.Conv2d(9, 8, 3, padding=1)
    def forward(self, x):
        return self.b(torch.relu(self.a(x)))
"""
    )
    assert found.crash is not None and found.partial is not None
    assert (found.crash.phase, found.crash.error) == ("forward", "RuntimeError")
    assert found.crash.line is not None and found.crash.line.line == 10
    assert [node.op for node in found.partial.nodes if not node.op.startswith("aten.detach")] == [
        "aten.convolution.default", "aten.relu.default", "aten.convolution.default",
    ]  # fmt: skip
    assert found.partial.nodes[-1].outputs == ()
    assert {layer.name: layer.in_channels for layer in found.partial.layers} == {"a": 3, "b": 9}


@pytest.mark.parametrize(
    ("body", "phase", "error"),
    [
        ("    def __init__(self):\n        self.a = nn.Linear(1, 1)\n", "construct", "AttributeError"),
        ("    def __init__(self):\n        pass\n", "construct", "KeyError"),
        ("    def __init__(self, width):\n        super().__init__()\n", "construct", "TypeError"),
        ("    def forward(self, x):\n        return x.undefined\n", "forward", "AttributeError"),
        ("    def forward(self, x):\n        return self.forward(x)\n", "forward", "RecursionError"),
        ("    def forward(self, x):\n        raise SystemExit(0)\n", "forward", "SystemExit"),
        ("    pass\nimport nothing_of_that_name\n", "import", "ModuleNotFoundError"),
        ("    pass\nimport sys; sys.exit()\n", "import", "SystemExit"),
    ],
)
def test_each_phase_of_a_crash_is_told_apart(body: str, phase: str, error: str) -> None:
    found = traced(HEAD + body)
    assert found.crash is not None, found.problem
    assert (found.crash.phase, found.crash.error) == (phase, error)


@pytest.mark.parametrize(
    ("forward", "code"),
    [
        ("return None", "not-a-tensor"),
        ("return self.fc(x.flatten(1)), x", "not-a-tensor"),
        ("return self.fc(x.flatten(1)) * x.max().item()", "depends-on-pixels"),
        ("return self.fc(x.flatten(1)) if x.shape[0] == 2 else self.fc(-x.flatten(1))", "depends-on-batch"),
        ("return torch.stack([self.fc(image.flatten()) for image in x])", "unrolled"),
        ("return sum(self.fc(x.flatten(1)) for _ in range(len(x)))", "unrolled"),
        (
            "self.n = getattr(self, 'n', 0) + 1; return self.fc(x.flatten(1)) * self.n",
            "changes-between-calls",
        ),
        ("return nn.Linear(3072, 10)(x.flatten(1))", "layers-made-in-forward"),
        ("return torch.linalg.inv(torch.eye(10)) @ self.fc(x.flatten(1)).T", "unknown-operator"),
        ("return self.fc(x.repeat(1, 200, 20, 1).flatten(1)[:, :3072])", "too-large"),
        ("import os; os._exit(0)", "ended"),
    ],
)
def test_a_network_that_is_no_graph_is_a_problem_with_a_name(forward: str, code: str) -> None:
    found = traced(
        HEAD
        + f"""
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3072, 10)
    def forward(self, x):
        {forward}
"""
    )
    assert found.problem is not None, found
    assert found.problem.code == code


def test_asking_for_a_gpu_gives_the_cpu_and_is_noted() -> None:
    found = traced(
        HEAD
        + """
    def __init__(self):
        super().__init__()
        device = torch.device("cuda")
        self.fc = nn.Linear(3072, 10, device=device).cuda()
        self.to("cuda:0")
    def forward(self, x):
        noise = torch.zeros(1, device="cuda")
        return self.fc(x.cuda().flatten(1)).to(torch.device("cuda")) + noise
"""
    )
    assert found.graph is not None, found.crash
    assert found.cuda


def test_compiled_and_scripted_functions_are_traced_as_written() -> None:
    found = traced(
        """
import torch, torch.nn as nn
@torch.jit.script
def double(x):
    return x * 2
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3072, 10)
    @torch.compile
    def forward(self, x):
        return double(self.fc(x.flatten(1)))
"""
    )
    assert found.graph is not None, found.crash


def test_checkpointing_and_torchvisions_blocks_are_traced_like_any_other() -> None:
    found = traced(
        """
import torch, torch.nn as nn
from torch.utils.checkpoint import checkpoint
from torchvision.ops import SqueezeExcitation
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.gate = nn.Conv2d(3, 8, 3, padding=1), SqueezeExcitation(8, 8)
        self.fc = nn.Linear(8192, 10)
    def forward(self, x):
        return self.fc(self.gate(checkpoint(self.conv, x, use_reentrant=True)).flatten(1))
"""
    )
    assert found.graph is not None, found.crash
    assert all(node.grad for node in found.graph.train.nodes)


def test_a_layer_without_units_is_a_network() -> None:
    found = traced(
        HEAD
        + """
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(3072, 0), nn.Linear(0, 10)
    def forward(self, x):
        return self.b(self.a(x.flatten(1)))
"""
    )
    assert found.graph is not None
