"""How students get the concatenations wrong.

What each costs stands in `prices.yaml`.
"""

from grader.records.base import Text
from grader.records.misconception import Edit, Misconception

JOINED = "        out = torch.cat([block_in, out], dim=1)\n        # <<< BLANK dense-{m}\n"
BLANK = {1: 3, 2: 4}
"""Block → number of the blank with its concatenation."""

WHAT = Text(
    en="Which two tensors does the handout concatenate at the end of this block, and what stands in your `torch.cat`?",
    ko="안내문은 이 블록 끝에서 어떤 두 텐서를 이어 붙이라고 하나요? 여러분의 `torch.cat`에는 무엇이 있나요?",
)
COUNT = Text(
    en="How many channels come out of the concatenation, and which part of them comes from which tensor?",
    ko="이어 붙인 뒤 채널은 모두 몇 개이고, 그중 어느 부분이 어느 텐서에서 왔나요?",
)
WHERE = Text(
    en="In which blocks and at which step does the handout concatenate?",
    ko="안내문에서는 어느 블록의 어느 단계에서 이어 붙이나요?",
)

HARMLESS = tuple(
    tuple(
        Edit(
            old=JOINED.format(m=BLANK[n]),
            new=JOINED.format(m=BLANK[n]).replace("block_in, out", "out, block_in"),
        )
        for n in blocks
    )
    for blocks in ((1,), (2,), (1, 2))
)
"""[output, input] permutes channels, nothing more."""


def join(n: int, *lines: str) -> Edit:
    """The concatenation of a block written otherwise (no line: left out)."""
    old = JOINED.format(m=BLANK[n])
    return Edit(old=old, new="".join(f"        {line}\n" for line in (*lines, old.splitlines()[1].strip())))


def width(n: int, channels: int) -> Edit:
    """What the convolution behind block `n`'s concatenation takes."""
    old, outputs = {1: ("nn.Conv2d(35,", "32"), 2: ("nn.Conv2d(99,", "128")}[n]
    return Edit(old=f"{old} {outputs},", new=f"nn.Conv2d({channels}, {outputs},")


def without(*blocks: int) -> tuple[Edit, ...]:
    """No concatenation in these blocks."""
    edits = [join(n) for n in blocks]
    if 1 in blocks:
        edits.append(width(1, 32))
    edits.append(width(2, 64 if 2 in blocks else 96))
    return tuple(edits)


def middle(n: int) -> Edit:
    """Keep what the block's first convolution made."""
    old = f"        out = self.relu(self.conv{n}_1(block_in))\n"
    return Edit(old=old, new=old + "        middle = out\n")


def third(*lines: str) -> Edit:
    """Block 3 with a concatenation too."""
    old = "        out = self.relu(self.conv3_1(out))\n        out = self.relu(self.conv3_2(out))\n"
    return Edit(
        old=old, new="        block_in = out\n" + old + "".join(f"        {line}\n" for line in lines)
    )


def more_layers(*lines: str) -> Edit:
    """Layers beside those of the exercise."""
    old = "        self.pool = nn.AvgPool2d(kernel_size=2)\n"
    return Edit(old=old, new=old + "".join(f"        {line}\n" for line in lines))


def pooled(n: int, line: str) -> Edit:
    """What follows the pool behind a concatenation."""
    old = f"        # <<< BLANK dense-{BLANK[n]}\n        out = self.pool(out)\n"
    return Edit(old=old, new=f"{old}        {line}\n")


def one(code: str, en: str, ko: str, hint: Text, *ways: tuple[Edit, ...], **more: object) -> Misconception:
    return Misconception(code=code, message=Text(en=en, ko=ko), hint=hint, ways=ways, **more)


def both_orders(make: str, replaced: str = "block_in") -> tuple[str, str]:
    """`torch.cat` with `make` in the input's or the output's place, in both orders."""
    a, b = (make, "out") if replaced == "block_in" else ("block_in", make)
    return f"out = torch.cat([{a}, {b}], dim=1)", f"out = torch.cat([{b}, {a}], dim=1)"


MISCONCEPTIONS = (
    one(
        "dense-nothing-added",
        "Nothing is concatenated: the network is the plain VGG.",
        "이어 붙이는 곳이 없어서, 그냥 VGG와 같은 네트워크예요.",
        WHERE, without(1, 2), nothing_added=True,
    ),
    *(
        one(
            f"dense-missing-in-block-{n}",
            f"In block {n} nothing is concatenated: its input is not handed on.",
            f"블록 {n}에서 이어 붙이지 않아서, 블록의 입력이 다음으로 전달되지 않아요.",
            WHERE, without(n),
        )
        for n in (1, 2)
    ),
    one(
        "dense-in-block-3-too",
        "Block 3 is concatenated as well; the exercise does so in blocks 1 and 2 only.",
        "블록 3에서도 이어 붙이고 있어요. 과제에서는 블록 1과 2에서만 해요.",
        WHERE,
        *(
            (third(f"out = torch.cat([{pair}], dim=1)"), Edit(old="nn.Linear(4096, 512)", new="nn.Linear(5680, 512)"))
            for pair in ("block_in, out", "out, block_in")
        ),
    ),
    one(
        "dense-block-3-cut",
        "Block 3 is concatenated and then cut to 256 channels to fit the classifier.",
        "블록 3에서도 이어 붙인 다음, 분류기에 맞추려고 256채널로 잘라 냈어요.",
        WHERE,
        (third("out = torch.cat([block_in, out], dim=1)[:, :256]"),),
        (third("out = torch.cat([out, block_in], dim=1)[:, 99:]"),),
    ),
    one(
        "dense-image-in-block-2",
        "Block 2 concatenates the image instead of its own input: 3 + 64 = 67 channels.",
        "블록 2에서 블록의 입력이 아니라 원래 이미지를 이어 붙이고 있어요. 3 + 64 = 67채널이 돼요.",
        WHAT,
        *(
            (join(2, line), width(2, 67))
            for how in ("self.pool(x)", "nn.functional.max_pool2d(x, 2)", "x[:, :, ::2, ::2]")
            for line in both_orders(how)
        ),
    ),
    one(
        "dense-concatenated-twice",
        "The same tensor is concatenated twice.",
        "같은 텐서를 두 번 이어 붙이고 있어요.",
        COUNT,
        *(
            (join(1, f"out = torch.cat([{parts}], dim=1)"), width(1, 38), width(2, 102))
            for parts in ("block_in, out, block_in", "block_in, block_in, out", "out, block_in, block_in")
        ),
        (join(1, "out = torch.cat([block_in, out, out], dim=1)"), width(1, 67), width(2, 131)),
        (join(2, "out = torch.cat([block_in, out, out], dim=1)"), width(2, 163)),
        (join(2, "out = torch.cat([block_in, block_in, out], dim=1)"), width(2, 134)),
        (join(1, "out = torch.cat([out, out], dim=1)"), join(2, "out = torch.cat([out, out], dim=1)"),
         width(1, 64), width(2, 128)),
    ),
    one(
        "dense-input-twice-no-output",
        "Only the block's input is handed on; what its convolutions made is lost.",
        "블록의 입력만 전달되고, 블록의 합성곱이 만든 출력은 버려져요.",
        WHAT,
        (join(1, "out = block_in"), width(1, 3), width(2, 67)),
        (join(2, "out = block_in"), width(2, 35)),
    ),
    one(
        "dense-middle-feature",
        "What the block's first convolution made is concatenated instead of the block's input.",
        "블록의 입력이 아니라, 첫 번째 합성곱의 출력을 이어 붙이고 있어요.",
        WHAT,
        *((middle(1), join(1, line), width(1, 48), width(2, 112)) for line in both_orders("middle")),
        *((middle(2), join(2, line), width(2, 96)) for line in both_orders("middle")),
        *(
            (middle(1), join(1, a), width(1, 48), middle(2), join(2, a), width(2, 96))
            for a in both_orders("middle")
        ),
        (middle(2), join(2, "out = torch.cat([block_in[:, :3], middle, out], dim=1)")),
    ),
    one(
        "dense-all-features",
        "The features between the block's convolutions are concatenated too; the exercise joins input and output only.",
        "두 합성곱 사이의 특징까지 이어 붙이고 있어요. 과제에서는 블록의 입력과 출력만 이어 붙여요.",
        COUNT,
        *(
            (
                middle(1), join(1, f"out = torch.cat([{parts}], dim=1)"), width(1, 51),
                middle(2), join(2, f"out = torch.cat([{parts}], dim=1)"), width(2, 147),
            )
            for parts in ("block_in, middle, out", "out, middle, block_in")
        ),
        (middle(1), join(1, "out = torch.cat([block_in, middle, out], dim=1)"), width(1, 51), width(2, 115)),
        (middle(2), join(2, "out = torch.cat([block_in, middle, out], dim=1)"), width(2, 131)),
    ),
    one(
        "dense-inside-the-block",
        "The block's input is concatenated before its second convolution; it belongs behind the block's output.",
        "블록의 입력을 두 번째 합성곱 앞에서 이어 붙이고 있어요. 블록의 출력 뒤에서 이어 붙여야 해요.",
        WHERE,
        *(
            (
                Edit(old="self.conv1_2(out)", new=f"self.conv1_2(torch.cat([{pair}], dim=1))"),
                Edit(old="nn.Conv2d(16, 32,", new="nn.Conv2d(19, 32,"), join(1), width(1, 32),
                Edit(old="self.conv2_2(out)", new=f"self.conv2_2(torch.cat([{pair}], dim=1))"),
                Edit(old="nn.Conv2d(32, 64,", new="nn.Conv2d(64, 64,"), join(2), width(2, 64),
            )
            for pair in ("block_in, out", "out, block_in")
        ),
    ),
    one(
        "dense-filled-up",
        "The number of channels fits, but the block's input is not in them: zeros, noise or copies fill them up.",
        "채널 수는 맞지만 블록의 입력이 들어 있지 않아요. 0이나 난수, 복사본으로 채워져 있어요.",
        COUNT,
        *(
            (join(1, line),)
            for what in ("torch.zeros_like(block_in)", "torch.ones_like(block_in)", "out[:, :3]", "out[:, -3:]")
            for line in both_orders(what)
        ),
        (join(2, "out = torch.cat([torch.zeros_like(block_in), out], dim=1)"),),
        (join(2, "out = torch.cat([out[:, :35], out], dim=1)"),),
        (join(1, "out = torch.cat([torch.zeros_like(block_in), out], dim=1)"),
         join(2, "out = torch.cat([torch.zeros_like(block_in), out], dim=1)")),
    ),
    one(
        "dense-overlapping-slices",
        "The slices that the two tensors are written to overlap, so that some channels are lost.",
        "두 텐서를 넣는 슬라이스 범위가 겹쳐서 일부 채널이 사라져요.",
        COUNT,
        (join(1, "out = torch.cat([block_in[:, :2], out, torch.zeros_like(out[:, :1])], dim=1)"),),
        (join(1, "out = torch.cat([block_in, out[:, 1:], torch.zeros_like(out[:, :1])], dim=1)"),),
    ),
    one(
        "dense-through-a-convolution",
        "The block's input goes through a convolution before it is concatenated; it should be handed on as it is.",
        "블록의 입력이 합성곱을 거친 뒤에 이어 붙여져요. 입력을 그대로 이어 붙여야 해요.",
        WHAT,
        *(
            (
                more_layers("self.way1 = nn.Conv2d(3, 32, kernel_size=3, padding=1)",
                            "self.way2 = nn.Conv2d(64, 64, kernel_size=3, padding=1)"),
                *(join(n, f"out = torch.cat([{pair.format(n=n)}], dim=1)") for n in (1, 2)),
                width(1, 64), width(2, 128),
            )
            for pair in ("self.relu(self.way{n}(block_in)), out", "out, self.relu(self.way{n}(block_in))")
        ),
    ),
    one(
        "dense-added-instead",
        "The block's input is added through a convolution (the skip exercise); here it is concatenated.",
        "블록의 입력을 합성곱에 통과시켜 더하고 있어요(skip 과제의 방식). 이 과제에서는 이어 붙여요.",
        WHAT,
        *(
            (
                more_layers("self.way1 = nn.Conv2d(3, 32, kernel_size=3, padding=1)",
                            "self.way2 = nn.Conv2d(32, 64, kernel_size=3, padding=1)",
                            "self.way3 = nn.Conv2d(64, 256, kernel_size=3, padding=1)"),
                *(join(n, f"out = out + self.relu(self.way{n}(block_in))") for n in (1, 2)), *last,
                width(1, 32), width(2, 64),
            )
            for last in ((), (third("out = out + self.relu(self.way3(block_in))"),))
        ),
    ),
    one(
        "dense-transition-layer",
        "There are 1×1 convolutions behind the concatenations, as between DenseNet's blocks; the exercise has none.",
        "DenseNet의 블록 사이처럼 이어 붙인 뒤에 1×1 합성곱이 있어요. 이 과제에는 없어요.",
        Text(
            en="What follows the concatenation in the handout, before the next block begins?",
            ko="안내문에서 이어 붙인 다음, 다음 블록이 시작하기 전에 무엇이 오나요?",
        ),
        *(
            (
                more_layers("self.mix1 = nn.Conv2d(35, 35, kernel_size=1)", "self.mix2 = nn.Conv2d(99, 99, kernel_size=1)"),
                pooled(1, f"out = {how.format(n=1)}"), pooled(2, f"out = {how.format(n=2)}"),
            )
            for how in ("self.mix{n}(out)", "self.relu(self.mix{n}(out))")
        ),
    ),
    one(
        "dense-image-dropped-in-block-2",
        "In block 2 only 32 of the 35 input channels are concatenated: the image's three are lost.",
        "블록 2에서 입력 35채널 가운데 32채널만 이어 붙여서, 이미지의 3채널이 사라져요.",
        COUNT, *((join(2, line), width(2, 96)) for line in both_orders("block_in[:, 3:]")),
    ),
    one(
        "dense-input-shrunk-otherwise",
        "The block's input is shrunk in another way than by the average pool.",
        "블록의 입력을 평균 풀링이 아닌 다른 방법으로 줄이고 있어요.",
        Text(
            en="How does each of the two tensors become half as high and wide, and is it the same way for both?",
            ko="두 텐서의 높이와 너비는 각각 어떻게 반으로 줄어드나요? 둘 다 같은 방법인가요?",
        ),
        *(
            tuple(
                Edit(
                    old=JOINED.format(m=BLANK[n]) + "        out = self.pool(out)\n",
                    new=f"        out = torch.cat([{how}, self.pool(out)], dim=1)\n",
                )
                for n in blocks
            )
            for how in ("block_in[:, :, ::2, ::2]", "nn.functional.max_pool2d(block_in, 2)")
            for blocks in ((1, 2), (1,), (2,))
        ),
    ),
    one(
        "dense-batch-norm",
        "There is a BatchNorm on the concatenated map, as in DenseNet; the exercise has none.",
        "DenseNet처럼 이어 붙인 맵에 BatchNorm이 있어요. 이 과제에는 없어요.",
        Text(
            en="Which layers does the handout list between the concatenation and the next convolution?",
            ko="안내문에서 이어 붙인 뒤 다음 합성곱까지 어떤 층이 있나요?",
        ),
        (more_layers("self.norm1 = nn.BatchNorm2d(35)", "self.norm2 = nn.BatchNorm2d(99)"),
         pooled(1, "out = self.norm1(out)"), pooled(2, "out = self.norm2(out)")),
        (more_layers("self.norm1 = nn.BatchNorm2d(35)"),
         Edit(old="self.conv2_1(block_in)", new="self.conv2_1(self.norm1(block_in))")),
        (more_layers("self.norm1 = nn.BatchNorm2d(35)", "self.norm2 = nn.BatchNorm2d(99)"),
         Edit(old="self.conv2_1(block_in)", new="self.conv2_1(self.norm1(block_in))"),
         Edit(old="self.conv3_1(out)", new="self.conv3_1(self.norm2(out))")),
    ),
    one(
        "dense-input-detached",
        "The block's input is detached where it is concatenated: no gradient flows back along that way.",
        "이어 붙이는 블록 입력이 detach되어 있어서, 그 길로는 그래디언트가 되돌아가지 않아요.",
        Text(
            en="Is it the block's input itself that is concatenated, or a copy that is cut off from the graph?",
            ko="이어 붙인 것이 블록의 입력 그 자체인가요, 계산 그래프에서 끊긴 사본인가요?",
        ),
        (join(2, "out = torch.cat([block_in.detach(), out], dim=1)"),),
        check="gradients",
    ),
    one(
        "dense-output-detached",
        "A block's output is detached where it is concatenated: its convolutions do not learn.",
        "이어 붙이는 블록 출력이 detach되어 있어서, 그 블록의 합성곱이 학습되지 않아요.",
        Text(
            en="Which call between the convolution and the concatenation stops the gradient?",
            ko="합성곱과 이어 붙이기 사이에서 그래디언트를 막는 호출은 무엇인가요?",
        ),
        (join(1, "out = torch.cat([block_in, out.detach()], dim=1)"),),
        (join(2, "out = torch.cat([block_in, out.detach()], dim=1)"),),
        (join(1, "out = torch.cat([block_in, out.detach()], dim=1)"),
         join(2, "out = torch.cat([block_in, out.detach()], dim=1)")),
        check="gradients",
    ),
)  # fmt: skip

COMMON = (
    "softmax-at-the-end", "max-pooling", "relu-missing-in-classifier", "relu-missing-after-conv1_2",
    "relu-missing-after-conv2_2", "batch-norm-added", "dropout-added", "dense-in-block-3-too",
    "dense-missing-in-block-1", "dense-missing-in-block-2", "dense-middle-feature", "dense-image-in-block-2",
    "dense-batch-norm",
)  # fmt: skip
