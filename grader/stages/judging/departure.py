"""Where do two networks part? The first value that one has and the other has not.

Both networks run with the same numbers. A value of the student's network that also turns up in the
reference is right, whatever it is called; the first operator whose inputs are right and whose
result is not is the place to look at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from grader.networks import operators
from grader.networks.layers import RESHAPES
from grader.networks.replay import references
from grader.networks.weights import Assignment, assignments, channel_order, fill, natural
from grader.records.drawing import Marks
from grader.records.graph import Node
from grader.stages.judging.fingerprint import Numbers, Subject


@dataclass(frozen=True)
class Departure:
    """The first place at which a network leaves the reference."""

    node: Node | None
    """The student's operator there; None: everything is right but the wrong value is returned."""
    after: tuple[Node | None, ...]
    """The student's operators whose results are still right and go into `node`; None: the input."""
    expected: tuple[Node, ...]
    """What the reference does with the same values, where the student's network does not."""
    marks: Marks
    """Every place at which it leaves the reference, not the first alone."""


@dataclass(frozen=True)
class Trail:
    """Every value of one run, by what it is (`_mark`)."""

    marks: dict[int, tuple[int, float]]
    nodes: tuple[Node, ...]

    def known(self) -> list[tuple[int, float]]:
        """All marks."""
        return list(self.marks.values())


@lru_cache(maxsize=64)
def _pattern(numel: int) -> Tensor:
    return torch.sin(torch.arange(1, numel + 1, dtype=torch.float64) * 0.7321) + 0.3


def _mark(tensor: Tensor) -> tuple[int, float]:
    """Size and a weighted sum: equal for equal numbers in the same order, in whatever shape."""
    flat = tensor.detach().to(torch.float64).flatten()
    return flat.numel(), float(flat @ _pattern(flat.numel()))


def trail(subject: Subject, assignment: Assignment, images: Tensor, numbers: Numbers = "probe") -> Trail:
    """Run in eval mode and mark every value."""
    fill(subject.network, subject.slots, assignment, numbers, subject.seed)
    graph, plan = subject.graph, subject.network.eval_plan
    tensors: list[Tensor | None] = [images.clone()]
    tensors += [subject.network.value(number) for number in range(1, len(graph.values))]
    marks = {0: _mark(images)}
    torch.manual_seed(0)
    with torch.no_grad():
        for number in plan.walk(tensors, images.shape[0]):
            for output in graph.eval.nodes[number].outputs:
                value = None if output is None else tensors[output]
                if output is not None and value is not None and value.is_floating_point():
                    marks[output] = _mark(value)
    return Trail(marks, graph.eval.nodes)


def _among(mark: tuple[int, float] | None, known: Sequence[tuple[int, float]]) -> bool:
    return mark is not None and any(
        mark[0] == other[0] and abs(mark[1] - other[1]) <= 1e-8 * max(1.0, abs(mark[1])) for other in known
    )


def departure(subject: Subject, model: Subject, model_trail: Trail, images: Tensor) -> Departure | None:
    """The first departure under the assignment that explains most values; None if there is none."""
    found = _departure(subject, model, model_trail, images, "probe")
    if found is None or found.node is None:
        # all values are right (a ReLU6 is a ReLU up to 6): larger numbers may show where they part
        loud = trail(model, natural(model.slots), images, "loud")
        return _departure(subject, model, loud, images, "loud") or found
    return found


def _departure(
    subject: Subject, model: Subject, model_trail: Trail, images: Tensor, numbers: Numbers
) -> Departure | None:
    best: tuple[int, Trail] | None = None
    for ranks in assignments(subject.slots):
        candidate = trail(subject, channel_order(subject.slots, ranks, model.slots), images, numbers)
        right = sum(_among(mark, model_trail.known()) for mark in candidate.marks.values())
        if best is None or right > best[0]:
            best = (right, candidate)
    if best is None:
        return None
    ours, known = best[1], model_trail.known()
    makers = {output: node for node in ours.nodes for output in node.outputs if output is not None}
    marks = _marks(ours, known)
    for node in ours.nodes:
        if operators.base_name(node.op) in RESHAPES:
            continue
        operands = [number for number in references(node) if number in ours.marks]
        made = [output for output in node.outputs if output is not None][:1]
        if not operands or not made or _among(ours.marks.get(made[0]), known):
            continue
        if all(_among(ours.marks[number], known) for number in operands):
            return Departure(
                node,
                tuple(_maker(number, makers) for number in operands),
                _expected(ours, model_trail, operands),
                marks,
            )
    output = subject.graph.eval.output
    if _among(ours.marks.get(output), known):
        return Departure(None, (_maker(output, makers),), _expected(ours, model_trail, [output]), marks)
    return None


def _marks(ours: Trail, known: Sequence[tuple[int, float]]) -> Marks:
    """Which operators make the reference's values, and which are the first on their way that do not."""
    parts, right = [], []
    for index, node in enumerate(ours.nodes):
        operands = [number for number in references(node) if number in ours.marks]
        made = [output for output in node.outputs if output is not None][:1]
        if made and _among(ours.marks.get(made[0]), known):
            right.append(index)
        elif operands and made and all(_among(ours.marks[number], known) for number in operands):
            parts.append(index)
    return Marks(parts=tuple(parts), right=tuple(right))


def _maker(number: int, makers: dict[int, Node]) -> Node | None:
    """The operator that made a value, looked up through reshapes."""
    node = makers.get(number)
    while node is not None and operators.base_name(node.op) in RESHAPES and references(node):
        node = makers.get(references(node)[0])
    return node


def _expected(ours: Trail, model: Trail, operands: Sequence[int]) -> tuple[Node, ...]:
    """What the reference computes directly from the same values and the student's network nowhere."""
    known = ours.known()
    found = []
    sources = [ours.marks[number] for number in operands]
    for node in model.nodes:
        if operators.base_name(node.op) in RESHAPES:
            continue
        made = [output for output in node.outputs if output is not None][:1]
        uses = [model.marks[number] for number in references(node) if number in model.marks]
        if made and any(_among(use, sources) for use in uses) and not _among(model.marks.get(made[0]), known):
            found.append(node)
    return tuple(found)
