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


def likeness(ours: ModelGraph, theirs: ModelGraph) -> float:
    """Share of equal steps, 0 … 1; steps that one has too many count against it."""
    a, b = steps(ours), steps(theirs)
    return (a & b).total() / max(a.total(), b.total())
