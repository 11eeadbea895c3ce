"""A `ModelGraph` as a `torch.nn.Module` of our own: the student's network without the student's code."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor, nn

from grader.networks import operators
from grader.records.graph import (
    Affine,
    Argument,
    Dtype,
    MemoryFormat,
    ModelGraph,
    Node,
    Program,
    Value,
    ValueRef,
)

FLOATS = ("float32", "float64")


class Replay(nn.Module):
    """Computes what the graph says: `forward(images N×C×H×W) -> N×10`.

    `train()` and `eval()` choose the program. Parameters are named `p<value number>`, buffers and
    constants `b<value number>`; those that the student froze, or that the student's optimizer
    would not see, are parameters that need no gradient updates (`trainable`).

    Args:
        graph: the network.
        dtype: what its float32 numbers become (float64 for comparisons).
    """

    def __init__(self, graph: ModelGraph, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.graph, self.dtype = graph, dtype
        for number, value in enumerate(graph.values):
            if value.kind == "parameter":
                self.register_parameter(
                    f"p{number}", nn.Parameter(initial(value, dtype), requires_grad=value.requires_grad)
                )
            elif value.kind != "input":
                self.register_buffer(f"b{number}", initial(value, dtype))
        self.train_plan = Plan(graph.train, len(graph.values), dtype)
        self.eval_plan = Plan(graph.eval, len(graph.values), dtype)

    def value(self, number: int) -> Tensor:
        """The tensor of a parameter, buffer or constant."""
        kind = self.graph.values[number].kind
        found = getattr(self, f"p{number}" if kind == "parameter" else f"b{number}")
        assert isinstance(found, Tensor)
        return found

    def trainable(self) -> list[Tensor]:
        """Parameters that the student's own optimizer would update."""
        return [
            self.value(number)
            for number, value in enumerate(self.graph.values)
            if value.kind == "parameter" and value.registered and value.requires_grad
        ]

    def forward(self, images: Tensor) -> Tensor:
        """Run the program of the current mode."""
        plan = self.train_plan if self.training else self.eval_plan
        tensors: list[Tensor | None] = [images]
        tensors += [self.value(number) for number in range(1, len(self.graph.values))]
        return plan.run(tensors, images.shape[0])


def initial(value: Value, dtype: torch.dtype) -> Tensor:
    """The numbers that came with a value, or zeros."""
    own = getattr(torch, value.dtype)
    target = dtype if value.dtype in FLOATS else own
    if value.data is None:
        return torch.zeros(value.shape, dtype=target)
    if not value.data:
        return torch.empty(value.shape, dtype=target)
    return torch.frombuffer(bytearray(value.data), dtype=own).reshape(value.shape).to(target)


class _Step(NamedTuple):
    call: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    outputs: tuple[int | None, ...]
    grad: bool
    makes: bool
    """It can make a tensor out of nothing, and must be told where."""


class Plan:
    """A program with its operators looked up, ready to run at any batch size."""

    def __init__(self, program: Program, values: int, dtype: torch.dtype) -> None:
        self.dtype = dtype
        self.steps = [
            _Step(
                operators.overload(node.op),
                tuple(_prepared(a, dtype) for a in node.args),
                {k: _prepared(v, dtype) for k, v in node.kwargs.items()},
                node.outputs,
                node.grad,
                any(formal.name == "device" for formal in operators.overload(node.op)._schema.arguments),
            )
            for node in program.nodes
        ]
        self.output = program.output
        numbers = [number for step in self.steps for number in step.outputs if number is not None]
        self.size = max([values - 1, self.output, *numbers]) + 1

    def run(self, tensors: list[Tensor | None], batch: int) -> Tensor:
        """The program's output; `tensors` holds the graph's values and is extended."""
        for _ in self.walk(tensors, batch):
            pass
        output = tensors[self.output]
        assert output is not None
        return output

    def walk(self, tensors: list[Tensor | None], batch: int) -> Iterator[int]:
        """Run step by step, yielding the number of each step done; results land in `tensors`."""
        images = tensors[0]
        assert images is not None
        tensors.extend([None] * (self.size - len(tensors)))
        with default_dtype(self.dtype):
            for number, step in enumerate(self.steps):
                args = [_filled(a, tensors, batch) for a in step.args]
                kwargs = {k: _filled(v, tensors, batch) for k, v in step.kwargs.items()}
                if step.makes:
                    kwargs["device"] = images.device
                if step.grad:
                    result = step.call(*args, **kwargs)
                else:
                    with torch.no_grad():
                        result = step.call(*args, **kwargs)
                results = result if isinstance(result, tuple | list) else (result,)
                for place, item in zip(step.outputs, results, strict=True):
                    if place is not None:
                        tensors[place] = item
                yield number


@contextlib.contextmanager
def default_dtype(dtype: torch.dtype) -> Iterator[None]:
    """What `torch.zeros(…)` inside a program makes."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def _prepared(argument: Argument, dtype: torch.dtype) -> Any:
    """Names to torch objects, once."""
    if isinstance(argument, Dtype):
        return dtype if argument.dtype in FLOATS else getattr(torch, argument.dtype)
    if isinstance(argument, MemoryFormat):
        return getattr(torch, argument.memory_format)
    if isinstance(argument, tuple):
        return [_prepared(a, dtype) for a in argument]
    return argument


def _filled(argument: Any, tensors: Sequence[Tensor | None], batch: int) -> Any:
    """Tensor numbers to tensors, batch-dependent integers to integers."""
    if isinstance(argument, ValueRef):
        return tensors[argument.value]
    if isinstance(argument, Affine):
        return argument.per_image * batch + argument.plus
    if isinstance(argument, list):
        return [_filled(a, tensors, batch) for a in argument]
    return argument


class Cost(NamedTuple):
    """What running a program once would take."""

    elements: int
    """Numbers in all intermediate tensors together."""
    multiplications: int
    """Multiply-adds in convolutions and matrix products."""
    output: tuple[int, ...]
    """Shape of the result."""


def cost(graph: ModelGraph, program: Program, image: Sequence[int], batch: int) -> Cost:
    """Measure a program from its shapes alone, on torch's meta device: nothing is computed.

    Raises:
        RuntimeError (and whatever else torch raises): the program does not fit together at this
        batch size.
    """
    elements = multiplications = 0
    tensors = _on_meta(graph, image, batch)
    for node, results in _walked(graph, program, tensors, batch):
        numel = sum(result.numel() for result in results)
        elements += numel
        multiplications += _multiplications(node, numel, tensors)
    output = tensors[program.output]
    assert output is not None
    return Cost(elements, multiplications, tuple(output.shape))


def with_shapes(graph: ModelGraph, program: Program, image: Sequence[int]) -> Program:
    """The program with the shapes that its operators give at its own batch size.

    Raises what `cost` raises.
    """
    nodes = tuple(
        node.model_copy(update={"shapes": tuple(tuple(result.shape) for result in results)})
        for node, results in _walked(graph, program, _on_meta(graph, image, program.batch), program.batch)
    )
    return program.model_copy(update={"nodes": nodes})


def _on_meta(graph: ModelGraph, image: Sequence[int], batch: int) -> list[Tensor | None]:
    """A graph's values on torch's meta device."""
    return [
        torch.empty(
            (batch, *image) if value.kind == "input" else value.shape,
            dtype=getattr(torch, value.dtype),
            device="meta",
        )
        for value in graph.values
    ]


def _walked(
    graph: ModelGraph, program: Program, tensors: list[Tensor | None], batch: int
) -> Iterator[tuple[Node, list[Tensor]]]:
    """Each node with its results, which are added to `tensors`."""
    plan = Plan(program, len(graph.values), torch.float32)
    # strides on the meta device are not always the real ones: a view that is possible there may fail here
    plan.steps = [
        step._replace(call=torch.reshape) if node.op == "aten.view.default" else step
        for step, node in zip(plan.steps, program.nodes, strict=True)
    ]
    with torch.no_grad():
        for number in plan.walk(tensors, batch):
            places = [place for place in plan.steps[number].outputs if place is not None]
            yield program.nodes[number], [t for place in places if (t := tensors[place]) is not None]


def _multiplications(node: Node, numel: int, tensors: Sequence[Tensor | None]) -> int:
    """Multiply-adds of a layer: each result is a sum over the weight's input side."""
    row = operators.find(node.op)
    if row is None or row.family != "layer":
        return 0
    name = operators.base_name(node.op)
    operands = [t for a in node.args if isinstance(a, ValueRef) and (t := tensors[a.value]) is not None]
    if name == "convolution":
        return numel * (operands[1].numel() // max(1, operands[1].shape[0]))
    return numel * max((t.shape[-1] for t in operands if t.dim()), default=1)


def live(program: Program) -> Program:
    """The program without what does not reach its output: prints, asserts, unused branches.

    A node stays if its result is needed, or if it writes into a tensor that shares memory with one
    that is needed.
    """
    group: dict[int, int] = {}

    def root(number: int) -> int:
        while group.get(number, number) != number:
            number = group[number]
        return number

    writes: list[set[int]] = []
    for node in program.nodes:
        written: set[int] = set()
        for position, formal in enumerate(_formals(node)):
            alias = formal.alias_info
            actual = node.args[position] if position < len(node.args) else node.kwargs.get(formal.name)
            if alias is None or not isinstance(actual, ValueRef):
                continue
            if alias.is_write:
                written.add(actual.value)
            for output in node.outputs:
                if output is not None:
                    group[root(output)] = root(actual.value)
        writes.append(written)
    needed, needed_groups = {program.output}, {root(program.output)}
    kept: list[Node] = []
    for node, written in zip(reversed(program.nodes), reversed(writes), strict=True):
        if needed.isdisjoint(o for o in node.outputs if o is not None) and needed_groups.isdisjoint(
            root(w) for w in written
        ):
            continue
        kept.append(node)
        for number in references(node):
            needed.add(number)
            needed_groups.add(root(number))
    return program.model_copy(update={"nodes": tuple(reversed(kept))})


def reads_input(program: Program) -> bool:
    """Whether numbers of the images reach the output; their mere number or shape does not count."""
    for_numbers = tuple(
        node.model_copy(update={"args": (), "kwargs": {}})
        if (row := operators.find(node.op)) is not None and row.family == "make"
        else node
        for node in program.nodes
    )
    needed = live(program.model_copy(update={"nodes": for_numbers})).nodes
    return program.output == 0 or any(0 in references(node) for node in needed)


def _formals(node: Node) -> Sequence[Any]:
    """What an operator takes; nothing for one that we do not know: it is dropped, or refused later."""
    try:
        return operators.overload(node.op)._schema.arguments
    except KeyError:
        return ()


class Call(Protocol):
    """A node, or what a guest claims to be one."""

    @property
    def args(self) -> tuple[Argument, ...]: ...
    @property
    def kwargs(self) -> Mapping[str, Argument]: ...


def references(node: Call) -> list[int]:
    """The numbers of all tensors that a node is given."""
    found = []
    for argument in (*node.args, *node.kwargs.values()):
        for item in argument if isinstance(argument, tuple) else (argument,):
            if isinstance(item, ValueRef):
                found.append(item.value)
    return found


def load(network: Replay, tensors: Mapping[int, Tensor]) -> None:
    """Copy numbers into a network's values, by value number."""
    with torch.no_grad():
        for number, tensor in tensors.items():
            network.value(number).copy_(tensor)
