"""Dropout, taken out of a network for a training that is too short for it."""

from __future__ import annotations

from grader.networks import operators
from grader.records.graph import ModelGraph, Node, ValueRef

HALF = 0.5
"""`bernoulli_` without a probability."""


def without_dropout(graph: ModelGraph) -> ModelGraph:
    """The graph with every dropout of its train mode keeping every number.

    torch drops by a mask: `bernoulli_(keep)`, then `div_(keep)`. Both get 1. Any other use of random
    numbers stays as it is.
    """
    kept: dict[int, float] = {}
    masks: dict[int, int] = {}
    nodes = list(graph.train.nodes)
    for place, node in enumerate(nodes):
        name, first = operators.base_name(node.op), node.args[0] if node.args else None
        if name == "bernoulli" and len(node.outputs) == 1 and node.outputs[0] is not None:
            keep = node.args[1] if len(node.args) > 1 else HALF
            if isinstance(keep, float):
                kept[node.outputs[0]], masks[node.outputs[0]] = keep, place
            continue
        if not (name == "div" and isinstance(first, ValueRef) and first.value in kept):
            continue
        if node.args[1] == kept[first.value]:
            nodes[place] = _with_one(node)
            nodes[masks[first.value]] = _with_one(nodes[masks[first.value]])
    return graph.model_copy(update={"train": graph.train.model_copy(update={"nodes": tuple(nodes)})})


def _with_one(node: Node) -> Node:
    return node.model_copy(update={"args": (node.args[0], 1.0)})
