"""A graph as a network that is ready to be trained, from starting weights of our own."""

from __future__ import annotations

from typing import Literal

from grader.networks.replay import Replay
from grader.networks.weights import Assignment, fill, natural, slots_of
from grader.records.graph import ModelGraph


def ready(
    graph: ModelGraph, start: Literal["he", "pytorch"], seed: int, assignment: Assignment | None = None
) -> Replay:
    """The network with its starting weights, the same for every submission of one function.

    Args:
        assignment: which layer gets which numbers; None: in the order of the calls.
    """
    network, slots = Replay(graph), slots_of(graph)
    fill(network, slots, assignment or natural(slots), start, seed)
    return network


def network_of(graphs: dict[str, tuple[str, Literal["he", "pytorch"]]], exercise: str, seed: int) -> Replay:
    """The reference of an exercise, ready to be trained; `graphs` has graph JSON and start by exercise."""
    graph, start = graphs[exercise]
    return ready(ModelGraph.model_validate_json(graph), start, seed)
