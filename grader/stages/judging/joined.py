"""Is what was concatenated still joined when it reaches a layer, or was a part cut away again?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from grader.networks import operators
from grader.networks.weights import Assignment
from grader.records.base import Text
from grader.records.graph import Node, ValueRef
from grader.stages.judging.components import Sighting
from grader.stages.judging.fingerprint import Subject

_CUT = Text(
    en="one of the joined parts is cut away again before any layer",
    ko="이어 붙인 것 가운데 하나를 다음 층에 넣기 전에 다시 잘라 냈어요",
)


def still_joined(
    sightings: Sequence[Sighting], subject: Subject, assignment: Assignment, images: Tensor
) -> tuple[Sighting, ...]:
    """The sightings; a concatenation counts only if every part of it goes on.

    A part that was cut away again is known by its gradient: exactly zero, in every channel.
    """
    joins = {
        number: sighting.node
        for sighting in sightings
        if sighting.counts and operators.base_name(sighting.node.op) == "cat"
        for number in sighting.node.outputs
        if number is not None
    }
    cut = {number for number, sizes in _seen(joins, subject, assignment, images).items() if 0 in sizes}
    return tuple(
        replace(s, counts=False, words=_CUT) if s.counts and cut.intersection(s.node.outputs) else s
        for s in sightings
    )


def _seen(
    joins: dict[int, Node], subject: Subject, assignment: Assignment, images: Tensor
) -> dict[int, list[int]]:
    """For each concatenation, of each of its parts: how many channels receive a gradient."""
    subject.give(assignment, "probe")
    plan, values = subject.network.train_plan, range(1, len(subject.graph.values))
    tensors: list[Tensor | None] = [images.clone(), *(subject.network.value(number) for number in values)]
    sizes: dict[int, list[int]] = {}
    torch.manual_seed(0)
    for position in plan.walk(tensors, len(images)):
        for number in joins.keys() & set(plan.steps[position].outputs):
            parts = joins[number].args[0]
            given = (
                [tensors[part.value] for part in parts if isinstance(part, ValueRef)]
                if isinstance(parts, tuple)
                else []
            )
            sizes[number] = [part.shape[1] for part in given if part is not None]
    joined = {
        n: t
        for n in sizes
        if (t := tensors[n]) is not None and t.requires_grad and t.shape[1] == sum(sizes[n])
    }
    answer = tensors[plan.output]
    assert answer is not None
    if not joined:
        return {}
    # not `backward`, which would add to the gradients that the portrait holds
    gradients = torch.autograd.grad(answer.cos().sum(), list(joined.values()), allow_unused=True)
    found = {}
    for number, gradient in zip(joined, gradients, strict=True):
        if gradient is not None:
            reached = (gradient != 0).transpose(0, 1).flatten(1).any(dim=1)
            found[number] = [int(part.sum()) for part in torch.split(reached, sizes[number])]
    return found
