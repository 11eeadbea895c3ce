"""The reference, prepared for comparisons; made once in each process that judges."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from torch import Tensor

from grader.networks.layers import Layer, Wiring, layers
from grader.networks.weights import natural
from grader.records.graph import ModelGraph
from grader.records.judgement import Judgement
from grader.stages.judging.departure import Trail, trail
from grader.stages.judging.fingerprint import Portrait, Subject, digest, portrait, probe_images


@dataclass(frozen=True)
class Standard:
    """A network that submissions are compared with: the reference, or the unfilled template."""

    subject: Subject
    images: Tensor
    likeness: Portrait
    fingerprint: str
    layers: tuple[Layer, ...]
    """In the order of the calls, each weight once."""
    trail: Trail
    right: dict[str, Judgement] = field(default_factory=dict)
    """Judgements of networks that turned out to be this one, without the graph, by `structure`: most of
    a class writes one of a few, and what is the same need not be compared again."""


@lru_cache(maxsize=32)
def prepared(graph_json: str, image: tuple[int, int, int]) -> Standard:
    """Prepare a graph, given as JSON so that it can be a cache's key."""
    subject = Subject.of(ModelGraph.model_validate_json(graph_json))
    images = probe_images(image)
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
