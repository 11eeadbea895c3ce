"""What a graph says of its layers: parameters with the operator that uses them, and where the
channels of a feature map come from."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from grader.networks import operators
from grader.networks.replay import references
from grader.records.graph import ModelGraph, Node, PartialGraph, Program, Shape, ValueRef

_RESHAPES: str = (
    "view _unsafe_view reshape _reshape_alias t transpose permute squeeze unsqueeze expand clone detach "
    "alias contiguous _to_copy lift_fresh"
)
RESHAPES = frozenset(_RESHAPES.split())
"""Operators that keep every number and only change its place."""


@dataclass(frozen=True)
class Layer:
    """A convolution or fully connected layer at its place in the graph."""

    name: str
    """The student's name: "conv1_1", or the parameter's own where there is no module."""
    kind: str
    """"conv" or "linear"."""
    node: int
    """Index of its node in the program."""
    weight: int
    """Value number."""
    bias: int | None
    in_channels: int
    out_channels: int
    input_first: bool
    """The weight is stored (in, out), as in `x @ w`, instead of torch's (out, in)."""
    source: int
    """Value number of what it is given."""
    kernel: Shape = ()
    stride: Shape = ()
    padding: Shape = ()
    dilation: Shape = ()
    groups: int = 1
    declared_bias: bool = False
    """A layer that was not called is known from its declaration alone."""

    @property
    def has_bias(self) -> bool:
        """Whether it adds a bias."""
        return self.bias is not None or self.declared_bias

    @property
    def key(self) -> tuple[int, int]:
        """(outputs, numbers per output): a Linear(64, 64) and a 1×1 Conv2d(64, 64) are the same."""
        size = self.in_channels // self.groups
        for k in self.kernel:
            size *= k
        return self.out_channels, size

    def describe(self) -> str:
        """ "3→16, 3×3, stride 1, padding 1"."""
        if self.kind == "linear":
            return f"{self.in_channels}→{self.out_channels}" + ("" if self.has_bias else ", no bias")
        parts = [f"{self.in_channels}→{self.out_channels}", "×".join(map(str, self.kernel))]
        parts += [f"stride {_short(self.stride)}", f"padding {_short(self.padding)}"]
        if set(self.dilation) - {1}:
            parts.append(f"dilation {_short(self.dilation)}")
        if self.groups != 1:
            parts.append(f"groups {self.groups}")
        if not self.has_bias:
            parts.append("no bias")
        return ", ".join(parts)


def _short(pair: Shape) -> str:
    return str(pair[0]) if len(set(pair)) == 1 else "×".join(map(str, pair))


@dataclass
class Wiring:
    """A program's nodes by the values that they make and use."""

    graph: ModelGraph | PartialGraph
    program: Program
    producer: dict[int, Node] = field(default_factory=dict)
    shapes: dict[int, Shape] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, value in enumerate(self.graph.values):
            self.shapes[number] = value.shape
        for node in self.program.nodes:
            tensors = [number for number in node.outputs if number is not None]
            for number, shape in zip(tensors, node.shapes, strict=True):
                self.producer[number] = node
                self.shapes[number] = shape

    def origin(self, number: int) -> int:
        """Follow a value back through operators that only reshape it."""
        while (node := self.producer.get(number)) is not None:
            if operators.base_name(node.op) not in RESHAPES or not references(node):
                break
            number = references(node)[0]
        return number

    def is_transposed(self, number: int) -> bool:
        """Whether a 2-d parameter reaches this value with its two sides exchanged."""
        chain: list[Node] = []
        while (node := self.producer.get(number)) is not None:
            if operators.base_name(node.op) not in RESHAPES or not references(node):
                break
            chain.append(node)
            number = references(node)[0]
        shape = self.shapes[number]
        sides = [side for side, size in enumerate(shape) if size != 1]  # which side stands where
        for node in reversed(chain):
            name, before = operators.base_name(node.op), self.shapes[references(node)[0]]
            order: list[int] = list(range(len(before)))
            if name in ("t", "transpose"):
                pair = [a % len(before) for a in node.args[1:3] if isinstance(a, int)] or [0, 1]
                if len(before) > 1:
                    order[pair[0]], order[pair[-1]] = order[pair[-1]], order[pair[0]]
            elif name == "permute" and isinstance(node.args[1], tuple):
                order = [a % len(before) for a in node.args[1] if isinstance(a, int)]
            positions = [side for side, size in enumerate(before) if size != 1]
            if len(positions) == len(sides):
                sides = [sides[positions.index(place)] for place in order if place in positions]
        return len(sides) == 2 and sides[0] > sides[1]


def layers(wiring: Wiring) -> list[Layer]:
    """All uses of weights by convolutions and matrix products, in the order of the calls."""
    found = []
    values = wiring.graph.values
    for index, node in enumerate(wiring.program.nodes):
        name = operators.base_name(node.op)
        operands = [wiring.origin(a.value) if isinstance(a, ValueRef) else None for a in node.args]
        if name == "convolution":
            weight, bias = operands[1], operands[2]
            if weight is None or values[weight : weight + 1] == () or values[weight].kind != "parameter":
                continue
            shape = wiring.shapes[node.args[1].value] if isinstance(node.args[1], ValueRef) else ()
            groups = node.args[8] if isinstance(node.args[8], int) else 1
            assert isinstance(node.args[0], ValueRef)
            found.append(
                Layer(
                    name=_layer_name(values[weight].name),
                    kind="conv",
                    node=index,
                    weight=weight,
                    bias=bias,
                    in_channels=shape[1] * groups,
                    out_channels=shape[0],
                    input_first=False,
                    source=node.args[0].value,
                    kernel=shape[2:],
                    stride=_ints(node.args[3], len(shape) - 2),
                    padding=_ints(node.args[4], len(shape) - 2),
                    dilation=_ints(node.args[5], len(shape) - 2),
                    groups=groups,
                )
            )
        elif name in ("addmm", "baddbmm", "mm", "bmm", "matmul", "linear"):
            pair = node.args[1:3] if name in ("addmm", "baddbmm") else node.args[0:2]
            bias = operands[0] if name in ("addmm", "baddbmm") else None
            if name == "linear" and len(operands) > 2:
                bias = operands[2]
            layer = _product(wiring, index, pair, bias, torch_order=name == "linear")
            if layer is not None:
                found.append(layer)
    return _with_added_biases(wiring, found)


def _product(
    wiring: Wiring, index: int, pair: tuple[object, ...], bias: int | None, torch_order: bool
) -> Layer | None:
    """A matrix product one side of which is a parameter."""
    values = wiring.graph.values
    if len(pair) != 2 or not all(isinstance(side, ValueRef) for side in pair):
        return None
    for side, other in ((1, 0), (0, 1)):
        reference, data = pair[side], pair[other]
        assert isinstance(reference, ValueRef) and isinstance(data, ValueRef)
        weight = wiring.origin(reference.value)
        if weight >= len(values) or values[weight].kind != "parameter":
            continue
        shape = [size for size in values[weight].shape if size != 1] or [1]
        if len(values[weight].shape) < 2:
            continue
        if len(shape) < 2:
            shape = list(values[weight].shape)[:2]
        swapped = wiring.is_transposed(reference.value)
        # x @ w contracts w's first side; w @ x its second
        input_first = not swapped if side == 1 else swapped
        if torch_order:
            input_first = False
        inputs, outputs = (shape[0], shape[1]) if input_first else (shape[1], shape[0])
        if len(shape) > 2:  # a convolution's weight as a matrix, for unfolded images
            sides = wiring.shapes[reference.value][-2:]
            outputs, inputs = sides if side == 0 else sides[::-1]
            if (outputs, inputs) != (shape[0], math.prod(shape[1:])):
                continue
            input_first = False
        return Layer(
            name=_layer_name(values[weight].name),
            kind="linear",
            node=index,
            weight=weight,
            bias=bias
            if bias is not None and bias < len(values) and values[bias].kind == "parameter"
            else None,
            in_channels=inputs,
            out_channels=outputs,
            input_first=input_first,
            source=data.value,
        )
    return None


def _with_added_biases(wiring: Wiring, found: list[Layer]) -> list[Layer]:
    """Give layers without a bias the parameter that is added to their result: `conv(x) + self.b`."""
    by_result = {
        number: position
        for position, layer in enumerate(found)
        if layer.bias is None
        for number in wiring.program.nodes[layer.node].outputs
        if number is not None
    }
    result = list(found)
    for node in wiring.program.nodes:
        if operators.base_name(node.op) != "add" or len(references(node)) != 2:
            continue
        for a, b in (references(node), references(node)[::-1]):
            position, bias = by_result.get(wiring.origin(a)), wiring.origin(b)
            if (
                position is not None
                and bias < len(wiring.graph.values)
                and wiring.graph.values[bias].kind == "parameter"
                and _numel(wiring.graph.values[bias].shape) == result[position].out_channels
            ):
                result[position] = Layer(**{**vars(result[position]), "bias": bias})
    return result


def _numel(shape: Shape) -> int:
    size = 1
    for side in shape:
        size *= side
    return size


def _layer_name(parameter: str) -> str:
    """ "conv1_1.weight" → "conv1_1"; a bare parameter keeps its name."""
    for ending in (".weight", ".bias"):
        if parameter.endswith(ending):
            return parameter[: -len(ending)]
    return parameter


def _ints(argument: object, n: int) -> Shape:
    """A stride or padding of one number means the same number for every side."""
    if isinstance(argument, int):
        return (argument,) * n
    assert isinstance(argument, tuple)
    numbers = tuple(a for a in argument if isinstance(a, int))
    return numbers * n if len(numbers) == 1 else numbers


@dataclass(frozen=True)
class Leaf:
    """A stretch of channels with one origin."""

    origin: str
    """ "input", or the name of the layer that computed it; "?" where that cannot be told."""
    layer: int | None
    """Index of the layer's node, None for the input or where it cannot be told."""
    channels: int


def leaves(wiring: Wiring, number: int, found: list[Layer], depth: int = 0) -> tuple[Leaf, ...]:
    """Where the channels of a value come from, in order: [3 of the input, 32 of conv1_2]."""
    shape = wiring.shapes.get(number, ())
    channels = shape[1] if len(shape) > 1 else _numel(shape)
    if number == 0:
        return (Leaf("input", None, wiring.shapes[0][1]),)
    node = wiring.producer.get(number)
    if node is None or depth > 200:
        return (Leaf("?", None, channels),)
    for layer in found:
        if wiring.program.nodes[layer.node] is node:
            return (Leaf(layer.name, layer.node, channels),)
    name, operands = operators.base_name(node.op), references(node)
    row = operators.find(node.op)
    if name == "cat" and _cat_dim(node, len(shape)) == 1:
        return tuple(leaf for operand in operands for leaf in leaves(wiring, operand, found, depth + 1))
    if (
        row is not None
        and operands
        and (row.keeps_channels or name in RESHAPES or _leaves_channels_alone(wiring, node, name, shape))
    ):
        # of a sum or product: the operand that is a feature map as large as the result
        whole = [o for o in operands if wiring.shapes.get(o, ()) == shape] or operands[:1]
        return leaves(wiring, whole[0], found, depth + 1)
    return (Leaf("?", None, channels),)


WITHIN = {"slice", "select", "mean", "sum", "amax", "amin", "flip"}
"""Operators whose second argument says along which sides they work."""


def _leaves_channels_alone(wiring: Wiring, node: Node, name: str, shape: Shape) -> bool:
    """Does it work within channels: every second row, the mean over windows?"""
    first = node.args[0]
    given = wiring.shapes.get(first.value, ()) if isinstance(first, ValueRef) else ()
    if name not in WITHIN or len(given) < 3 or given[:2] != shape[:2]:
        return False
    dims = node.args[1] if len(node.args) > 1 else node.kwargs.get("dim", 0)
    listed = dims if isinstance(dims, tuple) else (dims,)
    return bool(listed) and all(isinstance(d, int) and d % len(given) >= 2 for d in listed)


def _cat_dim(node: Node, dims: int) -> int:
    dim = node.args[1] if len(node.args) > 1 else node.kwargs.get("dim", 0)
    return dim % max(1, dims) if isinstance(dim, int) else 0
