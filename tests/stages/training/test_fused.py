"""Fused layers compute what the plain ones do, in fewer kernels."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import torch
from stages.training.plain_networks import few
from stages.training.test_steps import FULL
from torch import Tensor
from torch.nn import functional
from torch.utils._python_dispatch import TorchDispatchMode
from tracing import exercise, graph_of

from grader.networks.starting import ready
from grader.records.graph import ModelGraph
from grader.stages.training import fused_layers
from grader.stages.training.data import DataSet
from grader.stages.training.fused import Fused, blocks
from grader.stages.training.loop import repeatable
from grader.stages.training.steps import Run

RECIPE = FULL.model_copy(update={"epochs": 1, "batch_size": 20, "start": "he", "learning_rate": 0.02})
NETWORKS = ["base", "skip", "dense", "ca"]


def reference(name: str) -> ModelGraph:
    return ModelGraph.model_validate_json(exercise(name)[1])


def run_of(graph: ModelGraph, data: DataSet, fused: Fused | None) -> Run:
    network = ready(graph, "he", 0)
    run = Run(network, RECIPE, data, 0, network.trainable(), fused)
    run.network.train()
    return run


def gradients(graph: ModelGraph, data: DataSet, fused: Fused | None) -> tuple[float, dict[str, Tensor]]:
    """Loss and gradients of the first step."""
    run = run_of(graph, data, fused)
    run.optimizer = None  # keeps the gradients where they are
    images = run._images(run.first_batch())
    loss = functional.cross_entropy(run.network(images), data.train_labels[run.first_batch()])
    loss.backward()  # type: ignore[no-untyped-call]
    if fused is not None:
        fused.join()
    return loss.item(), {name: p.grad for name, p in run.network.named_parameters() if p.grad is not None}


@pytest.mark.parametrize("name", NETWORKS)
def test_the_first_steps_gradients_are_the_plain_ones_up_to_rounding(name: str, synthetic_data: DataSet):
    graph, data = reference(name), few(synthetic_data, 100, 20)
    loss, plain = gradients(graph, data, None)
    fused_loss, fused = gradients(graph, data, Fused())
    assert fused_loss == pytest.approx(loss, rel=1e-6)
    assert fused.keys() == plain.keys() == dict(ready(graph, "he", 0).named_parameters()).keys()
    for key, expected in plain.items():
        assert (fused[key] - expected).norm() <= 3e-5 * expected.norm(), key


@pytest.mark.parametrize("name", NETWORKS)
def test_training_goes_the_same_way(name: str, synthetic_data: DataSet):
    data, found = few(synthetic_data, 200, 20), []
    for fused in (None, Fused()):
        run = run_of(reference(name), data, fused)
        with repeatable(run.network):
            for _ in range(run.steps):
                run.step()
        found.append(run.losses.tolist())
    assert found[0] == pytest.approx(found[1], abs=2e-3)


FREE = {
    "view", "_unsafe_view", "t", "detach", "permute", "unsqueeze", "slice", "expand", "as_strided", "select",
    "empty", "empty_like", "new_empty_strided",
}  # fmt: skip
"""Operators that are no kernel on a GPU."""


class Counted(TorchDispatchMode):
    """Kernels of a step as torch 2.11 would start them on a GPU, at least one for each operator that computes:
    two for a convolution with bias, one for each gradient of a convolution."""

    def __init__(self) -> None:
        super().__init__()
        self.kernels: Counter[str] = Counter()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = func.__name__.partition(".")[0]
        if str(func).startswith("aten") and name not in FREE:
            gradients_of = sum(args[-1]) if name == "convolution_backward" else 1
            self.kernels[name] += 2 if name == "convolution" else gradients_of
        return func(*args, **(kwargs or {}))

    def as_one(self, call: Any) -> Any:
        """A function that is a single kernel on a GPU and several operators on a CPU."""

        def counted(*args: Any) -> Any:
            self.kernels[call.__name__] += 1
            with torch.utils._python_dispatch._disable_current_modes():
                return call(*args)

        return counted


@pytest.mark.parametrize(
    ("name", "plain", "fused"), [("base", 78, 59), ("skip", 103, 81), ("dense", 81, 64), ("ca", 99, 79)]
)
def test_a_step_takes_fewer_kernels(
    name: str, plain: int, fused: int, synthetic_data: DataSet, monkeypatch: pytest.MonkeyPatch
):
    found = []
    for how in (None, Fused()):
        run = run_of(reference(name), few(synthetic_data, 100, 20), how)
        with repeatable(run.network), monkeypatch.context() as patched:
            run.step()
            counted = Counted()
            for function in (fused_layers._convolved, fused_layers.pool_and_relu_backward):
                patched.setattr(fused_layers, function.__name__, counted.as_one(function))
            with counted:
                run.step()
        found.append(counted.kernels.total())
    assert found == [plain, fused]


TWO_LAYERS = """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 4, 3, padding=1)
        self.b = nn.Conv2d(4, 4, 3, padding=1)
        self.pool = nn.AvgPool2d(2)
        self.fc = nn.Linear(1024, 10)
        MORE
    def forward(self, x):
        BODY
        return self.fc(x.flatten(1))
"""


def variant(body: str, more: str = "pass") -> ModelGraph:
    return graph_of(TWO_LAYERS.replace("BODY", body.replace("\n", "\n        ")).replace("MORE", more))


@pytest.mark.parametrize(
    ("body", "more", "expected"),
    [
        ("x = torch.relu(self.a(x))\nx = self.pool(torch.relu(self.b(x)))", "pass", [False, True]),
        ("x = torch.relu(self.a(x))\nx = self.pool(self.b(x))", "pass", [False]),
        ("y = self.a(x)\nx = self.pool(torch.relu(y) + y)", "pass", []),
        ("y = torch.relu(self.a(x))\nx = self.pool(y) + self.pool(self.b(y))", "pass", [False]),
        ("x = torch.relu(self.b(torch.relu(self.b(self.a(x)))))\nx = self.pool(x)", "pass", [False, True]),
        ("x = torch.relu(self.a(x))\nx = self.pool(torch.relu(self.b(x)))", "self.a.requires_grad_(False)", [False, True]),
        ("x = self.a(x)\nx += 1\nx = self.pool(torch.relu(self.b(x)))", "pass", []),
        ("with torch.no_grad():\n    x = torch.relu(self.a(x))\nx = self.pool(torch.relu(self.b(x)))", "pass", [True]),
        ("x = nn.functional.avg_pool2d(torch.relu(self.a(x)), 2, ceil_mode=True)", "pass", [False]),
        ("x = nn.functional.conv2d(x, self.a.weight * 2, self.a.bias, padding=1).relu()\nx = self.pool(x)", "pass", []),
    ],
)  # fmt: skip
def test_only_what_stays_the_same_is_fused(
    body: str, more: str, expected: list[bool], synthetic_data: DataSet
):
    graph, data = variant(body, more), few(synthetic_data, 100, 20)
    assert [block.pooled for block in blocks(graph).values()] == expected
    loss, plain = gradients(graph, data, None)
    fused_loss, fused = gradients(graph, data, Fused())
    assert fused_loss == pytest.approx(loss, rel=1e-5)
    assert fused.keys() == plain.keys()
    for key, wanted in plain.items():
        assert (fused[key] - wanted).norm() <= 3e-5 * wanted.norm(), key


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("size", [(4, 6), (5, 7)])
def test_the_gradient_of_pool_and_relu_is_torchs(last: bool, size: tuple[int, int]):
    before = torch.randn(2, 3, *size).requires_grad_()
    layout = torch.channels_last if last else torch.contiguous_format
    active = before.contiguous(memory_format=layout).relu()
    gradient = torch.randn(2, 3, 2, 3)
    functional.avg_pool2d(active, 2).backward(gradient)
    found = fused_layers.pool_and_relu_backward(gradient, active.detach())
    assert before.grad is not None and torch.equal(found, before.grad)
    assert found.is_contiguous(memory_format=layout)


@pytest.mark.skipif(shutil.which("g++") is None, reason="no C++ compiler")
def test_the_kernel_that_torch_compiles_at_run_time_computes_the_same(tmp_path: Path):
    code = fused_layers.POOL_AND_RELU_BACKWARD + (
        'extern "C" void each(float *gradient, float *active, float *out, int n) '
        "{ for (int i = 0; i < n; i++) out[i] = pool_and_relu_backward(gradient[i], active[i]); }"
    )
    (tmp_path / "kernel.cpp").write_text(code)
    library = tmp_path / "kernel.so"
    subprocess.run(["g++", "-shared", "-fPIC", "-o", library, tmp_path / "kernel.cpp"], check=True)
    gradient, active = torch.randn(1000), torch.randn(1000).relu()
    out = torch.empty(1000)
    numbers = [ctypes.c_void_p(tensor.data_ptr()) for tensor in (gradient, active, out)]
    ctypes.CDLL(str(library)).each(*numbers, 1000)
    assert torch.equal(out, torch.where(active > 0, gradient * 0.25, 0.0))
    assert torch.cuda.jiterator._create_jit_fn(fused_layers.POOL_AND_RELU_BACKWARD).kernel_name == (
        "pool_and_relu_backward"
    )


def test_fused_and_plain_layers_are_compared_before_anything_is_trained(monkeypatch: pytest.MonkeyPatch):
    assert fused_layers.disagreement(torch.device("cpu")) is None
    for name, wrong in {
        "relu_backward": lambda gradient, active: gradient,
        "pool_and_relu_backward": lambda gradient, active: torch.full_like(active, float("nan")),
    }.items():
        with monkeypatch.context() as patched:
            patched.setattr(fused_layers, name, wrong)
            said = fused_layers.disagreement(torch.device("cpu"))
        assert said is not None and "of fused layers differ from plain ones" in said
