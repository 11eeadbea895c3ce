"""Kind *numbers and shapes*: what meets in `forward` does not fit, since a number of a layer is another.

Which of two numbers is the slip is not known here: both ways are offered, and the one that is judged
better counts.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

from grader.networks import operators
from grader.networks.layers import Layer, Wiring, layers, leaves
from grader.networks.replay import references
from grader.records.graph import Node, PartialGraph, Program, Shape
from grader.stages.mending.declarations import (
    argument,
    calls_of,
    convolutions,
    numbers,
    value_of,
    with_argument,
    with_arguments,
    with_number,
)
from grader.stages.mending.situation import Proposal, Situation

MOST_KERNEL = 7
"""Larger ones are a slip rather than a choice, on images of 32×32."""


def mismatch(situation: Situation) -> Iterator[Proposal]:
    """A call of torch's that failed on the shapes it was given."""
    capture = situation.capture
    if capture is None or capture.partial is None or capture.crash is None:
        return
    partial = capture.partial
    if not partial.nodes or partial.nodes[-1].outputs or not partial.values:
        return
    node = partial.nodes[-1]
    wiring = Wiring(partial, Program(batch=partial.batch, nodes=partial.nodes, output=0))
    found = layers(wiring)
    name = operators.base_name(node.op) if node.op.count(".") == 2 else node.op
    own = next((layer for layer in found if layer.node == len(partial.nodes) - 1), None)
    before = [layer for layer in found if layer is not own]
    if own is not None and own.kind == "conv":
        yield from _convolution(situation, own, before, wiring)
    elif own is not None:
        yield from _linear(situation, own, before, wiring, partial)
    elif name in ("cat", "stack", "add", "sub", "mul", "div"):
        yield from _pair(situation, node, before, wiring)
    elif "pool" in name or "convolution" in name:
        yield from _padding(situation)
        yield from _kernels(situation)


def _single_origin(wiring: Wiring, value: int, found: list[Layer]) -> Layer | None:
    """The one layer that a map comes from."""
    parts = leaves(wiring, value, found)
    if len(parts) != 1 or parts[0].layer is None:
        return None
    return next((layer for layer in found if layer.node == parts[0].layer), None)


def _convolution(
    situation: Situation, layer: Layer, before: list[Layer], wiring: Wiring
) -> Iterator[Proposal]:
    shape = wiring.shapes.get(layer.source, ())
    if len(shape) != 4:
        return  # `dimensions` has those
    arriving = shape[1]
    if arriving != layer.in_channels:
        yield from with_number(situation, "channels-declared", layer.name, "in", layer.in_channels, arriving)
        origin = _single_origin(wiring, layer.source, before)
        if origin is not None and origin.out_channels == arriving:
            yield from with_number(
                situation, "channels-declared", origin.name, "out", arriving, layer.in_channels
            )
        return
    for label, call in calls_of(situation, layer.name)[:2]:  # the map is smaller than the kernel
        if value_of(argument(call, "kernel") or ast.Constant(0)) not in (None, 1):
            yield with_argument(situation, "kernel-size", label, call, "kernel", 1)
    yield from _kernels(situation)
    for proposal in _padding(situation):
        yield replace(proposal, code="kernel-size")


def _linear(
    situation: Situation, layer: Layer, before: list[Layer], wiring: Wiring, partial: PartialGraph
) -> Iterator[Proposal]:
    shape = wiring.shapes.get(layer.source, ())
    if len(shape) == 2 and shape[0] == partial.batch:
        arriving = shape[1]
        yield from _padding(situation)
        yield from with_number(situation, "features-declared", layer.name, "in", layer.in_channels, arriving)
        origin = _single_origin(wiring, layer.source, before)
        if origin is not None and origin.kind == "linear" and origin.out_channels == arriving:
            yield from with_number(
                situation, "features-declared", origin.name, "out", arriving, layer.in_channels
            )
        if origin is not None and origin.kind == "conv" and not arriving % origin.out_channels:
            area = arriving // origin.out_channels
            if not layer.in_channels % area:
                yield from with_number(
                    situation,
                    "channels-declared",
                    origin.name,
                    "out",
                    origin.out_channels,
                    layer.in_channels // area,
                )
    yield from _strides(situation)
    yield from _kernels(situation)


def _pair(situation: Situation, node: Node, before: list[Layer], wiring: Wiring) -> Iterator[Proposal]:
    operands = references(node)
    shapes = [wiring.shapes.get(number, ()) for number in operands]
    if not all(len(shape) == 4 for shape in shapes):
        return
    if len({shape[2:] for shape in shapes}) > 1:
        yield from _padding(situation)
        yield from _strides(situation)
        yield from _kernels(situation)
    elif len({shape[1] for shape in shapes}) > 1 and len(shapes) == 2:
        for number, other in ((operands[0], shapes[1]), (operands[1], shapes[0])):
            origin = _single_origin(wiring, number, before)
            if origin is not None:
                yield from with_number(
                    situation, "channels-declared", origin.name, "out", origin.out_channels, other[1]
                )


def _kernels(situation: Situation) -> Iterator[Proposal]:
    """A kernel that no other convolution of the file has, and larger than any."""
    sizes = [
        (label, call, value_of(argument(call, "kernel") or ast.Constant("")))
        for label, call in convolutions(situation)
    ]
    known = [size for _, _, size in sizes if size is not None]
    for label, call, size in sizes:
        usual = [other for other in known if size is not None and other < size]
        if size is not None and size > MOST_KERNEL and usual:
            yield with_argument(situation, "kernel-size", label, call, "kernel", max(usual, key=usual.count))


def _padding(situation: Situation) -> Iterator[Proposal]:
    """Convolutions without the padding that keeps a map's size: all of them, or one."""
    declared = situation.capture.partial.layers if situation.capture and situation.capture.partial else ()
    lacking: list[tuple[str, ast.Call, int]] = []
    for layer in declared:
        wanted = tuple((k - 1) // 2 for k in layer.kernel)
        if (
            layer.kind == "conv"
            and layer.kernel
            and layer.padding != wanted
            and len(set(wanted)) == 1
            and wanted[0] <= MOST_KERNEL // 2
        ):
            lacking += [(label, call, wanted[0]) for label, call in calls_of(situation, layer.name)[:1]]
    if not lacking:
        for label, call in convolutions(situation):
            kernel = value_of(argument(call, "kernel") or ast.Constant(""))
            padding = argument(call, "padding")
            if (
                kernel is not None
                and MOST_KERNEL >= kernel > 1
                and (value_of(padding) if padding is not None else 0) != (kernel - 1) // 2
            ):
                lacking.append((label, call, (kernel - 1) // 2))
    distinct = {(label, id(call)): (label, call, size) for label, call, size in lacking}
    if len({size for _, _, size in distinct.values()}) == 1 and len(distinct) > 1:
        every = with_arguments(
            situation,
            "padding-missing",
            [(la, ca) for la, ca, _ in distinct.values()],
            "padding",
            next(iter(distinct.values()))[2],
        )
        if every is not None:
            yield every
    for label, call, size in list(distinct.values())[:5]:
        yield with_argument(situation, "padding-missing", label, call, "padding", size)


def _strides(situation: Situation) -> Iterator[Proposal]:
    """A stride that shrinks a map, in a layer's call or a block's."""
    for label, call in situation.nodes(ast.Call):
        if not isinstance(call, ast.Call) or "Pool" in ast.unparse(call.func):
            continue
        given = [k.value for k in call.keywords if k.arg and "stride" in k.arg]
        if re.search(r"Conv2d$", ast.unparse(call.func)) and len(call.args) > 3:
            given.append(call.args[3])
        for value in given:
            if value_of(value) not in (None, 1):
                yield situation.replaced("stride-wrong", label, [(value, "1")], call.lineno, ("", "1"))


# -- the output ----------------------------------------------------------------------------------------


def outputs(situation: Situation) -> Iterator[Proposal]:
    """A last layer with another number of outputs than there are classes."""
    graph = situation.capture.graph if situation.capture else None
    if graph is None:
        return
    wanted = situation.exercise.outputs
    wiring = Wiring(graph, graph.eval)
    shape: Shape = wiring.shapes.get(graph.eval.output, ())
    if len(shape) != 2 or shape[1] == wanted:
        return
    origin = _single_origin(wiring, graph.eval.output, layers(wiring))
    if origin is not None and origin.out_channels == shape[1]:
        yield from with_number(situation, "outputs-number", origin.name, "out", shape[1], wanted)
    else:
        for label, node in list(numbers(situation, shape[1]))[:4]:
            yield situation.replaced(
                "outputs-number", label, [(node, str(wanted))], node.lineno, (str(shape[1]), str(wanted))
            )
