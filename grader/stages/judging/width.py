"""A network whose last layer has another width than asked for: the network that was meant."""

from __future__ import annotations

from grader.networks.layers import Wiring, layers
from grader.networks.replay import references
from grader.records.graph import ModelGraph, Program, Shape


def as_wide(graph: ModelGraph, outputs: int) -> ModelGraph | None:
    """The network with a last layer of `outputs` numbers; None where there is no such layer."""
    last = [found[-1] for p in (graph.train, graph.eval) if (found := layers(Wiring(graph, p)))]
    if len(last) != 2 or last[0].weight != last[1].weight or last[0].kind != "linear":
        return None
    layer, width = last[0], last[0].out_channels
    if graph.train.nodes[layer.node].shapes[0][-1:] != (width,):
        return None

    def program(of: Program, first: int) -> Program:
        nodes = [
            node.model_copy(update={"shapes": tuple(_ending(shape, width, outputs) for shape in node.shapes)})
            if place >= first or layer.weight in references(node)
            else node
            for place, node in enumerate(of.nodes)
        ]
        return of.model_copy(update={"nodes": tuple(nodes)})

    values = list(graph.values)
    for number in (layer.weight, layer.bias):
        if number is not None:
            shape = values[number].shape
            side = len(shape) - 1 if layer.input_first else 0
            resized = (*shape[:side], outputs, *shape[side + 1 :])
            values[number] = values[number].model_copy(update={"shape": resized})
    train = program(graph.train, layer.node)
    evaluated = train if graph.same_in_both_modes else program(graph.eval, last[1].node)
    return graph.model_copy(update={"values": tuple(values), "train": train, "eval": evaluated})


def _ending(shape: Shape, width: int, outputs: int) -> Shape:
    return (*shape[:-1], outputs) if shape[-1:] == (width,) else shape
