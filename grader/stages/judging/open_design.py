"""Judging a network of free design: by what is found in it, not by equality with the reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from grader.networks import operators
from grader.networks.layers import Wiring, layers
from grader.networks.weights import fill
from grader.records.assignment import Assignment as Exercise
from grader.records.assignment import Component, OpenDesign
from grader.records.base import Text
from grader.records.findings import Verdict
from grader.records.graph import Capture, ModelGraph
from grader.records.judgement import Judgement
from grader.records.submission import Excerpt
from grader.stages.judging.bookkeeping import check_bookkeeping
from grader.stages.judging.checks import check_shape
from grader.stages.judging.components import Sighting, components
from grader.stages.judging.fingerprint import (
    Portrait,
    Subject,
    canonical,
    close,
    digest,
    mixes_images,
    portrait,
)
from grader.stages.judging.gradients import check_gradients
from grader.stages.judging.joined import still_joined
from grader.stages.judging.pretending import constant_output, reached
from grader.stages.judging.problems import nothing_added, without_graph
from grader.stages.judging.standard import Model
from grader.stages.judging.steady import images_mixed, random_in_eval
from grader.stages.judging.verdicts import OK, failed, passed, with_blocked
from grader.stages.judging.words import place


def judge_open(capture: Capture, excerpt: Excerpt, exercise: Exercise, standard: Model) -> Judgement:
    """Judge a network of free design; `capture` is neither meddled with nor unfaithful."""
    design = exercise.open_design
    assert design is not None
    loads, channels = passed("loads", OK["loads"]), check_bookkeeping(capture, design)
    graph = capture.graph
    if graph is None:
        found = without_graph(capture, excerpt, standard).verdicts
        return Judgement(
            verdicts=tuple(channels if v.check == "channels" and v.outcome != "blocked" else v for v in found)
        )
    shape = check_shape(graph, exercise, excerpt, capture.alone)
    if shape.outcome == "failed" and shape.share == 0:
        return Judgement(verdicts=with_blocked((loads, shape, channels)))
    sightings = _in_both_modes(graph)
    subject = Subject.of(graph, standard.seed)
    equal = standard.match(subject)
    likeness = portrait(subject, equal or canonical(subject, standard.images), standard.images)
    constant = constant_output(graph, likeness, len(standard.layers) + len(standard.hidden))
    if (
        constant is None
        and not sightings
        and len(subject.slots) <= sum(map(len, design.blocks)) + len(design.classifier)
    ):
        return Judgement(verdicts=with_blocked((loads, nothing_added())))
    if not likeness.problem:
        sightings = still_joined(sightings, subject, likeness.assignment, standard.images)
    function = _check_components(sightings, design, capture, excerpt)
    function = constant or _steady(subject, likeness, standard.images, function, excerpt)
    own = standard.layer_count
    with_gradients = reached(subject, likeness, standard.images)
    gradients = check_gradients(subject, with_gradients, None, excerpt, capture, own)
    is_reference = (
        equal is not None
        and standard.trains_as(likeness)
        and check_gradients(subject, likeness, standard, excerpt, capture, own).outcome == "passed"
        and all(found.outcome == "passed" for found in (channels, function, gradients))
    )
    return Judgement(
        verdicts=(loads, shape, channels, function, gradients),
        fingerprint=standard.fingerprint if is_reference else digest(subject, likeness),
        is_reference=is_reference,
        graph=None if likeness.problem else graph,  # what has no backward pass cannot be trained
        ranks=likeness.assignment.ranks,
        notes=_notes(graph),
    )


# -- components ----------------------------------------------------------------------------------------

NAMES: dict[Component, Text] = {
    "skip": Text(en="skip addition", ko="스킵 덧셈"),
    "dense": Text(en="dense concatenation", ko="이어 붙이기"),
    "gate": Text(en="channel gate", ko="채널 게이트"),
}

_HINTS: dict[Component, Text] = {
    "skip": Text(
        en="Which two tensors of one shape could be added, such that both come from one place and only one has gone through the block?",
        ko="같은 곳에서 나와서 하나만 블록을 지나온, 모양이 같은 두 텐서는 무엇인가요? 그 둘을 어느 줄에서 더하면 될까요?",
    ),
    "dense": Text(
        en="Which earlier map do you still hold when a block ends, and along which dimension are the channels?",
        ko="블록이 끝날 때 아직 가지고 있는 앞쪽 특징 맵은 무엇인가요? 채널은 몇 번째 차원(dim)인가요?",
    ),
    "gate": Text(
        en="Go along your gate: one mean per channel, a layer or two, sigmoid. With which tensor is the result multiplied?",
        ko="게이트를 따라가 보세요. 채널마다 평균 하나, 층 한두 개, sigmoid까지 있나요? 그 결과를 어느 텐서에 곱했나요?",
    ),
}


NEAR = 0.75
"""Of a component that is missing: what is lost where something comes near it, or was computed and not used."""


def _in_both_modes(graph: ModelGraph) -> tuple[Sighting, ...]:
    """What train mode shows; a component that eval mode does not have does not count."""
    training, evaluation = components(graph, graph.train), components(graph, graph.eval)
    there = {(s.kind, s.node.line) for s in evaluation if s.counts}
    only = Text(en="it is there in train mode only", ko="train 모드에서만 있어요")
    both = [
        replace(s, counts=False, words=only) if s.counts and (s.kind, s.node.line) not in there else s
        for s in training
    ]
    seen = {(s.kind, s.node.line) for s in training}
    missing = Text(en="it is there in eval mode only", ko="eval 모드에서만 있어요")
    both += [
        replace(s, counts=False, words=missing)
        for s in evaluation
        if s.counts and (s.kind, s.node.line) not in seen
    ]
    return tuple(both)


def _check_components(
    sightings: Sequence[Sighting], design: OpenDesign, capture: Capture, excerpt: Excerpt
) -> Verdict:
    """At least one of each component; every one that is found is shown where it is."""
    missing = [k for k in design.components if not any(s.kind == k and s.counts for s in sightings)]
    thrown_away = _thrown_away(capture)
    near_misses = {s.kind for s in sightings if not s.counts}
    lost = sum(NEAR if kind in near_misses or thrown_away else 1.0 for kind in missing)
    told = [_missed(kind, sightings, excerpt) for kind in missing]
    if missing and (idle := ", ".join(f"`{name}`" for name in thrown_away)):
        told.append(
            Text(
                en=f"These layers are called, but their result never reaches the output: {idle}.",
                ko=f"이 층들은 부르기만 하고 결과를 출력까지 쓰지 않았어요: {idle}.",
            )
        )
    told += [_seen(kind, sightings, excerpt) for kind in design.components if kind not in missing]
    message = Text(en=" ".join(text.en for text in told), ko=" ".join(text.ko for text in told))
    if not missing:
        return passed("function", message)
    near = next((s for s in sightings if s.kind in missing and not s.counts), None)
    return failed(
        "function",
        "missing-" + "-".join(missing),
        message,
        _HINTS[missing[0]],
        share=1 - lost / len(design.components),
        where=place(near.node.line, excerpt) if near else None,
    )


def _seen(kind: Component, sightings: Sequence[Sighting], excerpt: Excerpt) -> Text:
    """A component with its place, and where else it is."""
    found = [s for s in sightings if s.kind == kind and s.counts]
    name, first, at = NAMES[kind], found[0], _at(found[0], excerpt)
    more = ", ".join(map(str, sorted({line for s in found if (line := _line(s))} - {_line(first)})))
    return Text(
        en=f"Found: {name.en}{at.en}: {first.words.en}." + (f" Also in line {more}." if more else ""),
        ko=f"찾았어요: {name.ko}{at.ko}. {first.words.ko}." + (f" {more}번째 줄에도 있어요." if more else ""),
    )


def _missed(kind: Component, sightings: Sequence[Sighting], excerpt: Excerpt) -> Text:
    """A component that is not there, and what comes nearest to it."""
    name, near = NAMES[kind], next((s for s in sightings if s.kind == kind and not s.counts), None)
    if near is None:
        return Text(en=f"Missing: {name.en}.", ko=f"없어요: {name.ko}.")
    at = _at(near, excerpt)
    return Text(
        en=f"Missing: {name.en}. What comes nearest{at.en} does not count: {near.words.en}.",
        ko=f"없어요: {name.ko}. 가장 비슷한 곳은 여기인데{at.ko}, {near.words.ko}.",
    )


def _line(sighting: Sighting) -> int | None:
    return sighting.node.line.line if sighting.node.line else None


def _at(sighting: Sighting, excerpt: Excerpt) -> Text:
    """ " (line 31, `out = out + s`)"."""
    where = place(sighting.node.line, excerpt)
    if where is None:
        return Text(en="", ko="")
    return Text(en=f" (line {where.line}: `{where.source}`)", ko=f"({where.line}번째 줄 `{where.source}`)")


def _thrown_away(capture: Capture) -> list[str]:
    """Layers that `forward` calls and whose results do not reach its own."""
    graph = capture.graph
    assert graph is not None
    alive = {layer.name for layer in layers(Wiring(graph, graph.train))}
    return [layer.name for layer in graph.layers if layer.called and layer.name not in alive]


# -- train mode, eval mode, gradients ------------------------------------------------------------------


def _steady(
    subject: Subject, likeness: Portrait, images: Tensor, function: Verdict, excerpt: Excerpt
) -> Verdict:
    """In eval mode the same image must get the same answer, each time and whatever else is in its batch."""
    noisy = random_in_eval(subject.graph, excerpt, function.share, function.message)
    if noisy is not None:
        fill(subject.network, subject.slots, likeness.assignment, "probe", subject.seed)
        subject.network.train(False)
        with torch.no_grad():
            answers = [subject.network(images.clone()) for seed in (1, 2) if torch.manual_seed(seed)]
        return function if close(*answers) else noisy
    if mixes_images(subject, likeness.assignment, images):
        return images_mixed(function.share, function.message)
    return function


def _notes(graph: ModelGraph) -> tuple[Text, ...]:
    """Layers that the other exercises do not allow."""
    notes = []
    rows = [
        (row.family, operators.base_name(node.op))
        for node in graph.train.nodes
        if (row := operators.find(node.op))
    ]
    if any(family == "random" for family, _ in rows):
        notes.append(
            Text(
                en="The network uses dropout or other noise in training: allowed in this exercise. A short training "
                "run leaves dropout out.",
                ko="학습할 때 드롭아웃(난수)을 쓰네요. 이 과제에서는 괜찮아요. 짧은 학습에서는 드롭아웃을 끄고 학습해요.",
            )
        )
    if any(family == "norm" for family, _ in rows):
        notes.append(
            Text(
                en="The network uses normalisation layers (BatchNorm, for example): allowed in this exercise.",
                ko="정규화 층(BatchNorm 등)을 쓰네요. 이 과제에서는 괜찮아요.",
            )
        )
    return tuple(notes)
