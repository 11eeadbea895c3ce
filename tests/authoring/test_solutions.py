"""The references against `networks.md`, told here again in other words, and against plain torch."""

from __future__ import annotations

import types
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from grader.course import default_root, read_course

COURSE = read_course(default_root())

Row = tuple[str, int, int, int, int, int, int]
"""Name, channels in and out, kernel, stride, padding, side of the map that enters."""

BLOCKS: list[Row] = [
    ("conv1_1", 3, 16, 3, 1, 1, 32),
    ("conv1_2", 16, 32, 3, 1, 1, 32),
    ("conv2_1", 32, 32, 3, 1, 1, 16),
    ("conv2_2", 32, 64, 3, 1, 1, 16),
    ("conv3_1", 64, 128, 3, 1, 1, 8),
    ("conv3_2", 128, 256, 3, 1, 1, 8),
]
SKIPS: list[Row] = [
    ("conv_skip1", 3, 32, 3, 1, 1, 32),
    ("conv_skip2", 32, 64, 3, 1, 1, 16),
    ("conv_skip3", 64, 256, 3, 1, 1, 8),
]
GATE: list[Row] = [("gate_conv1", 64, 64, 1, 1, 0, 1), ("gate_conv2", 64, 64, 1, 1, 0, 1)]

CONVOLUTIONS = {
    "base": BLOCKS,
    "skip": [*BLOCKS[:2], SKIPS[0], *BLOCKS[2:4], SKIPS[1], *BLOCKS[4:], SKIPS[2]],
    "dense": [
        *BLOCKS[:2],
        ("conv2_1", 35, 32, 3, 1, 1, 16),
        BLOCKS[3],
        ("conv3_1", 99, 128, 3, 1, 1, 8),
        BLOCKS[5],
    ],
    "ca": [*BLOCKS[:4], *GATE, *BLOCKS[4:]],
}
"""In the order of the calls."""

LINEAR = [("fc1", 4096, 512), ("fc2", 512, 256), ("fc3", 256, 10)]

PARAMETERS = {"base": 2_633_418, "skip": 2_800_522, "dense": 2_674_602, "ca": 2_641_738}
"""Counted by hand: (inputs × kernel² + 1) × outputs, summed."""


def solution(name: str) -> nn.Module:
    module = types.ModuleType(f"solution_{name}")
    exec(compile(COURSE[name].solution, "solution.py", "exec"), module.__dict__)
    network: nn.Module = getattr(module, COURSE[name].assignment.classes[0])()
    return network


def plain(name: str, p: dict[str, Tensor], x: Tensor) -> Tensor:
    """The exercise's network without modules: parameters by name, images → logits."""

    def conv(x: Tensor, layer: str, padding: int = 1) -> Tensor:
        return F.conv2d(x, p[f"{layer}.weight"], p[f"{layer}.bias"], padding=padding)

    for block in (1, 2, 3):
        entering = x
        x = conv(conv(x, f"conv{block}_1").clamp(min=0), f"conv{block}_2").clamp(min=0)
        if name == "skip":
            x = conv(entering, f"conv_skip{block}").clamp(min=0) + x
        if name == "dense" and block < 3:
            x = torch.cat((entering, x), 1)
        if name == "ca" and block == 2:
            mean = x.mean((2, 3), keepdim=True)
            gate = conv(conv(mean, "gate_conv1", 0).clamp(min=0), "gate_conv2", 0)
            x = x * (1 / (1 + torch.exp(-gate)))
        count, channels, height, width = x.shape
        x = x.reshape(count, channels, height // 2, 2, width // 2, 2).mean((3, 5))
    x = x.reshape(len(x), -1)
    for layer in ("fc1", "fc2", "fc3"):
        x = x @ p[f"{layer}.weight"].T + p[f"{layer}.bias"]
        x = x if layer == "fc3" else x.clamp(min=0)
    return x


@pytest.mark.parametrize("name", CONVOLUTIONS)
@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_solution_gives_ten_numbers_per_image(name: str, count: int) -> None:
    assert solution(name)(torch.rand(count, 3, 32, 32)).shape == (count, 10)


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_a_solution_calls_exactly_the_layers_of_the_course(name: str) -> None:
    network = solution(name)
    convolutions: list[Row] = []
    linear = []

    def note(layer: str) -> Any:
        def hook(module: nn.Module, given: tuple[Tensor]) -> None:
            if isinstance(module, nn.Conv2d):
                [(kernel, _), (stride, _), (padding, _)] = module.kernel_size, module.stride, module.padding
                side = given[0].shape[-1]
                row = (layer, module.in_channels, module.out_channels, kernel, stride, int(padding), side)
                convolutions.append(row)
            elif isinstance(module, nn.Linear):
                linear.append((layer, module.in_features, module.out_features))

        return hook

    for layer, module in network.named_modules():
        module.register_forward_pre_hook(note(layer))
    network(torch.rand(2, 3, 32, 32))

    assert convolutions == CONVOLUTIONS[name]
    assert linear == LINEAR


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_a_solution_has_the_parameters_of_the_course_and_no_more(name: str) -> None:
    network = solution(name)
    by_table = sum((i * k * k + 1) * o for _, i, o, k, *_ in CONVOLUTIONS[name])
    by_table += sum((i + 1) * o for _, i, o in LINEAR)

    assert by_table == PARAMETERS[name]
    assert sum(p.numel() for p in network.parameters()) == PARAMETERS[name]
    assert list(network.buffers()) == []


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_a_solution_computes_the_network_of_the_course(name: str) -> None:
    torch.manual_seed(12)
    network = solution(name).double()
    images = torch.rand(3, 3, 32, 32, dtype=torch.float64)

    with torch.no_grad():
        expected = plain(name, dict(network.named_parameters()), images)
        assert torch.allclose(network(images), expected, rtol=0, atol=1e-12)
        assert expected.abs().max() > 1e-3
