"""Submissions that have no graph: they crashed, or did what no graph can say."""

from __future__ import annotations

import sys

from grader.networks.layers import Wiring, layers
from grader.records.base import Text
from grader.records.findings import CheckName, Verdict
from grader.records.graph import Capture, Problem, Program
from grader.records.judgement import Judgement
from grader.records.submission import Excerpt
from grader.stages.judging.checks import check_channels
from grader.stages.judging.crash import diagnose
from grader.stages.judging.standard import Model
from grader.stages.judging.verdicts import OK, blocked_after, failed, passed, with_blocked
from grader.stages.judging.words import place

SYNTAX_HINT = Text(
    en="Look at this line and the one above: a bracket, colon or quote that is missing, or an indentation?",
    ko="이 줄과 바로 윗줄을 보세요. 괄호, 콜론, 따옴표가 빠졌거나 들여쓰기가 어긋나지 않았나요?",
)


def held(problem: Problem) -> bool:
    """Not plainly the student's fault: a person must look.

    A loop over the images may be right; one that does not even give N×10 is not.
    """
    return problem.code in ("meddled", "unfaithful") or (problem.code == "unrolled" and problem.output_fits)


def unsure(problem: Problem) -> Judgement:
    """Held for a person, with the reason."""
    reason = {
        "meddled": Text(
            en="The submission's process gave an answer that no network gives.",
            ko="제출한 코드가 정상적인 네트워크라면 나올 수 없는 응답을 보냈어요.",
        ),
        "unfaithful": Text(
            en="The network computes something that cannot be followed (outside torch, perhaps).",
            ko="계산 과정을 끝까지 따라갈 수 없었어요(torch 밖에서 계산하는 부분이 있는 것 같아요).",
        ),
        "unrolled": Text(
            en="`forward` goes through the images one by one (a loop over the batch), which cannot be followed for every "
            "batch size.",
            ko="`forward`가 이미지를 한 장씩 처리해서(배치에 대한 반복문) 모든 배치 크기에서 계산을 따라갈 수 없었어요.",
        ),
    }[problem.code]
    return Judgement(verdicts=(), unsure=reason)


def nothing_added() -> Verdict:
    """The network that students start from, with nothing added to it."""
    return failed(
        "function",
        "nothing-added",
        Text(
            en="This is still the network that you started from: what the exercise asks for is not in it yet.",
            ko="아직 처음에 받은 네트워크 그대로예요. 과제에서 추가하라고 한 것이 아직 없어요.",
        ),
        Text(
            en="Which part of the handout is not in your code yet?",
            ko="안내문에 있는 내용 가운데 아직 코드에 없는 것은 무엇인가요?",
        ),
    )


def newer_python() -> Judgement:
    """Held: what we cannot read may be right where the student wrote it."""
    ours = f"{sys.version_info.major}.{sys.version_info.minor}"
    reason = Text(
        en=f"The code may be written for a newer Python than the one that grades ({ours}): grade it with Python 3.12 or later.",
        ko=f"채점에 쓰는 Python({ours})보다 새로운 Python의 문법으로 쓴 것 같아요. Python 3.12 이상에서 채점해 보세요.",
    )
    return Judgement(verdicts=(), unsure=reason)


def _readable(capture: Capture) -> Capture:
    """Without the calls up to the crash where they make no sense: nobody has checked them."""
    if capture.partial is None:
        return capture
    program = Program(batch=capture.partial.batch, nodes=capture.partial.nodes, output=0)
    try:
        layers(Wiring(capture.partial, program))
    except (AssertionError, IndexError, KeyError, TypeError, ValueError):
        bare = capture.partial.model_copy(update={"values": (), "nodes": ()})
        return capture.model_copy(update={"partial": bare})
    return capture


def without_graph(capture: Capture, excerpt: Excerpt, standard: Model) -> Judgement:
    capture = _readable(capture)
    if capture.crash is not None:
        diagnosis = diagnose(capture.crash, capture.partial)
        message, hint = diagnosis.message, diagnosis.hint
        check: CheckName = "shape" if capture.crash.phase == "forward" else "loads"
        where = place(capture.crash.line, excerpt)
        cause = failed(check, diagnosis.code, message, hint, where=where, details=capture.crash.traceback)
    else:
        assert capture.problem is not None
        cause = problem_verdict(capture.problem, excerpt)
    if cause.check == "loads":
        return Judgement(verdicts=blocked_after(cause))
    loads = passed("loads", OK["loads"])
    if capture.partial is None:
        return Judgement(verdicts=with_blocked((loads, cause)))
    channels = check_channels(capture, standard, same_function=False)
    if capture.problem is not None and capture.problem.output_fits:
        called = sum(layer.called for layer in capture.partial.layers)
        done = channels.share * min(1.0, called / max(1, len(standard.layers)))
        cause = cause.model_copy(update={"share": min(done, 0.99)})
    verdicts = [loads, cause, channels]
    if cause.check == "function" and capture.problem is not None and capture.problem.output_fits:
        verdicts.append(passed("shape", Text(en="The output is N×10.", ko="출력이 N×10이에요.")))
    return Judgement(verdicts=with_blocked(tuple(verdicts)))


def problem_verdict(problem: Problem, excerpt: Excerpt) -> Verdict:
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
        "unrolled": (
            "shape",
            Text(
                en="`forward` does another number of steps when the number of images changes.",
                ko="이미지 수(배치 크기)가 바뀌면 `forward`가 하는 계산의 개수가 달라져요.",
            ),
            Text(
                en="Is there a loop over the images, and can its line work on the whole batch?",
                ko="이미지를 하나씩 도는 반복문이 있나요? 배치 전체를 한 번에 계산할 수 있을까요?",
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
                en="Does `forward` keep something in `self`, count its calls, make new layers, or ask for "
                "`torch.is_grad_enabled()`?",
                ko="`forward`가 `self`에 무언가를 저장하거나, 횟수를 세거나, 층을 새로 만들거나, `torch.is_grad_enabled()`를 묻지 않나요?",
            ),
        ),
        "other-in-use": (
            "function",
            Text(
                en="In use, `forward` computes something else than in our first calls: with 100 images at once, or in a "
                "second object of the class.",
                ko="실제로 쓸 때는 `forward`가 처음 몇 번과 다르게 계산해요. 이미지가 100장이거나 객체를 한 번 더 만들면 달라져요.",
            ),
            Text(
                en="Does the code look at the batch size, or at something that all objects share?",
                ko="코드가 배치 크기나 여러 객체가 함께 쓰는 값을 살펴보지 않나요?",
            ),
        ),
        "decided-by-chance": (
            "function",
            Text(
                en="`forward` rolls dice (`torch.rand`, `random` …) to decide what it computes, so that it is another "
                "network from one call to the next.",
                ko="`forward`가 난수(`torch.rand`, `random` 등)를 뽑아서 무엇을 계산할지 정해요. 그래서 부를 때마다 다른 네트워크가 돼요.",
            ),
            Text(
                en="Does the exercise ask for anything random? Flips and crops belong to the data, before the network.",
                ko="과제에 난수가 필요한 곳이 있나요? 뒤집기나 자르기 같은 데이터 증강은 네트워크 앞, 데이터 쪽에서 하면 어떨까요?",
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
    return failed(check, problem.code, message, hint, where=where)
