"""Are two networks the same function? Same numbers in, compare what comes out.

Both networks get the same parameters (matched by shape, see `grader.networks.weights`) and the same
images, in float64. Outputs that agree to nine digits under one assignment mean the same function;
gradients of a fixed loss, compared in the same way, mean that they also learn the same.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor

from grader.networks.replay import Replay
from grader.networks.weights import Assignment, Slot, assignments, channel_order, fill, slots_of, standard
from grader.records.graph import ModelGraph

Numbers = Literal["probe", "loud"]

TOLERANCE = 1e-7
"""Relative to the largest output. Two styles of one network differ by 1e-15, the smallest known
misconception by 1e-3."""
NOISE = 1e-10
"""A gradient that much smaller than the network's largest is a rounding error."""
PROBES = 3
"""Images; more than one, so that mixing up images shows."""

NOTHING_TO_LEARN = "the output does not depend on any parameter that can be trained"


@dataclass(frozen=True)
class Portrait:
    """What a network does with given numbers."""

    assignment: Assignment
    outputs: Tensor
    """Eval mode, PROBES × 10, float64."""
    loud_outputs: Tensor
    """Eval mode, with larger numbers: tells a ReLU6 from a ReLU."""
    train_outputs: Tensor
    gradients: tuple[Tensor | None, ...] = ()
    """Per slot, in standard channel order; None where no gradient arrives."""
    bias_gradients: tuple[Tensor | None, ...] = ()
    problem: str = ""
    """What torch said when the gradients were asked for."""
    others: tuple[int, ...] = ()
    """Value numbers of parameters of no layer (factors, normalisation) that would be trained too."""


@dataclass(frozen=True)
class Subject:
    """A network prepared for comparison."""

    graph: ModelGraph
    slots: tuple[Slot, ...]
    network: Replay = field(repr=False)
    seed: int = 0
    """Of the numbers that its layers are given."""
    answers: dict[tuple[Assignment, Numbers], Tensor] = field(default_factory=dict, repr=False)
    """What it was already asked (see `outputs`)."""
    given: list[tuple[Assignment, Numbers, list[int]]] = field(default_factory=list, repr=False)
    """The numbers that its layers hold, and torch's count of changes to each parameter then."""
    trained: list[Tensor] = field(default_factory=list, repr=False)
    """The last answer to the numbers that it holds, with what a backward pass needs, where it serves."""

    @classmethod
    def of(cls, graph: ModelGraph, seed: int = 0) -> Subject:
        """Prepare a graph."""
        return cls(graph, slots_of(graph), Replay(graph, torch.float64), seed)

    def give(self, assignment: Assignment, numbers: Numbers) -> bool:
        """See to it that the network's layers hold these numbers; True if they did, untouched."""
        changes = [parameter._version for parameter in self.network.parameters()]
        if self.given == [(assignment, numbers, changes)]:
            return True
        fill(self.network, self.slots, assignment, numbers, self.seed)
        changes = [parameter._version for parameter in self.network.parameters()]
        self.given[:] = [(assignment, numbers, changes)]
        return False


def probe_images(image: Sequence[int], seed: int = 0) -> Tensor:
    """Images as the exercise's input: in [0, 1], float64. Some networks that are right are equal to the
    reference on that range only (a redundant relu on the input)."""
    generator = torch.Generator().manual_seed(20_231 + seed)
    return torch.rand(PROBES, *image, dtype=torch.float64, generator=generator)


def outputs(subject: Subject, assignment: Assignment, images: Tensor, numbers: Numbers = "probe") -> Tensor:
    """What the network answers in eval mode with the probe numbers; asked once."""
    if (assignment, numbers) in subject.answers:
        return subject.answers[assignment, numbers]
    subject.give(assignment, numbers)
    # one call serves both modes where they are the same: `portrait` goes on from it
    serves_training = numbers == "probe" and subject.graph.same_in_both_modes
    try:
        answer = _called(subject.network, images, training=False, gradients=serves_training)
    except RuntimeError:  # some changes in place are only possible without gradients
        if not serves_training:
            raise
        serves_training = False
        answer = _called(subject.network, images, training=False, gradients=False)
    subject.trained[:] = [answer] if serves_training else []
    subject.answers[assignment, numbers] = answer.detach()
    return answer.detach()


def _called(network: Replay, images: Tensor, training: bool, gradients: bool) -> Tensor:
    """One call; noise (dropout) is the same in every call."""
    network.train(training)
    torch.manual_seed(0)
    with torch.set_grad_enabled(gradients):
        answer: Tensor = network(images.clone())
    return answer


def portrait(subject: Subject, assignment: Assignment, images: Tensor) -> Portrait:
    """Outputs in both modes, and the gradients of a fixed loss in train mode."""
    loud = outputs(subject, assignment, images, "loud")
    evaluated = outputs(subject, assignment, images)
    network = subject.network
    if not subject.give(assignment, "probe"):
        subject.trained.clear()
    for parameter in network.parameters():
        parameter.grad = None
    trained, problem = evaluated, ""
    try:
        trained = (
            subject.trained.pop()
            if subject.trained
            else _called(network, images, training=True, gradients=True)
        )
        weights = torch.linspace(-1, 1, trained.numel(), dtype=torch.float64).cos().reshape(trained.shape)
        if trained.requires_grad:
            torch.autograd.backward((trained * weights).sum())
        else:
            problem = NOTHING_TO_LEARN
    except RuntimeError as error:  # "modified by an inplace operation"
        problem = str(error).splitlines()[0]
    gradients, bias_gradients = [], []
    for slot, block in zip(subject.slots, assignment.blocks, strict=True):
        gradient = network.value(slot.layer.weight).grad
        gradients.append(None if gradient is None else standard(gradient, slot, block))
        bias = None if slot.layer.bias is None else network.value(slot.layer.bias).grad
        bias_gradients.append(None if bias is None else bias.flatten())
    layered = {number for slot in subject.slots for number in (slot.layer.weight, slot.layer.bias)}
    others = [
        number
        for number, value in enumerate(subject.graph.values)
        if value.kind == "parameter" and number not in layered
        and (gradient := network.value(number).grad) is not None and largest(gradient) > 0
    ]  # fmt: skip
    return Portrait(
        assignment, evaluated, loud, trained.detach(), tuple(gradients), tuple(bias_gradients), problem,
        tuple(others),
    )  # fmt: skip


def mixes_images(subject: Subject, assignment: Assignment, images: Tensor) -> bool:
    """In eval mode, does the answer for one image depend on the others of its batch?"""
    subject.give(assignment, "probe")
    # not `outputs`, which may remember an answer from before train mode changed BatchNorm's averages
    together = _called(subject.network, images, training=False, gradients=False)
    for place in (0, len(images) - 1):
        others = 1 - images
        others[place] = images[place]
        beside = _called(subject.network, others, training=False, gradients=False)
        if not close(together[place], beside[place]):
            return True
    return False


def close(a: Tensor, b: Tensor) -> bool:
    """Equal to `TOLERANCE`, relative to the larger one's largest number."""
    if a.shape != b.shape:
        return False
    # a NaN or an infinity anywhere makes the scale one, and no difference is within that
    scale = max(largest(a), largest(b), 1e-12)
    return math.isfinite(scale) and largest(a - b) <= TOLERANCE * scale


def largest(numbers: Tensor) -> float:
    """The largest magnitude; NaN where there is one. Nothing is copied, unlike with `abs().max()`."""
    low, high = numbers.aminmax()
    return max(float(high), -float(low))


def match(subject: Subject, model: Subject, likeness: Portrait, images: Tensor) -> Assignment | None:
    """The assignment under which `subject` answers as `model` does; None if there is none."""
    if sorted(s.key for s in subject.slots) != sorted(s.key for s in model.slots):
        return None
    for ranks in assignments(subject.slots):
        assignment = channel_order(subject.slots, ranks, model.slots)
        # loud first: what is asked next of a network that matches needs the probe numbers in place
        if close(outputs(subject, assignment, images, "loud"), likeness.loud_outputs) and close(
            outputs(subject, assignment, images), likeness.outputs
        ):
            return assignment
    return None


def canonical(subject: Subject, images: Tensor) -> Assignment:
    """An assignment that depends on the function alone: the one with the smallest outputs."""
    best: tuple[list[float], Assignment] | None = None
    for ranks in assignments(subject.slots):
        assignment = Assignment(ranks, (None,) * len(ranks))
        answer = rounded(outputs(subject, assignment, images))
        if best is None or answer < best[0]:
            best = (answer, assignment)
    assert best is not None
    return best[1]


def rounded(numbers: Tensor) -> list[float]:
    """Six significant digits: float64 noise is ten digits further down."""
    return [float(f"{x:.5e}") for x in numbers.flatten().tolist()]


def _sizes(gradients: Sequence[Tensor | None]) -> list[float | None]:
    return [None if gradient is None else float(gradient.norm()) for gradient in gradients]


def _significant(size: float, scale: float) -> list[float]:
    """Rounded; what is zero but for float64 noise (a bias before BatchNorm) is zero on every machine."""
    return rounded(torch.tensor(size if size > NOISE * scale else 0.0, dtype=torch.float64))


def digest(subject: Subject, likeness: Portrait) -> str:
    """A name for what the network computes and how it learns, equal for equal networks."""
    parts: list[object] = [
        rounded(likeness.outputs),
        rounded(likeness.loud_outputs),
        rounded(likeness.train_outputs),
        re.sub(r"Backward\d+", "", likeness.problem),  # torch 2.11 says ReluBackward0 where 2.13 says Relu
    ]
    sizes, bias_sizes = _sizes(likeness.gradients), _sizes(likeness.bias_gradients)
    scale = max((size for size in (*sizes, *bias_sizes) if size is not None), default=0.0)
    rows = []
    for slot, rank, size, bias_size in zip(
        subject.slots, likeness.assignment.ranks, sizes, bias_sizes, strict=True
    ):
        value = subject.graph.values[slot.layer.weight]
        learned = [None if s is None else _significant(s, scale) for s in (size, bias_size)]
        rows.append((slot.key, rank, value.registered, value.requires_grad, *learned))
    parts.append(sorted(rows, key=str))
    if likeness.others:
        parts.append(sorted(tuple(subject.graph.values[number].shape) for number in likeness.others))
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
