"""Does what a component joins reach a layer, or was it nothing, or cut away again?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from grader.networks import operators
from grader.networks.replay import references
from grader.networks.weights import Assignment, fill
from grader.records.base import Text
from grader.records.graph import Node, ValueRef
from grader.stages.judging.components import Sighting
from grader.stages.judging.fingerprint import Subject
from grader.stages.judging.pretending import SEEDS, loosen

_CUT = Text(
    en="one of the joined parts is cut away again before any layer",
    ko="이어 붙인 것 가운데 하나를 다음 층에 넣기 전에 다시 잘라 냈어요",
)


def still_joined(
    sightings: Sequence[Sighting], subject: Subject, assignment: Assignment, images: Tensor
) -> tuple[Sighting, ...]:
    """The sightings; one counts only if there is something to join, and every part of a concatenation goes on.

    A part that was cut away again is known by its gradient: exactly zero, in every channel.
    """
    sightings = _with_something(sightings, subject, assignment, images)
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


_NOTHING = Text(
    en="one of the two is always the same number (multiplied by zero, dropped, or overwritten)",
    ko="둘 가운데 하나가 언제나 같은 값이에요(0을 곱했거나, 버렸거나, 덮어썼어요)",
)


def _with_something(
    sightings: Sequence[Sighting], subject: Subject, assignment: Assignment, images: Tensor
) -> tuple[Sighting, ...]:
    """An addition of zeros, a concatenation with zeros or a gate that is a constant counts for nothing."""
    idle = [sighting for sighting in sightings if sighting.counts]
    for seed in (0, *SEEDS):
        if not idle:
            break
        if seed:
            fill(subject.network, subject.slots, assignment, "probe", seed)
            loosen(subject, seed)
        else:
            subject.give(assignment, "probe")
        zero, constant = _plain_values(subject, {n for s in idle for n in references(s.node)}, images)
        idle = [s for s in idle if set(references(s.node)) & (constant if s.kind == "gate" else zero)]
    return tuple(replace(s, counts=False, words=_NOTHING) if s in idle else s for s in sightings)


def _plain_values(subject: Subject, numbers: set[int], images: Tensor) -> tuple[set[int], set[int]]:
    """Which of these results of a call in train mode are zero throughout, and which one number throughout."""
    plan, values = subject.network.train_plan, range(1, len(subject.graph.values))
    tensors: list[Tensor | None] = [images.clone(), *(subject.network.value(number) for number in values)]
    zero, constant = set(), set()
    torch.manual_seed(0)
    with torch.no_grad():
        for position in plan.walk(tensors, len(images)):
            for number in numbers.intersection(plan.steps[position].outputs):
                if (made := tensors[number]) is not None and made.numel() > 1 and made.is_floating_point():
                    low, high = made.aminmax()
                    zero |= {number} if bool(low == 0) and bool(high == 0) else set()
                    constant |= {number} if bool(low == high) else set()
    return zero, constant


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
