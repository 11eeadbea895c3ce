"""The same image gets the same answer: in every call, in both modes, and whatever else is in its batch."""

from __future__ import annotations

from grader.networks import operators
from grader.records.base import Text
from grader.records.findings import Verdict
from grader.records.graph import ModelGraph
from grader.records.submission import Excerpt
from grader.stages.judging.verdicts import failed
from grader.stages.judging.words import place


def check_train_mode(graph: ModelGraph, excerpt: Excerpt) -> Verdict:
    noisy = [n for n in graph.train.nodes if (row := operators.find(n.op)) and row.family == "random"]
    where = place(noisy[0].line, excerpt) if noisy else None
    return failed(
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
        where=where,
    )


def random_in_eval(
    graph: ModelGraph, excerpt: Excerpt, share: float, message: Text | None = None
) -> Verdict | None:
    """Dropout or other noise that eval mode does not turn off; None where there is none."""
    noisy = next((n for n in graph.eval.nodes if (r := operators.find(n.op)) and r.family == "random"), None)
    if noisy is None:
        return None
    return failed(
        "function",
        "random-in-eval",
        _first(
            "In eval mode the network answers differently each time: dropout or noise is still on.",
            "eval 모드에서도 부를 때마다 답이 달라져요. 드롭아웃이나 난수가 꺼지지 않았어요.",
            message,
        ),
        Text(
            en="Does your dropout know whether the network is in training (`nn.Dropout`, or `F.dropout(..., training=self.training)`)?",
            ko="드롭아웃이 지금 학습 중인지 알고 있나요(`nn.Dropout`, 또는 `F.dropout(..., training=self.training)`)?",
        ),
        share=share,
        where=place(noisy.line, excerpt),
    )


def images_mixed(share: float, message: Text | None = None) -> Verdict:
    """The answer for an image depends on the others of its batch."""
    return failed(
        "function",
        "images-mixed",
        _first(
            "An image's outputs depend on the other images of the batch.",
            "이미지 한 장의 출력이 배치 안의 다른 이미지에 따라 달라져요.",
            message,
        ),
        Text(
            en="Does a `view`, `permute`, mean or softmax reach over dimension 0, the batch?",
            ko="`view`, `permute`, 평균, softmax 가운데 배치 차원(0번)까지 섞는 것이 있지 않나요?",
        ),
        share=share,
    )


def _first(en: str, ko: str, rest: Text | None) -> Text:
    """A sentence, and what else there is to say behind it."""
    return Text(en=en, ko=ko) if rest is None else Text(en=f"{en} {rest.en}", ko=f"{ko} {rest.ko}")
