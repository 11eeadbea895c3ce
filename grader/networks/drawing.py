"""A graph as a picture shows it: without reshapes, each layer together with what follows it point by point."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from grader.networks import operators
from grader.networks.layers import RESHAPES, Layer, Wiring, layers
from grader.networks.replay import references
from grader.records.drawing import Box, Drawing, Mark, Marks, Wire
from grader.records.graph import Affine, ModelGraph, Node, PartialGraph, Program, Shape, ValueRef

MOST_BOXES = 120
"""A picture of more helps nobody; networks of the course have about fifteen."""

_TITLES = {
    "avg_pool2d": "AvgPool", "_adaptive_avg_pool2d": "AvgPool", "adaptive_avg_pool2d": "AvgPool",
    "max_pool2d_with_indices": "MaxPool", "max_pool2d": "MaxPool", "adaptive_max_pool2d": "MaxPool",
    "cat": "concat", "add": "+", "sub": "−", "mul": "×", "div": "÷", "mean": "mean", "amax": "max",
    "native_batch_norm": "batch norm", "_softmax": "softmax", "_log_softmax": "log-softmax", "bernoulli": "dropout",
    "native_dropout": "dropout", "constant_pad_nd": "pad",
}  # fmt: skip
_JOINS = {"cat", "stack", "add", "sub", "mul", "div", "maximum", "minimum", "bmm", "matmul"}


def drawing(graph: ModelGraph, marks: Marks | None = None) -> Drawing | None:
    """The network in eval mode; None where it is too large to be drawn."""
    return _Sketch(Wiring(graph, graph.eval), marks, graph.eval.output).made()


def unfinished(partial: PartialGraph) -> Drawing | None:
    """The network up to the call that failed; None where not even the input was used."""
    program = Program(batch=partial.batch, nodes=partial.nodes, output=-1)
    return _Sketch(Wiring(partial, program), None, None).made() if partial.values and partial.nodes else None


@dataclass
class _Step:
    """A box in the making."""

    titles: list[str]
    detail: str
    kind: str
    nodes: list[int]
    operands: list[int]
    """Places of the steps whose results it is given, in the order in which they were computed."""
    folds: int = 0


@dataclass
class _Sketch:
    wiring: Wiring
    marks: Marks | None
    output: int | None
    """Value number of what is returned; None: it never came so far."""
    steps: list[_Step] = field(default_factory=list)
    maker: dict[int, int] = field(default_factory=dict)
    """Which step made a value."""

    def made(self) -> Drawing | None:
        nodes, values = self.wiring.program.nodes, self.wiring.graph.values
        found = {layer.node: layer for layer in layers(self.wiring)} if self._complete() else {}
        self.steps.append(_Step(["input"], _size(values[0].shape), "input", [], []))
        self.maker[0] = 0
        uses: Counter[int] = Counter()
        for node in nodes:
            if operators.base_name(node.op) not in RESHAPES:
                uses.update({self.wiring.origin(number) for number in references(node)})
        if self.output is not None:
            uses[self.wiring.origin(self.output)] += 1
        for index, node in enumerate(nodes):
            if operators.base_name(node.op) not in RESHAPES or not node.outputs:
                self._add(index, node, found.get(index), uses)
        if len(self.steps) > MOST_BOXES:
            return None
        return self._drawing()

    def _complete(self) -> bool:
        """Whether every node can be read as a layer: one that failed has no results."""
        return all(node.outputs for node in self.wiring.program.nodes) or self.output is None

    def _add(self, index: int, node: Node, layer: Layer | None, uses: Counter[int]) -> None:
        origins = [self.wiring.origin(number) for number in references(node)]
        given = [number for number in origins if number in self.maker]
        operands = sorted({self.maker[number] for number in given})
        if not operands:
            return
        name = operators.base_name(node.op)
        row = operators.find(node.op)
        before = self.steps[operands[0]]
        alone = len(given) == 1 and uses[given[0]] == 1 and layer is None
        if (
            alone
            and node.outputs
            and row is not None
            and row.family in ("pointwise", "norm", "random")
            and before.kind != "input"
            and before.folds < 3
        ):
            if name not in ("add", "bernoulli") or len(references(node)) == 1:  # a bias is part of its layer
                before.titles.append(_TITLES.get(name, name))
            before.nodes.append(index)
            before.folds += 1
            place = operands[0]
        else:
            self.steps.append(_step(index, node, name, layer, operands))
            place = len(self.steps) - 1
        for output in node.outputs:
            if output is not None:
                self.maker[output] = place

    def _drawing(self) -> Drawing:
        end = self.maker.get(self.wiring.origin(self.output)) if self.output is not None else None
        reached = set() if end is None else self._before(end)
        boxes = [
            Box.model_validate(
                {
                    "title": " + ".join(step.titles)[:60],
                    "detail": step.detail,
                    "kind": step.kind,
                    "mark": self._mark(place, step, reached, end),
                }
            )
            for place, step in enumerate(self.steps)
        ]
        depth = self._depths()
        wires = [
            Wire(start=operand, end=place, shape=self._flow(operand))
            for place, step in enumerate(self.steps)
            # the longer way first, whichever the code names first: pictures of one network look alike
            for operand in sorted(step.operands, key=lambda o: (-depth[o], o))
        ]
        if end is not None:
            boxes.append(Box(title="output", detail=self._flow(end), kind="output"))
            wires.append(Wire(start=end, end=len(boxes) - 1, shape=""))
        return Drawing(boxes=tuple(boxes), wires=tuple(wires))

    def _before(self, end: int) -> set[int]:
        """The steps that reach `end`, itself among them."""
        seen, waiting = {end}, [end]
        while waiting:
            for operand in self.steps[waiting.pop()].operands:
                if operand not in seen:
                    seen.add(operand)
                    waiting.append(operand)
        return seen

    def _depths(self) -> list[int]:
        depths: list[int] = []
        for step in self.steps:
            depths.append(1 + max((depths[o] for o in step.operands), default=-1))
        return depths

    def _mark(self, place: int, step: _Step, reached: set[int], end: int | None) -> Mark:
        nodes = self.wiring.program.nodes
        if any(not nodes[index].outputs for index in step.nodes):
            return "stopped"
        if end is not None and place not in reached:
            return "unused"
        if self.marks is None or not step.nodes:
            return ""
        if set(step.nodes) & set(self.marks.parts):
            return "parts"
        return "" if set(step.nodes) & set(self.marks.right) else "behind"

    def _flow(self, place: int) -> str:
        """The shape of a step's last result, of one image."""
        if place == 0:
            return _size(self.wiring.graph.values[0].shape)
        node = self.wiring.program.nodes[self.steps[place].nodes[-1]]
        return _size(node.shapes[0]) if node.shapes else ""


def _step(index: int, node: Node, name: str, layer: Layer | None, operands: list[int]) -> _Step:
    if layer is not None:
        detail = f"{layer.in_channels}→{layer.out_channels}"
        if layer.kind == "conv":
            detail += f", {_sides(layer.kernel)}"
            if set(layer.stride) - {1}:
                detail += f", stride {_sides(layer.stride)}"
            if tuple(2 * p + 1 for p in layer.padding) != layer.kernel or set(layer.dilation) - {1}:
                detail += f", padding {_sides(layer.padding)}"
        return _Step([layer.name], detail, "layer", [index], operands)
    row = operators.find(node.op)
    kind = "pool" if row and row.family == "pool" else "join" if name in _JOINS else "other"
    if len(operands) > 1:
        kind = "join"
    return _Step([_TITLES.get(name, name)], _options(node, name), kind, [index], operands)


def _options(node: Node, name: str) -> str:
    """What of an operator's arguments decides what it does."""
    if name in ("cat", "stack"):
        dim = node.args[1] if len(node.args) > 1 else node.kwargs.get("dim", 0)
        return f"dim={dim}"
    if "pool2d" in name and len(node.args) > 1 and isinstance(node.args[1], tuple):
        return _sides(tuple(a for a in node.args[1] if isinstance(a, int)))
    if name in ("mean", "sum", "amax", "amin") and len(node.args) > 1 and isinstance(node.args[1], tuple):
        return "dim=" + ",".join(str(a) for a in node.args[1])
    plain = [a for a in node.args[1:2] if not isinstance(a, ValueRef | Affine | tuple) and a is not None]
    return str(plain[0]) if plain and len(references(node)) == 1 else ""


def _sides(shape: Shape) -> str:
    return "×".join(map(str, shape))


def _size(shape: Shape) -> str:
    """Without the batch: "16×32×32"."""
    return _sides(shape[1:]) if len(shape) > 1 else ""
