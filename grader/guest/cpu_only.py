"""Code that asks for a GPU gets the CPU: the sandbox has none, and the network is the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

ACCELERATORS = ("cuda", "mps", "xpu")
TENSOR_TYPES = (
    "FloatTensor", "DoubleTensor", "HalfTensor", "BFloat16Tensor", "LongTensor", "IntTensor", "ShortTensor",
    "CharTensor", "ByteTensor", "BoolTensor",
)  # fmt: skip


def _on_cpu(argument: Any) -> Any:
    if isinstance(argument, torch.device) and argument.type in ACCELERATORS:
        return torch.device("cpu")
    if isinstance(argument, str) and argument.partition(":")[0] in ACCELERATORS:
        return "cpu"
    return argument


def _device_on_cpu(device: Any) -> Any:
    """A device argument, which may be the bare number of a GPU."""
    return "cpu" if isinstance(device, int) and not isinstance(device, bool) else _on_cpu(device)


def _arguments_on_cpu(
    args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """What `.to(…)` is given."""
    first = tuple(_device_on_cpu(a) for a in args[:1])
    return (*first, *(_on_cpu(a) for a in args[1:])), {
        k: _device_on_cpu(v) if k == "device" else _on_cpu(v) for k, v in kwargs.items()
    }


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
        if func is torch.Tensor.type and args[1:] and isinstance(args[1], str):
            args = (args[0], args[1].replace("torch.cuda.", "torch."), *args[2:])
        if "device" in kwargs or func is torch.Tensor.to:
            # of `torch.zeros(2, 3, device=0)` the first two are sizes
            tensors = args if func is not torch.Tensor.to else args[:1]
            new_args, new_kwargs = _arguments_on_cpu(args[len(tensors) :], kwargs)
            new_args = (*(_on_cpu(a) for a in tensors), *new_args)
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
            new_args, new_kwargs = _arguments_on_cpu(args, kwargs)
            if new_args != args or new_kwargs != kwargs:
                self.used = True
            return original(module, *new_args, **new_kwargs)

        torch.nn.Module.cuda = cuda  # type: ignore[method-assign,assignment]
        torch.nn.Module.to = to  # type: ignore[method-assign,assignment]
        for name in TENSOR_TYPES:
            setattr(torch.cuda, name, getattr(torch, name))
        set_type = torch.set_default_tensor_type

        def set_default_tensor_type(wanted: Any, /) -> None:
            set_type(wanted.replace("torch.cuda.", "torch.") if isinstance(wanted, str) else wanted)

        torch.set_default_tensor_type = set_default_tensor_type
