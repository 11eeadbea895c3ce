"""Compiling is no part of what a network computes, and the compilers cannot run in here."""

from __future__ import annotations

from typing import Any

import torch


def same(thing: Any = None, *_: Any, **__: Any) -> Any:
    """What stands for every compiler: a module or function as it is; as a decorator with arguments, too."""
    return thing if thing is not None else same


NAMES = (
    "script", "trace", "script_method", "script_if_tracing", "freeze", "optimize_for_inference", "export",
)  # fmt: skip


def leave_out() -> None:
    """Let every compiler give back what it is given."""
    torch.compile = same  # type: ignore[assignment]
    for name in NAMES:
        setattr(torch.jit, name, same)
    torch.jit.ScriptModule = torch.nn.Module  # type: ignore[misc,assignment]
