"""A network that is told by hashes only, as something to compare with: what students have of the reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from torch import Tensor

from grader.networks.layers import Layer
from grader.networks.weights import Assignment, Key, every_order
from grader.records.graph import DeclaredLayer, ModelGraph
from grader.records.judgement import Judgement
from grader.records.sealed import Sealed
from grader.stages.judging.channels import declared
from grader.stages.judging.departure import Departure
from grader.stages.judging.fingerprint import Portrait, Subject, outputs, probe_images
from grader.stages.judging.sealing import seal, seal_gradient, seal_outputs
from grader.stages.judging.standard import Model, Standard


@dataclass(frozen=True)
class SealedStandard:
    """A `Model` made of what a kit holds."""

    sealed: Sealed
    images: Tensor
    layers: tuple[Layer, ...]
    fingerprint: str = ""
    right: dict[str, Judgement] = field(default_factory=dict)

    @property
    def seed(self) -> int:
        return self.sealed.seed

    @property
    def layer_count(self) -> int:
        return self.sealed.layer_count

    @property
    def parts(self) -> int:
        return self.sealed.parts

    @property
    def hidden(self) -> tuple[str, ...]:
        return self.sealed.hidden

    def match(self, subject: Subject) -> Assignment | None:
        if not self.sealed.answers:
            return None
        for assignment in every_order(subject.slots):
            loud = outputs(subject, assignment, self.images, "loud")
            if seal(outputs(subject, assignment, self.images), loud) == self.sealed.answers:
                return assignment
        return None

    def trains_as(self, likeness: Portrait) -> bool:
        return seal(likeness.train_outputs) == self.sealed.trained

    def learns_as(self, key: Key, rank: int, gradient: Tensor | None, bias: Tensor | None) -> bool:
        return seal_gradient(key, rank, gradient, bias) in self.sealed.gradients

    def departure(self, subject: Subject) -> Departure | None:
        return None

    def kept(self, graph: ModelGraph, start: Model | None) -> float | None:
        return None


@lru_cache(maxsize=32)
def opened(sealed: Sealed, image: tuple[int, int, int]) -> SealedStandard:
    """Prepare the hashes of a kit."""
    return SealedStandard(sealed, probe_images(image, sealed.seed), tuple(map(declared, sealed.given)))


def sealed(standard: Standard, hidden: Sequence[str], equality: bool) -> Sealed:
    """What may be told of a network: hashes, and the layers that are not `hidden`.

    Args:
        standard: prepared with the seed of the kit.
        equality: whether a network can be told to be this one.
    """
    likeness = standard.likeness
    learned = [
        seal_gradient(slot.key, rank, gradient, bias)
        for slot, rank, gradient, bias in zip(
            standard.subject.slots, likeness.assignment.ranks, likeness.gradients, likeness.bias_gradients,
            strict=True,
        )
    ]  # fmt: skip
    return Sealed(
        seed=standard.seed,
        answers=seal_outputs(likeness) if equality else "",
        trained=seal(likeness.train_outputs) if equality else "",
        gradients=tuple(sorted(learned)) if equality else (),
        layer_count=standard.layer_count,
        parts=standard.parts,
        given=tuple(_given(layer) for layer in standard.layers if layer.name not in hidden),
        hidden=tuple(layer.name for layer in standard.layers if layer.name in hidden),
    )


def _given(layer: Layer) -> DeclaredLayer:
    return DeclaredLayer(
        name=layer.name, kind="conv" if layer.kind == "conv" else "linear", in_channels=layer.in_channels, out_channels=layer.out_channels,
        kernel=layer.kernel, stride=layer.stride, padding=layer.padding, dilation=layer.dilation,
        groups=layer.groups, bias=layer.has_bias,
    )  # fmt: skip
