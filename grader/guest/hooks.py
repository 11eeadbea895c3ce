"""Hooks that change gradients on their way: a trace below autograd does not show them."""

from __future__ import annotations

from typing import Any, Literal

import torch

LOUD = 1000.0
"""So that a clipping hook has something to clip."""


def change(tensor: torch.Tensor) -> Literal["", "changed", "turned"]:
    """Would a hook on this tensor hand on another gradient than it is given, or one that does not even go
    the same way? Hooks that look are no matter."""
    hooks = list((tensor._backward_hooks or {}).values())
    late = list((getattr(tensor, "_post_accumulate_grad_hooks", None) or {}).values())
    if not hooks and not late:
        return ""
    before, kept = torch.randn(tensor.shape, dtype=tensor.dtype) * LOUD, tensor.grad
    after: Any = before.clone()
    try:
        for hook in hooks:
            answer = hook(after)
            after = after if answer is None else answer
        for hook in late:
            tensor.grad = after
            hook(tensor)
            after = tensor.grad
        if not isinstance(after, torch.Tensor) or after.shape != before.shape:
            return "changed"
        if after.equal(before):
            return ""
        return "changed" if (after * before).sum() > 0 else "turned"
    except Exception:  # noqa: BLE001  - it would fail in training, too
        return "changed"
    finally:
        if tensor.is_leaf:
            tensor.grad = kept
