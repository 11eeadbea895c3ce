"""What a graph computes, without what does not matter to it: names, lines, the order of declaration."""

from __future__ import annotations

import hashlib

from grader.networks import operators
from grader.records.graph import Affine, Argument, ModelGraph, Node, Program, ValueRef


def structure(graph: ModelGraph) -> str:
    """A hash, equal for two graphs only if they are the same operators on the same values.

    Values are numbered in the order of their first use, so that a student who declares the layers in
    another order has the same structure; those that are never used count too. So has one who writes
    `view(-1, 4096)` for `view(N, 4096)`, or leaves out a stride that is the pool's own size.
    """
    numbers = {0: 0}
    programs = [_program(graph.train, numbers, len(graph.values))]
    if not graph.same_in_both_modes:
        programs.append(_program(graph.eval, numbers, len(graph.values)))
    values = sorted(
        (numbers.get(number, -1), v.kind, v.shape, v.dtype, v.requires_grad, v.registered, v.data or b"")
        for number, v in enumerate(graph.values)
    )
    return hashlib.sha256(repr((programs, values)).encode()).hexdigest()


def _program(program: Program, numbers: dict[int, int], values: int) -> object:
    """A program in plain tuples; gives numbers to the values that it is the first to use."""
    made: dict[int, int] = {}

    def number(of: int) -> int:
        if of >= values:
            return -made.setdefault(of, len(made) + 1)
        return numbers.setdefault(of, len(numbers))

    def plain(argument: Argument) -> object:
        if isinstance(argument, tuple):
            return [plain(item) for item in argument]
        if isinstance(argument, ValueRef):
            return "value", number(argument.value)
        return argument  # records and plain values show their type in `repr`

    nodes = [
        (
            node.op,
            [plain(argument) for argument in _spelled_out(node, program.batch)],
            [(name, plain(argument)) for name, argument in sorted(node.kwargs.items())],
            [None if output is None else number(output) for output in node.outputs],
            node.shapes,
            node.grad,
        )
        for node in program.nodes
    ]
    return program.batch, nodes, number(program.output)


def _spelled_out(node: Node, batch: int) -> tuple[Argument, ...]:
    """A node's arguments, with what torch fills in by itself."""
    name, args = operators.base_name(node.op), node.args
    if name == "avg_pool2d" and (len(args) == 2 or args[2:] == ((),)):
        return (*args[:2], args[1])
    if name == "view" and isinstance(args[1], tuple) and -1 in args[1]:
        place = args[1].index(-1)
        found = node.shapes[0][place]
        # only the first side follows the batch; elsewhere a number that did would not have fitted twice
        size = Affine(per_image=found // batch, plus=0) if place == 0 and found % batch == 0 else found
        return (args[0], (*args[1][:place], size, *args[1][place + 1 :]))
    return args
