"""Layers with their relu and pooling as single kernels, and a second stream for the gradients of their weights.

A GPU computes them by one cuDNN call, one cuBLASLt call, and a kernel that torch compiles at run time. A CPU
computes the same functions from torch's own operators, so that everything but the device's kernels is
tested there; `disagreement` compares both ways on the device before anything is trained.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional

POOL_AND_RELU_BACKWARD = """
template <typename T> T pool_and_relu_backward(T pooled_gradient, T activation) {
    return activation > T(0) ? pooled_gradient * T(0.25) : T(0);
}
"""
"""CUDA C++ for one element, as torch.cuda.jiterator takes it."""

AGREEMENT = 0.05
"""Relative distance of fused from plain results that rounding explains: where relu's input is nearly zero, TF32
may switch a gradient on or off. A cosine of 0.999 allows as much."""

_ATEN: Any = torch.ops.aten


class Gradients:
    """Gradients of parameters that a second stream computes while `backward` goes on.

    Args:
        side: that stream; None: the current one (a CPU has no other).
    """

    def __init__(self, side: torch.cuda.Stream | None = None) -> None:
        self._side = side
        self._gradients: list[tuple[Tensor, Tensor]] = []
        self._in_use: list[Tensor] = []

    def later(self, weight: Tensor, gradient: Callable[[], Tensor], uses: tuple[Tensor, ...]) -> None:
        """Compute a parameter's gradient beside what follows.

        Args:
            uses: what it is computed from; not given back before `join`.
        """
        if not weight.requires_grad:
            return
        if self._side is None:
            self._gradients.append((weight, gradient()))
            return
        self._side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self._side):
            self._gradients.append((weight, gradient()))
        self._in_use += uses

    def join(self) -> None:
        """After `backward`: every gradient is where the optimizer looks for it."""
        if (
            self._side is not None and self._gradients
        ):  # a capture may not wait for a stream that is no part of it
            torch.cuda.current_stream().wait_stream(self._side)
        for weight, gradient in self._gradients:
            if gradient.stride() != weight.stride():  # a fused optimizer takes only the weight's own layout
                gradient = torch.empty_like(weight).copy_(gradient)
            weight.grad = gradient if weight.grad is None else weight.grad + gradient
        self._gradients.clear()
        self._in_use.clear()


class _ConvolutionRelu(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        given: Tensor,
        weight: Tensor,
        bias: Tensor,
        later: Gradients,
        how: tuple[Any, ...],
        groups: int,
        pooled: bool,
    ) -> Tensor:
        active = _convolved(given, weight, bias, how, groups)
        ctx.save_for_backward(given, weight, active)
        ctx.bias, ctx.later, ctx.how, ctx.groups, ctx.pooled = bias, later, how, groups, pooled
        made: Tensor = _ATEN.avg_pool2d(active, (2, 2), (2, 2)) if pooled else active
        return made

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Any:
        given, weight, active = ctx.saved_tensors
        inner = (pool_and_relu_backward if ctx.pooled else relu_backward)(gradient, active)

        def backward(*wanted: bool) -> Any:
            return _ATEN.convolution_backward(
                inner, given, weight, None, *ctx.how, False, (0, 0), ctx.groups, wanted
            )

        ctx.later.later(weight, lambda: backward(False, True, False)[1], (inner, given))
        ctx.later.later(ctx.bias, lambda: inner.sum((0, 2, 3)), (inner,))
        return backward(True, False, False)[0] if ctx.needs_input_grad[0] else None, *[None] * 6


class _LinearRelu(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, given: Tensor, weight: Tensor, bias: Tensor, later: Gradients) -> Tensor:
        active: Tensor = _ATEN._addmm_activation(bias, given, weight.t())
        ctx.save_for_backward(given, weight, active)
        ctx.bias, ctx.later = bias, later
        return active

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Any:
        given, weight, active = ctx.saved_tensors
        inner = relu_backward(gradient, active)
        ctx.later.later(weight, lambda: inner.t() @ given, (inner, given))
        ctx.later.later(ctx.bias, lambda: inner.sum(0), (inner,))
        return inner @ weight if ctx.needs_input_grad[0] else None, None, None, None


def convolution_relu(
    later: Gradients,
    given: Tensor,
    weight: Tensor,
    bias: Tensor,
    how: Sequence[Any],
    groups: int,
    pooled: bool,
) -> Tensor:
    """relu(convolution), then 2×2 average pooling if `pooled`; both weights are leaves that get their gradient
    from `later`.

    Args:
        how: stride, padding, dilation.
    """
    apply: Callable[..., Tensor] = _ConvolutionRelu.apply
    return apply(given, weight, bias, later, tuple(how), groups, pooled)


def linear_relu(later: Gradients, given: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """relu(x Wᵀ + b)."""
    apply: Callable[..., Tensor] = _LinearRelu.apply
    return apply(given, weight, bias, later)


def _convolved(given: Tensor, weight: Tensor, bias: Tensor, how: tuple[Any, ...], groups: int) -> Tensor:
    """relu(convolution)."""
    found: Tensor
    if given.is_cuda:
        found = _ATEN.cudnn_convolution_relu(given, weight, bias, *how, groups)
    else:
        found = _ATEN.convolution(given, weight, bias, *how, False, (0, 0), groups).relu_()
    return found


def pool_and_relu_backward(gradient: Tensor, active: Tensor) -> Tensor:
    """From the gradient of 2×2 average pooling (N×C×H/2×W/2) to that of relu's input (N×C×H×W).

    Args:
        active: what relu gave.
    """
    height, width = gradient.shape[2], gradient.shape[3]
    if active.shape[2:] != (2 * height, 2 * width):  # an odd row or column is left out by the pooling
        spread = _ATEN.avg_pool2d_backward(gradient, active, (2, 2), (2, 2), (0, 0), False, True, None)
        return relu_backward(spread, active)
    # each number of the gradient belongs to a window of four: one pass, whatever the layout
    batch, channels, *_ = active.shape
    windows = active.view(batch, channels, height, 2, width, 2)
    spread = gradient[:, :, :, None, :, None]
    inner: Tensor = (
        _kernel()(spread, windows) if active.is_cuda else torch.where(windows > 0, spread * 0.25, 0.0)
    )
    return inner.reshape(active.shape)


def relu_backward(gradient: Tensor, active: Tensor) -> Tensor:
    found: Tensor = _ATEN.threshold_backward(gradient, active, 0)
    return found


@cache
def _kernel() -> Any:
    """Compiled at its first call."""
    return torch.cuda.jiterator._create_jit_fn(POOL_AND_RELU_BACKWARD)


def disagreement(device: torch.device) -> str | None:
    """How fused layers differ from torch's own on this device, by more than TF32 explains; None: they agree.

    Raises RuntimeError where they cannot be computed there at all.
    """
    generator = torch.Generator().manual_seed(0)
    shapes = [(8, 3, 16, 16), (16, 3, 3, 3), (16,), (32, 16, 3, 3), (32,), (64, 2048), (64,)]
    given, *weights = [torch.randn(shape, generator=generator).div(len(shape)).to(device) for shape in shapes]
    given, weights[0], weights[2] = (
        tensor.contiguous(memory_format=torch.channels_last) for tensor in (given, weights[0], weights[2])
    )
    how, found = ((1, 1), (1, 1), (1, 1)), []
    side = torch.cuda.Stream(device) if device.type == "cuda" else None  # type: ignore[no-untyped-call]
    for later in (None, Gradients(side)):
        a, b, c, d, e, f = leaves = [weight.detach().clone().requires_grad_() for weight in weights]
        if later is None:
            values = functional.conv2d(given, a, b, padding=1).relu()
            values = functional.avg_pool2d(functional.conv2d(values, c, d, padding=1).relu(), 2)
            values = functional.linear(values.flatten(1), e, f).relu()
        else:
            # what fused calls get as fresh memory: cuDNN must not read what it is to write
            for channels in (32, 16):
                torch.full((8, channels, 16, 16), torch.nan, device=device)
            values = convolution_relu(later, given, a, b, how, 1, False)
            values = linear_relu(later, convolution_relu(later, values, c, d, how, 1, True).flatten(1), e, f)
        values.square().sum().backward()  # type: ignore[no-untyped-call]
        if later is not None:
            later.join()
        found.append([values.detach(), *(leaf.grad for leaf in leaves)])
    for name, plain, own in zip(
        ("outputs", "conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias", "fc.weight", "fc.bias"),
        *found,
        strict=True,
    ):
        assert plain is not None and own is not None
        distance = float((own - plain).double().norm() / plain.double().norm())
        if not distance < AGREEMENT:  # or NaN
            return f"{name} of fused layers differ from plain ones by {distance:.1e} of their size"
    return None
