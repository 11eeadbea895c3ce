"""How much of the reference's wiring a network has, wherever in the network it stands.

The departure says where a network first leaves the reference; everything behind it computes other
numbers, however right it is. Partial credit looks at the steps one by one: a step is an operator
together with the operators (or layers, or the input) whose results it is given.
"""

from __future__ import annotations

from collections import Counter

from grader.networks import operators
from grader.networks.layers import RESHAPES, Wiring, layers
from grader.networks.replay import references
from grader.records.graph import ModelGraph

Step = tuple[str, tuple[str, ...]]

_SAME = {"_adaptive_avg_pool2d": "mean", "mm": "addmm", "bmm": "addmm", "linear": "addmm", "stack": "cat"}


def steps(graph: ModelGraph) -> Counter[Step]:
    """The steps of a network in train mode."""
    wiring = Wiring(graph, graph.train)
    weights = {layer.node: f"layer {layer.key} {layer.stride} {layer.padding}" for layer in layers(wiring)}
    names: dict[int, str] = {0: "input"}
    found: Counter[Step] = Counter()
    for index, node in enumerate(graph.train.nodes):
        name = operators.base_name(node.op)
        operands = [names[number] for number in references(node) if number in names]
        if name in RESHAPES:
            name = operands[0] if operands else ""
        else:
            name = weights.get(index, _SAME.get(name, name))
            if operands:
                found[name, tuple(sorted(operands))] += 1
        for output in node.outputs:
            if output is not None and name:
                names[output] = name
    found["output", (names.get(graph.train.output, "?"),)] += 1
    return found


def kept(ours: ModelGraph, theirs: ModelGraph, start: ModelGraph | None) -> float:
    """How much of a network's idea another one has, 0 … 1.

    Of the steps that are missing, those count that the exercise adds to the network it starts from, or all,
    whichever is the larger part; by its square, since one step that is other makes its neighbours other, too.
    """
    own, wanted = steps(ours), steps(theirs)
    added = wanted - steps(start) if start is not None else wanted
    parts = [(asked - own).total() / asked.total() for asked in (added, wanted) if asked]
    return round(1 - max(parts, default=0.0) ** 2, 3)
