"""A crash told so that a student can mend it: what met what, where, and where the numbers come from."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from grader.networks import operators
from grader.networks.layers import Layer, Wiring, layers, leaves
from grader.networks.replay import references
from grader.records.base import Text
from grader.records.graph import Crash, Node, PartialGraph, Program, Shape
from grader.stages.judging.words import topic_particle


class Diagnosis(NamedTuple):
    """What went wrong, as a code and in words."""

    code: str
    message: Text
    hint: Text


def diagnose(crash: Crash, partial: PartialGraph | None) -> Diagnosis:
    """Explain a crash; the partial graph gives the arithmetic of a mismatch in `forward`."""
    if partial is not None and partial.nodes and not partial.nodes[-1].outputs:
        told = _failed_call(partial, crash)
        if told is not None:
            return told
    for applies, explain in _KNOWN:
        if found := applies(crash):
            return explain(crash, found)
    return Diagnosis(
        f"crash-in-{crash.phase}",
        Text(
            en=f"{_WHEN[crash.phase].en}, Python stopped with {crash.error}: {_first_line(crash.message)}",
            ko=f"{_WHEN[crash.phase].ko} {crash.error} 오류로 멈췄어요: {_first_line(crash.message)}",
        ),
        Text(
            en="Which value does this line use, and is it what you expect there? Print its type or shape just before.",
            ko="이 줄에서 쓰는 값이 생각한 것과 같은가요? 바로 앞에서 타입이나 shape을 출력해 보세요.",
        ),
    )


_WHEN = {
    "import": Text(en="When the file was read", ko="파일을 읽는 중에"),
    "construct": Text(en="When the class was instantiated", ko="클래스의 객체를 만드는 중에"),
    "forward": Text(en="In `forward`", ko="`forward` 실행 중에"),
}


def _first_line(message: str) -> str:
    return message.strip().splitlines()[0][:300] if message.strip() else "?"


# -- a call to torch that failed: the graph up to there has the numbers --------------------------


def _failed_call(partial: PartialGraph, crash: Crash) -> Diagnosis | None:
    node = partial.nodes[-1]
    wiring = Wiring(partial, Program(batch=partial.batch, nodes=partial.nodes, output=0))
    found = layers(wiring)
    name = operators.base_name(node.op) if node.op.count(".") == 2 else node.op
    if name in ("convolution", "addmm", "mm", "bmm", "linear", "matmul", "addmv"):
        own = [layer for layer in found if layer.node == len(partial.nodes) - 1]
        return _layer_mismatch(own[0], wiring, found, partial.batch) if own else None
    if name in ("cat", "stack"):
        return _join_mismatch(node, wiring, found, partial.batch)
    if name in ("add", "mul", "sub", "div"):
        return _pair_mismatch(node, name, wiring, found, partial.batch)
    if name in ("view", "_unsafe_view", "reshape", "_reshape_alias"):
        return _view_mismatch(node, wiring, partial.batch)
    if name == "expand":
        return _expand_mismatch(node, wiring, partial.batch)
    return None


def shape_text(shape: Shape, batch: int) -> str:
    """ "N×32×16×16": the batch side is written N."""
    return "×".join("N" if i == 0 and side == batch else str(side) for i, side in enumerate(shape)) or "()"


def _origins(wiring: Wiring, number: int, found: list[Layer]) -> Text | None:
    """ "3 (input) + 32 (conv1_2)", or the one layer that a map comes from; None where it cannot be told."""
    parts = leaves(wiring, number, found)
    if any(part.origin == "?" for part in parts):
        return None
    korean = {"input": "입력"}
    if len(parts) == 1:
        return Text(en=parts[0].origin, ko=korean.get(parts[0].origin, parts[0].origin))
    return Text(
        en=" + ".join(f"{p.channels} ({p.origin})" for p in parts),
        ko=" + ".join(f"{p.channels}({korean.get(p.origin, p.origin)})" for p in parts),
    )


def _channels(wiring: Wiring, number: int, found: list[Layer]) -> Text:
    """ "35 = 3 (input) + 32 (conv1_2)": how many channels a map has, and why."""
    count, origins = wiring.shapes[number][1], _origins(wiring, number, found)
    if origins is None:
        return Text(en=str(count), ko=f"{count}개")
    if "+" in origins.en:
        return Text(en=f"{count} = {origins.en}", ko=f"{count}개(= {origins.ko})")
    return Text(en=f"{count} (from {origins.en})", ko=f"{count}개({origins.ko}의 출력)")


def _layer_mismatch(layer: Layer, wiring: Wiring, found: list[Layer], batch: int) -> Diagnosis | None:
    shape = wiring.shapes[layer.source]
    if layer.kind == "conv":
        if len(shape) == 4 and shape[1] == layer.in_channels:
            return Diagnosis(
                "map-too-small",
                Text(
                    en=f"{layer.name} is given a {shape_text(shape, batch)} map, smaller than its kernel.",
                    ko=f"{layer.name}에 들어온 특징 맵({shape_text(shape, batch)})이 커널보다 작아요.",
                ),
                Text(en="How often has the map been pooled before?", ko="여기까지 풀링을 몇 번 했나요?"),
            )
        if len(shape) != 4:
            return Diagnosis(
                "map-is-flat",
                Text(
                    en=f"{layer.name} is a convolution and is given {shape_text(shape, batch)}, which is no N×C×H×W map.",
                    ko=f"{layer.name}{topic_particle(layer.name)} 합성곱인데 {shape_text(shape, batch)} 텐서가 들어왔어요. N×C×H×W 모양이어야 해요.",
                ),
                Text(
                    en="Was the tensor flattened, or a dimension lost, too early?",
                    ko="텐서를 너무 일찍 펼쳤거나 차원을 하나 잃어버리지 않았나요?",
                ),
            )
        given_channels = _channels(wiring, layer.source, [other for other in found if other is not layer])
        return Diagnosis(
            "channels-do-not-fit",
            Text(
                en=f"{layer.name} expects {layer.in_channels} channels and is given {given_channels.en}.",
                ko=f"{layer.name}{topic_particle(layer.name)} 채널 {layer.in_channels}개를 기대하는데 {given_channels.ko}가 들어왔어요.",
            ),
            Text(
                en=f"Which should change: `in_channels` of {layer.name}, or what is fed into it?",
                ko=f"{layer.name}의 `in_channels`를 바꿔야 할까요, 아니면 넣어 주는 텐서를 바꿔야 할까요?",
            ),
        )
    given = shape[-1] if shape else 0
    if len(shape) == 2 and shape[0] != batch and shape[0] * given % max(1, layer.in_channels) == 0:
        return Diagnosis(
            "batch-size-fixed",
            Text(
                en=f"{batch} images went in, but {layer.name} is given {shape[0]} rows of {given} numbers: "
                f"the images were mixed up on the way.",
                ko=f"이미지는 {batch}장인데 {layer.name}에는 숫자 {given}개짜리 행 {shape[0]}개가 들어왔어요. "
                f"중간에 이미지들이 섞였어요.",
            ),
            Text(
                en="Is a batch size, or the size of the map, written into a `view` or `reshape` as a number?",
                ko="`view`나 `reshape`에 배치 크기나 특징 맵 크기가 숫자로 박혀 있지 않나요?",
            ),
        )
    # the map that was flattened, if it was one: its channels × height × width explain the number
    source = wiring.origin(layer.source)
    before = wiring.shapes.get(source, ())
    product = ""
    if len(before) == 4 and before[1] * before[2] * before[3] == given:
        product = f" = {before[1]}×{before[2]}×{before[3]}"
    return Diagnosis(
        "features-do-not-fit",
        Text(
            en=f"{layer.name} expects {layer.in_channels} numbers per image and is given {given}{product} "
            f"(tensor {shape_text(shape, batch)}).",
            ko=f"{layer.name}{topic_particle(layer.name)} 이미지마다 숫자 {layer.in_channels}개를 기대하는데 {given}{product}개가 들어왔어요"
            f"(텐서 {shape_text(shape, batch)}).",
        ),
        Text(
            en="How many channels, rows and columns does the map have just before it is flattened?",
            ko="펼치기 직전의 특징 맵은 채널, 높이, 너비가 각각 몇인가요?",
        ),
    )


def _operands(node: Node, wiring: Wiring) -> list[tuple[int, Shape]]:
    return [(number, wiring.shapes.get(number, ())) for number in references(node)]


def _named_shapes(operands: list[tuple[int, Shape]], wiring: Wiring, found: list[Layer], batch: int) -> Text:
    parts = [(shape_text(shape, batch), _origins(wiring, number, found)) for number, shape in operands]
    return Text(
        en=" and ".join(f"{shape} ({origin.en})" if origin else shape for shape, origin in parts),
        ko=", ".join(f"{shape}({origin.ko})" if origin else shape for shape, origin in parts),
    )


def _join_mismatch(node: Node, wiring: Wiring, found: list[Layer], batch: int) -> Diagnosis:
    operands = _operands(node, wiring)
    shapes = _named_shapes(operands, wiring, found, batch)
    dim = node.args[1] if len(node.args) > 1 else node.kwargs.get("dim", 0)
    if dim == 0 and all(len(shape) == 4 for _, shape in operands):
        return Diagnosis(
            "concatenated-along-batch",
            Text(
                en=f"`torch.cat` along dim 0 puts images behind images; here {shapes.en} are to be joined.",
                ko=f"`torch.cat`의 dim=0은 이미지 방향(배치)으로 이어 붙여요. 지금은 {shapes.ko}을(를) 붙이려고 해요.",
            ),
            Text(
                en="Which dimension of N×C×H×W holds the channels?",
                ko="N×C×H×W에서 채널은 몇 번째 차원인가요?",
            ),
        )
    if dim != 1 and len({(len(shape), *shape[2:]) for _, shape in operands}) == 1:
        return Diagnosis(
            "concatenated-along-space",
            Text(
                en=f"`torch.cat` along dim {dim} puts maps beside each other in height or width; here {shapes.en} are to be joined.",
                ko=f"`torch.cat`의 dim={dim}은 특징 맵을 높이나 너비 방향으로 이어 붙여요. 지금은 {shapes.ko}을(를) 붙이려고 해요.",
            ),
            Text(
                en="Which dimension of N×C×H×W holds the channels?",
                ko="N×C×H×W에서 채널은 몇 번째 차원인가요?",
            ),
        )
    return Diagnosis(
        "concatenation-does-not-fit",
        Text(
            en=f"These cannot be concatenated: {shapes.en}. All sides but the joined one must be equal.",
            ko=f"이 텐서들은 이어 붙일 수 없어요: {shapes.ko}. 붙이는 차원 말고는 크기가 모두 같아야 해요.",
        ),
        Text(
            en="Is one of them taken before a pooling layer and the other after it?",
            ko="하나는 풀링 전, 다른 하나는 풀링 후의 텐서가 아닌가요?",
        ),
    )


def _pair_mismatch(node: Node, name: str, wiring: Wiring, found: list[Layer], batch: int) -> Diagnosis:
    shapes = _named_shapes(_operands(node, wiring), wiring, found, batch)
    verb = {"add": ("added", "더할"), "mul": ("multiplied", "곱할")}.get(name, ("combined", "함께 계산할"))
    return Diagnosis(
        "sizes-differ",
        Text(
            en=f"These cannot be {verb[0]}: {shapes.en}. Channels, height and width must be equal.",
            ko=f"이 텐서들은 {verb[1]} 수 없어요: {shapes.ko}. 채널, 높이, 너비가 같아야 해요.",
        ),
        Text(
            en="Which of the two has the shape that you want, and what would give the other one the same?",
            ko="둘 중 어느 쪽이 원하는 모양인가요? 다른 쪽을 같은 모양으로 만들려면 무엇이 필요할까요?",
        ),
    )


def _view_mismatch(node: Node, wiring: Wiring, batch: int) -> Diagnosis | None:
    operands = _operands(node, wiring)
    sizes = node.args[1] if len(node.args) > 1 else None
    if not operands or not isinstance(sizes, tuple):
        return None
    shape = operands[0][1]
    target = ", ".join(str(size) for size in sizes)
    per_image = 1
    for side in shape[1:]:
        per_image *= side
    return Diagnosis(
        "cannot-reshape",
        Text(
            en=f"A tensor {shape_text(shape, batch)} ({per_image} numbers per image, {batch} images) cannot be seen as ({target}).",
            ko=f"{shape_text(shape, batch)} 텐서(이미지 {batch}장, 이미지마다 숫자 {per_image}개)를 ({target}) 모양으로 바꿀 수 없어요.",
        ),
        Text(
            en="Is a batch size, or the size of the map, written into this line as a number?",
            ko="이 줄에 배치 크기나 특징 맵 크기가 숫자로 박혀 있지 않나요?",
        ),
    )


def _expand_mismatch(node: Node, wiring: Wiring, batch: int) -> Diagnosis | None:
    operands = _operands(node, wiring)
    sizes = node.args[1] if len(node.args) > 1 else None
    if not operands or not isinstance(sizes, tuple):
        return None
    target = "×".join(str(size) for size in sizes)
    return Diagnosis(
        "cannot-expand",
        Text(
            en=f"A tensor {shape_text(operands[0][1], batch)} cannot be expanded to {target}: only sides of size 1 can.",
            ko=f"{shape_text(operands[0][1], batch)} 텐서는 {target}(으)로 늘릴 수 없어요. 크기가 1인 차원만 늘어나요.",
        ),
        Text(
            en="Which sides of the tensor are 1, and which should be?",
            ko="지금 크기가 1인 차원은 어디이고, 어디가 1이어야 할까요?",
        ),
    )


# -- errors that Python or torch tell in a way that has a better one ------------------------------

_Applies = Callable[[Crash], re.Match[str] | None]
_Explains = Callable[[Crash, re.Match[str]], Diagnosis]


def _when(error: str, pattern: str, phase: str | None = None) -> _Applies:
    def applies(crash: Crash) -> re.Match[str] | None:
        if not re.fullmatch(error, crash.error) or (phase and crash.phase != phase):
            return None
        return re.search(pattern, crash.message)

    return applies


def _say(code: str, en: str, ko: str, hint_en: str, hint_ko: str) -> _Explains:
    """`{1}` … are the groups of the pattern."""

    def explain(crash: Crash, found: re.Match[str]) -> Diagnosis:
        groups = ("", *(group or "" for group in found.groups()))

        def put(text: str) -> str:
            for number, group in enumerate(groups):
                text = text.replace(f"{{{number}}}", group)
            return text

        return Diagnosis(code, Text(en=put(en), ko=put(ko)), Text(en=put(hint_en), ko=put(hint_ko)))

    return explain


_KNOWN: tuple[tuple[_Applies, _Explains], ...] = (
    (
        _when("ModuleNotFoundError|ImportError", r"No module named '([^']+)'"),
        _say(
            "module-missing",
            "The class needs the module `{1}`, which is neither installed here nor among your files.",
            "클래스가 `{1}` 모듈을 쓰는데, 채점 환경에도 제출 파일에도 없어요.",
            "Is it your own file (then hand it in too), or can torch do the same?",
            "직접 만든 파일이라면 함께 제출했나요? 아니라면 torch만으로 같은 일을 할 수 있을까요?",
        ),
    ),
    (
        _when("ImportError", r"cannot import name '([^']+)'"),
        _say(
            "name-missing-in-module",
            "`{1}` cannot be imported: the module has no such name.",
            "`{1}`을(를) import할 수 없어요. 그 모듈에 그런 이름이 없어요.",
            "Is the name spelled as in the module?",
            "모듈에 있는 이름과 철자가 같은가요?",
        ),
    ),
    (
        _when("NameError|UnboundLocalError", r"(?:name|variable) '([^']+)'"),
        _say(
            "name-undefined",
            "`{1}` is used here but defined nowhere before.",
            "`{1}`을(를) 쓰고 있는데, 그 전에 정의된 곳이 없어요.",
            "Is it misspelled, is an import missing, or is it set in only one of the ways through the code?",
            "철자가 다르거나, import가 빠졌거나, 어떤 경우에만 정의되는 건 아닌가요?",
        ),
    ),
    (
        _when(
            "AttributeError",
            r"before Module\.__init__\(\) call|has no attribute '(?:_modules|_parameters)'|^_modules",
        ),
        _say(
            "super-init-forgotten",
            "`super().__init__()` was not called before the layers were made.",
            "층을 만들기 전에 `super().__init__()`을 부르지 않았어요.",
            "What must be the first line of `__init__` in a class that inherits from `nn.Module`?",
            "`nn.Module`을 상속한 클래스의 `__init__` 첫 줄에는 무엇이 와야 할까요?",
        ),
    ),
    (
        _when("KeyError", r"_modules"),
        _say(
            "super-init-forgotten",
            "`super().__init__()` was not called, so that the module has no layers.",
            "`super().__init__()`을 부르지 않아서 모듈에 층이 하나도 등록되지 않았어요.",
            "What must be the first line of `__init__` in a class that inherits from `nn.Module`?",
            "`nn.Module`을 상속한 클래스의 `__init__` 첫 줄에는 무엇이 와야 할까요?",
        ),
    ),
    (
        _when("NotAModule", r"^(\w+)"),
        _say(
            "not-a-module",
            "`{1}` does not inherit from `nn.Module`.",
            "`{1}` 클래스가 `nn.Module`을 상속하지 않았어요.",
            "What stands in the brackets behind the class name in the template?",
            "템플릿에서 클래스 이름 뒤 괄호 안에는 무엇이 있었나요?",
        ),
    ),
    (
        _when("TypeError", r"__init__\(\) missing \d+ required positional arguments?: (.+)", "construct"),
        _say(
            "constructor-arguments",
            "Making the object needs arguments that are not given: {1}.",
            "객체를 만들 때 필요한 인자가 빠졌어요: {1}.",
            "The exercise makes the network without arguments: can they have default values?",
            "과제에서는 인자 없이 객체를 만들어요. 기본값을 줄 수 있을까요? 층의 인자라면 무엇이 빠졌나요?",
        ),
    ),
    (
        _when("AttributeError", r"'(\w+)' object has no attribute '(\w+)'", "forward"),
        _say(
            "attribute-missing",
            "`forward` uses `{2}`, but no such attribute is made in `__init__` (object of type {1}).",
            "`forward`에서 `{2}`을(를) 쓰는데 `__init__`에서 만든 적이 없어요({1} 객체).",
            "Is the name spelled the same in `__init__`, or was a blank there left empty?",
            "`__init__`에서 쓴 이름과 철자가 같은가요? 아니면 채우지 않은 빈칸이 있나요?",
        ),
    ),
    (
        _when("NotImplementedError", r'Module \[(\w+)\] is missing the required "forward"'),
        _say(
            "forward-missing",
            "`{1}` has no method `forward`.",
            "`{1}`에 `forward` 메서드가 없어요.",
            "Is it spelled `forward`, and indented so that it belongs to the class?",
            "이름이 정확히 `forward`인가요? 들여쓰기가 클래스 안에 맞게 되어 있나요?",
        ),
    ),
    (
        # nobody's line: it is the call of `forward` itself
        lambda crash: (
            None if crash.line else _when("TypeError", r"forward\(\) missing \d+ .*arguments?: (.+)")(crash)
        ),
        _say(
            "forward-takes-more",
            "`forward` asks for more than the images: {1}.",
            "`forward`가 이미지 말고도 인자를 더 받아야 한다고 되어 있어요: {1}.",
            "The network is called with the images alone, `model(x)`: where do the labels go in the training code?",
            "네트워크는 `model(x)`처럼 이미지만 받아서 불러요. 학습 코드에서 정답 레이블은 어디에 쓰나요?",
        ),
    ),
    (
        _when("TypeError", r"(?:takes|missing) \d+ .*positional", "forward"),
        _say(
            "wrong-arguments",
            "A call in `forward` has the wrong number of arguments.",
            "`forward`에서 부른 함수의 인자 개수가 맞지 않아요.",
            "Is `self` the first parameter of your methods, and is each layer called with one tensor?",
            "메서드의 첫 인자가 `self`인가요? 층마다 텐서를 하나씩 넣고 있나요?",
        ),
    ),
    (
        _when("TypeError", r"NoneType"),
        _say(
            "nothing-returned",
            "A value is `None` here: some function or method before it returned nothing.",
            "여기서 쓰는 값이 `None`이에요. 앞에서 부른 함수나 메서드가 아무것도 돌려주지 않았어요.",
            "Does every method that you call end with a `return`?",
            "부르는 메서드마다 마지막에 `return`이 있나요?",
        ),
    ),
    (
        _when("RuntimeError", r"a leaf Variable that requires grad is being used in an in-place"),
        _say(
            "in-place-on-parameter",
            "A parameter is changed in place in `forward`.",
            "`forward`에서 파라미터를 제자리(in-place)에서 바꾸고 있어요.",
            "Which line ends in `_()`, or uses `+=` on a weight?",
            "이름이 `_`로 끝나는 함수나 `+=`를 가중치에 쓴 줄이 있나요?",
        ),
    ),
    (
        _when("FileNotFoundError", r"'([^']+)'"),
        _say(
            "file-missing",
            "The code opens `{1}`, which is not there when it is graded.",
            "코드가 `{1}` 파일을 여는데, 채점할 때는 그 파일이 없어요.",
            "Is the file needed to build the network?",
            "네트워크를 만드는 데 그 파일이 꼭 필요한가요?",
        ),
    ),
    (
        _when("RecursionError", r""),
        _say(
            "endless-recursion",
            "A function calls itself without end.",
            "함수가 자기 자신을 끝없이 부르고 있어요.",
            "Does `forward` call `self(x)` or itself?",
            "`forward` 안에서 `self(x)`나 자기 자신을 부르지 않나요?",
        ),
    ),
)
