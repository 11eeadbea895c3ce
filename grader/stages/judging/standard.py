"""What submissions are compared with, prepared for comparisons; made once in each process that judges."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from torch import Tensor

from grader.networks.layers import Layer, Wiring, layers
from grader.networks.weights import Assignment, Key, natural
from grader.records.graph import ModelGraph
from grader.records.judgement import Judgement
from grader.stages.judging.departure import Departure, Trail, departure, trail
from grader.stages.judging.fingerprint import (
    Portrait,
    Subject,
    close,
    digest,
    match,
    portrait,
    probe_images,
)
from grader.stages.judging.likeness import kept
from grader.stages.judging.pretending import parts


class Model(Protocol):
    """A network that submissions are compared with: one that is known, or one that is told by hashes only."""

    @property
    def images(self) -> Tensor: ...
    @property
    def seed(self) -> int: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def layer_count(self) -> int: ...
    @property
    def parts(self) -> int: ...
    @property
    def layers(self) -> tuple[Layer, ...]: ...
    @property
    def hidden(self) -> tuple[str, ...]: ...
    @property
    def right(self) -> dict[str, Judgement]: ...
    def match(self, subject: Subject) -> Assignment | None:
        """The assignment under which `subject` answers as this network does; None if there is none."""

    def trains_as(self, likeness: Portrait) -> bool:
        """Whether the answers in train mode are this network's, too."""

    def learns_as(self, key: Key, rank: int, gradient: Tensor | None, bias: Tensor | None) -> bool:
        """Whether a layer's gradients are this network's."""

    def departure(self, subject: Subject) -> Departure | None:
        """Where `subject` leaves this network; None where that cannot be said."""

    def kept(self, graph: ModelGraph, start: Model | None) -> float | None:
        """How much of this network's idea another one has, 0 … 1; None where that cannot be said."""


@dataclass(frozen=True)
class Standard:
    """A network that is known: the reference, or the unfilled template."""

    subject: Subject
    images: Tensor
    likeness: Portrait
    fingerprint: str
    layers: tuple[Layer, ...]
    """In the order of the calls, each weight once."""
    trail: Trail
    hidden: tuple[str, ...] = ()
    """Names of further layers, of which nothing is told."""
    right: dict[str, Judgement] = field(default_factory=dict)
    """Judgements of networks that turned out to be this one, without the graph, by `structure`: most of
    a class writes one of a few, and what is the same need not be compared again."""

    @property
    def seed(self) -> int:
        """Of the numbers that layers are given."""
        return self.subject.seed

    @property
    def layer_count(self) -> int:
        """Layers that are declared."""
        return len(self.subject.graph.layers)

    @property
    def parts(self) -> int:
        """Layers, and stretches of channels that are joined before one."""
        return parts(self.subject.slots)

    def match(self, subject: Subject) -> Assignment | None:
        return match(subject, self.subject, self.likeness, self.images)

    def trains_as(self, likeness: Portrait) -> bool:
        return close(likeness.train_outputs, self.likeness.train_outputs)

    def learns_as(self, key: Key, rank: int, gradient: Tensor | None, bias: Tensor | None) -> bool:
        known = self.likeness
        ranked = zip(self.subject.slots, known.assignment.ranks, strict=True)
        place = [(slot.key, its_rank) for slot, its_rank in ranked].index((key, rank))
        right, right_bias = known.gradients[place], known.bias_gradients[place]
        return (
            gradient is not None and right is not None and close(gradient, right)
            and (right_bias is None or (bias is not None and close(bias, right_bias)))
        )  # fmt: skip

    def departure(self, subject: Subject) -> Departure | None:
        return departure(subject, self.subject, self.trail, self.images)

    def kept(self, graph: ModelGraph, start: Model | None) -> float:
        known = start.subject.graph if isinstance(start, Standard) else None
        return kept(graph, self.subject.graph, known)


@lru_cache(maxsize=32)
def prepared(graph_json: str, image: tuple[int, int, int], seed: int = 0) -> Standard:
    """Prepare a graph, given as JSON so that it can be a cache's key."""
    subject = Subject.of(ModelGraph.model_validate_json(graph_json), seed)
    images = probe_images(image, seed)
    order = natural(subject.slots)
    likeness = portrait(subject, order, images)
    distinct: dict[int, Layer] = {}
    for layer in layers(Wiring(subject.graph, subject.graph.train)):
        distinct.setdefault(layer.weight, layer)
    return Standard(
        subject,
        images,
        likeness,
        digest(subject, likeness),
        tuple(distinct.values()),
        trail(subject, order, images),
    )
