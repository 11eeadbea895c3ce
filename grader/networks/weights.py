"""Numbers for a network's parameters that do not depend on how the student named or ordered them.

Layers are known by the shape of their weight, (outputs, numbers per output), and, among layers of
one shape, by a rank. Two submissions that compute the same function get the same numbers under
some assignment of ranks.
"""

from __future__ import annotations

import itertools
import math
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import torch
from torch import Tensor

from grader.networks import layers as layering
from grader.networks.layers import Layer, Leaf, Wiring
from grader.networks.replay import Replay
from grader.records.graph import ModelGraph

MAX_ASSIGNMENTS = 24
"""Assignments of ranks that are tried; the networks of this course have one or two."""

Key = tuple[int, int]
Start = Literal["probe", "loud", "he", "pytorch"]
LOUD = 2.5
"""Factor on every layer's numbers that drives activations into the hundreds, where a ReLU6 clips."""


@dataclass(frozen=True)
class Slot:
    """A weight (with its bias) to be given numbers; the first use decides where several share it."""

    layer: Layer
    leaves: tuple[Leaf, ...]
    """Where its input channels come from."""

    @property
    def key(self) -> Key:
        """Shape of its weight."""
        return self.layer.key


@dataclass(frozen=True)
class Assignment:
    """A rank for every slot, and the order in which each slot's input channels come."""

    ranks: tuple[int, ...]
    blocks: tuple[tuple[int, ...] | None, ...]
    """Per slot: input channel j of ours is channel `blocks[j]` of the standard order; None: equal."""


def slots_of(graph: ModelGraph) -> tuple[Slot, ...]:
    """The distinct weights of a graph in the order of their first use (train mode, then eval)."""
    found: dict[int, Slot] = {}
    for program in (graph.train, graph.eval):
        wiring = Wiring(graph, program)
        all_layers = layering.layers(wiring)
        for layer in all_layers:
            if layer.weight not in found:
                found[layer.weight] = Slot(layer, layering.leaves(wiring, layer.source, all_layers))
    return tuple(found.values())


def assignments(slots: tuple[Slot, ...]) -> Iterator[tuple[int, ...]]:
    """Ranks for the slots: every permutation inside each group of one shape, the natural one first."""
    groups: dict[Key, list[int]] = defaultdict(list)
    for position, slot in enumerate(slots):
        groups[slot.key].append(position)
    count = math.prod(math.factorial(len(group)) for group in groups.values())
    choices = [
        list(itertools.permutations(range(len(group))))
        if count <= MAX_ASSIGNMENTS
        else [tuple(range(len(group)))]
        for group in groups.values()
    ]
    for choice in itertools.product(*choices):
        ranks = [0] * len(slots)
        for group, permutation in zip(groups.values(), choice, strict=True):
            for position, rank in zip(group, permutation, strict=True):
                ranks[position] = rank
        yield tuple(ranks)


def channel_order(
    slots: tuple[Slot, ...], ranks: tuple[int, ...], standard: tuple[Slot, ...] | None
) -> Assignment:
    """Match the order of concatenated input channels to a standard network's.

    A student who concatenates [output, input] instead of [input, output] gets the same function
    with the columns of the next weight exchanged: a permutation of channels, nothing more.
    """
    if standard is None:
        return Assignment(ranks, (None,) * len(slots))
    by_name = {(slot.key, rank): slot for slot, rank in zip(standard, natural_ranks(standard), strict=True)}
    ours = {slot.layer.node: (slot.key, rank) for slot, rank in zip(slots, ranks, strict=True)}
    theirs = {
        slot.layer.node: (slot.key, rank)
        for slot, rank in zip(standard, natural_ranks(standard), strict=True)
    }
    blocks: list[tuple[int, ...] | None] = []
    for slot, rank in zip(slots, ranks, strict=True):
        model = by_name.get((slot.key, rank))
        blocks.append(None if model is None else _block_order(slot.leaves, model.leaves, ours, theirs))
    return Assignment(ranks, tuple(blocks))


def natural(slots: tuple[Slot, ...]) -> Assignment:
    """Numbers in the order of the calls, channels as they come."""
    return Assignment(natural_ranks(slots), (None,) * len(slots))


def natural_ranks(slots: tuple[Slot, ...]) -> tuple[int, ...]:
    """Ranks in the order of use."""
    seen: dict[Key, int] = defaultdict(int)
    ranks = []
    for slot in slots:
        ranks.append(seen[slot.key])
        seen[slot.key] += 1
    return tuple(ranks)


def _block_order(
    ours: tuple[Leaf, ...],
    theirs: tuple[Leaf, ...],
    our_names: dict[int, tuple[Key, int]],
    their_names: dict[int, tuple[Key, int]],
) -> tuple[int, ...] | None:
    def named(leaves: tuple[Leaf, ...], names: dict[int, tuple[Key, int]]) -> list[object]:
        return [leaf.origin if leaf.layer is None else names.get(leaf.layer, "?") for leaf in leaves]

    our_order, their_order = named(ours, our_names), named(theirs, their_names)
    if our_order == their_order or len(set(our_order)) != len(our_order) or "?" in our_order:
        return None
    if sorted(map(str, our_order)) != sorted(map(str, their_order)):
        return None
    return _moved(our_order, ours, their_order, theirs)


def _moved(
    our_order: Sequence[object], ours: Sequence[Leaf], their_order: Sequence[object], theirs: Sequence[Leaf]
) -> tuple[int, ...]:
    starts, start = {}, 0
    for name, leaf in zip(their_order, theirs, strict=True):
        starts[name] = start
        start += leaf.channels
    return tuple(
        starts[name] + channel
        for name, leaf in zip(our_order, ours, strict=True)
        for channel in range(leaf.channels)
    )


def every_order(slots: tuple[Slot, ...]) -> Iterator[Assignment]:
    """All that `channel_order` may find for a standard network that is not known: every assignment of ranks
    with every order of concatenated channels, the natural ones first."""
    choices = [_orders(slot.leaves) for slot in slots]
    if math.prod(map(len, choices)) > MAX_ASSIGNMENTS:
        choices = [[None] for _ in slots]
    for ranks in assignments(slots):
        for blocks in itertools.product(*choices):
            yield Assignment(ranks, blocks)


def _orders(leaves: tuple[Leaf, ...]) -> list[tuple[int, ...] | None]:
    places = range(len(leaves))
    if any(leaf.origin == "?" for leaf in leaves):
        return [None]
    return [
        None if order == tuple(places) else _moved(places, leaves, order, [leaves[place] for place in order])
        for order in itertools.permutations(places)
    ]


def arranged(numbers: Tensor, slot: Slot, block: tuple[int, ...] | None, shape: torch.Size) -> Tensor:
    """Standard numbers (outputs × per output) in the student's channel order and weight shape."""
    if block is not None:
        outputs = numbers.shape[0]
        numbers = numbers.reshape(outputs, len(block), -1)[:, list(block)].reshape(outputs, -1)
    if slot.layer.input_first:
        numbers = numbers.T
    return numbers.reshape(shape)


def standard(gradient: Tensor, slot: Slot, block: tuple[int, ...] | None) -> Tensor:
    """Inverse of `arranged`, for gradients."""
    outputs, per_output = slot.key
    flat = (
        gradient.reshape(per_output, outputs).T
        if slot.layer.input_first
        else gradient.reshape(outputs, per_output)
    )
    if block is not None:
        back = torch.empty_like(flat).reshape(outputs, len(block), -1)
        back[:, list(block)] = flat.reshape(outputs, len(block), -1)
        flat = back.reshape(outputs, per_output)
    return flat


def fill(
    network: Replay,
    slots: tuple[Slot, ...],
    assignment: Assignment,
    start: Start,
    seed: int,
) -> None:
    """Give every layer its numbers; other parameters keep those that they came with.

    `probe`: He-scaled weights and biases that are not zero, so that nothing that differs stays
    hidden. `loud`: the same, larger, for what differs only far from zero. `he`: He et al. 2015
    (arXiv 1502.01852), zero biases, and a hundredth standard deviation for the layer nearest to the
    output, so that training starts at ln(classes). `pytorch`: what `nn.Conv2d` and `nn.Linear` start
    with (uniform within 1/sqrt(fan-in)).
    """
    last = max(range(len(slots)), key=lambda position: slots[position].layer.node, default=-1)
    with torch.no_grad():
        for position, (slot, rank, block) in enumerate(
            zip(slots, assignment.ranks, assignment.blocks, strict=True)
        ):
            weight, bias = numbers(slot.key, rank, start, seed)
            if start == "he":
                weight = weight * (0.01 / math.sqrt(2 / max(1, slot.key[1])) if position == last else 1)
            parameter = network.value(slot.layer.weight)
            parameter.copy_(arranged(weight, slot, block, parameter.shape))
            if slot.layer.bias is not None:
                target = network.value(slot.layer.bias)
                target.copy_(bias.reshape(target.shape))


@lru_cache(maxsize=128)
def numbers(key: Key, rank: int, start: Start, seed: int) -> tuple[Tensor, Tensor]:
    """Weight (outputs × per output) and bias for a layer known by shape and rank, float64."""
    generator = torch.Generator().manual_seed(zlib.crc32(f"{key} {rank} {start}".encode()) + seed)
    outputs, fan_in = key
    bound = 1 / math.sqrt(max(1, fan_in))
    weight = torch.empty(outputs, fan_in, dtype=torch.float64)
    bias = torch.zeros(outputs, dtype=torch.float64)
    if start == "pytorch":
        return weight.uniform_(-bound, bound, generator=generator), bias.uniform_(
            -bound, bound, generator=generator
        )
    weight.normal_(0, math.sqrt(2 / max(1, fan_in)), generator=generator)
    if start in ("probe", "loud"):
        bias.normal_(0, 0.1, generator=generator)
    if start == "loud":
        weight *= LOUD
    return weight, bias
