"""The checks that need no training, in order; an earlier failure blocks what it makes meaningless."""

from __future__ import annotations

import torch

from grader.networks.layers import Wiring, layers
from grader.networks import operators
from grader.networks.replay import Replay
from grader.networks.weights import fill, natural, slots_of
from grader.records.assignment import Assignment as Exercise
from grader.records.base import Text
from grader.records.findings import BlankLeft, CheckName, Place, Verdict
from grader.records.graph import Capture, ModelGraph, Problem, Program
from grader.records.judgement import Judgement
from grader.records.submission import Excerpt
from grader.stages.judging.channels import found_layers, pair, table
from grader.stages.judging.crash import diagnose, shape_text
from grader.stages.judging.departure import departure
from grader.stages.judging.fingerprint import Portrait, Subject, canonical, close, digest, match, portrait
from grader.stages.judging.standard import Standard, prepared
from grader.stages.judging.words import listed, operator_at, operator_name, place

OK = {
    "loads": Text(
        en="The file was read and the class instantiated.", ko="파일을 읽고 클래스 객체를 만들었어요."
    ),
    "channels": Text(
        en="Every layer has the right channels, kernel, stride and padding.",
        ko="모든 층의 채널, 커널, stride, padding이 맞아요.",
    ),
    "function": Text(
        en="The network computes exactly what the exercise asks for.",
        ko="과제가 요구하는 것과 똑같이 계산해요.",
    ),
    "gradients": Text(
        en="Gradients reach every parameter, as they should.",
        ko="그래디언트가 모든 파라미터에 제대로 전달돼요.",
    ),
}


def judge(
    capture: Capture | None,
    excerpt: Excerpt,
    exercise: Exercise,
    reference: str,
    template: str | None,
    blanks: tuple[BlankLeft, ...] = (),
) -> Judgement:
    """Judge what capture found.

    Args:
        capture: the graph of the submission, or why there is none; None where nothing could be run.
        excerpt: its source, for quoting lines.
        exercise: interface of the exercise.
        reference: the graph of the reference, as JSON.
        template: the graph of the template with its blanks empty, as JSON; None where that crashes.
        blanks: blanks that the student left empty.
    """
    standard = prepared(reference, exercise.input_shape)
    if capture is None:
        problem = excerpt.problem or Text(en="Nothing can be run.", ko="실행할 수 있는 코드가 없어요.")
        return Judgement(verdicts=_blocked_after(_failed("loads", "syntax-error", problem, _SYNTAX_HINT)))
    if capture.problem is not None and capture.problem.code in ("meddled", "unfaithful"):
        return _unsure(capture.problem)
    if capture.graph is None:
        return _without_graph(capture, excerpt, exercise, standard, blanks)
    graph = capture.graph
    loads = _passed("loads", OK["loads"])
    shape = check_shape(graph, exercise)
    if shape.outcome == "failed" and shape.share == 0:
        channels = check_channels(capture, standard, same_function=False)
        return Judgement(verdicts=_with_blocked((loads, shape, channels)))
    subject = Subject.of(graph)
    assignment = match(subject, standard.subject, standard.likeness.outputs, standard.images)
    if assignment is None and template is not None:
        empty = prepared(template, exercise.input_shape)
        if match(subject, empty.subject, empty.likeness.outputs, empty.images) is not None:
            return Judgement(verdicts=_with_blocked((loads, _nothing_added(blanks))))
    likeness = portrait(subject, assignment or canonical(subject, standard.images), standard.images)
    same_outputs = assignment is not None
    same_training = same_outputs and close(likeness.train_outputs, standard.likeness.train_outputs)
    channels = check_channels(capture, standard, same_function=same_outputs and same_training)
    if same_outputs and same_training:
        function = _passed("function", OK["function"])
    elif same_outputs:
        function = _train_differs(graph, excerpt)
    else:
        function = check_function(subject, standard, excerpt, blanks)
    gradients = check_gradients(
        subject, likeness, standard if same_outputs and same_training else None, excerpt
    )
    is_reference = function.outcome == gradients.outcome == "passed" and all(
        value.registered and value.requires_grad
        for slot in subject.slots
        if (value := graph.values[slot.layer.weight])
    )
    fingerprint = standard.fingerprint if is_reference else digest(subject, likeness)
    notes = []
    if assignment is not None and any(block is not None for block in assignment.blocks):
        notes.append(
            Text(
                en="Your concatenation has another order than the reference's. That only permutes channels: it costs nothing.",
                ko="이어 붙인 순서가 모범 답안과 달라요. 채널 순서만 바뀌는 것이라 감점은 없어요.",
            )
        )
    return Judgement(
        verdicts=(loads, shape, channels, function, gradients), fingerprint=fingerprint, is_reference=is_reference,
        graph=graph, ranks=likeness.assignment.ranks, notes=tuple(notes),
    )  # fmt: skip


# -- verdicts ------------------------------------------------------------------------------------


def _passed(check: CheckName, message: Text, **more: object) -> Verdict:
    return Verdict.model_validate(
        {"check": check, "outcome": "passed", "share": 1.0, "code": "passed", "message": message, **more}
    )


def _failed(
    check: CheckName, code: str, message: Text, hint: Text | None = None, share: float = 0.0,
    where: Place | None = None, details: str = "",
) -> Verdict:  # fmt: skip
    return Verdict(
        check=check,
        outcome="failed",
        share=share,
        code=code,
        message=message,
        hint=hint,
        place=where,
        details=details,
    )


_TITLES: dict[str, Text] = {
    "loads": Text(en="loading the class", ko="클래스 불러오기"),
    "shape": Text(en="the shape check", ko="출력 모양 검사"),
    "function": Text(en="the function check", ko="함수 검사"),
}


def _with_blocked(verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    """Fill up with blocked checks; the first failure is what blocks."""
    cause = next(verdict for verdict in verdicts if verdict.outcome == "failed")
    done = {verdict.check for verdict in verdicts}
    title = _TITLES[cause.check]
    order: tuple[CheckName, ...] = ("loads", "shape", "channels", "function", "gradients")
    blocked = {
        check: Verdict(
            check=check, outcome="blocked", share=0.0, code=f"blocked-by-{cause.check}",
            message=Text(en=f"Could not be checked: {title.en} failed.", ko=f"{title.ko}에서 막혀서 확인하지 못했어요."),
        )
        for check in order
        if check not in done
    }  # fmt: skip
    by_check = {verdict.check: verdict for verdict in verdicts}
    return tuple(by_check.get(check) or blocked[check] for check in order)


def _blocked_after(verdict: Verdict) -> tuple[Verdict, ...]:
    return _with_blocked((verdict,))


_SYNTAX_HINT = Text(
    en="Look at this line and the one above: a bracket, colon or quote that is missing, or an indentation?",
    ko="이 줄과 바로 윗줄을 보세요. 괄호, 콜론, 따옴표가 빠졌거나 들여쓰기가 어긋나지 않았나요?",
)


def _unsure(problem: Problem) -> Judgement:
    reason = {
        "meddled": Text(
            en="The submission's process gave an answer that no network gives; a person must look at the code.",
            ko="제출한 코드가 정상적인 네트워크라면 나올 수 없는 응답을 보냈어요. 조교가 코드를 직접 확인할 거예요.",
        ),
        "unfaithful": Text(
            en="The network computes something that cannot be followed (outside torch, perhaps); a person must look.",
            ko="계산 과정을 끝까지 따라갈 수 없었어요(torch 밖에서 계산하는 부분이 있는 것 같아요). 조교가 직접 확인할 거예요.",
        ),
    }[problem.code]
    return Judgement(verdicts=(), unsure=reason)


def _nothing_added(blanks: tuple[BlankLeft, ...]) -> Verdict:
    where = blanks[0].place if blanks else None
    numbers = ", ".join(str(blank.number) for blank in blanks)
    return _failed(
        "function",
        "template-unchanged",
        Text(
            en="This is still the network of the template: nothing was added to it."
            + (f" Blanks left empty: {numbers}." if numbers else ""),
            ko="아직 템플릿 그대로예요. 네트워크에 더해진 것이 없어요."
            + (f" 비어 있는 빈칸: {numbers}번." if numbers else ""),
        ),
        blanks[0].hint if blanks else None,
        where=where,
    )


# -- no graph ------------------------------------------------------------------------------------


def _without_graph(
    capture: Capture, excerpt: Excerpt, exercise: Exercise, standard: Standard, blanks: tuple[BlankLeft, ...]
) -> Judgement:
    if capture.crash is not None:
        diagnosis = diagnose(capture.crash, capture.partial)
        message, hint = diagnosis.message, diagnosis.hint
        if blanks and capture.crash.phase != "import":
            numbers = ", ".join(str(blank.number) for blank in blanks)
            message = Text(
                en=f"{message.en} Blanks left empty: {numbers}.",
                ko=f"{message.ko} 비어 있는 빈칸: {numbers}번.",
            )
            hint = blanks[0].hint
        check: CheckName = "shape" if capture.crash.phase == "forward" else "loads"
        where = place(capture.crash.line, excerpt)
        cause = _failed(check, diagnosis.code, message, hint, where=where, details=capture.crash.traceback)
    else:
        assert capture.problem is not None
        cause = _problem(capture.problem, excerpt)
    if cause.check == "loads":
        return Judgement(verdicts=_blocked_after(cause))
    loads = _passed("loads", OK["loads"])
    if capture.partial is None:
        return Judgement(verdicts=_with_blocked((loads, cause)))
    verdicts = [loads, cause, check_channels(capture, standard, same_function=False)]
    if cause.check == "function" and capture.problem is not None and capture.problem.output_fits:
        verdicts.append(_passed("shape", Text(en="The output is N×10.", ko="출력이 N×10이에요.")))
    return Judgement(verdicts=_with_blocked(tuple(verdicts)))


def _problem(problem: Problem, excerpt: Excerpt) -> Verdict:
    """A verdict for a network that has no graph although Python did not crash."""
    where = place(problem.line, excerpt)
    texts: dict[str, tuple[CheckName, Text, Text]] = {
        "not-a-tensor": (
            "shape",
            Text(
                en=f"`forward` must return one tensor N×10; it returns {problem.detail}.",
                ko=f"`forward`는 N×10 텐서 하나를 돌려줘야 하는데 {problem.detail}을(를) 돌려줬어요.",
            ),
            Text(
                en="What stands behind the last `return` of `forward`, if there is one?",
                ko="`forward` 마지막의 `return` 뒤에는 무엇이 있나요? `return`이 있긴 한가요?",
            ),
        ),
        "unknown-operator": (
            "shape",
            Text(
                en=f"The network uses `{problem.detail}`, which cannot be graded.",
                ko=f"네트워크가 채점할 수 없는 연산 `{problem.detail}`을(를) 써요.",
            ),
            Text(
                en="Can the same be written with the layers and functions of the lecture?",
                ko="수업에서 배운 층과 함수로 같은 계산을 쓸 수 있을까요?",
            ),
        ),
        "depends-on-batch": (
            "shape",
            Text(
                en="`forward` does something else when the number of images changes.",
                ko="이미지 수(배치 크기)가 바뀌면 `forward`가 다르게 동작해요.",
            ),
            Text(
                en="Is a batch size written into the code, or lost in a `view` or `squeeze`?",
                ko="배치 크기가 코드에 박혀 있거나, `view`나 `squeeze`에서 사라지지 않나요?",
            ),
        ),
        "depends-on-pixels": (
            "function",
            Text(
                en="`forward` takes numbers out of tensors (`.item()`, `if x > 0` …), so that it is another network for every image.",
                ko="`forward`가 텐서에서 숫자를 꺼내 써서(`.item()`, `if x > 0` 등) 이미지마다 다른 네트워크가 돼요.",
            ),
            Text(
                en="Can that line work on the tensor as a whole?",
                ko="그 줄을 텐서 전체에 대한 연산으로 쓸 수 있을까요?",
            ),
        ),
        "layers-made-in-forward": (
            "function",
            Text(
                en="`forward` makes a new layer each time it is called: it starts from random numbers every time and never learns.",
                ko="`forward`를 부를 때마다 층을 새로 만들어요. 매번 무작위 값에서 다시 시작하니 학습이 되지 않아요.",
            ),
            Text(
                en="Where should layers with parameters be made, so that they are there before the first call?",
                ko="파라미터가 있는 층은 어디에서 만들어야 처음부터 끝까지 같은 층을 쓸 수 있을까요?",
            ),
        ),
        "changes-between-calls": (
            "function",
            Text(
                en="`forward` answers differently when it is called twice.",
                ko="`forward`를 두 번 부르면 답이 달라져요.",
            ),
            Text(
                en="Does `forward` keep something in `self`, count its calls, or make new layers?",
                ko="`forward`가 `self`에 무언가를 저장하거나, 횟수를 세거나, 층을 새로 만들지 않나요?",
            ),
        ),
        "too-large": (
            "shape",
            Text(
                en=f"The network is far larger than the exercise's ({problem.detail}); it was not run.",
                ko=f"네트워크가 과제보다 훨씬 커서({problem.detail}) 실행하지 않았어요.",
            ),
            Text(en="Which layer has far too many channels?", ko="채널이 지나치게 많은 층은 어느 것인가요?"),
        ),
        "timeout": (
            "loads",
            Text(
                en="Building or running the network did not come to an end within the time limit.",
                ko="네트워크를 만들거나 실행하는 데 시간이 너무 오래 걸려서 멈췄어요.",
            ),
            Text(en="Is there a loop that does not end?", ko="끝나지 않는 반복문이 있지 않나요?"),
        ),
        "memory": (
            "loads",
            Text(
                en="Building or running the network took more memory than the limit.",
                ko="네트워크를 만들거나 실행하는 데 메모리를 제한보다 많이 썼어요.",
            ),
            Text(en="Which tensor or layer is so large?", ko="어떤 텐서나 층이 그렇게 큰가요?"),
        ),
        "ended": (
            "loads",
            Text(
                en="The Python process ended before the network was built.",
                ko="네트워크를 만들기 전에 파이썬이 종료됐어요.",
            ),
            Text(en="Does the code call `exit()`?", ko="코드에서 `exit()`을 부르지 않나요?"),
        ),
    }
    check, message, hint = texts[problem.code]
    return _failed(check, problem.code, message, hint, where=where)


# -- checks --------------------------------------------------------------------------------------


def check_shape(graph: ModelGraph, exercise: Exercise) -> Verdict:
    """The output is N×10 for several N, finite, and the input is left unchanged."""
    expected = exercise.outputs
    network, slots = Replay(graph), slots_of(graph)
    fill(network, slots, natural(slots), "pytorch", seed=0)
    for batch in (2, 5, 1):
        images = torch.rand(batch, *exercise.input_shape, generator=torch.Generator().manual_seed(1))
        for training in (True, False):
            given = images.clone()
            network.train(training)
            try:
                with torch.no_grad():
                    answer = network(given)
            except Exception as error:  # noqa: BLE001 - torch's own word on why it does not fit
                reason = str(error).splitlines()[0][:200]
                return _failed(
                    "shape",
                    "not-every-batch-size",
                    Text(
                        en=f"With {batch} image(s) `forward` fails: {reason}",
                        ko=f"이미지가 {batch}장이면 `forward`가 실패해요: {reason}",
                    ),
                    _BATCH_HINT,
                    share=0.5 if batch == 1 else 0.0,
                )
            if tuple(answer.shape) != (batch, expected):
                shape = shape_text(tuple(answer.shape), -1)
                return _failed(
                    "shape",
                    "wrong-shape",
                    Text(
                        en=f"The output for {batch} image(s) has shape {shape}, expected {batch}×{expected}.",
                        ko=f"이미지 {batch}장에 대한 출력 모양이 {shape}이에요. {batch}×{expected}이어야 해요.",
                    ),
                    _OUTPUT_HINT if batch != 1 else _BATCH_HINT,
                    share=0.5 if batch == 1 else 0.0,
                )
            if not bool(torch.isfinite(answer).all()):
                return _failed(
                    "shape",
                    "not-finite",
                    Text(en="The output holds NaN or infinity.", ko="출력에 NaN이나 무한대가 있어요."),
                    Text(
                        en="Is there a division, logarithm or root that can meet zero?",
                        ko="0을 만날 수 있는 나눗셈, 로그, 제곱근이 있나요?",
                    ),
                )
            if not given.equal(images):
                return _failed(
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
    return _passed(
        "shape",
        Text(
            en=f"The output is N×{expected} for 1, 2 and 5 images, finite, and the input is left unchanged.",
            ko=f"이미지 1장, 2장, 5장에서 출력이 모두 N×{expected}이고, 값이 유한하고, 입력은 그대로예요.",
        ),
    )


_OUTPUT_HINT = Text(
    en="How many numbers should the last layer give per image, and is the batch side still first?",
    ko="마지막 층은 이미지마다 숫자를 몇 개 내야 하나요? 배치 차원이 맨 앞에 그대로 있나요?",
)
_BATCH_HINT = Text(
    en="Is a batch size written into the code, or does `squeeze()` without a dimension remove it when it is 1?",
    ko="배치 크기가 코드에 박혀 있거나, 차원을 적지 않은 `squeeze()`가 배치 차원까지 없애지 않나요?",
)


def check_channels(capture: Capture, standard: Standard, same_function: bool) -> Verdict:
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
    rows = table(standard.layers, found, pair(standard.layers, found), same_function)
    wrong = [row for row in rows if not row.ok]
    if not wrong:
        return _passed("channels", OK["channels"], layers=rows)
    names = ", ".join(row.name for row in wrong[:4]) + (" …" if len(wrong) > 4 else "")
    return Verdict(
        check="channels", outcome="failed", share=max(0.0, 1 - len(wrong) / max(len(rows), 1)), code="layers-differ",
        message=Text(
            en=f"{len(wrong)} of {len(rows)} layers are not as asked for: {names}.",
            ko=f"층 {len(rows)}개 가운데 {len(wrong)}개가 과제와 달라요: {names}.",
        ),
        hint=Text(
            en="Compare the two columns of the table: where does each number come from?",
            ko="표의 두 열을 비교해 보세요. 각 숫자는 어디에서 온 걸까요?",
        ),
        layers=rows,
    )  # fmt: skip


def check_function(
    subject: Subject, standard: Standard, excerpt: Excerpt, blanks: tuple[BlankLeft, ...]
) -> Verdict:
    """With equal parameters, the outputs equal the reference's."""
    found = departure(subject, standard.subject, standard.trail, standard.images)
    where, hint = None, None
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
                ko=f"과제의 네트워크는 그다음에 {expected.ko}을(를) 해요. 여러분의 코드는 어떤 텐서로 무엇을 하고 있나요?",
            )
        else:
            hint = Text(
                en="Which tensor should go into this line, and is this step part of the exercise?",
                ko="이 줄에는 어떤 텐서가 들어가야 할까요? 과제에 있는 단계가 맞나요?",
            )
    if blanks:
        numbers = ", ".join(str(blank.number) for blank in blanks)
        message = Text(
            en=f"{message.en} Blanks left empty: {numbers}.", ko=f"{message.ko} 비어 있는 빈칸: {numbers}번."
        )
        hint = hint or blanks[0].hint
    return _failed("function", "other-function", message, hint, where=where)


def _train_differs(graph: ModelGraph, excerpt: Excerpt) -> Verdict:
    noisy = [n for n in graph.train.nodes if (row := operators.find(n.op)) and row.family == "random"]
    where = place(noisy[0].line, excerpt) if noisy else None
    return _failed(
        "function",
        "train-mode-differs",
        Text(
            en="In eval mode the network is right; in train mode it computes something else"
            + (" (dropout or other noise)." if noisy else "."),
            ko="eval 모드에서는 맞지만 train 모드에서는 다른 계산을 해요"
            + ("(드롭아웃이나 난수가 있어요)." if noisy else "."),
        ),
        Text(
            en="Which layer behaves differently in training, and does the exercise ask for it?",
            ko="학습할 때 다르게 동작하는 층은 무엇인가요? 과제에서 요구한 층인가요?",
        ),
        share=0.5,
        where=where,
    )


def check_gradients(
    subject: Subject, likeness: Portrait, standard: Standard | None, excerpt: Excerpt
) -> Verdict:
    """Every parameter receives the gradient that it should.

    Against the reference where the function is the same; else every used parameter must receive one.
    """
    if likeness.problem:
        return _failed(
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
    model = {}
    if standard is not None:
        likeness_of = standard.likeness
        model = {
            (slot.key, rank): (g, b)
            for slot, rank, g, b in zip(
                standard.subject.slots, likeness_of.assignment.ranks, likeness_of.gradients,
                likeness_of.bias_gradients, strict=True,
            )
        }  # fmt: skip
    for slot, rank, gradient, bias in zip(
        subject.slots, likeness.assignment.ranks, likeness.gradients, likeness.bias_gradients, strict=True
    ):
        if model:
            right_weight, right_bias = model[slot.key, rank]
            right = (
                gradient is not None and right_weight is not None and close(gradient, right_weight)
                and (right_bias is None or (bias is not None and close(bias, right_bias)))
            )  # fmt: skip
        else:
            right = gradient is not None and bool(gradient.abs().max() > 0)
        if not right or not subject.graph.values[slot.layer.weight].requires_grad:
            bad.append(slot.layer.name)
    if not bad:
        return _passed("gradients", OK["gradients"])
    cut = next((n for n in subject.graph.train.nodes if n.op.startswith("aten.detach") or not n.grad), None)
    names = ", ".join(bad[:5]) + (" …" if len(bad) > 5 else "")
    return _failed(
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
        share=max(0.0, 0.5 - 0.5 * len(bad) / max(1, len(subject.slots))),
        where=place(cut.line, excerpt) if cut else None,
    )
