"""Calls of which only the shapes are computed: what `forward` does with a batch of training's size costs nothing.

A second instance of the class is called with tensors of the meta device. Whatever that device does not
take, or does by other operators, is asked again with real numbers: torch's limits are not the student's.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import functions
import torch
from recorder import Recorder, Values
from torch.nn.parameter import is_lazy
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map

LARGEST_ASKED_AGAIN = 5_000_000
"""Numbers in the results of a call with two images up to which a real one with a hundred is made."""
AS_GIVEN = frozenset(
    (torch.ops.aten.relu.default, torch.ops.aten.sigmoid.default, torch.ops.aten.tanh.default)
)
"""Operators whose result has the shape of what they are given."""


class OnMeta(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Takes every tensor to the meta device before an operator sees it."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.known: dict[int, tuple[torch.Tensor, torch.Tensor]] = {}

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Called for every operator below autograd, after the recorder."""
        if func in AS_GIVEN:  # torch's own way to their shapes takes half of the whole call
            return torch.empty_like(self.moved(args[0]))
        given, named = tree_map(self.moved, (args, kwargs or {}))
        if any(argument.name == "device" for argument in func._schema.arguments):
            named["device"] = torch.device("meta")
        return func(*given, **named)

    def moved(self, thing: Any) -> Any:
        """A tensor's shape; everything else as it is."""
        if not isinstance(thing, torch.Tensor) or thing.is_meta:
            return thing
        if id(thing) not in self.known:  # kept alive, so that its `id` stays its own
            self.known[id(thing)] = (
                thing,
                torch.empty_strided(thing.shape, thing.stride(), dtype=thing.dtype, device="meta"),
            )
        return self.known[id(thing)][1]


def call(
    make: Callable[[], torch.nn.Module],
    wanted: dict[str, Any],
    shape: list[int],
    own_files: set[str],
    like: dict[str, Any],
) -> dict[str, Any]:
    """The trace of a call of a new instance, by its shapes alone where that is possible.

    Args:
        make: the student's class.
        wanted: batch and mode.
        shape: of one image.
        like: the trace that it should repeat; where it does not, real numbers decide.
    """
    try:
        with torch.device("meta"):
            module = make()
        trace = _traced(
            module, wanted, torch.empty(wanted["batch"], *shape, device="meta"), own_files, like, OnMeta()
        )
        if _operators(trace) == _operators(like):
            return trace
    except Exception:  # noqa: BLE001  - asked again below
        pass
    sizes = (torch.Size(sides).numel() for node in like["nodes"] for sides in node["shapes"])
    if sum(sizes) > LARGEST_ASKED_AGAIN:
        return {**_empty(wanted), "returned": "nothing"}
    generator = torch.Generator().manual_seed(wanted["batch"])
    return _traced(
        make(), wanted, torch.rand(wanted["batch"], *shape, generator=generator), own_files, like, None
    )


def _operators(trace: dict[str, Any]) -> list[str]:
    """What it calls."""
    return [node["op"] for node in trace["nodes"]]


def _empty(wanted: dict[str, Any]) -> dict[str, Any]:
    return {
        "batch": wanted["batch"],
        "mode": wanted["mode"],
        "nodes": [],
        "output": None,
        "returned": None,
        "drew": False,
    }


def _traced(
    module: torch.nn.Module,
    wanted: dict[str, Any],
    images: torch.Tensor,
    own_files: set[str],
    like: dict[str, Any],
    mode: OnMeta | None,
) -> dict[str, Any]:
    trace = _empty(wanted)
    module.train(wanted["mode"] == "train")
    if any(is_lazy(p) for p in module.parameters()):
        module(images)
    recorder = Recorder(Values(module, images), images, own_files, {})

    def apply(function: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """A function of the student's own: whether its backward is the derivative was seen the first time."""
        place = len(recorder.nodes)
        recorder.functions.append(place < len(like["nodes"]) and like["nodes"][place]["grad"])
        try:
            return functions.original(function, *arguments, **named)
        finally:
            recorder.functions.pop()

    functions.listening.append(apply)
    try:
        with mode or contextlib.nullcontext(), recorder:
            output = module(images)
    finally:
        functions.listening.clear()
    trace["nodes"] = recorder.nodes
    trace["returned"] = "tensor" if isinstance(output, torch.Tensor) else type(output).__name__
    if isinstance(output, torch.Tensor):
        trace["output"] = recorder.reference(output)
    return trace
