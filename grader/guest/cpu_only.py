"""Code that asks for a GPU gets the CPU: the sandbox has none, and the network is the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

ACCELERATORS = ("cuda", "mps", "xpu")


def _on_cpu(argument: Any) -> Any:
    if isinstance(argument, torch.device) and argument.type in ACCELERATORS:
        return torch.device("cpu")
    if isinstance(argument, str) and argument.partition(":")[0] in ACCELERATORS:
        return "cpu"
    return argument


class CpuOnly(TorchFunctionMode):
    """Replaces every accelerator named in a torch call by the CPU; `used` says whether one was."""

    used = False

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Called for every torch function."""
        kwargs = kwargs or {}
        if func is torch.Tensor.cuda:
            self.used = True
            return args[0]
        if "device" in kwargs or func is torch.Tensor.to:
            new_args = tuple(_on_cpu(a) for a in args)
            new_kwargs = {k: _on_cpu(v) for k, v in kwargs.items()}
            if any(a is not b for a, b in zip(args, new_args, strict=True)) or any(
                kwargs[k] is not new_kwargs[k] for k in kwargs
            ):
                self.used = True
            args, kwargs = new_args, new_kwargs
        return func(*args, **kwargs)

    def patch_modules(self) -> None:
        """`Module.cuda()` and `Module.to("cuda")` do not pass through torch functions."""
        original = torch.nn.Module.to

        def cuda(module: torch.nn.Module, *_: Any, **__: Any) -> torch.nn.Module:
            self.used = True
            return module

        def to(module: torch.nn.Module, *args: Any, **kwargs: Any) -> torch.nn.Module:
            new_args = tuple(_on_cpu(a) for a in args)
            new_kwargs = {k: _on_cpu(v) for k, v in kwargs.items()}
            if new_args != args or new_kwargs != kwargs:
                self.used = True
            return original(module, *new_args, **new_kwargs)

        torch.nn.Module.cuda = cuda  # type: ignore[method-assign,assignment]
        torch.nn.Module.to = to  # type: ignore[method-assign,assignment]
