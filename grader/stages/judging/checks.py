"""The checks of a network that has a graph: shape, channels, function (gradients have a file of their own)."""

from __future__ import annotations

import torch

from grader.networks.layers import Wiring, layers
from grader.networks.replay import Replay
from grader.networks.weights import Assignment, fill, natural, slots_of
from grader.records.assignment import Assignment as Exercise
from grader.records.base import Text
from grader.records.drawing import Marks
from grader.records.findings import Verdict
from grader.records.graph import Alone, Capture, ModelGraph, Program
from grader.records.submission import Excerpt
from grader.stages.judging.channels import (
    UNREGISTERED,
    found_layers,
    pair,
    table,
    table_of_equal,
    table_of_given,
)
from grader.stages.judging.crash import shape_text
from grader.stages.judging.fingerprint import Subject, mixes_images
from grader.stages.judging.standard import Model
from grader.stages.judging.steady import images_mixed, random_in_eval
from grader.stages.judging.verdicts import OK, failed, passed
from grader.stages.judging.words import listed, object_particle, operator_at, operator_name, place


def check_shape(graph: ModelGraph, exercise: Exercise, excerpt: Excerpt, alone: Alone | None) -> Verdict:
    """The output is N×10 for several N, finite, and the input is left unchanged.

    `alone`: what the student's code makes of one image; None for a graph that is not as the code has it.
    """
    expected = exercise.outputs
    network, slots = Replay(graph), slots_of(graph)
    fill(network, slots, natural(slots), "pytorch", seed=0)
    # with 2 and 3 it was traced; one image alone is no batch to train on (BatchNorm refuses it)
    for batch, modes in (
        (5, (False,) if graph.same_in_both_modes else (True, False)),
        *(((1, (False,)),) if alone is None else ()),
    ):
        images = torch.rand(batch, *exercise.input_shape, generator=torch.Generator().manual_seed(1))
        for training in modes:
            given = images.clone()
            network.train(training)
            try:
                with torch.no_grad():
                    answer = network(given)
            except Exception as error:  # noqa: BLE001 - torch's own word on why it does not fit
                reason = str(error).splitlines()[0][:200]
                return failed(
                    "shape",
                    "fails-for-one-image" if batch == 1 else "not-every-batch-size",
                    Text(
                        en=f"With {batch} image(s) `forward` fails: {reason}",
                        ko=f"이미지가 {batch}장이면 `forward`가 실패해요: {reason}",
                    ),
                    _BATCH_HINT,
                    share=0.5 if batch == 1 else 0.0,
                )
            if tuple(answer.shape) != (batch, expected):
                shape = shape_text(tuple(answer.shape), -1)
                return failed(
                    "shape",
                    "fails-for-one-image"
                    if batch == 1
                    else "wrong-width"
                    if answer.dim() == 2 and len(answer) == batch
                    else "wrong-shape",
                    Text(
                        en=f"The output for {batch} image(s) has shape {shape}, expected {batch}×{expected}.",
                        ko=f"이미지 {batch}장에 대한 출력 모양이 {shape}이에요. {batch}×{expected}이어야 해요.",
                    ),
                    _BATCH_HINT
                    if batch == 1
                    else _ROWS_HINT
                    if answer.shape[1:] == (expected,)
                    else _OUTPUT_HINT,
                    share=0.5 if batch == 1 else 0.0,
                )
            if not bool(torch.isfinite(answer).all()):
                return failed(
                    "shape",
                    "not-finite",
                    Text(en="The output holds NaN or infinity.", ko="출력에 NaN이나 무한대가 있어요."),
                    Text(
                        en="Is there a division, logarithm or root that can meet zero?",
                        ko="0을 만날 수 있는 나눗셈, 로그, 제곱근이 있나요?",
                    ),
                )
            if not given.equal(images):
                return failed(
                    "shape",
                    "input-changed",
                    Text(
                        en="The output has the right shape, but `forward` changes the images it is given.",
                        ko="출력 모양은 맞지만, `forward`가 입력 이미지를 바꿔 버려요.",
                    ),
                    Text(
                        en="Which line works in place (`+=`, `relu_`, `inplace=True`) on `x` itself?",
                        ko="`x` 자체에 제자리 연산(`+=`, `relu_`, `inplace=True`)을 하는 줄이 있나요?",
                    ),
                    share=0.5,
                )
    if alone is not None and (wrong := _of_one_image(alone, expected, excerpt)) is not None:
        return wrong
    return passed(
        "shape",
        Text(
            en=f"The output is N×{expected} for 1, 2 and 5 images, finite, and the input is left unchanged.",
            ko=f"이미지 1장, 2장, 5장에서 출력이 모두 N×{expected}이고, 값이 유한하고, 입력은 그대로예요.",
        ),
    )


def right_alone(alone: Alone | None, expected: int) -> bool:
    """Whether one image alone comes to what it comes to among others; yes where it was not asked."""
    return alone is None or (alone.shape == (1, expected) and alone.same)


def _of_one_image(alone: Alone, expected: int, excerpt: Excerpt) -> Verdict | None:
    """What is wrong with the student's own answer for one image."""
    if right_alone(alone, expected):
        return None
    if alone.shape is None:
        message = Text(
            en=f"With 1 image `forward` fails: {alone.error}",
            ko=f"이미지가 1장이면 `forward`가 실패해요: {alone.error}",
        )
    elif alone.shape != (1, expected):
        shape = shape_text(alone.shape, -1)
        message = Text(
            en=f"The output for 1 image has shape {shape}, expected 1×{expected}.",
            ko=f"이미지 1장에 대한 출력 모양이 {shape}이에요. 1×{expected}이어야 해요.",
        )
    else:
        message = Text(
            en="An image alone gets other numbers than the same image among others.",
            ko="이미지를 1장만 넣으면 같은 이미지를 여러 장과 함께 넣었을 때와 결과가 달라요.",
        )
    where = place(alone.line, excerpt)
    return failed("shape", "fails-for-one-image", message, _BATCH_HINT, share=0.5, where=where)


_OUTPUT_HINT = Text(
    en="How many numbers should the last layer give per image, and is the batch side still first?",
    ko="마지막 층은 이미지마다 숫자를 몇 개 내야 하나요? 배치 차원이 맨 앞에 그대로 있나요?",
)
_ROWS_HINT = Text(
    en="How many numbers does one image have when it reaches your `view` or `reshape`, and does that number stand there?",
    ko="`view`나 `reshape`에 들어갈 때 이미지 한 장은 숫자가 몇 개인가요? 그 줄에 적은 수와 같은가요?",
)
_BATCH_HINT = Text(
    en="Is a batch size written into the code, or does `squeeze()` without a dimension remove it when it is 1?",
    ko="배치 크기가 코드에 박혀 있거나, 차원을 적지 않은 `squeeze()`가 배치 차원까지 없애지 않나요?",
)


def check_channels(capture: Capture, standard: Model, same_function: bool) -> Verdict:
    """Each layer's in, out, kernel, stride and padding against the reference's; all registered and used."""
    if capture.graph is not None:
        called = layers(Wiring(capture.graph, capture.graph.train))
        values, declarations = capture.graph.values, capture.graph.layers
    else:
        partial = capture.partial
        assert partial is not None
        program = Program(batch=partial.batch, nodes=partial.nodes, output=0)
        called = layers(Wiring(partial, program)) if partial.values else []
        values, declarations = partial.values, partial.layers
    found = found_layers(called, declarations, values, crashed=capture.graph is None)
    if same_function:
        rows = table_of_equal(standard.layers, found)
    elif standard.hidden:
        rows = table_of_given(standard.layers, standard.hidden, found)
    else:
        rows = table(standard.layers, found, pair(standard.layers, found))
    unknown = bool(standard.hidden) and not same_function
    wrong = [row for row in rows if not row.ok]
    if not wrong:
        return passed("channels", GIVEN_ARE_RIGHT if unknown else OK["channels"], layers=rows, open=unknown)
    names = ", ".join(row.name for row in wrong[:4]) + (" …" if len(wrong) > 4 else "")
    unregistered = [row for row in wrong if row.note == UNREGISTERED]
    if len(unregistered) == len(wrong):
        code = "layers-not-registered"
        message = Text(
            en=f"The sizes are right, but {len(wrong)} of {len(rows)} layers are not registered, so that they never "
            f"learn: {names}.",
            ko=f"크기는 맞지만 층 {len(rows)}개 가운데 {len(wrong)}개가 등록되지 않아서 학습이 되지 않아요: {names}.",
        )
        hint = Text(
            en="Layers in a plain Python list or dict stay hidden from the module. What does PyTorch offer instead?",
            ko="층을 파이썬 리스트나 딕셔너리에 넣으면 모듈이 알아보지 못해요. PyTorch에는 대신 쓸 수 있는 무엇이 있을까요?",
        )
    else:
        code = "layers-differ"
        message = Text(
            en=f"{len(wrong)} of {len(rows)} layers are not as asked for: {names}.",
            ko=f"층 {len(rows)}개 가운데 {len(wrong)}개가 과제와 달라요: {names}.",
        )
        hint = Text(
            en="Compare the two columns of the table: where does each number come from?",
            ko="표의 두 열을 비교해 보세요. 각 숫자는 어디에서 온 걸까요?",
        )
    return Verdict(
        check="channels",
        outcome="failed",
        share=max(0.0, 1 - len(wrong) / len(rows)),
        code=code,
        message=message,
        hint=hint,
        layers=rows,
        open=unknown,
    )


GIVEN_ARE_RIGHT = Text(
    en="The layers whose sizes are given are as asked for; those to be found out (?) show in the function.",
    ko="크기가 정해진 층은 모두 맞아요. 직접 찾아야 하는 층(?)은 함수 검사에서 드러나요.",
)


def check_function(
    subject: Subject, assignment: Assignment, standard: Model, start: Model | None, excerpt: Excerpt
) -> tuple[Verdict, Marks | None]:
    """With equal parameters, the outputs equal the reference's; `assignment` is the subject's canonical one.

    Beside the verdict: where the network leaves the reference, if that can be told.
    """
    known = standard.kept(subject.graph, start)
    share, unknown = known or 0.0, {"open": known is None}
    if (noisy := random_in_eval(subject.graph, excerpt, share)) is not None:
        return noisy.model_copy(update=unknown), None
    if mixes_images(subject, assignment, standard.images):
        return images_mixed(share).model_copy(update=unknown), None
    found = standard.departure(subject)
    where = None
    hint = Text(
        en="Go through the layer table and the figure of the handout step by step: which line of your `forward` does each step?",
        ko="과제 안내문의 층 표와 그림을 한 단계씩 따라가 보세요. `forward`의 어느 줄이 각 단계를 하고 있나요?",
    )
    message = Text(
        en="With the same parameters, the network gives other outputs than the exercise's.",
        ko="같은 파라미터를 넣었을 때 과제의 네트워크와 출력이 달라요.",
    )
    if found is not None:
        after = listed(operator_at(node) for node in found.after)
        if found.node is not None:
            where = place(found.node.line, excerpt)
            here = operator_at(found.node)
            message = Text(
                en=f"{message.en} Up to {after.en} it is right; from {here.en} on it is not.",
                ko=f"{message.ko} {after.ko}까지는 맞고, {here.ko}부터 달라져요.",
            )
        else:
            where = place(found.after[0].line, excerpt) if found.after[0] else None
            message = Text(
                en=f"{message.en} What is returned is right up to {after.en}, but the exercise goes on from there.",
                ko=f"{message.ko} {after.ko}까지는 맞지만, 과제의 네트워크는 그 뒤에 계산이 더 있어요.",
            )
        if found.expected:
            expected = listed(operator_name(node) for node in found.expected)
            hint = Text(
                en=f"The exercise's network goes on from there with {expected.en}. What does yours do instead, and with which tensor?",
                ko=f"과제의 네트워크는 그다음에 {expected.ko}{object_particle(expected.ko)} 해요. 여러분의 코드는 어떤 텐서로 무엇을 하고 있나요?",
            )
        else:
            hint = Text(
                en="Which tensor should go into this line, and is this step part of the exercise?",
                ko="이 줄에는 어떤 텐서가 들어가야 할까요? 과제에 있는 단계가 맞나요?",
            )
    verdict = failed("function", "other-function", message, hint, share=share, where=where)
    return verdict.model_copy(update=unknown), found.marks if found else None
