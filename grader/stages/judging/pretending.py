"""Networks that only pretend: what was added, or the whole network, has no effect on the output."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from grader.networks.weights import Slot, fill
from grader.networks.weights import standard as in_standard_order
from grader.records.base import Text
from grader.records.findings import Verdict
from grader.records.graph import ModelGraph
from grader.records.submission import Excerpt
from grader.stages.judging.fingerprint import Portrait, Subject, close
from grader.stages.judging.verdicts import failed
from grader.stages.judging.words import place

SEEDS = (1, 2, 3, 4)
"""Other numbers under which something may have an effect that a dead ReLU withheld at first."""


def constant_output(graph: ModelGraph, likeness: Portrait, layers: int) -> Verdict | None:
    """Every image gets the same answer; None where that is not so.

    Args:
        layers: how many the exercise's network has; those that are called count as work.
    """
    if not all(
        close(answers, answers[:1].expand_as(answers))
        for answers in (likeness.outputs, likeness.loud_outputs, likeness.train_outputs)
    ):
        return None
    called = sum(layer.called for layer in graph.layers)
    return failed(
        "function",
        "constant-output",
        Text(
            en="Every image gets the same answer: what `forward` returns does not depend on the images.",
            ko="어떤 이미지를 넣어도 답이 같아요. `forward`가 돌려주는 값이 이미지와 상관이 없어요.",
        ),
        Text(
            en="Which variable holds the result of the last layer, and which one does `forward` return?",
            ko="마지막 층의 결과는 어느 변수에 들어 있고, `forward`는 어느 변수를 돌려주나요?",
        ),
        share=min(1.0, called / max(1, layers)),
    )


def contributes_nothing(graph: ModelGraph, wanted: int, given: int, departure: Verdict) -> Verdict:
    """The network computes what the one that was handed out computes, and has more layers than that.

    Args:
        wanted: layers of the exercise's network.
        given: layers of the one that was handed out.
    """
    called = sum(layer.called for layer in graph.layers) - given
    return departure.model_copy(
        update={
            "code": "contributes-nothing",
            "share": max(0.0, min(1.0, called / max(1, wanted - given))),
            "message": Text(
                en="What was added never reaches the output: the network still computes what you started from. "
                + departure.message.en,
                ko="추가한 부분이 출력까지 가지 않아서, 처음에 받은 네트워크와 똑같이 계산해요. "
                + departure.message.ko,
            ),
        }
    )


def without_effect(
    subject: Subject, likeness: Portrait, images: Tensor, own: int, excerpt: Excerpt
) -> Verdict | None:
    """Layers or joined channels that change nothing, whatever numbers they hold; None where all do.

    Args:
        own: how many parts (`parts`) the exercise adds to what students start from.
    """
    if likeness.problem:
        return None
    used = [_columns(g) for g in likeness.gradients]
    for seed in SEEDS:
        if all(
            bool(part.any())
            for slot, columns in zip(subject.slots, used, strict=True)
            for part in _split(slot, columns)
        ):
            return None
        for position, gradient in enumerate(gradients_with(subject, likeness, images, seed)):
            found = _columns(gradient)
            before = used[position]
            used[position] = found if before is None else before if found is None else before | found
    idle: list[Slot] = []
    names: list[str] = []
    count = 0
    for slot, columns in zip(subject.slots, used, strict=True):
        if columns is None or not bool(columns.any()):
            idle.append(slot)
            continue
        dead = [
            leaf.origin
            for leaf, part in zip(slot.leaves, _split(slot, columns), strict=True)
            if not bool(part.any())
        ]
        count += len(dead)
        names += [f"{origin} → {slot.layer.name}" for origin in dead]
    idle = [slot for slot in idle if not _matters(subject, likeness, images, slot)]
    count += len(idle)
    names = [*(slot.layer.name for slot in idle), *names]
    if not count:
        return None
    listed = ", ".join(f"`{name}`" for name in names[:4]) + (" …" if len(names) > 4 else "")
    node = subject.graph.train.nodes[idle[0].layer.node] if idle else None
    return failed(
        "function",
        "part-without-effect",
        Text(
            en=f"In training these change nothing of the output, whatever numbers they hold: {listed}.",
            ko=f"학습할 때 여기에 어떤 값이 들어 있어도 출력이 전혀 달라지지 않아요: {listed}.",
        ),
        Text(
            en="What happens to their result on its way to the output: is it multiplied by zero, dropped or overwritten?",
            ko="그 결과가 출력까지 가는 길에 무슨 일이 생기나요? 0이 곱해지거나, 버려지거나, 덮어써지지 않나요?",
        ),
        share=max(0.0, 1 - count / max(1, own)),
        where=place(node.line, excerpt) if node else None,
    )


def parts(slots: tuple[Slot, ...]) -> int:
    """Layers, and stretches of channels that are joined before one."""
    return sum(len(slot.leaves) for slot in slots)


def reached(subject: Subject, likeness: Portrait, images: Tensor) -> Portrait:
    """The portrait with, for every layer, the first gradient that is not zero under several numbers.

    A narrow gate whose hidden ReLUs are all off for the probe images, or a branch behind a factor
    that starts at zero, receives none under one set of numbers and is in order all the same.
    """
    gradients = list(likeness.gradients)
    for seed in SEEDS:
        if likeness.problem or all(g is not None and bool(g.abs().max() > 0) for g in gradients):
            break
        for position, found in enumerate(gradients_with(subject, likeness, images, seed)):
            known = gradients[position]
            if found is not None and (known is None or not bool(known.abs().max() > 0)):
                gradients[position] = found
    return replace(likeness, gradients=tuple(gradients))


def gradients_with(subject: Subject, likeness: Portrait, images: Tensor, seed: int) -> list[Tensor | None]:
    """The layers' gradients in train mode under other numbers, in standard channel order."""
    network = subject.network
    fill(network, subject.slots, likeness.assignment, "probe", seed)
    loosen(subject, seed)
    network.train(True)
    for parameter in network.parameters():
        parameter.grad = None
    answer = network(images.clone())
    weights = torch.linspace(-1, 1, answer.numel(), dtype=answer.dtype).reshape(answer.shape)
    (answer * weights).sum().backward()
    found: list[Tensor | None] = []
    for slot, block in zip(subject.slots, likeness.assignment.blocks, strict=True):
        gradient = network.value(slot.layer.weight).grad
        found.append(None if gradient is None else in_standard_order(gradient, slot, block))
    return found


def loosen(subject: Subject, seed: int) -> None:
    """Numbers that are not zero for parameters that belong to no layer (factors, normalisation)."""
    own = {number for slot in subject.slots for number in (slot.layer.weight, slot.layer.bias)}
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for number, value in enumerate(subject.graph.values):
            if value.kind == "parameter" and number not in own:
                tensor = subject.network.value(number)
                if tensor.is_floating_point():
                    tensor.add_(torch.rand(tensor.shape, generator=generator, dtype=tensor.dtype) * 0.5 + 0.1)


def _columns(gradient: Tensor | None) -> Tensor | None:
    """Which of the numbers that a layer is given per output have any gradient."""
    return None if gradient is None else (gradient.reshape(len(gradient), -1) != 0).any(dim=0)


def _split(slot: Slot, columns: Tensor | None) -> list[Tensor]:
    """The columns by where they come from, in the order of `slot.leaves`; one for all where that does not fit."""
    if columns is None:
        return [torch.zeros(1, dtype=torch.bool)] * len(slot.leaves)
    channels = [leaf.channels for leaf in slot.leaves]
    each, rest = divmod(len(columns), sum(channels))
    if rest or not each:
        return [columns] * len(slot.leaves)
    return list(torch.split(columns, [each * count for count in channels]))


def _matters(subject: Subject, likeness: Portrait, images: Tensor, slot: Slot) -> bool:
    """A layer without a gradient may have an effect all the same: behind `detach`, or frozen."""
    subject.give(likeness.assignment, "probe")
    network = subject.network
    network.train(True)
    with torch.no_grad():
        torch.manual_seed(0)
        before = network(images.clone())
        network.value(slot.layer.weight).mul_(-0.5).add_(0.1)
        if slot.layer.bias is not None:
            network.value(slot.layer.bias).add_(0.5)
        torch.manual_seed(0)
        return not close(before, network(images.clone()))
