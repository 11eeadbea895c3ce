"""Hooks that change gradients on their way: a trace below autograd does not show them."""

from __future__ import annotations

from typing import Any

import torch

LOUD = 1000.0
"""So that a clipping hook has something to clip."""


def change(tensor: torch.Tensor) -> bool:
    """Would a hook on this tensor hand on another gradient than it is given? Hooks that look are no matter."""
    hooks = list((tensor._backward_hooks or {}).values())
    late = list((getattr(tensor, "_post_accumulate_grad_hooks", None) or {}).values())
    if not hooks and not late:
        return False
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
        return not (isinstance(after, torch.Tensor) and after.shape == before.shape and after.equal(before))
    except Exception:  # noqa: BLE001  - it would fail in training, too
        return True
    finally:
        if tensor.is_leaf:
            tensor.grad = kept
