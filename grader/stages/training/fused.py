"""The same steps in fewer kernels: which of a network's nodes are computed together.

On a GPU the networks of this course are bound by memory traffic and by the number of kernels. Fused are a
convolution, its bias and relu, a product, its bias and relu, and the gradient of relu and 2×2 average
pooling (fused_layers.py); weight gradients run beside the rest. The plain replay stays the reference.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from grader.networks import operators
from grader.networks.replay import Replay, references
from grader.records.graph import Argument, ModelGraph, Node, ValueRef
from grader.stages.training.fused_layers import Gradients, convolution_relu, linear_relu

_RELU = {"aten.relu.default", "aten.relu_.default"}


class Fused(Gradients):
    """One network's fused layers, and the gradients of their weights."""

    def rewrite(self, network: Replay) -> int:
        """Let the network's training run on fused layers; how many there are."""
        found, plan = blocks(network.graph), network.train_plan
        replaced = {position for block in found.values() for position in block.positions}
        steps = []
        for position, step in enumerate(plan.steps):
            if (block := found.get(position)) is not None:
                operands = (self, *block.operands)
                call, more = (
                    (linear_relu, ())
                    if block.linear
                    else (convolution_relu, (step.args[3:6], step.args[8], block.pooled))
                )
                steps.append(step._replace(call=call, args=(*operands, *more), outputs=block.outputs))
            elif position not in replaced:
                steps.append(step)
        plan.steps = steps
        return len(found)


class Block(NamedTuple):
    """Nodes of a program that one fused layer replaces; it stands where the first one stood."""

    positions: tuple[int, ...]
    linear: bool
    """A product; else a convolution."""
    pooled: bool
    operands: tuple[ValueRef, ValueRef, ValueRef]
    """Input, weight and bias; the last two are parameters."""
    outputs: tuple[int | None, ...]


def blocks(graph: ModelGraph) -> dict[int, Block]:
    """Fused layers of the training program, by the position of their convolution or product.

    None in a program that overwrites tensors: there, the order of the steps matters.
    """
    nodes = graph.train.nodes
    if any(_overwrites(node) and node.op not in _RELU for node in nodes):
        return {}
    uses = Counter(number for node in nodes for number in references(node))
    uses[graph.train.output] += 1
    reader = {number: place for place, node in enumerate(nodes) for number in references(node)}
    turned = {node.outputs[0]: node.args[0] for node in nodes if node.op == "aten.t.default"}

    def only_reader(position: int) -> int | None:
        """Of a node's output, if there is just one."""
        output = nodes[position].outputs[0]
        return reader.get(output) if output is not None and uses[output] == 1 else None

    found = {}
    for position, node in enumerate(nodes):
        operands = _operands(node, turned, graph)
        relu = only_reader(position)
        if operands is None or relu is None or nodes[relu].op not in _RELU or not nodes[relu].grad:
            continue
        linear, pool = node.op == "aten.addmm.default", only_reader(relu)
        pooled = not linear and pool is not None and _halves(nodes[pool])
        positions = (position, relu, pool) if pooled and pool is not None else (position, relu)
        found[position] = Block(positions, linear, pooled, operands, nodes[positions[-1]].outputs)
    return found


def _operands(
    node: Node, turned: dict[int | None, Argument], graph: ModelGraph
) -> tuple[ValueRef, ValueRef, ValueRef] | None:
    """Input, weight and bias of a layer that can be fused.

    Args:
        turned: what was transposed, by the number of the result.
    """
    if not node.grad or node.kwargs:
        return None
    if node.op == "aten.convolution.default":
        given, weight, bias, stride, _, _, transposed, *_ = node.args
        if transposed or not isinstance(stride, tuple) or len(stride) != 2:
            return None
    elif node.op == "aten.addmm.default":
        bias, given, product = node.args
        weight = turned.get(product.value) if isinstance(product, ValueRef) else None
    else:
        return None
    if not (isinstance(given, ValueRef) and isinstance(weight, ValueRef) and isinstance(bias, ValueRef)):
        return None
    for operand in (weight, bias):
        if operand.value >= len(graph.values) or graph.values[operand.value].kind != "parameter":
            return None
    return given, weight, bias


def _halves(node: Node) -> bool:
    """2×2 average pooling without overlap, padding or odd ways of counting."""
    return (
        node.op == "aten.avg_pool2d.default"
        and node.grad
        and not node.kwargs
        and node.args[1:] == ((2, 2), (2, 2))
    )


def _overwrites(node: Node) -> bool:
    arguments = operators.overload(node.op)._schema.arguments
    return any(formal.alias_info is not None and formal.alias_info.is_write for formal in arguments)
