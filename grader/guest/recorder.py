"""Writes down every ATen operator that a module's `forward` calls.

The recorder sits below autograd, so that all ways to write a layer (modules, functions, operators,
methods) end in the same few operators, and it runs the real operators on real tensors, so that
anything that Python can do in a `forward` works as it does for the student.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import functions
import torch
from torch.utils._python_dispatch import TorchDispatchMode

MAX_NODES = 20_000
"""A forward that calls more operators than this is not one of the networks of this course."""
MAX_CONSTANT = 4_000_000
"""Elements of a tensor from nowhere (not input, parameter or buffer) that are sent along."""


class TooManyOperators(RuntimeError):
    """`forward` does not come to an end within the operators that we are willing to record."""


class Values:
    """The tensors that exist before `forward` runs, numbered; shared by all traces of a module."""

    def __init__(self, module: torch.nn.Module, image: torch.Tensor) -> None:
        self.entries: list[dict[str, Any]] = []
        self.tensors: list[torch.Tensor] = []
        self.number: dict[int, int] = {}
        self.names = attribute_names(module)
        self.add(image, "input", "input", registered=True)
        offered = {id(parameter) for parameter in module.parameters()}  # what an optimizer is given
        for name, parameter in module.named_parameters():
            self.add(parameter, "parameter", name, registered=id(parameter) in offered)
        for name, buffer in module.named_buffers():
            self.add(buffer, "buffer", name, registered=True)

    def add(self, tensor: torch.Tensor, kind: str, name: str, registered: bool) -> int:
        """Number a tensor and keep it alive, so that its `id` stays its own."""
        self.number[id(tensor)] = len(self.entries)
        self.tensors.append(tensor)
        self.entries.append(
            {
                "kind": kind,
                "name": name,
                "shape": list(tensor.shape),
                "dtype": str(tensor.dtype).removeprefix("torch."),
                "requires_grad": bool(tensor.requires_grad) and kind == "parameter",
                "registered": registered,
                "hooked": "",
            }
        )
        return len(self.entries) - 1

    def discover(self, tensor: torch.Tensor) -> int:
        """A tensor that no registration told of: an unregistered layer's, or a constant."""
        name = self.names.get(id(tensor), "")
        if isinstance(tensor, torch.nn.Parameter):
            return self.add(tensor, "parameter", name or f"parameter{len(self.entries)}", registered=False)
        if tensor.numel() > MAX_CONSTANT:
            raise TooManyOperators(f"a constant of {tensor.numel()} numbers")
        return self.add(tensor, "constant", name or f"constant{len(self.entries)}", registered=False)


def attribute_names(module: torch.nn.Module) -> dict[int, str]:
    """Names of all tensors that can be reached from a module, in plain containers too."""
    found: dict[int, str] = {}
    seen: set[int] = set()

    def walk(thing: Any, path: str, depth: int) -> None:
        if id(thing) in seen or depth > 6:
            return
        seen.add(id(thing))
        if isinstance(thing, torch.Tensor):
            found.setdefault(id(thing), path)
        elif isinstance(thing, torch.nn.Module):
            for name, child in children_of(thing):
                walk(child, f"{path}.{name}" if path else name, depth + 1)
        elif isinstance(thing, dict):
            for key, child in thing.items():
                walk(child, f"{path}[{key!r}]", depth + 1)
        elif isinstance(thing, list | tuple):
            for index, child in enumerate(thing):
                walk(child, f"{path}[{index}]", depth + 1)

    walk(module, "", 0)
    return found


def children_of(module: torch.nn.Module) -> Iterator[tuple[str, Any]]:
    """Parameters, buffers, submodules and plain attributes of a module."""
    yield from module._parameters.items()
    yield from module._buffers.items()
    yield from module._modules.items()
    for name, value in vars(module).items():
        if not name.startswith("_") or isinstance(value, torch.Tensor | torch.nn.Module | list | tuple):
            yield name, value


class Recorder(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Records one call of `forward`."""

    def __init__(
        self, values: Values, image: torch.Tensor, own_files: set[str], paths: dict[int, str]
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.values, self.own_files, self.paths = values, own_files, paths
        self.nodes: list[dict[str, Any]] = []
        self.modules: list[str] = []
        # results are numbered apart ("-1 - n") until it is known how many values there are
        self.number: dict[int, int] = {id(image): 0}
        self.alive: list[torch.Tensor] = [image]
        self.storages: dict[int, torch.Tensor] = {storage_of(image): image}
        self.results = 0
        self.maker: dict[int, dict[str, Any]] = {}
        """The node that made a tensor last, by the tensor's `id`."""
        self.paused = False
        self.functions: list[bool] = []
        """For each `autograd.Function` that is being run: whether gradients flow through it."""

    def enter_module(self, module: torch.nn.Module, *_: Any) -> None:
        """Global forward pre-hook: `module` is now the innermost one."""
        self.modules.append(self.paths.get(id(module), type(module).__name__))

    def leave_module(self, *_: Any) -> None:
        """Global forward hook."""
        if self.modules:
            self.modules.pop()

    def apply(self, function: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Run a student's own function; its operators are the network's where its backward is theirs."""
        self.paused = True
        honest = torch.is_grad_enabled() and not named and functions.is_its_derivative(function, arguments)
        self.paused = False
        self.functions.append(honest)
        try:
            return functions.original(function, *arguments, **named)
        finally:
            self.functions.pop()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Called for every operator below autograd."""
        if self.paused:
            return func(*args, **(kwargs or {}))
        if len(self.nodes) >= MAX_NODES:
            raise TooManyOperators(f"forward called more than {MAX_NODES} operators")
        kwargs = kwargs or {}
        node: dict[str, Any] = {
            "op": str(func),
            "args": [self.encode(a) for a in args],
            "kwargs": {
                k: self.encode(v) for k, v in kwargs.items() if k not in ("device", "layout", "pin_memory")
            },
            "outputs": [],
            "shapes": [],
            "module": self.modules[-1] if self.modules else "",
            "line": self.line(),
            "grad": (torch.is_grad_enabled() or bool(self.functions and self.functions[-1]))
            and not torch.is_inference_mode_enabled(),
        }
        self.nodes.append(node)  # before the call: a call that fails is the last one recorded
        result = func(*args, **kwargs)
        for item in result if isinstance(result, tuple | list) else (result,):
            if isinstance(item, torch.Tensor):
                node["outputs"].append(self.result(item))
                self.maker[id(item)] = node
                node["shapes"].append(list(item.shape))
            else:
                node["outputs"].append(None)
        return result

    def result(self, tensor: torch.Tensor) -> int:
        """Number an operator's result; an in-place operator returns a tensor that has one."""
        self.results += 1
        number = -self.results
        self.number[id(tensor)] = number
        self.alive.append(tensor)
        self.storages.setdefault(storage_of(tensor), tensor)
        return number

    def reference(self, tensor: torch.Tensor) -> int:
        """The number of a tensor that an operator is given."""
        key = id(tensor)
        if key in self.number:
            return self.number[key]
        if key in self.values.number:
            return self.values.number[key]
        source = self.alias_source(tensor)
        if source is not None:  # `.data` makes an alias behind the dispatcher's back: it is a detach
            node: dict[str, Any] = {"op": "aten.detach.default", "args": [{"value": source}], "kwargs": {}, "outputs": [],
                    "shapes": [list(tensor.shape)], "module": "", "line": self.line(), "grad": True}  # fmt: skip
            self.nodes.append(node)
            node["outputs"] = [self.result(tensor)]
            return self.number[key]
        return self.values.discover(tensor)

    def alias_source(self, tensor: torch.Tensor) -> int | None:
        storage = storage_of(tensor)
        candidates = [self.storages.get(storage), *self.values.tensors]
        for known in candidates:
            if (
                known is not None
                and known is not tensor
                and storage_of(known) == storage
                and tensor.numel()
                and known.shape == tensor.shape
                and known.stride() == tensor.stride()
                and known.storage_offset() == tensor.storage_offset()
            ):
                if isinstance(tensor, torch.nn.Parameter) and id(known) in self.number:
                    continue  # a layer made inside forward: its own parameter, not an alias
                return self.number.get(id(known), self.values.number.get(id(known)))
        return None

    def encode(self, argument: Any) -> Any:
        """An argument as JSON: tensors by number, dtypes and memory formats by name."""
        if isinstance(argument, torch.Tensor):
            return {"value": self.reference(argument)}
        if isinstance(argument, list | tuple):
            return [self.encode(a) for a in argument]
        if isinstance(argument, torch.dtype):
            return {"dtype": str(argument).removeprefix("torch.")}
        if isinstance(argument, torch.memory_format):
            return {"memory_format": str(argument).removeprefix("torch.")}
        if argument is None or isinstance(argument, bool | int | float | str):
            return argument
        return str(argument)[:80]

    def line(self) -> dict[str, Any] | None:
        """The innermost line of the student's own."""
        frame: Any = sys._getframe(2)
        while frame is not None:
            if frame.f_code.co_filename in self.own_files:
                return {"file": frame.f_code.co_filename, "line": frame.f_lineno}
            frame = frame.f_back
        return None


def storage_of(tensor: torch.Tensor) -> int:
    """Address of a tensor's storage."""
    return tensor.untyped_storage().data_ptr()
