"""Does the bookkeeping of an open design close: fixed widths, pooling, everything registered and used."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.networks import operators
from grader.networks.layers import Layer, Wiring, layers
from grader.networks.replay import references
from grader.records.assignment import OpenDesign
from grader.records.base import Text
from grader.records.findings import LayerRow, Verdict
from grader.records.graph import Capture, ModelGraph, PartialGraph, Program
from grader.stages.judging.channels import Found, found_layers
from grader.stages.judging.flow import Flow
from grader.stages.judging.verdicts import passed
from grader.stages.judging.words import operator_name

_POOLS = {
    "max": ("max_pool2d_with_indices", "max_pool2d", "adaptive_max_pool2d"),
    "average": ("avg_pool2d", "_adaptive_avg_pool2d", "adaptive_avg_pool2d"),
}


def check_bookkeeping(capture: Capture, design: OpenDesign) -> Verdict:
    """The fixed widths in order, a pooling after each block, every layer registered and used.

    Where `forward` crashed, only the widths of the declared layers can be looked at.
    """
    graph = capture.graph
    if graph is not None:
        flow, called = Flow(graph, graph.train), layers(Wiring(graph, graph.train))
        found = found_layers(called, graph.layers, graph.values, crashed=False)
    else:
        flow, found = None, _of_a_crash(capture.partial)
    asked = [*(width for block in design.blocks for width in block), *design.classifier]
    alive = [item.layer for item in found if item.called and (flow is None or item.layer.node >= 0)]
    convolutions = len(asked) - len(design.classifier)
    pairs = _main_path(asked, convolutions, design, alive, flow)
    rows = [_width_row(asked[i], i, design, pairs.get(i), found) for i in range(len(asked))]
    if flow is not None and graph is not None:
        after = 0
        for block, widths in enumerate(design.blocks):
            after += len(widths)
            rows.insert(after + block, _pool_row(flow, design.pooling, block, pairs, after))
        rows += _ending(flow, pairs.get(len(asked) - 1))
    chosen = {id(layer) for layer in pairs.values()}
    rows += [_extra_row(item, flow) for item in found if id(item.layer) not in chosen]
    if graph is not None:
        rows += _unused(graph, found)
    wrong = [row for row in rows if not row.ok]
    if not wrong:
        return passed("channels", _FITS, layers=tuple(rows))
    names = ", ".join(row.name for row in wrong[:4]) + (" …" if len(wrong) > 4 else "")
    codes, others = _codes(wrong)
    return Verdict(
        check="channels", outcome="failed", share=max(0.0, 1 - others / len(rows)), code="+".join(codes),
        message=Text(
            en=f"{len(wrong)} of {len(rows)} rows are not as asked for: {names}.",
            ko=f"표의 {len(rows)}줄 가운데 {len(wrong)}줄이 과제와 달라요: {names}.",
        ),
        hint=_FIXED_HINT if any(row.expected for row in wrong) else _OWN_HINT,
        layers=tuple(rows),
    )  # fmt: skip


def _codes(wrong: Sequence[LayerRow]) -> tuple[list[str], int]:
    """A name for every kind of wrong row, and how many have none but that they differ."""
    pools = [row for row in wrong if row.name.startswith("pool") and row.expected and "pool" in row.expected]
    endings = [row for row in wrong if row.expected == "logits"]
    others = len(wrong) - len(pools) - len(endings)
    codes = ["other-pooling"] if pools else []
    codes += [f"{row.found}-at-the-end".replace(" ", "-").replace("_", "-").lower() for row in endings]
    return [*codes, "layers-differ"] if others else codes, others


_FITS = Text(
    en="The fixed widths and the pooling are as asked for, and every layer is registered and used.",
    ko="정해진 채널 수와 풀링이 모두 맞고, 모든 층이 등록되고 쓰여요.",
)


_FIXED_HINT = Text(
    en="The outputs of the base convolutions, the pooling and the classifier are fixed; which row of the table is not as the handout says?",
    ko="기본 합성곱의 출력 채널과 풀링, 분류기는 정해져 있어요. 표에서 안내문과 다른 줄은 어디인가요?",
)
_OWN_HINT = Text(
    en="Is this layer an attribute of `self` (not in a plain list), and where in `forward` does its result go?",
    ko="이 층을 `self`의 속성이나 `nn.ModuleList`로 만들었나요? `forward`의 어느 줄에서 그 결과를 이어서 쓰나요?",
)


def _of_a_crash(partial: PartialGraph | None) -> list[Found]:
    if partial is None:
        return []
    program = Program(batch=partial.batch, nodes=partial.nodes, output=0)
    called = layers(Wiring(partial, program)) if partial.values else []
    found = found_layers(called, partial.layers, partial.values, crashed=True)
    order = {layer.name: i for i, layer in enumerate(partial.layers)}
    return sorted(found, key=lambda item: order.get(item.layer.name, len(order)))


def _main_path(
    asked: Sequence[int], convolutions: int, design: OpenDesign, found: Sequence[Layer], flow: Flow | None
) -> dict[int, Layer]:
    """The layers that stand for the fixed ones: the best chain in which each feeds the next."""
    results = {} if flow is None else {layer.node: number for number, layer in flow.layers.items()}
    candidates = [layer for layer in found if flow is None or layer.node in results]
    before: Callable[[int, int], bool]
    if flow is None:
        before = lambda i, j: i < j  # noqa: E731 - declared one after the other
    else:
        chart = flow

        def before(i: int, j: int) -> bool:
            return results[candidates[i].node] in chart.ancestors[results[candidates[j].node]]

    def worth(place: int, index: int) -> int:
        """How well a layer fits a place; 0: not at all."""
        layer, is_convolution = candidates[index], place < convolutions
        if is_convolution and layer.kind != "conv":
            return 0
        if flow is not None and is_convolution != (results[layer.node] in flow.maps):
            return 0
        points = 100 * (layer.out_channels == asked[place]) + 30 * (layer.name == _name(place, design))
        if not is_convolution:
            return points + 10 * (layer.kind == "linear")
        if flow is not None:
            side = flow.shapes[0][-1] >> _block(place, design)
            points += 20 * (flow.shapes[layer.source][-1] == side)
        return points + 10 * (max(layer.kernel, default=0) > 1)

    best: dict[tuple[int, int], tuple[int, dict[int, int]]] = {}
    for place in range(len(asked)):
        for index in range(len(candidates)):
            points = worth(place, index)
            if not points:
                continue
            earlier = [best[p, i] for p, i in best if p < place and before(i, index)]
            score, chain = max(earlier, key=lambda entry: entry[0], default=(0, {}))
            best[place, index] = (score + points, {**chain, place: index})
    _, chosen = max(best.values(), key=lambda entry: entry[0], default=(0, {}))
    return {place: candidates[index] for place, index in chosen.items()}


def _block(place: int, design: OpenDesign) -> int:
    """Which block a convolution stands in, from 0."""
    for block, widths in enumerate(design.blocks):
        if place < len(widths):
            return block
        place -= len(widths)
    return len(design.blocks)


def _name(place: int, design: OpenDesign) -> str:
    """What the handout calls the layer: "conv2_1", "fc1"."""
    block = _block(place, design)
    inside = place - sum(map(len, design.blocks[:block]))
    return f"conv{block + 1}_{inside + 1}" if block < len(design.blocks) else f"fc{inside + 1}"


def _width_row(
    width: int, place: int, design: OpenDesign, layer: Layer | None, found: Sequence[Found]
) -> LayerRow:
    name, expected = _name(place, design), f"→{width}"
    if layer is None:
        note = Text(en="no such layer on the way to the output", ko="출력까지 가는 길에 이 층이 없어요")
        return LayerRow(name=name, expected=expected, found=None, ok=False, note=note)
    item = next(item for item in found if item.layer is layer)
    note_or_none: Text | None = None
    if layer.out_channels != width:
        note_or_none = Text(
            en=f"output channels should be {width}, but are {layer.out_channels}",
            ko=f"출력 채널이 {width}개여야 하는데 지금은 {layer.out_channels}개예요",
        )
    elif not item.registered:
        note_or_none = _UNREGISTERED
    return LayerRow(
        name=layer.name, expected=expected, found=layer.describe(), ok=note_or_none is None, note=note_or_none
    )


_UNREGISTERED = Text(
    en="not registered: the optimizer does not see its parameters",
    ko="등록되지 않아서 옵티마이저가 이 층의 파라미터를 볼 수 없어요",
)


def _pool_row(flow: Flow, kind: str, block: int, pairs: dict[int, Layer], after: int) -> LayerRow:
    """The pooling behind a block halves the map, on the way from one block's last layer to the next's first."""
    result = {layer.node: number for number, layer in flow.layers.items()}
    ahead, behind = (result.get(pairs[p].node) if p in pairs else None for p in (after - 1, after))
    others = []
    for number, step in flow.steps.items():
        row = operators.find(step.node.op)
        source = step.inputs[0]
        if row is None or row.family != "pool" or not flow.is_map(source) or not flow.is_map(number):
            continue
        if ahead is not None and ahead not in flow.ancestors[number]:
            continue
        if behind is not None and number not in flow.ancestors[behind]:
            continue
        sides, halves = flow.shapes[source][2:], flow.shapes[number][2:]
        name = "max" if step.op in _POOLS["max"] else "avg"
        window = step.node.args[1] if len(step.node.args) > 2 else None  # else it divides the map evenly
        size = (
            window if isinstance(window, tuple) else tuple(a // b for a, b in zip(sides, halves, strict=True))
        )
        text = f"{name} pool {'×'.join(map(str, size * 2 if len(size) == 1 else size))}"
        if (
            step.op in _POOLS[kind]
            and tuple(side // 2 for side in sides) == tuple(halves)
            and _by_two(step.node.args)
        ):
            return LayerRow(name=f"pool{block + 1}", expected=f"{kind} pool 2×2", found=text, ok=True)
        others.append(text)
    note = Text(
        en=f"a 2×2 {kind} pool belongs behind block {block + 1}",
        ko=f"블록 {block + 1} 뒤에는 2×2 {'최대' if kind == 'max' else '평균'} 풀링이 와야 해요",
    )
    found = others[0] if others else None
    return LayerRow(name=f"pool{block + 1}", expected=f"{kind} pool 2×2", found=found, ok=False, note=note)


def _by_two(args: Sequence[object]) -> bool:
    """A window of 2×2; an adaptive pool has no other where it halves the map."""
    window = args[1] if len(args) > 1 else None
    stride = args[2] if len(args) > 2 else ()
    return len(args) == 2 or (window in ((2, 2), (2,)) and stride in ((2, 2), (2,), ()))


def _ending(flow: Flow, last: Layer | None) -> list[LayerRow]:
    """What is returned are the last layer's outputs themselves."""
    number, seen = flow.output, flow.steps.get(flow.output)
    while (step := flow.steps.get(number)) is not None and (row := operators.find(step.node.op)):
        if row.family != "shape" or number in flow.layers:
            break
        number = step.inputs[0]
    if last is None or seen is None or flow.layers.get(number) is last:
        return []
    if flow.layers.get(number) is not None:
        return []  # another layer follows: it has a row of its own
    word = operator_name(flow.steps[number].node) if number in flow.steps else Text(en="input", ko="입력")
    note = Text(
        en=f"`{last.name}` gives the logits; they are to be returned as they are, not after {word.en}",
        ko=f"`{last.name}`의 출력(로짓)을 그대로 돌려줘야 해요. 그 뒤에 다른 연산({word.ko})이 있어요",
    )
    return [LayerRow(name="return", expected="logits", found=word.en, ok=False, note=note)]


def _extra_row(item: Found, flow: Flow | None) -> LayerRow:
    """A layer of the student's own design: free, but to be registered and used, and none of the classifier's.

    Where `forward` crashed (no flow) it cannot be told whether a layer would have been used.
    """
    note = None
    if not item.called:
        note = Text(
            en="declared, but never called in `forward`", ko="선언만 하고 `forward`에서 쓰지 않았어요"
        )
    elif item.layer.node < 0 and flow is not None:
        note = Text(
            en="called, but its result never reaches the output",
            ko="부르기만 하고 결과를 출력까지 쓰지 않았어요",
        )
    elif not item.registered:
        note = _UNREGISTERED
    elif flow is not None and _in_classifier(item.layer, flow):
        note = Text(
            en="the classifier is fixed; this is one layer more than it has",
            ko="분류기는 정해져 있는데, 층이 하나 더 있어요",
        )
    return LayerRow(
        name=item.layer.name, expected=None, found=item.layer.describe(), ok=note is None,
        note=note or Text(en="part of your own design", ko="직접 설계한 부분이에요"),
    )  # fmt: skip


def _in_classifier(layer: Layer, flow: Flow) -> bool:
    """Behind the last feature map; a gate's layers come back to one."""
    result = next((number for number, found in flow.layers.items() if found.node == layer.node), None)
    return (
        result is not None
        and result not in flow.maps
        and not any(result in flow.ancestors[number] for number in flow.maps)
    )


def _unused(graph: ModelGraph, found: Sequence[Found]) -> list[LayerRow]:
    """Registered parameters of anything else (normalisation, bare parameters) that nothing uses."""
    used = {
        number
        for program in (graph.train, graph.eval)
        for node in program.nodes
        for number in references(node)
    }
    layered = {item.layer.name for item in found}
    idle = dict.fromkeys(
        value.name.rpartition(".")[0] or value.name
        for number, value in enumerate(graph.values)
        if value.kind == "parameter" and number not in used
    )
    note = Text(en="registered, but never used in `forward`", ko="등록만 하고 `forward`에서 쓰지 않았어요")
    return [
        LayerRow(name=name, expected=None, found=None, ok=False, note=note)
        for name in idle
        if name not in layered
    ]
