"""A student's own `autograd.Function`: is its backward the derivative of its forward?

Its forward runs without gradients, so that a trace below autograd would show a network that is cut
off there. Where the backward that was written is the one that torch itself would take, the forward's
operators are recorded as if they stood in `forward` directly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

listening: list[Callable[[Any, tuple[Any, ...], dict[str, Any]], Any]] = []
"""Who runs a function while `forward` is traced."""

original = torch.autograd.Function.apply.__func__  # type: ignore[attr-defined]
TOLERANCE = 1e-4
"""Of float32, with numbers around 1."""


def apply(function: Any, *arguments: Any, **named: Any) -> Any:
    """Stands for `autograd.Function.apply` from the start: `relu = MyReLU.apply` is made at import."""
    if listening:
        return listening[-1](function, arguments, named)
    return original(function, *arguments, **named)


class Context:
    """What a forward may ask of its `ctx`."""

    def __init__(self, count: int) -> None:
        self.needs_input_grad = (True,) * count
        self.saved_tensors: tuple[Any, ...] = ()

    def save_for_backward(self, *tensors: Any) -> None:
        """Nobody will ask for them."""
        self.saved_tensors = tensors

    def nothing(self, *_: Any) -> None:
        """What a forward tells torch about its results."""

    mark_dirty = mark_non_differentiable = set_materialize_grads = nothing


def is_its_derivative(function: Any, arguments: tuple[Any, ...]) -> bool:
    """Do the backward that was written and torch's own agree, on numbers like these arguments?"""
    try:
        with torch.enable_grad():
            mine, theirs = copies(arguments), copies(arguments)
            answer = original(function, *mine)
            own_way = function.setup_context is not torch.autograd.Function.setup_context
            context = () if own_way else (Context(len(theirs)),)
            expected = function.forward(*context, *theirs)
            seed = torch.randn_like(answer)
            pairs = zip(slopes(answer, mine, seed), slopes(expected, theirs, seed), strict=True)
            return all(torch.allclose(a, b, rtol=TOLERANCE, atol=TOLERANCE) for a, b in pairs)
    except Exception:  # noqa: BLE001  - several results, changes in place: what is not understood is not believed
        return False


def copies(arguments: tuple[Any, ...]) -> list[Any]:
    """The arguments as leaves of a graph of their own."""
    return [
        a.detach().clone().requires_grad_(a.is_floating_point()) if isinstance(a, torch.Tensor) else a
        for a in arguments
    ]


def slopes(answer: torch.Tensor, arguments: list[Any], seed: torch.Tensor) -> list[torch.Tensor]:
    """The derivative by each argument that has one."""
    leaves = [a for a in arguments if isinstance(a, torch.Tensor) and a.requires_grad]
    found = torch.autograd.grad(answer, leaves, seed, allow_unused=True)
    return [torch.zeros_like(leaf) if g is None else g for leaf, g in zip(leaves, found, strict=True)]
