"""Skip additions, dense concatenations and channel gates, found in a graph by how the images flow."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from grader.networks import operators
from grader.networks.replay import references
from grader.records.assignment import Component
from grader.records.base import Text
from grader.records.graph import ModelGraph, Node, Program
from grader.stages.judging.flow import Flow
from grader.stages.judging.words import operator_name


@dataclass(frozen=True)
class Sighting:
    """A component, or what looks like one and is none."""

    kind: Component
    node: Node
    """Where: the addition, concatenation or multiplication."""
    words: Text
    """What meets there; for a near miss, why it does not count."""
    counts: bool = True


def components(graph: ModelGraph, program: Program) -> tuple[Sighting, ...]:
    """All components of a program and all near misses, in the order of the calls."""
    flow = Flow(graph, program)
    found: list[Sighting] = []
    for node in program.nodes:
        name = operators.base_name(node.op)
        made = [number for number in node.outputs if number is not None]
        if name in ("add", "sum", "mean"):
            found += _addition(flow, node, made[0], name)
        elif name in ("sub", "maximum", "minimum") and made[0] in flow.steps:
            found += _other_join(flow, made[0], name)
        elif name == "cat" and made[0] in flow.steps:
            found += _concatenation(flow, made[0])
        elif name == "mul" and made[0] in flow.steps:
            found += _product(flow, made[0])
    filled = {flow.steps[n].node.line: n for n in flow.steps if not flow.steps[n].node.outputs}
    for number in filled.values():  # a buffer filled through its slices: its last state
        if flow.steps[number].op == "cat":
            found += _concatenation(flow, number)
    return tuple(found)


# -- skip additions ------------------------------------------------------------------------------------


def _addition(flow: Flow, node: Node, made: int, name: str) -> Iterator[Sighting]:
    """An addition of two maps that part somewhere, one of them through a convolution."""
    step = flow.steps.get(made)
    if step is None or not flow.is_map(made):
        return
    operands = step.inputs
    if name != "add":  # the sum or mean of a stack
        stacked = flow.steps.get(step.inputs[0])
        if stacked is None or stacked.op != "stack":
            return
        operands = stacked.inputs
    shape = flow.shapes[made]
    given = [n for n in references(node) if flow.shapes.get(n, ())[1:] == shape[1:]]
    if name == "add" and len(operands) == 1 and len(given) == 2:
        yield _miss(
            "skip",
            node,
            "something that does not depend on the images is added",
            "이미지와 상관없는 값을 더했어요",
        )
        return
    maps = [n for n in operands if flow.is_map(n) and flow.shapes[n] == shape]
    small = [n for n in operands if n not in flow.maps]
    if (
        len(maps) == len(small) == 1
        and _gate_problem(flow, maps[0], small[0], _small(flow, small[0])) is None
    ):
        yield _miss(
            "gate", node, "the gate is added to the map, not multiplied", "게이트를 곱하지 않고 더했어요"
        )
    for a, b in pairwise(maps):
        yield _two_paths(flow, node, a, b)


def _two_paths(flow: Flow, node: Node, a: int, b: int) -> Sighting:
    only_a, only_b = flow.upstream(a) - flow.upstream(b), flow.upstream(b) - flow.upstream(a)
    by_a, by_b = flow.convolutions(only_a), flow.convolutions(only_b)
    if not by_a and not by_b:
        if a == b or _same_numbers(flow, a) == _same_numbers(flow, b):
            return _miss("skip", node, "a tensor is added to itself: that only doubles it",
                         "같은 텐서끼리 더했어요. 값이 두 배가 될 뿐이에요")  # fmt: skip
        return _miss("skip", node, "neither of the two added paths goes through a convolution of its own",
                     "더하는 두 길 가운데 합성곱을 따로 지나는 길이 없어요")  # fmt: skip
    shared = flow.upstream(a) & flow.upstream(b)
    origin = named(flow, max(shared, key=lambda n: flow.steps[n].order if n in flow.steps else -1))
    longer, shorter = (by_a, by_b) if len(by_a) >= len(by_b) else (by_b, by_a)
    through, beside = (" → ".join(f"`{layer.name}`" for layer in side) for side in (longer, shorter))
    other = (
        Text(en=beside, ko=beside)
        if shorter
        else Text(en="directly, without a convolution", ko="합성곱 없이 그대로")
    )
    return Sighting(
        "skip",
        node,
        Text(
            en=f"two paths from {origin.en} meet; one: {through}; the other: {other.en}",
            ko=f"{origin.ko}에서 갈라진 두 길을 더해요. 한 길: {through}, 다른 길: {other.ko}",
        ),
    )


def _same_numbers(flow: Flow, number: int) -> int:
    """Back through copies and reshapes."""
    while (step := flow.steps.get(number)) is not None and step.op in (
        "clone", "detach", "alias", "view", "contiguous", "_to_copy", "permute", "expand",
    ):  # fmt: skip
        number = step.inputs[0]
    return number


def _other_join(flow: Flow, made: int, name: str) -> Iterator[Sighting]:
    step = flow.steps[made]
    maps = [n for n in step.inputs if flow.is_map(n)]
    if len(maps) == 2 and _two_paths(flow, step.node, *maps).counts:
        word = operator_name(step.node)
        yield _miss("skip", step.node, f"the two paths meet in {word.en}, not in an addition",
                    f"두 길을 더하지 않고 다른 연산({word.ko})으로 합쳤어요")  # fmt: skip


# -- dense concatenations ------------------------------------------------------------------------------


def _concatenation(flow: Flow, made: int) -> Iterator[Sighting]:
    """A concatenation along the channels that carries an earlier map on beside one computed from it."""
    step = flow.steps[made]
    maps = [n for n in step.inputs if n in flow.maps]
    if len(step.inputs) < 2 or not maps:
        return
    dims = len(flow.shapes[made])
    dim = step.node.args[1] if len(step.node.args) > 1 else step.node.kwargs.get("dim", 0)
    axis = dim % dims if isinstance(dim, int) else 0
    if dims != 4:
        if len(maps) > 1:
            yield _miss("dense", step.node, "the maps are flattened before they are concatenated",
                        "특징 맵을 펼친(flatten) 다음에 이어 붙였어요")  # fmt: skip
        return
    if axis != 1:
        yield _miss("dense", step.node, f"the concatenation goes along dimension {axis}, not along the channels (1)",
                    f"채널 방향(dim=1)이 아니라 dim={axis} 방향으로 이어 붙였어요")  # fmt: skip
        return
    for earlier in maps:
        source = set(flow.carried(earlier))
        for later in maps:
            between = [n for n in flow.upstream(later) if n in flow.layers and source & flow.ancestors[n]]
            convolutions = flow.convolutions(frozenset(between))
            if not convolutions:
                continue
            kept, new = named(flow, earlier), named(flow, later)
            counts = " + ".join(str(flow.shapes[n][1]) for n in step.inputs)
            total = flow.shapes[made][1]
            yield Sighting("dense", step.node, Text(
                en=f"{kept.en} is handed on beside {new.en}, which was computed from it; channels: {counts} = {total}",
                ko=f"앞쪽 특징 맵({kept.ko})과 그것으로 계산한 특징 맵({new.ko})을 함께 넘겨줘요. 채널: {counts} = {total}",
            ))  # fmt: skip
            return
    if len({_same_numbers(flow, n) for n in maps}) == 1:
        yield _miss("dense", step.node, "a tensor is concatenated with itself", "같은 텐서끼리 이어 붙였어요")
    else:
        yield _miss("dense", step.node, "neither of the maps was computed from the other: no earlier map is carried on",
                    "이어 붙인 특징 맵들이 서로 이어지는 관계가 아니에요(앞쪽 특징 맵이 그대로 넘어오지 않아요)")  # fmt: skip


# -- channel gates -------------------------------------------------------------------------------------


def _product(flow: Flow, made: int) -> Iterator[Sighting]:
    """A map multiplied by a gate: squeeze → layers → sigmoid, one number per channel."""
    step = flow.steps[made]
    if len(step.inputs) != 2 or made not in flow.maps:
        return
    a, b = step.inputs
    if a in flow.maps and b in flow.maps:
        if any(is_sigmoid(flow, n) for side in (a, b) for n in flow.carried(side)):
            yield _miss("gate", step.node, "the map is multiplied by a sigmoid that still has a value for every position, not one per channel",
                        "곱하는 시그모이드 값이 위치마다 따로 있어요. 채널마다 값 하나로 줄이는 단계(전역 풀링)가 없어요")  # fmt: skip
        else:
            yield from _other_join(flow, made, "mul")
        return
    target, gate = (a, b) if a in flow.maps else (b, a)
    small = _small(flow, gate)
    problem = _gate_problem(flow, target, gate, small)
    if problem is not None:
        yield Sighting("gate", step.node, problem, counts=False)
        return
    squeezed = next(n for n in _squeezes(flow, small) if _same_map(flow, n, target))
    through = " → ".join(
        f"`{layer.name}`"
        for layer in sorted((flow.layers[n] for n in small if n in flow.layers), key=lambda layer: layer.node)
    )
    how, source = operator_name(flow.steps[squeezed].node), named(flow, target)
    yield Sighting("gate", step.node, Text(
        en=f"{source.en} is squeezed ({how.en}) → {through} → sigmoid, and multiplied by the result channel by channel",
        ko=f"특징 맵({source.ko})을 전역 풀링({how.ko}) → {through} → 시그모이드에 통과시킨 값을 다시 그 특징 맵에 채널별로 곱해요",
    ))  # fmt: skip


def _small(flow: Flow, gate: int) -> set[int]:
    """What a factor is computed from, as far as it has no positions any more."""
    return {n for n in flow.upstream(gate) if n not in flow.maps}


def _gate_problem(flow: Flow, target: int, gate: int, small: set[int]) -> Text | None:
    """Why a factor is no channel gate of the map that it multiplies; None: it is one."""
    squeezes = _squeezes(flow, small)
    used = [n for n in small if n in flow.layers]
    sigmoids = [n for n in small if is_sigmoid(flow, n)]
    if not squeezes:
        return Text(
            en="the factor is not computed from a global squeeze (one mean per channel)",
            ko="곱하는 값이 채널마다 하나로 줄인 값(전역 평균 풀링)에서 나오지 않았어요",
        )
    if not used:
        return Text(
            en="there is no layer between the squeeze and the multiplication",
            ko="전역 풀링과 곱셈 사이에 층(1×1 합성곱이나 Linear)이 없어요",
        )
    if not all(any(n in flow.ancestors[s] for s in sigmoids) for n in used):
        last = next((s for n in flow.upstream(gate) if n in small and (s := flow.steps.get(n)) and s.op == "_softmax"), None)  # fmt: skip
        instead = Text(en=" but in a softmax", ko=" 소프트맥스를 썼어요") if last else Text(en="", ko="")
        return Text(
            en=f"the gate does not end in a sigmoid{instead.en}",
            ko=f"게이트 마지막에 시그모이드 대신{instead.ko}"
            if last
            else "게이트 마지막에 시그모이드가 없어요",
        )
    channels = flow.shapes[target][1]
    if min(math.prod(flow.shapes[n]) for n in _unstretched(flow, gate)) != flow.batch * channels:
        return Text(
            en="the gate does not have one value for each channel of the map",
            ko="게이트 값이 채널마다 하나씩 나오지 않아요",
        )
    if not any(_same_map(flow, n, target) for n in squeezes):
        onto, of = named(flow, target), named(flow, _squeezed_map(flow, squeezes[0]))
        return Text(
            en=f"a gate is computed from {of.en}, but multiplied onto another map ({onto.en})",
            ko=f"게이트는 {of.ko}에서 계산했는데 다른 특징 맵({onto.ko})에 곱했어요",
        )
    return None


def _squeezes(flow: Flow, small: set[int]) -> list[int]:
    """Where a map becomes one number per channel, in the order of the calls."""
    found = []
    for number in sorted(small):
        step = flow.steps.get(number)
        row = operators.find(step.node.op) if step else None
        if (
            step is None
            or row is None
            or row.family not in ("reduce", "pool")
            or step.inputs[0] not in flow.maps
        ):
            continue
        shape = flow.shapes[step.inputs[0]]
        if len(shape) >= 3 and math.prod(flow.shapes[number]) == flow.batch * shape[1]:
            found.append(number)
    return found


def _squeezed_map(flow: Flow, squeeze: int) -> int:
    """The map that is squeezed; of a squeeze in two steps (mean over W, then over H) the first one's."""
    source = flow.steps[squeeze].inputs[0]
    while (
        len(flow.shapes[source]) < 4
        and (step := flow.steps.get(source)) is not None
        and source not in flow.layers
    ):
        source = step.inputs[0]
    return source


def _same_map(flow: Flow, squeeze: int, target: int) -> bool:
    """A gate for a map may as well multiply it before or after its ReLU or pool."""
    return bool(set(flow.carried(_squeezed_map(flow, squeeze))) & set(flow.carried(target)))


def _unstretched(flow: Flow, gate: int) -> list[int]:
    """The gate back through `expand` and reshapes."""
    chain = [gate]
    while (step := flow.steps.get(chain[-1])) is not None and (
        step.op in ("expand", "repeat") or ((row := operators.find(step.node.op)) and row.family == "shape")
    ):
        chain.append(step.inputs[0])
    return chain


def is_sigmoid(flow: Flow, number: int) -> bool:
    """A sigmoid, a hard sigmoid, or one written out: 1 / (1 + exp(-z)), (1 + tanh(z)) / 2, clamp(z, 0, 1)."""
    step = flow.steps.get(number)
    if step is None:
        return False
    if step.op in ("sigmoid", "hardsigmoid"):
        return True
    if step.op in ("clamp", "hardtanh") and [
        float(a) for a in step.node.args[1:3] if isinstance(a, int | float)
    ] == [0, 1]:
        return True
    before = flow.steps.get(step.inputs[0])
    if before is None:
        return False
    if step.op == "exp":
        return before.op == "log_sigmoid_forward"
    inner = flow.steps.get(before.inputs[0])
    if inner is None or before.op != "add":
        return False
    return (step.op in ("reciprocal", "div", "pow") and inner.op == "exp") or (
        step.op in ("mul", "div") and inner.op == "tanh"
    )


# -- words ---------------------------------------------------------------------------------------------


def named(flow: Flow, number: int) -> Text:
    """A map by the layer that made it: "the pooled output of `conv1_2`"."""
    chain = flow.carried(number)
    rows = [operators.find(flow.steps[n].node.op) for n in chain if n in flow.steps]
    pooled = any(row and row.family == "pool" for row in rows)
    start = chain[-1]
    if start in flow.layers:
        name = flow.layers[start].name
        what = Text(en=f"output of `{name}`", ko=f"`{name}`의 출력")
    elif start == 0:
        what = Text(en="input image", ko="입력 이미지")
    else:
        step = flow.steps[start]
        word = _RESULTS.get(step.op, Text(en="result", ko="계산 결과"))
        line = step.node.line
        what = (
            Text(en=f"{word.en} of line {line.line}", ko=f"{line.line}번째 줄의 {word.ko}") if line else word
        )
    if pooled:
        return Text(en=f"the pooled {what.en}", ko=f"{what.ko}(풀링 뒤)")
    return Text(en=f"the {what.en}", ko=what.ko)


_RESULTS = {
    "add": Text(en="sum", ko="덧셈 결과"),
    "cat": Text(en="concatenation", ko="이어 붙인 결과"),
    "mul": Text(en="product", ko="곱셈 결과"),
}


def _miss(kind: Component, node: Node, en: str, ko: str) -> Sighting:
    return Sighting(kind, node, Text(en=en, ko=ko), counts=False)
