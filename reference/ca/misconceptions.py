"""How students get the channel gate wrong.

What each costs stands in `prices.yaml`.
"""

from grader.records.base import Text
from grader.records.misconception import Edit, Misconception

SQUEEZED = "        gate = self.global_pool(out)\n"
FIRST = "        gate = self.relu(self.gate_conv1(gate))\n"
SECOND = "        gate = self.sigmoid(self.gate_conv2(gate))\n"
APPLIED = "        out = out * gate\n"
BLOCK_2 = "        out = self.relu(self.conv2_2(out))\n"
AFTER = "        # <<< BLANK ca-4\n        out = self.pool(out)\n"

STEPS = Text(
    en="Which steps lead from the feature map to the gate in the handout, in which order, and what is between 0 and 1?",
    ko="안내문에서 특징 맵이 gate가 되기까지 어떤 단계를 어떤 순서로 거치나요? 0과 1 사이가 되는 것은 어느 단계인가요?",
)
USE = Text(
    en="What is done with the gate once it is computed, and which later line uses the result?",
    ko="계산한 gate로 무엇을 하나요? 그 결과를 뒤의 어느 줄에서 쓰고 있나요?",
)
SQUEEZE = Text(
    en="Which numbers should become one number per channel, and by which operation?",
    ko="어떤 값들이 채널마다 숫자 하나가 되어야 하나요? 어떤 연산으로요?",
)
PLACE = Text(
    en="Behind which block does the handout put the gate, and how many channels are there?",
    ko="안내문에서 gate는 어느 블록 뒤에 있고, 거기에는 채널이 몇 개 있나요?",
)
LAYERS = Text(
    en="Which two layers are in the gate, and with which sizes does the handout list them?",
    ko="gate 안의 두 층은 무엇이고, 안내문에는 크기가 얼마로 되어 있나요?",
)


def lines(old: str, *new: str) -> Edit:
    """Lines of `forward` written otherwise."""
    return Edit(old=old, new="".join(f"        {line}\n" for line in new))


def layer(n: int, text: str) -> Edit:
    """A layer of the gate with other arguments."""
    return Edit(
        old=f"self.gate_conv{n} = nn.Conv2d(64, 64, kernel_size=1)",
        new=f"self.gate_conv{n} = nn.Conv2d({text})",
    )


def sizes(a: int, b: int, c: int) -> tuple[Edit, ...]:
    """The gate's two layers a→b→c."""
    pairs = ((1, (a, b)), (2, (b, c)))
    return tuple(layer(n, f"{i}, {o}, kernel_size=1") for n, (i, o) in pairs if (i, o) != (64, 64))


def gate_lines(number: str = "") -> tuple[str, ...]:
    """A whole gate on `out`."""
    return (
        "gate = self.global_pool(out)",
        f"gate = self.relu(self.gate_conv1{number}(gate))",
        f"gate = self.sigmoid(self.gate_conv2{number}(gate))",
        "out = out * gate",
    )


NO_GATE = (lines(SQUEEZED), lines(FIRST), lines(SECOND), lines(APPLIED))
BLOCK_1_END = "        out = self.relu(self.conv1_2(out))\n"
BLOCK_3_END = "        out = self.relu(self.conv3_2(out))\n"


def also(end: str, channels: int, name: str) -> tuple[Edit, Edit]:
    """One more gate with layers of its own."""
    second = "        self.gate_conv2 = nn.Conv2d(64, 64, kernel_size=1)\n"
    made = "".join(
        f"        self.gate_conv{n}{name} = nn.Conv2d({channels}, {channels}, kernel_size=1)\n"
        for n in (1, 2)
    )
    return (
        Edit(old=second, new=second + made),
        Edit(old=end, new=end + "".join(f"        {line}\n" for line in gate_lines(name))),
    )


def moved(end: str, channels: int) -> tuple[Edit, ...]:
    """The gate in another block."""
    new = end + "".join(f"        {line}\n" for line in gate_lines())
    return (*sizes(channels, channels, channels), *NO_GATE, Edit(old=end, new=new))


def one(code: str, en: str, ko: str, hint: Text, *ways: tuple[Edit, ...], **more: object) -> Misconception:
    return Misconception(code=code, message=Text(en=en, ko=ko), hint=hint, ways=ways, **more)


def instead_of_sigmoid(*others: str) -> tuple[tuple[Edit, ...], ...]:
    return tuple((lines(SECOND, f"gate = {other}"),) for other in others)


MISCONCEPTIONS = (
    one(
        "ca-gate-not-applied",
        "The gate does not reach the output: the network computes the same as the plain VGG.",
        "gate가 출력에 쓰이지 않아서, 그냥 VGG와 같은 계산을 해요.",
        USE, (lines(APPLIED),), nothing_added=True,
    ),
    one(
        "ca-gate-added",
        "The gate is added to the feature map; it should multiply it.",
        "gate를 특징 맵에 더하고 있어요. 곱해야 해요.",
        USE, (lines(APPLIED, "out = out + gate"),),
    ),
    one(
        "ca-gate-concatenated",
        "The gate is concatenated to the feature map; it should multiply it.",
        "gate를 특징 맵에 이어 붙이고 있어요. 곱해야 해요.",
        USE,
        *(
            (lines(APPLIED, f"out = torch.cat([{pair}], dim=1)"), Edit(old="nn.Conv2d(64, 128,", new="nn.Conv2d(128, 128,"))
            for pair in ("out, gate.expand_as(out)", "gate.expand_as(out), out", "out, out * gate", "out * gate, out")
        ),
    ),
    one(
        "ca-gate-residual",
        "The gated map is added to the map itself (x + x·gate); the exercise goes on with x·gate alone.",
        "gate를 곱한 결과를 원래 맵에 다시 더하고 있어요(x + x·gate). 과제는 x·gate만 써요.",
        USE, (lines(APPLIED, "out = out + out * gate"),),
    ),
    one(
        "ca-gate-applied-twice",
        "The feature map is multiplied by the gate twice.",
        "특징 맵에 gate를 두 번 곱하고 있어요.",
        USE, (lines(APPLIED, "out = out * gate", "out = out * gate"),),
    ),
    one(
        "ca-gate-replaces-the-map",
        "The gate takes the place of the feature map instead of multiplying it.",
        "gate를 곱하는 대신, 특징 맵을 gate로 바꿔 버렸어요.",
        USE, (lines(APPLIED, "out = gate.expand_as(out)"),),
    ),
    one(
        "ca-gate-inverted",
        "The map is multiplied by 1 − gate.",
        "특징 맵에 1 − gate를 곱하고 있어요.",
        USE, (lines(APPLIED, "out = out * (1 - gate)"),),
    ),
    one(
        "ca-gate-divides",
        "The map is divided by the gate; it should be multiplied by it.",
        "특징 맵을 gate로 나누고 있어요. 곱해야 해요.",
        USE, (lines(APPLIED, "out = out / gate"),),
    ),
    one(
        "ca-sigmoid-missing",
        "The gate has no sigmoid, so that it is not between 0 and 1.",
        "gate에 sigmoid가 없어서 값이 0과 1 사이가 아니에요.",
        STEPS, *instead_of_sigmoid("self.gate_conv2(gate)"),
    ),
    one(
        "ca-softmax-instead-of-sigmoid",
        "The gate ends with a softmax over the channels; it should be a sigmoid for each of them.",
        "gate 끝에 채널 방향 softmax가 있어요. 채널마다 따로 sigmoid를 써야 해요.",
        STEPS, *instead_of_sigmoid("torch.softmax(self.gate_conv2(gate), dim=1)"),
    ),
    one(
        "ca-softmax-over-one-number",
        "The gate is 1 everywhere, so that multiplying by it changes nothing (a softmax over a dimension of size 1 does that).",
        "gate가 어디서나 1이라서 곱해도 아무것도 달라지지 않아요(크기가 1인 차원에 softmax를 쓰면 이렇게 돼요).",
        STEPS, *instead_of_sigmoid("torch.softmax(self.gate_conv2(gate), dim=-1)"),
    ),
    one(
        "ca-other-gate-activation",
        "Another function stands where the gate should end with a sigmoid.",
        "gate의 끝에 sigmoid가 아닌 다른 함수가 있어요.",
        STEPS,
        *instead_of_sigmoid(
            "self.relu(self.gate_conv2(gate))", "torch.tanh(self.gate_conv2(gate))",
            "nn.functional.hardsigmoid(self.gate_conv2(gate))", "torch.softmax(self.gate_conv2(gate), dim=0)",
            "torch.clamp(self.gate_conv2(gate), 0, 1)",
        ),
    ),
    one(
        "ca-relu-before-sigmoid",
        "There is a ReLU right before the sigmoid, so that the gate is never below one half.",
        "sigmoid 바로 앞에 ReLU가 있어서 gate가 0.5보다 작아질 수 없어요.",
        STEPS,
        *instead_of_sigmoid("self.sigmoid(self.relu(self.gate_conv2(gate)))"),
        (lines(FIRST, "gate = self.gate_conv1(gate)"), lines(SECOND, "gate = self.sigmoid(self.relu(self.gate_conv2(gate)))")),
    ),
    one(
        "ca-relu-missing-in-gate",
        "There is no ReLU between the gate's two layers.",
        "gate의 두 층 사이에 ReLU가 없어요.",
        STEPS, (lines(FIRST, "gate = self.gate_conv1(gate)"),),
    ),
    one(
        "ca-sigmoid-twice",
        "The gate's first layer is followed by a sigmoid too; there it should be a ReLU.",
        "gate의 첫 번째 층 뒤에도 sigmoid가 있어요. 거기에는 ReLU가 와야 해요.",
        STEPS,
        (lines(FIRST, "gate = self.sigmoid(self.gate_conv1(gate))"),),
    ),
    one(
        "ca-sigmoid-repeated",
        "The gate ends with two sigmoids in a row, so that it is never below one half.",
        "gate 끝에 sigmoid가 두 번 이어져서 gate가 0.5보다 작아질 수 없어요.",
        STEPS, *instead_of_sigmoid("self.sigmoid(self.sigmoid(self.gate_conv2(gate)))"),
    ),
    one(
        "ca-activations-exchanged",
        "Sigmoid and ReLU are exchanged in the gate.",
        "gate 안에서 sigmoid와 ReLU의 자리가 바뀌었어요.",
        STEPS,
        (lines(FIRST, "gate = self.sigmoid(self.gate_conv1(gate))"), lines(SECOND, "gate = self.relu(self.gate_conv2(gate))")),
    ),
    one(
        "ca-sigmoid-after-product",
        "The sigmoid is taken of the product; it belongs to the gate, before the product.",
        "곱한 결과에 sigmoid를 쓰고 있어요. sigmoid는 곱하기 전에 gate에 써야 해요.",
        STEPS, (lines(SECOND, "gate = self.gate_conv2(gate)"), lines(APPLIED, "out = self.sigmoid(out * gate)")),
    ),
    one(
        "ca-squeeze-by-max",
        "Each channel is squeezed to its maximum; the exercise takes its mean.",
        "채널마다 최댓값으로 줄이고 있어요. 과제는 평균이에요.",
        SQUEEZE, (Edit(old="nn.AdaptiveAvgPool2d(1)", new="nn.AdaptiveMaxPool2d(1)"),),
    ),
    one(
        "ca-squeeze-by-sum",
        "Each channel is squeezed to its sum, or to mean plus maximum; the exercise takes its mean.",
        "채널마다 합이나 평균+최댓값으로 줄이고 있어요. 과제는 평균이에요.",
        SQUEEZE,
        (lines(SQUEEZED, "gate = out.sum(dim=(2, 3), keepdim=True)"),),
        (lines(SQUEEZED, "gate = self.global_pool(out) + out.amax(dim=(2, 3), keepdim=True)"),),
    ),
    one(
        "ca-squeeze-missing",
        "The map is not squeezed: the gate has another value at every place.",
        "전역 평균 풀링이 없어서 gate가 위치마다 다른 값이에요.",
        SQUEEZE, (lines(SQUEEZED, "gate = out"),),
    ),
    one(
        "ca-squeeze-not-global",
        "The map is squeezed along one side, or over small windows; each channel should become one number.",
        "한 방향으로만, 또는 작은 창으로만 줄이고 있어요. 채널마다 숫자 하나가 되어야 해요.",
        SQUEEZE,
        (lines(SQUEEZED, "gate = out.mean(dim=2, keepdim=True)"),),
        (lines(SQUEEZED, "gate = out.mean(dim=3, keepdim=True)"),),
    ),
    one(
        "ca-squeeze-over-channels",
        "The mean is taken over the channels: that is a gate for places, not for channels.",
        "채널 방향으로 평균을 내고 있어요. 그러면 채널이 아니라 위치에 대한 gate가 돼요.",
        SQUEEZE,
        (lines(SQUEEZED, "gate = out.mean(dim=1, keepdim=True).expand_as(out)"),),
        (lines(SQUEEZED, "gate = out.mean(dim=1, keepdim=True)"), *sizes(1, 64, 64)),
        (lines(SQUEEZED, "gate = out.mean(dim=1, keepdim=True)"), *sizes(1, 1, 1)),
        (lines(SQUEEZED, "gate = out.mean(dim=1, keepdim=True)"), *sizes(1, 64, 1)),
    ),
    one(
        "ca-squeeze-over-the-batch",
        "The mean runs over the batch too, so that images of one batch share a gate.",
        "배치 방향까지 평균을 내서, 한 배치의 이미지들이 같은 gate를 써요.",
        SQUEEZE, (lines(SQUEEZED, "gate = out.mean(dim=(0, 2, 3), keepdim=True)"),),
    ),
    one(
        "ca-gate-before-relu",
        "The gate is computed from block 2's output before its ReLU; it belongs behind the ReLU.",
        "gate를 블록 2의 ReLU 앞의 값에서 계산하고 있어요. ReLU를 지난 뒤에 계산해야 해요.",
        PLACE,  # a gate above 0 may come before or after the ReLU: only what is squeezed matters
        (lines(BLOCK_2, "out = self.conv2_2(out)"), lines(APPLIED, "out = self.relu(out * gate)")),
    ),
    one(
        "ca-squeezed-block-input",
        "The gate is computed from block 2's input or middle; it should be computed from the map that it multiplies.",
        "gate를 블록 2의 입력이나 중간 값에서 계산하고 있어요. gate를 곱할 바로 그 맵에서 계산해야 해요.",
        PLACE,
        (
            lines("        out = self.relu(self.conv2_1(out))\n", "block_in = out", "out = self.relu(self.conv2_1(out))"),
            lines(SQUEEZED, "gate = self.global_pool(block_in)"), layer(1, "32, 64, kernel_size=1"),
        ),
        (
            lines("        out = self.relu(self.conv2_1(out))\n", "block_in = out", "out = self.relu(self.conv2_1(out))"),
            lines(SQUEEZED, "gate = self.global_pool(block_in)"), *sizes(32, 32, 64),
        ),
        (
            lines("        out = self.relu(self.conv2_1(out))\n", "out = self.relu(self.conv2_1(out))", "middle = out"),
            lines(SQUEEZED, "gate = self.global_pool(middle)"), layer(1, "32, 64, kernel_size=1"),
        ),
    ),
    one(
        "ca-after-block-1",
        "The gate is behind block 1 (32 channels); it belongs behind block 2.",
        "gate가 블록 1 뒤(32채널)에 있어요. 블록 2 뒤에 와야 해요.",
        PLACE, moved(BLOCK_1_END, 32),
    ),
    one(
        "ca-after-block-3",
        "The gate is behind block 3 (256 channels); it belongs behind block 2.",
        "gate가 블록 3 뒤(256채널)에 있어요. 블록 2 뒤에 와야 해요.",
        PLACE, moved(BLOCK_3_END, 256),
    ),
    one(
        "ca-in-several-blocks",
        "There are gates in other blocks too; the exercise has one, behind block 2.",
        "다른 블록에도 gate가 있어요. 과제에는 블록 2 뒤에 하나만 있어요.",
        PLACE,
        (*also(BLOCK_1_END, 32, "a"), *also(BLOCK_3_END, 256, "c")),
        also(BLOCK_1_END, 32, "a"), also(BLOCK_3_END, 256, "c"),
    ),
    one(
        "ca-one-layer-twice",
        "The same layer is used twice in the gate; it should have two of its own.",
        "gate에서 같은 층을 두 번 쓰고 있어요. 서로 다른 층 두 개여야 해요.",
        LAYERS, (lines(SECOND, "gate = self.sigmoid(self.gate_conv1(gate))"),),
    ),
    one(
        "ca-one-layer-only",
        "The gate has one layer; the exercise asks for two with a ReLU between them.",
        "gate에 층이 하나뿐이에요. 과제는 두 층이고 그 사이에 ReLU가 있어요.",
        LAYERS,
        (lines(FIRST),),
        (lines(SECOND, "gate = self.sigmoid(gate)"),),
    ),
    one(
        "ca-no-layers",
        "The gate is the sigmoid of the squeezed map, without any layer that could learn.",
        "gate에 학습되는 층이 없고, 줄인 값에 바로 sigmoid를 쓰고 있어요.",
        LAYERS, (lines(FIRST), lines(SECOND, "gate = self.sigmoid(gate)")),
    ),
    one(
        "ca-reduced",
        "The gate's layers narrow the channels and widen them again (SENet's reduction); here both are 64→64.",
        "gate의 층들이 채널을 줄였다가 다시 늘려요(SENet의 reduction). 이 과제에서는 둘 다 64→64예요.",
        LAYERS,
        *(sizes(64, middle, 64) for middle in (4, 8, 16, 32, 128)),
        *(
            (layer(1, f"64, {middle}, kernel_size=1, bias=False"), layer(2, f"{middle}, 64, kernel_size=1, bias=False"))
            for middle in (4, 8, 16, 32)
        ),
    ),
    one(
        "ca-other-gate-layers",
        "The gate's layers have another kernel, bias or grouping than the exercise asks for.",
        "gate 층의 커널, bias, groups 중에 과제와 다른 것이 있어요.",
        LAYERS,
        *(
            (layer(1, f"64, 64, {ending}"), layer(2, f"64, 64, {ending}"))
            for ending in ("kernel_size=3, padding=1", "kernel_size=1, bias=False", "kernel_size=1, groups=64")
        ),
    ),
    one(
        "ca-gate-in-one-mode",
        "The gate is applied in one of train and eval mode only.",
        "gate를 train 모드와 eval 모드 가운데 하나에서만 곱하고 있어요.",
        USE,
        (lines(APPLIED, "if not self.training:", "    out = out * gate"),),
        (lines(APPLIED, "if self.training:", "    out = out * gate"),),
    ),
    one(
        "ca-dropout-in-gate",
        "There is dropout inside the gate; the exercise has none.",
        "gate 안에 드롭아웃이 있어요. 과제에는 없어요.",
        STEPS,
        *(
            (lines(FIRST, f"gate = nn.functional.dropout(self.relu(self.gate_conv1(gate)), {p}, self.training)"),)
            for p in (0.5, 0.3, 0.2)
        ),
    ),
    one(
        "ca-gate-detached",
        "The gate is cut off from the loss (`detach`, `.data` or `no_grad`): its layers do not learn.",
        "gate가 손실과 끊겨 있어서(`detach`, `.data`, `no_grad`) gate의 층들이 학습되지 않아요.",
        Text(
            en="Can the gradient travel back through the gate to its layers, or does a call stop it?",
            ko="그래디언트가 gate를 지나 gate의 층까지 되돌아갈 수 있나요? 막는 호출이 있지 않나요?",
        ),
        (lines(APPLIED, "out = out * gate.detach()"),),
        check="gradients",
    ),
    one(
        "ca-squeeze-detached",
        "What enters the gate is detached: no gradient flows from the gate back to the blocks.",
        "gate에 들어가는 값이 detach되어 있어서, gate에서 블록 쪽으로 그래디언트가 가지 않아요.",
        Text(
            en="Is the gate computed from the feature map itself or from a copy without gradient?",
            ko="gate를 특징 맵 그 자체에서 계산하나요, 그래디언트가 끊긴 사본에서 계산하나요?",
        ),
        (lines(SQUEEZED, "gate = self.global_pool(out.detach())"),),
        check="gradients",
    ),
    one(
        "ca-map-detached",
        "The map that the gate multiplies is detached: the blocks learn through the gate alone.",
        "gate를 곱하는 맵이 detach되어 있어서, 블록은 gate를 통해서만 학습해요.",
        Text(
            en="Along which ways can the gradient reach the convolutions of block 2?",
            ko="그래디언트는 어떤 길로 블록 2의 합성곱까지 갈 수 있나요?",
        ),
        (lines(APPLIED, "out = out.detach() * gate"),),
        check="gradients",
    ),
    one(
        "ca-multiplied-in-place",
        "`*=` overwrites a value that backward still needs: `loss.backward()` fails.",
        "`*=`가 역전파에 필요한 값을 덮어써서 `loss.backward()`가 실패해요.",
        Text(
            en="What is the difference between `out *= gate` and `out = out * gate` for a tensor that backward needs?",
            ko="역전파에 필요한 텐서라면 `out *= gate`와 `out = out * gate`는 무엇이 다른가요?",
        ),
        (lines(APPLIED, "out *= gate"),),
        check="gradients",
    ),
)  # fmt: skip

COMMON = (
    "softmax-at-the-end", "max-pooling", "relu-missing-in-classifier", "relu-missing-after-conv2_2",
    "batch-norm-added", "dropout-added", "ca-gate-not-applied", "ca-gate-added", "ca-sigmoid-missing",
    "ca-softmax-instead-of-sigmoid", "ca-relu-missing-in-gate", "ca-squeeze-by-max", "ca-gate-residual",
    "ca-reduced", "ca-other-gate-layers", "ca-after-block-1",
)  # fmt: skip
