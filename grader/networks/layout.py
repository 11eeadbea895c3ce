"""What a traced network allows whoever trains it to change: the order of its images in memory."""

from __future__ import annotations

import torch

from grader.networks import operators
from grader.networks.replay import Replay
from grader.records.graph import ModelGraph, Program, ValueRef

_STRIDES = {"as_strided", "_reshape_alias", "empty_strided", "new_empty_strided"}
"""Operators that name strides: what they mean depends on the layout."""
_UNFILLED = {"empty", "empty_like", "new_empty", "empty_strided", "new_empty_strided"}


def channels_last(network: Replay) -> bool:
    """Turn the network's layers to channels-last if it computes the same then; whether it was done.

    A traced `view` holds on the layout that it was traced on alone. It becomes a `reshape`, which
    copies where it must; that is the same unless something is later written into the copy or the original.
    """
    programs = (network.graph.train, network.graph.eval)
    if not all(_any_layout(program) for program in programs):
        return False
    for plan, program in zip((network.train_plan, network.eval_plan), programs, strict=True):
        plan.steps = [
            step._replace(call=torch.reshape) if node.op == "aten.view.default" else step
            for step, node in zip(plan.steps, program.nodes, strict=True)
        ]
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return True


def draws_numbers(graph: ModelGraph) -> bool:
    """Whether it uses random numbers (dropout)."""
    return any(
        torch.Tag.nondeterministic_seeded in operators.overload(node.op).tags
        for program in (graph.train, graph.eval)
        for node in program.nodes
    )


def reads_unfilled_memory(graph: ModelGraph) -> bool:
    """Whether it makes tensors without giving them numbers, so that a run could depend on old ones."""
    return any(
        operators.base_name(node.op) in _UNFILLED
        for program in (graph.train, graph.eval)
        for node in program.nodes
    )


def _any_layout(program: Program) -> bool:
    """Whether no operator names strides, and nothing is written to once it has been viewed."""
    group: dict[int, int] = {}

    def root(number: int) -> int:
        while group.get(number, number) != number:
            number = group[number]
        return number

    viewed: set[int] = set()
    for node in program.nodes:
        if operators.base_name(node.op) in _STRIDES:
            return False
        for position, formal in enumerate(operators.overload(node.op)._schema.arguments):
            actual = node.args[position] if position < len(node.args) else node.kwargs.get(formal.name)
            if formal.alias_info is None or not isinstance(actual, ValueRef):
                continue
            if formal.alias_info.is_write and root(actual.value) in {root(number) for number in viewed}:
                return False
            if node.op == "aten.view.default":
                viewed.add(actual.value)
            for output in node.outputs:
                if output is not None:
                    group[root(output)] = root(actual.value)
    return True
