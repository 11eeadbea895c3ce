"""Operators, places and layers in words that a student uses."""

from __future__ import annotations

from collections.abc import Iterable

from grader.networks import operators
from grader.records.base import Text
from grader.records.findings import Place
from grader.records.graph import Node, SourceLine
from grader.records.submission import Excerpt

_NAMES: dict[str, Text] = {
    "convolution": Text(en="a convolution", ko="합성곱"),
    "addmm": Text(en="a fully connected layer", ko="완전 연결 층"),
    "mm": Text(en="a matrix product", ko="행렬 곱"),
    "bmm": Text(en="a matrix product", ko="행렬 곱"),
    "relu": Text(en="ReLU", ko="ReLU"),
    "sigmoid": Text(en="sigmoid", ko="시그모이드"),
    "tanh": Text(en="tanh", ko="tanh"),
    "avg_pool2d": Text(en="average pooling", ko="평균 풀링"),
    "_adaptive_avg_pool2d": Text(en="average pooling", ko="평균 풀링"),
    "max_pool2d_with_indices": Text(en="max pooling", ko="최대 풀링"),
    "cat": Text(en="a concatenation", ko="이어 붙이기(cat)"),
    "stack": Text(en="a stack", ko="쌓기(stack)"),
    "add": Text(en="an addition", ko="덧셈"),
    "sub": Text(en="a subtraction", ko="뺄셈"),
    "mul": Text(en="a multiplication", ko="곱셈"),
    "div": Text(en="a division", ko="나눗셈"),
    "mean": Text(en="a mean", ko="평균"),
    "amax": Text(en="a maximum", ko="최댓값"),
    "sum": Text(en="a sum", ko="합"),
    "_softmax": Text(en="softmax", ko="소프트맥스"),
    "_log_softmax": Text(en="log-softmax", ko="로그 소프트맥스"),
    "native_batch_norm": Text(en="batch normalization", ko="배치 정규화"),
    "bernoulli": Text(en="dropout", ko="드롭아웃"),
    "native_dropout": Text(en="dropout", ko="드롭아웃"),
}


def operator_name(node: Node) -> Text:
    """ "average pooling": the operator alone."""
    name = operators.base_name(node.op)
    return _NAMES.get(name, Text(en=name, ko=name))


def operator_at(node: Node | None) -> Text:
    """ "average pooling (`self.pool`, line 31)"; None is the network's input."""
    if node is None:
        return Text(en="the input", ko="입력")
    name = operator_name(node)
    own = node.module if node.module and "." not in node.op.split(".")[1] else ""
    line_en = f"line {node.line.line}" if node.line else ""
    line_ko = f"{node.line.line}번째 줄" if node.line else ""
    en = ", ".join(part for part in (f"`{own}`" if own else "", line_en) if part)
    ko = ", ".join(part for part in (f"`{own}`" if own else "", line_ko) if part)
    return Text(en=f"{name.en} ({en})" if en else name.en, ko=f"{name.ko}({ko})" if ko else name.ko)


def listed(texts: Iterable[Text]) -> Text:
    """ "a and b"."""
    distinct = list(dict.fromkeys((text.en, text.ko) for text in texts))
    return Text(en=" and ".join(en for en, _ in distinct), ko=", ".join(ko for _, ko in distinct))


def place(line: SourceLine | None, excerpt: Excerpt) -> Place | None:
    """A line of the student's own, with its source."""
    if line is None:
        return None
    cells = [*excerpt.cells, *(cell for module in excerpt.modules for cell in module.cells)]
    for cell in cells:
        if cell.label == line.file:
            source = cell.text.splitlines()
            text = source[line.line - 1].strip() if 0 < line.line <= len(source) else ""
            return Place(file=line.file, line=line.line, source=text[:200])
    return None


def object_particle(word: str) -> str:
    """을 or 를 after a word."""
    return "을" if _ends_in_consonant(word) else "를"


def topic_particle(word: str) -> str:
    """은 or 는 after a word."""
    return "은" if _ends_in_consonant(word) else "는"


def should_be(a: object, b: object) -> str:
    """ "99여야 하는데 96이에요": what is expected and what is there, with the endings that they take."""
    return (
        f"{a}{'이어야' if _ends_in_consonant(str(a)) else '여야'} 하는데 "
        f"{b}{'이에요' if _ends_in_consonant(str(b)) else '예요'}"
    )


def _ends_in_consonant(word: str) -> bool:
    """As it is said: by the last Hangul syllable, digit or letter."""
    last = word.rstrip("`)")[-1:]
    if "가" <= last <= "힣":
        return (ord(last) - ord("가")) % 28 != 0
    return last in "013678lmnLMNR"
