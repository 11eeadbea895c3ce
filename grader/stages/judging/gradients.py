"""What would be learned: every parameter of the exercise's network, by the right gradient, and nothing else."""

from __future__ import annotations

import re

from grader.networks import operators
from grader.networks.layers import Wiring
from grader.records.base import Text
from grader.records.findings import Verdict
from grader.records.graph import Capture, ModelGraph, ValueRef
from grader.records.submission import Excerpt
from grader.stages.judging.fingerprint import NOTHING_TO_LEARN, Portrait, Subject
from grader.stages.judging.standard import Model
from grader.stages.judging.verdicts import OK, failed, passed
from grader.stages.judging.words import operator_name, place


def check_others(graph: ModelGraph, likeness: Portrait) -> Verdict:
    """The network is the exercise's until the first step of training, which changes more than its layers."""
    names = ", ".join(f"`{graph.values[number].name}`" for number in likeness.others[:4])
    return failed(
        "function",
        "learns-more",
        Text(
            en=f"Before training the network is right, but it also learns {names}, which the exercise's has not: after "
            "the first step it is another network.",
            ko=f"학습 전에는 맞는 네트워크지만, 과제에 없는 파라미터({names})도 함께 학습해요. "
            "그래서 한 번만 학습해도 다른 네트워크가 돼요.",
        ),
        Text(
            en="Which parameters does the layer table of the handout have?",
            ko="안내문의 층 표에는 어떤 파라미터가 있나요?",
        ),
    )


def _cannot_learn(names: tuple[str, ...], own: int) -> Verdict:
    """The network is right, and learns nothing from the weights that the student starts it with."""
    listed = ", ".join(f"`{name}`" for name in names[:4]) + (" …" if len(names) > 4 else "")
    return failed(
        "gradients",
        "cannot-learn",
        Text(
            en=f"With the starting weights that your code sets, these layers never learn: {listed}. Every gradient "
            "stays zero, or all their outputs stay the same.",
            ko=f"코드에서 정한 초기 가중치로는 이 층들이 아무것도 배우지 못해요: {listed}. 그래디언트가 계속 0이거나, 모든 출력이 계속 똑같아요.",
        ),
        Text(
            en="What does a layer whose weights are all equal, or whose ReLU never lets anything through, hand on to the next?",
            ko="가중치가 모두 같거나 ReLU가 항상 0을 내는 층은 다음 층에 무엇을 넘겨주나요?",
        ),
        share=max(0.0, 1 - len(names) / max(1, own)),
    )


def _hooks_change(capture: Capture) -> Verdict:
    """A hook of the student's own changes gradients: the network learns something else than it computes."""
    hooked = capture.hooked
    names = ", ".join(f"`{name}`" for name in hooked[:4]) + (" …" if len(hooked) > 4 else "")
    return failed(
        "gradients",
        "gradients-turned" if capture.turned else "gradients-hooked",
        Text(
            en=f"A hook (`register_hook` …) changes gradients on their way: {names}. The exercise's network learns from "
            "them as they are.",
            ko=f"hook(`register_hook` 등)이 그래디언트를 중간에 바꿔요: {names}. 과제의 네트워크는 그래디언트를 그대로 써서 학습해요.",
        ),
        Text(
            en="Does clipping belong to the network, or to the training loop (`clip_grad_norm_`)?",
            ko="그래디언트를 자르는 일은 네트워크와 학습 루프(`clip_grad_norm_`) 가운데 어디에 두어야 할까요?",
        ),
    )


_OVERWRITTEN = re.compile(
    r"modified by an inplace operation: \[\S+ \[\d+((?:, \d+)*)\]\], which is output \d of (\w+?)(?:Backward\d*)?,"
)


def _overwritten(graph: ModelGraph, found: re.Match[str], excerpt: Excerpt) -> Verdict:
    """Backward needs a tensor that was changed in place: torch tells its shape and what made it."""
    sides = tuple(int(side) for side in found[1].split(", ")[1:])
    wiring = Wiring(graph, graph.train)
    writers = [
        (node, wiring.producer.get(node.args[0].value))
        for node in graph.train.nodes
        if node.op.split(".")[1].endswith("_") and isinstance(node.args[0], ValueRef)
        and wiring.shapes[node.args[0].value][1:] == sides
    ]  # fmt: skip
    likely = [pair for pair in writers if pair[1] and operators.base_name(pair[1].op) == found[2].lower()]
    writer, made = next(iter((*likely, *writers)), (None, None))
    maker = operator_name(made) if made else Text(en=found[2], ko=found[2])
    shape = "×".join(map(str, sides)) or "1"
    return failed(
        "gradients",
        "overwritten",
        Text(
            en=f"`loss.backward()` fails: a tensor of {shape} numbers per image, which {maker.en} made and backward "
            "still needs, is changed in place afterwards.",
            ko=f"`loss.backward()`가 실패해요. {maker.ko} 결과(이미지마다 {shape})가 역전파에 필요한데, 그 뒤에 제자리(in-place) 연산으로 "
            "덮어썼어요.",
        ),
        Text(
            en="What is the difference between `out += x` (or `inplace=True`) and `out = out + x` for a tensor that backward needs?",
            ko="역전파에 필요한 텐서라면 `out += x`(또는 `inplace=True`)와 `out = out + x`는 무엇이 다른가요?",
        ),
        where=place(writer.line if writer else None, excerpt),
    )


def check_gradients(
    subject: Subject,
    likeness: Portrait,
    standard: Model | None,
    excerpt: Excerpt,
    capture: Capture,
    own: int,
) -> Verdict:
    """Every parameter receives the gradient that it should.

    Against the reference where the function is the same; else every used parameter must receive one.
    `capture` tells what the student's own hooks and starting weights do to them; `own` is the number of
    parts that the exercise adds to what students start from.
    """
    if likeness.problem:
        if (found := _OVERWRITTEN.search(likeness.problem)) is not None:
            return _overwritten(subject.graph, found, excerpt)
        if likeness.problem == NOTHING_TO_LEARN:
            return failed(
                "gradients",
                "backward-fails",
                Text(
                    en="`loss.backward()` fails: the output does not depend on any parameter that can be trained.",
                    ko="`loss.backward()`가 실패해요. 학습할 수 있는 파라미터가 출력에 하나도 이어져 있지 않아요.",
                ),
                Text(
                    en="Does what `forward` returns come from your layers, and is nothing on the way cut off with `detach` or `no_grad`?",
                    ko="`forward`가 돌려주는 값이 층의 결과에서 나오나요? 중간에 `detach`나 `no_grad`로 끊지 않았나요?",
                ),
            )
        return failed(
            "gradients",
            "backward-fails",
            Text(
                en=f"`loss.backward()` fails: {likeness.problem[:300]}",
                ko=f"`loss.backward()`가 실패해요: {likeness.problem[:300]}",
            ),
            Text(
                en="Is a tensor changed in place (`+=`, `inplace=True`) after it was used, or cut off with `detach` or `no_grad`?",
                ko="이미 계산에 쓴 텐서를 제자리에서 바꾸거나(`+=`, `inplace=True`), `detach`나 `no_grad`로 끊지 않았나요?",
            ),
        )
    bad: list[str] = []
    for slot, rank, gradient, bias in zip(
        subject.slots, likeness.assignment.ranks, likeness.gradients, likeness.bias_gradients, strict=True
    ):
        right = (
            standard.learns_as(slot.key, rank, gradient, bias)
            if standard is not None
            else gradient is not None and bool(gradient.abs().max() > 0)
        )
        if not right or not subject.graph.values[slot.layer.weight].requires_grad:
            bad.append(slot.layer.name)
    if not bad:
        if capture.cannot_learn:
            return _cannot_learn(capture.cannot_learn, own)
        return _hooks_change(capture) if capture.hooked else passed("gradients", OK["gradients"])
    cut = next((n for n in subject.graph.train.nodes if n.op.startswith("aten.detach") or not n.grad), None)
    names = ", ".join(bad[:5]) + (" …" if len(bad) > 5 else "")
    return failed(
        "gradients",
        "gradients-missing",
        Text(
            en=f"These layers do not receive the gradient they should: {names}. They cannot learn as intended.",
            ko=f"이 층들에 그래디언트가 제대로 오지 않아요: {names}. 그래서 의도한 대로 학습할 수 없어요.",
        ),
        Text(
            en="Is there a `detach()`, `.data`, `no_grad()` or `requires_grad_(False)` on their way to the output?",
            ko="출력까지 가는 길에 `detach()`, `.data`, `no_grad()`, `requires_grad_(False)`가 있지 않나요?",
        ),
        share=max(0.0, 1 - len(bad) / max(1, len(subject.slots))),
        where=place(cut.line, excerpt) if cut else None,
    )
