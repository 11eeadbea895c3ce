"""How the images flow through a program: who depends on whom, and which values are still maps.

Parameters, constants, noise and masks are no part of the flow: they do not depend on the images.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from grader.networks import operators
from grader.networks.layers import Layer, Wiring, layers
from grader.networks.replay import references
from grader.records.graph import ModelGraph, Node, Program, Shape, ValueRef

_VIEWS: str = "view _unsafe_view slice select narrow transpose t permute alias detach unsqueeze"
_JOINS = frozenset({"cat", "stack"})
_WITHOUT_SOURCE: str = "fill zero bernoulli uniform normal rand_like randn_like randint rand randn"


@dataclass(frozen=True)
class Step:
    """How a value is made."""

    op: str
    """Base name of the operator: "add"."""
    inputs: tuple[int, ...]
    """The operands that depend on the images, in order; one may stand there twice."""
    node: Node
    order: int
    """Place in the program."""


class Flow:
    """The values of a program that depend on the images.

    A buffer that is filled through slices of its channels appears as the concatenation that it is.
    """

    def __init__(self, graph: ModelGraph, program: Program) -> None:
        wiring = Wiring(graph, program)
        self._makers = wiring.producer
        self.batch, self.output = program.batch, program.output
        self.shapes: dict[int, Shape] = {**wiring.shapes, 0: (program.batch, *graph.values[0].shape[1:])}
        self.steps: dict[int, Step] = {}
        self.ancestors: dict[int, frozenset[int]] = {0: frozenset()}
        """By value that depends on the images: all that it was computed from, itself not included."""
        self.maps: set[int] = {0}
        """Values that still have positions: feature maps, in whatever shape."""
        self.layers: dict[int, Layer] = {}
        """Convolutions and fully connected layers by their result."""
        self._written: dict[int, int] = {}
        """Tensors that were changed through a view, and the value that stands for them since."""
        uses = {layer.node: layer for layer in layers(wiring)}
        for index, node in enumerate(program.nodes):
            self._add(node, index, uses.get(index))
        self.output = self._now(self.output)

    def _now(self, number: int) -> int:
        return self._written.get(number, number)

    def _add(self, node: Node, index: int, layer: Layer | None) -> None:
        name, given = operators.base_name(node.op), [self._now(r) for r in references(node)]
        row = operators.find(node.op)
        if name in _WITHOUT_SOURCE.split() or (row and row.family == "make"):
            given = []
        elif name == "copy":
            given = given[1:2]
        inputs = tuple(number for number in given if number in self.ancestors)
        made = [number for number in node.outputs if number is not None]
        for number in made if inputs else ():
            self._put(number, Step(name, inputs, node, index))
            if layer is not None:
                self.layers[number] = layer
            if self._has_positions(number, row.family if row else ""):
                self.maps.add(number)
        if made and inputs and node.op.split(".")[1].endswith("_") and isinstance(node.args[0], ValueRef):
            self._through_view(node.args[0].value, made[0], node, index)

    def _put(self, number: int, step: Step) -> None:
        self.steps[number] = step
        self.ancestors[number] = frozenset(step.inputs).union(*(self.ancestors[i] for i in step.inputs))

    def _through_view(self, target: int, written: int, node: Node, index: int) -> None:
        """A write into a slice changes the tensor that it is a slice of."""
        along_channels, root, passed = True, target, [target]
        while (maker := self._makers.get(root)) is not None and operators.base_name(
            maker.op
        ) in _VIEWS.split():
            whole = self.shapes[references(maker)[0]] == maker.shapes[0]  # `buf[:]`: a slice of everything
            along_channels &= whole or (
                operators.base_name(maker.op) in ("slice", "narrow") and maker.args[1:2] == (1,)
            )
            root = references(maker)[0]
            passed.append(root)
        if root == target:
            return
        before = self._now(root)
        parts: tuple[int, ...] = (before,) if before in self.ancestors else ()
        if before in self.steps and before != root and self.steps[before].op == "cat":
            parts = self.steps[before].inputs
        number = max([*self.shapes, *self.steps]) + 1
        self.shapes[number] = self.shapes[root]
        channels = Node(op="aten.cat.default", args=((), 1), outputs=(), shapes=(), line=node.line)
        op = "cat" if along_channels and root not in self.steps else "copy"
        self._put(number, Step(op, (*parts, written), channels if op == "cat" else node, index))
        self.maps.add(number)
        self._written.update({alias: number for alias in passed if self.shapes[alias] == self.shapes[root]})

    def _has_positions(self, number: int, family: str) -> bool:
        """Whether a value still tells one place of the image from another."""
        step, shape = self.steps[number], self.shapes[number]
        given = [i for i in step.inputs if i in self.maps]
        if not given:
            return False
        before = self.shapes[given[0]]
        if number in self.layers:
            return math.prod(shape[2:]) > 1 if len(shape) == 4 else (
                math.prod(shape) > self.batch * self.layers[number].out_channels
            )  # fmt: skip
        if family == "pool":
            return math.prod(shape[2:]) > 1
        if family == "reduce" and math.prod(shape) != math.prod(before):
            return not set(range(2, len(before))) <= reduced(step.node, len(before))
        return True

    # -- what can be asked ------------------------------------------------------------------------

    def upstream(self, number: int) -> frozenset[int]:
        """A value and all that it was computed from."""
        return self.ancestors[number] | {number}

    def carried(self, number: int) -> list[int]:
        """The map that a value is, back through whatever keeps it one and the same map.

        Pointwise operators, pooling, normalisation, dropout, reshapes and a factor per channel do;
        layers and operators that join two maps do not.
        """
        chain = [number]
        while (step := self.steps.get(number)) is not None and number not in self.layers:
            given = {i for i in step.inputs if i in self.maps}
            row = operators.find(step.node.op)
            if len(given) != 1 or step.op in _JOINS or (row and row.family == "reduce"):
                break
            if number not in self.maps:
                break
            (number,) = given
            chain.append(number)
        return chain

    def is_map(self, number: int) -> bool:
        """N×C×H×W with more than one position."""
        return number in self.maps and len(self.shapes[number]) == 4

    def convolutions(self, numbers: frozenset[int]) -> list[Layer]:
        """The layers among these values whose results are maps, in the order of the calls."""
        found = [self.layers[n] for n in numbers if n in self.layers and n in self.maps]
        return sorted(found, key=lambda layer: layer.node)


def reduced(node: Node, dims: int) -> set[int]:
    """The sides over which a mean, sum or maximum goes; all where none is named."""
    argument = node.args[1] if len(node.args) > 1 else node.kwargs.get("dim")
    if isinstance(argument, int) and not isinstance(argument, bool):
        argument = (argument,)
    if not isinstance(argument, tuple) or not argument:
        return set(range(dims))
    return {a % max(1, dims) for a in argument if isinstance(a, int)}
