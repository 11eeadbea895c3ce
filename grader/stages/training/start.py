"""Starting weights: the same for every submission with the same network.

Pure functions on tensors. The caller passes the layers in an order of its own that does not depend
on how a student declared them, the one that gives the outputs last; layer k always draws the same
numbers, whatever the others are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch

Layer = tuple[torch.Tensor, torch.Tensor | None]
"""Weight (out × in × …) and bias (out) of a convolution or fully connected layer."""

LAST_LAYER_STD = 0.01
"""Small first outputs: the first loss is ln 10, and no single batch decides the first steps."""


def he_start(layers: Sequence[Layer], seed: int) -> list[Layer]:
    """New tensors by He et al. 2015: normal, variance 2 / fan-in, zero biases; last layer's std 0.01."""
    new: list[Layer] = []
    for k, (weight, bias) in enumerate(layers):
        std = LAST_LAYER_STD if k == len(layers) - 1 else math.sqrt(2 / _fan_in(weight))
        numbers = torch.randn(weight.shape, generator=_generator(seed, k)) * std
        new.append((numbers, None if bias is None else torch.zeros(bias.shape)))
    return new


def pytorch_start(layers: Sequence[Layer], seed: int) -> list[Layer]:
    """New tensors as torch starts its own layers: uniform within 1 / sqrt(fan-in), biases too.

    That is what `kaiming_uniform_(a=sqrt(5))` comes to.
    """
    new: list[Layer] = []
    for k, (weight, bias) in enumerate(layers):
        generator, bound = _generator(seed, k), 1 / math.sqrt(_fan_in(weight))
        numbers, biases = (
            None if tensor is None else (torch.rand(tensor.shape, generator=generator) * 2 - 1) * bound
            for tensor in (weight, bias)
        )
        assert numbers is not None
        new.append((numbers, biases))
    return new


STARTS: dict[str, Callable[[Sequence[Layer], int], list[Layer]]] = {
    "he": he_start,
    "pytorch": pytorch_start,
}
"""By the name that `Recipe.start` uses."""


def _generator(seed: int, layer: int) -> torch.Generator:
    return torch.Generator().manual_seed(1000 * seed + layer)


def _fan_in(weight: torch.Tensor) -> int:
    return weight[0].numel()
