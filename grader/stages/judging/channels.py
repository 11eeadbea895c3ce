"""The channel table: each layer's sizes beside the reference's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.networks.layers import Layer
from grader.records.base import Text
from grader.records.findings import LayerRow
from grader.records.graph import DeclaredLayer, Value
from grader.stages.judging.words import should_be


@dataclass(frozen=True)
class Found:
    """A student's layer, called in `forward` or only declared."""

    layer: Layer
    registered: bool = True
    called: bool = True


def declared(layer: DeclaredLayer) -> Layer:
    """A declared layer in the form of a called one."""
    return Layer(
        name=layer.name,
        kind=layer.kind,
        node=-1,
        weight=-1,
        bias=None,
        in_channels=layer.in_channels,
        out_channels=layer.out_channels,
        input_first=False,
        source=-1,
        kernel=layer.kernel,
        stride=layer.stride,
        padding=layer.padding,
        dilation=layer.dilation,
        groups=layer.groups,
        declared_bias=layer.bias,
    )


def found_layers(
    called: Sequence[Layer], declarations: Sequence[DeclaredLayer], values: Sequence[Value], crashed: bool
) -> list[Found]:
    """The student's layers: those that reach the output, then those that are only declared.

    Where `forward` crashed it cannot be told whether a layer would have been called.
    """
    distinct: dict[int, Layer] = {}
    for layer in called:
        distinct.setdefault(layer.weight, layer)
    result = [Found(layer, registered=values[layer.weight].registered) for layer in distinct.values()]
    names = {layer.name for layer in distinct.values()}
    result += [
        Found(declared(item), registered=item.registered, called=crashed or item.called)
        for item in declarations
        if item.name not in names
    ]
    return result


def differences(expected: Layer, found: Layer) -> list[Text]:
    """What differs between two layers, each thing by name; empty if they are alike."""
    told = []

    def tell(name_en: str, name_ko: str, a: object, b: object) -> None:
        told.append(Text(en=f"{name_en} should be {a}, is {b}", ko=f"{name_ko}: {should_be(a, b)}"))

    if expected.in_channels != found.in_channels:
        tell("input channels", "입력 채널", expected.in_channels, found.in_channels)
    if expected.out_channels != found.out_channels:
        tell("output channels", "출력 채널", expected.out_channels, found.out_channels)
    if expected.kind == found.kind == "conv":
        for name_en, name_ko, attribute in (
            ("kernel", "커널", "kernel"),
            ("stride", "stride", "stride"),
            ("padding", "padding", "padding"),
            ("dilation", "dilation", "dilation"),
        ):
            a, b = getattr(expected, attribute), getattr(found, attribute)
            if a != b:
                tell(name_en, name_ko, "×".join(map(str, a)), "×".join(map(str, b)))
        if expected.groups != found.groups:
            tell("groups", "groups", expected.groups, found.groups)
    if expected.has_bias != found.has_bias:
        told.append(
            Text(en="should have a bias", ko="bias가 있어야 해요")
            if expected.has_bias
            else Text(en="should have no bias", ko="bias가 없어야 해요")
        )
    if expected.kind != found.kind and expected.key != found.key:
        told.append(
            Text(
                en=f"should be a {_KIND[expected.kind].en}, is a {_KIND[found.kind].en}",
                ko=f"{_KIND[expected.kind].ko}이어야 하는데 {_KIND[found.kind].ko}이에요",
            )
        )
    return told


_KIND = {
    "conv": Text(en="convolution", ko="합성곱"),
    "linear": Text(en="fully connected layer", ko="완전 연결 층"),
}


def pair(expected: Sequence[Layer], found: Sequence[Found]) -> dict[int, int]:
    """Which of the student's layers stands for which of the reference's (reference index → found index).

    Layers with the reference's own name are its; the others are paired by what they have in common,
    best first, in the order of the calls.
    """
    pairs: dict[int, int] = {}
    scores = []
    for i, ours in enumerate(expected):
        for j, theirs in enumerate(found):
            layer = theirs.layer
            same_name = ours.name == layer.name
            alike = (ours.kind == layer.kind) + 2 * (ours.out_channels == layer.out_channels)
            alike += 2 * (ours.in_channels == layer.in_channels) + (ours.kernel == layer.kernel)
            if same_name or (ours.kind == layer.kind and alike >= 3) or ours.key == layer.key:
                scores.append((100 * same_name + 10 * alike - abs(i - j), i, j))
    for _, i, j in sorted(scores, key=lambda entry: (-entry[0], entry[1], entry[2])):
        if i not in pairs and j not in pairs.values():
            pairs[i] = j
    return pairs


def table(
    expected: Sequence[Layer], found: Sequence[Found], pairs: Mapping[int, int]
) -> tuple[LayerRow, ...]:
    """The rows: expected layers in order, then layers that nobody asked for."""
    rows = []
    for i, ours in enumerate(expected):
        if i not in pairs:
            rows.append(
                LayerRow(
                    name=ours.name, expected=ours.describe(), found=None, ok=False,
                    note=NO_SUCH_LAYER,
                )
            )  # fmt: skip
            continue
        theirs = found[pairs[i]]
        rows.append(_row(theirs, ours.describe(), differences(ours, theirs.layer)))
    return (*rows, *(_not_asked_for(extra) for j, extra in enumerate(found) if j not in pairs.values()))


def table_of_equal(expected: Sequence[Layer], found: Sequence[Found]) -> tuple[LayerRow, ...]:
    """The rows of a network that computes the exercise's function: its layers in the order of its calls.

    Each layer that it calls stands for one of the reference's, of whose sizes it is, in whatever form (fc1 as
    a 4×4 convolution). Nothing here depends on which layers of the reference are told, so that the student's
    check says what the grading says.
    """
    spare, rows = list(expected), []
    for theirs in found:
        if theirs.layer.node < 0:
            rows.append(_not_asked_for(theirs))
            continue
        own = theirs.layer
        # by name: a last layer of another width was judged as if it had the right one
        alike = [one for one in spare if one.key == own.key] or [one for one in spare if one.name == own.name]
        alike = alike or [own]
        spare = [layer for layer in spare if layer is not alike[0]]
        rows.append(_row(theirs, alike[0].describe(), []))
    return tuple(rows)


def _row(theirs: Found, expected: str, differ: Sequence[Text]) -> LayerRow:
    notes = list(differ)
    if not theirs.registered:
        notes.append(UNREGISTERED)
    wrong = bool(notes)
    if not theirs.called:  # that is a matter of the function, not of the channels: it costs there
        notes.append(NEVER_CALLED)
    found = theirs.layer
    return LayerRow(
        name=found.name, expected=expected, found=found.describe(), ok=not wrong, note=_joined(notes)
    )


def _not_asked_for(extra: Found) -> LayerRow:
    note = Text(en="not asked for", ko="과제에 없는 층이에요")
    if not extra.called:
        note = Text(
            en="not asked for, and never called in `forward`",
            ko="과제에 없는 층이고, `forward`에서 쓰지도 않았어요",
        )
    return LayerRow(name=extra.layer.name, expected=None, found=extra.layer.describe(), ok=False, note=note)


def table_of_given(
    expected: Sequence[Layer], hidden: Sequence[str], found: Sequence[Found]
) -> tuple[LayerRow, ...]:
    """The table where the sizes of some layers are not told: those are only there or not, registered or not.

    A layer under another name than a hidden one's may be it.
    """
    named = {layer.layer.name: layer for layer in found if layer.layer.name in hidden}
    others = [layer for layer in found if layer.layer.name not in named]
    pairs = pair(expected, others)
    rows = list(table(expected, others, pairs))
    spare = [layer for j, layer in enumerate(others) if j not in pairs.values()]
    taken = min(len(spare), len(hidden) - len(named))
    rows[len(expected) : len(expected) + taken] = []
    stands_for = iter(spare)
    for name in hidden:
        layer = named.get(name) or next(stands_for, None)
        if layer is None:
            rows.append(LayerRow(name=name, expected="?", found=None, ok=False, note=NO_SUCH_LAYER))
        else:
            rows.append(_row(layer, "?", []))
    return tuple(rows)


NO_SUCH_LAYER = Text(en="there is no such layer", ko="이 층이 없어요")
NEVER_CALLED = Text(
    en="declared, but never called in `forward`", ko="선언만 하고 `forward`에서 쓰지 않았어요"
)
UNREGISTERED = Text(
    en="not registered: the optimizer does not see its parameters",
    ko="등록되지 않아서 옵티마이저가 이 층의 파라미터를 볼 수 없어요",
)


def _joined(notes: Sequence[Text]) -> Text | None:
    if not notes:
        return None
    return Text(en="; ".join(n.en for n in notes), ko=", ".join(n.ko for n in notes))
