"""How students get the skip connections wrong.

What each costs stands in `prices.yaml`.
"""

from grader.records.base import Text
from grader.records.misconception import Edit, Misconception

BLOCKS = (1, 2, 3)
ADDED = "        out = out + self.relu(self.conv_skip{n}(block_in))\n"
POOLED = "        # <<< BLANK skip-{m}\n        out = self.pool(out)\n"
SIZES = {1: (3, 16, 32), 2: (32, 32, 64), 3: (64, 128, 256)}
"""Channels that enter each block, between its convolutions, and that leave it."""

FORWARD = Text(
    en="Which tensors does the handout add in each block, and which ones meet at the `+` in your code?",
    ko="안내문은 블록마다 어떤 두 텐서를 더하라고 하나요? 여러분 코드의 `+`에서는 무엇과 무엇이 만나나요?",
)
SOURCE = Text(
    en="Where does the skip path begin: which tensor goes into each `conv_skip`?",
    ko="skip 경로는 어디에서 시작하나요? 각 `conv_skip`에 어떤 텐서가 들어가나요?",
)
ORDER = Text(
    en="In which order do convolution, ReLU, addition and pool come on each of the two paths?",
    ko="두 경로에서 합성곱, ReLU, 덧셈, 풀링은 각각 어떤 순서로 오나요?",
)


def sums(new: str, *blocks: int) -> tuple[Edit, ...]:
    """The addition of these blocks (all: none named) written otherwise."""
    return tuple(
        Edit(old=ADDED.format(n=n), new="".join(f"        {line}\n" for line in new.format(n=n).splitlines()))
        for n in blocks or BLOCKS
    )


def dropped(*blocks: int) -> tuple[Edit, ...]:
    """The addition of these blocks left out."""
    return tuple(Edit(old=ADDED.format(n=n), new="") for n in blocks)


def after_pool(new: str, *blocks: int) -> tuple[Edit, ...]:
    """The addition left out, and another made after the pool."""
    return tuple(
        edit
        for n in blocks or BLOCKS
        for edit in (
            Edit(old=ADDED.format(n=n), new=""),
            Edit(
                old=POOLED.format(m=n + 3),
                new=POOLED.format(m=n + 3) + f"        {new.format(n=n)}\n",
            ),
        )
    )


def conv(n: int, text: str) -> Edit:
    """The skip convolution of a block with other arguments."""
    size = SIZES[n]
    return Edit(
        old=f"self.conv_skip{n} = nn.Conv2d({size[0]}, {size[2]}, kernel_size=3, padding=1)",
        new=f"self.conv_skip{n} = nn.Conv2d({text})",
    )


def convs(ending: str, *blocks: int) -> tuple[Edit, ...]:
    """These blocks' skip convolutions with other arguments after the channels."""
    return tuple(conv(n, f"{SIZES[n][0]}, {SIZES[n][2]}, {ending}") for n in blocks or BLOCKS)


def plain(n: int, second: bool = True) -> tuple[Edit, ...]:
    """The main path's second convolution without its ReLU."""
    return (Edit(old=f"self.relu(self.conv{n}_2(out))", new=f"self.conv{n}_2(out)"),)


def from_middle(*blocks: int) -> tuple[Edit, ...]:
    """The skip path reads what the first convolution made."""
    edits = []
    for n in blocks:
        edits += [
            Edit(
                old=f"self.relu(self.conv{n}_1(block_in))",
                new=f"self.relu(self.conv{n}_1(block_in))\n        middle = out",
            ),
            Edit(old=f"self.conv_skip{n}(block_in)", new=f"self.conv_skip{n}(middle)"),
        ]
        if SIZES[n][1] != SIZES[n][0]:
            edits.append(conv(n, f"{SIZES[n][1]}, {SIZES[n][2]}, kernel_size=3, padding=1"))
    return tuple(edits)


def into_middle(*blocks: int) -> tuple[Edit, ...]:
    """The sum is made between the block's two convolutions."""
    edits = []
    for n in blocks:
        first = f"out = self.relu(self.conv{n}_1(block_in))\n"
        edits += [
            Edit(old=first, new=f"{first}        out = out + self.relu(self.conv_skip{n}(block_in))\n"),
            Edit(
                old=ADDED.format(n=n) + f"        # <<< BLANK skip-{n + 3}",
                new=f"        # <<< BLANK skip-{n + 3}",
            ),
        ]
        if SIZES[n][1] != SIZES[n][2]:
            edits.append(conv(n, f"{SIZES[n][0]}, {SIZES[n][1]}, kernel_size=3, padding=1"))
    return tuple(edits)


def one(code: str, en: str, ko: str, hint: Text, *ways: tuple[Edit, ...], **more: object) -> Misconception:
    return Misconception(code=code, message=Text(en=en, ko=ko), hint=hint, ways=ways, **more)


MISCONCEPTIONS = (
    one(
        "skip-nothing-added",
        "Nothing of the skip paths reaches the output: the network is the plain VGG.",
        "skip 경로의 결과가 출력에 전혀 쓰이지 않아서, 그냥 VGG와 같은 네트워크예요.",
        Text(
            en="What happens to the result of each skip convolution: does a later line use it?",
            ko="각 skip 합성곱의 결과는 어디로 가나요? 그 뒤의 줄에서 그 값을 쓰고 있나요?",
        ),
        dropped(*BLOCKS), nothing_added=True,
    ),
    *(
        one(
            f"skip-missing-in-block-{n}",
            f"Block {n} has no skip connection: its output goes on without anything added to it.",
            f"블록 {n}에 skip 연결이 없어요. 블록의 출력에 아무것도 더하지 않고 넘어가요.",
            FORWARD, dropped(n),
        )
        for n in BLOCKS
    ),
    *(
        one(
            f"skip-only-in-block-{n}",
            f"Only block {n} has a skip connection; the exercise has one in each of the three blocks.",
            f"skip 연결이 블록 {n}에만 있어요. 과제에서는 세 블록 모두에 있어요.",
            FORWARD, dropped(*(other for other in BLOCKS if other != n)),
        )
        for n in BLOCKS
    ),
    one(
        "skip-added-after-pool",
        "The skip path starts from the pooled input and is added after the pool; it belongs before the pool.",
        "skip 경로가 풀링한 입력에서 시작해서 풀링 뒤에 더해지고 있어요. 덧셈은 풀링 앞이에요.",
        ORDER,
        after_pool("out = out + self.relu(self.conv_skip{n}(self.pool(block_in)))"),
        *(after_pool("out = out + self.relu(self.conv_skip{n}(self.pool(block_in)))", n) for n in BLOCKS),
    ),
    one(
        "skip-strided-past-pool",
        "The skip convolution has stride 2 and its result is added after the pool.",
        "skip 합성곱의 stride가 2이고, 그 결과를 풀링 뒤에 더하고 있어요.",
        ORDER,
        *(
            (
                *convs(f"kernel_size={kernel}, stride=2, padding={kernel // 2}", *blocks),
                *after_pool("out = out + self.relu(self.conv_skip{n}(block_in))", *blocks),
            )
            for blocks in (BLOCKS, (1,), (2,), (3,)) for kernel in (3, 1)
        ),
    ),
    one(
        "skip-relu-after-its-pool",
        "On the skip path the pool comes before the ReLU; the ReLU comes right after the convolution.",
        "skip 경로에서 풀링이 ReLU보다 먼저예요. ReLU는 합성곱 바로 뒤에 와요.",
        ORDER,
        after_pool("out = out + self.relu(self.pool(self.conv_skip{n}(block_in)))"),
        *(after_pool("out = out + self.relu(self.pool(self.conv_skip{n}(block_in)))", n) for n in BLOCKS),
    ),
    one(
        "skip-relu-missing",
        "No skip convolution is followed by a ReLU.",
        "skip 경로의 합성곱 뒤에 ReLU가 하나도 없어요.",
        ORDER, sums("out = out + self.conv_skip{n}(block_in)"),
    ),
    *(
        one(
            f"skip-relu-missing-in-block-{n}",
            f"The skip convolution of block {n} is not followed by a ReLU.",
            f"블록 {n}의 skip 합성곱 뒤에 ReLU가 없어요.",
            ORDER, sums("out = out + self.conv_skip{n}(block_in)", n),
        )
        for n in BLOCKS
    ),
    one(
        "skip-relu-after-the-sum",
        "The ReLU comes after the addition, as in ResNet; here each of the two paths has its own, before it.",
        "ResNet처럼 덧셈 뒤에 ReLU가 있어요. 이 과제에서는 더하기 전에 두 경로가 각각 ReLU를 거쳐요.",
        ORDER,
        (*(edit for n in BLOCKS for edit in plain(n)), *sums("out = self.relu(out + self.conv_skip{n}(block_in))")),
        sums("out = self.relu(out + self.conv_skip{n}(block_in))"),
        (*(edit for n in BLOCKS for edit in plain(n)), *sums("out = self.relu(out + self.relu(self.conv_skip{n}(block_in)))")),
        *((*plain(n), *sums("out = self.relu(out + self.conv_skip{n}(block_in))", n)) for n in BLOCKS),
        *(sums("out = self.relu(out + self.conv_skip{n}(block_in))", n) for n in BLOCKS),
    ),
    one(
        "skip-from-the-middle",
        "A skip path starts after the block's first convolution; it starts from the block's input.",
        "skip 경로가 블록의 첫 번째 합성곱 뒤에서 시작해요. 블록의 입력에서 시작해야 해요.",
        SOURCE, from_middle(*BLOCKS), *(from_middle(n) for n in BLOCKS),
    ),
    one(
        "skip-into-the-middle",
        "The skip path is added between the block's two convolutions; it belongs after the second one.",
        "skip 경로를 블록의 두 합성곱 사이에 더하고 있어요. 두 번째 합성곱과 ReLU 뒤에 더해요.",
        FORWARD, into_middle(*BLOCKS), *(into_middle(n) for n in BLOCKS),
    ),
    one(
        "skip-from-the-block-output",
        "The skip convolution reads the block's output, so that nothing passes by the block.",
        "skip 합성곱이 블록의 출력을 읽고 있어서, 블록을 건너뛰는 길이 없어요.",
        SOURCE,
        (
            *(conv(n, f"{SIZES[n][2]}, {SIZES[n][2]}, kernel_size=3, padding=1") for n in BLOCKS),
            *sums("out = out + self.relu(self.conv_skip{n}(out))"),
        ),
        *(
            (conv(n, f"{SIZES[n][2]}, {SIZES[n][2]}, kernel_size=3, padding=1"),
             *sums("out = out + self.relu(self.conv_skip{n}(out))", n))
            for n in BLOCKS
        ),
    ),
    one(
        "skip-always-from-the-image",
        "The skip paths of the later blocks start from the image instead of from the input of their block.",
        "뒤쪽 블록의 skip 경로가 그 블록의 입력이 아니라 맨 처음 이미지에서 시작해요.",
        SOURCE,
        *(
            (
                conv(2, "3, 64, kernel_size=3, padding=1"), conv(3, "3, 256, kernel_size=3, padding=1"),
                *sums(f"out = out + self.relu(self.conv_skip{{n}}({half}))", 2),
                *sums(f"out = out + self.relu(self.conv_skip{{n}}({quarter}))", 3),
            )
            for half, quarter in (
                ("self.pool(x)", "self.pool(self.pool(x))"),
                ("nn.functional.max_pool2d(x, 2)", "nn.functional.max_pool2d(x, 4)"),
                ("nn.functional.interpolate(x, scale_factor=0.5)", "nn.functional.interpolate(x, scale_factor=0.25)"),
                ("x[:, :, ::2, ::2]", "x[:, :, ::4, ::4]"),
            )
        ),
        (
            conv(2, "3, 64, kernel_size=3, stride=2, padding=1"), conv(3, "3, 256, kernel_size=3, stride=4, padding=1"),
            *sums("out = out + self.relu(self.conv_skip{n}(x))", 2, 3),
        ),
    ),
    one(
        "skip-multiplied",
        "The two paths are multiplied; they should be added.",
        "두 경로를 곱하고 있어요. 더해야 해요.",
        FORWARD, sums("out = out * self.relu(self.conv_skip{n}(block_in))"),
        *(sums("out = out * self.relu(self.conv_skip{n}(block_in))", n) for n in BLOCKS),
    ),
    one(
        "skip-subtracted",
        "The two paths are subtracted; they should be added.",
        "두 경로를 빼고 있어요. 더해야 해요.",
        FORWARD, sums("out = out - self.relu(self.conv_skip{n}(block_in))"),
        sums("out = self.relu(self.conv_skip{n}(block_in)) - out"),
        *(sums("out = out - self.relu(self.conv_skip{n}(block_in))", n) for n in BLOCKS),
    ),
    one(
        "skip-halved",
        "The sum of the two paths is divided by two (their mean); the exercise takes the plain sum.",
        "두 경로의 합을 2로 나눈 평균을 쓰고 있어요. 과제는 합을 그대로 써요.",
        FORWARD, sums("out = (out + self.relu(self.conv_skip{n}(block_in))) / 2"),
    ),
    one(
        "skip-concatenated",
        "The skip path is concatenated to the block's output (the DenseNet idea); here it is added.",
        "skip 경로를 블록 출력에 이어 붙이고 있어요(DenseNet 방식). 이 과제에서는 더해요.",
        FORWARD,
        (
            *sums("out = torch.cat([out, self.relu(self.conv_skip{n}(block_in))], dim=1)"),
            Edit(old="nn.Conv2d(32, 32,", new="nn.Conv2d(64, 32,"), Edit(old="nn.Conv2d(64, 128,", new="nn.Conv2d(128, 128,"),
            conv(2, "64, 64, kernel_size=3, padding=1"), conv(3, "128, 256, kernel_size=3, padding=1"),
            Edit(old="nn.Linear(4096, 512)", new="nn.Linear(8192, 512)"),
        ),
        (
            *sums("out = torch.cat([self.relu(self.conv_skip{n}(block_in)), out], dim=1)"),
            Edit(old="nn.Conv2d(32, 32,", new="nn.Conv2d(64, 32,"), Edit(old="nn.Conv2d(64, 128,", new="nn.Conv2d(128, 128,"),
            conv(2, "64, 64, kernel_size=3, padding=1"), conv(3, "128, 256, kernel_size=3, padding=1"),
            Edit(old="nn.Linear(4096, 512)", new="nn.Linear(8192, 512)"),
        ),
    ),
    one(
        "skip-added-twice",
        "The skip path is added twice.",
        "skip 경로를 두 번 더하고 있어요.",
        FORWARD, sums("skip = self.relu(self.conv_skip{n}(block_in))\nout = out + skip + skip"),
        *(sums("skip = self.relu(self.conv_skip{n}(block_in))\nout = out + skip + skip", n) for n in BLOCKS),
    ),
    one(
        "skip-replaces-the-block",
        "The skip path takes the place of the block's output: the block's own convolutions have no effect.",
        "skip 경로가 블록의 출력을 덮어써서, 블록의 합성곱들이 아무 역할도 하지 못해요.",
        FORWARD, sums("out = self.relu(self.conv_skip{n}(block_in))"),
    ),
    one(
        "skip-without-convolution",
        "A block's input is repeated to fit and added as it is; it should go through a convolution of its own.",
        "블록의 입력을 반복해서 채널 수만 맞춘 뒤 그대로 더하고 있어요. 자기 합성곱을 거쳐야 해요.",
        Text(
            en="How does the handout make the block's input as wide as its output?",
            ko="안내문에서는 블록 입력의 채널 수를 출력에 어떻게 맞추나요?",
        ),
        sums("out = out + block_in.repeat(1, 2, 1, 1)", 2),
        sums("out = out + block_in.repeat(1, 4, 1, 1)", 3),
        (*sums("out = out + block_in.repeat(1, 2, 1, 1)", 2), *sums("out = out + block_in.repeat(1, 4, 1, 1)", 3)),
    ),
    one(
        "skip-1x1",
        "The skip convolutions are 1×1, as in ResNet; the exercise asks for 3×3 with padding 1.",
        "skip 합성곱이 ResNet처럼 1×1이에요. 과제는 3×3, padding 1이에요.",
        Text(
            en="Which kernel size and padding does the handout give for the skip convolutions?",
            ko="안내문에서 skip 합성곱의 커널 크기와 padding은 얼마인가요?",
        ),
        convs("kernel_size=1"), *(convs("kernel_size=1", n) for n in BLOCKS),
    ),
    one(
        "skip-other-convolution",
        "The skip convolutions have another kernel, dilation or bias than the exercise asks for.",
        "skip 합성곱의 커널, dilation, bias 중에 과제와 다른 것이 있어요.",
        Text(
            en="Which arguments does the handout give for the skip convolutions?",
            ko="안내문에서 skip 합성곱의 인자는 각각 무엇인가요?",
        ),
        *(
            convs(ending, *blocks)
            for blocks in (BLOCKS, (1,), (2,), (3,))
            for ending in ("kernel_size=3, padding=2, dilation=2", "kernel_size=5, padding=2",
                           "kernel_size=3, padding=1, bias=False")
        ),
        convs("kernel_size=1, bias=False"),
    ),
    one(
        "skip-uses-conv2_2",
        "The second convolution of block 2 serves on the skip path as well; the path should have one of its own.",
        "블록 2의 두 번째 합성곱을 skip 경로에서도 같이 쓰고 있어요. skip 경로에는 자기 합성곱이 있어야 해요.",
        Text(
            en="How many different convolutions should block 2 have, and which one is on the skip path?",
            ko="블록 2에는 서로 다른 합성곱이 몇 개 있어야 하고, skip 경로의 것은 무엇인가요?",
        ),
        sums("out = out + self.relu(self.conv2_2(block_in))", 2),
    ),
    one(
        "skip-detached",
        "The skip paths are cut off from the loss (`detach`, `.data` or `no_grad`): their convolutions do not learn.",
        "skip 경로가 손실과 끊겨 있어서(`detach`, `.data`, `no_grad`) skip 합성곱이 학습되지 않아요.",
        Text(
            en="Can the gradient travel back along the skip path, or does a call on it stop it?",
            ko="그래디언트가 skip 경로를 따라 되돌아갈 수 있나요? 그것을 막는 호출이 있지 않나요?",
        ),
        sums("out = out + self.relu(self.conv_skip{n}(block_in)).detach()"),
        *(sums("out = out + self.relu(self.conv_skip{n}(block_in)).detach()", n) for n in BLOCKS),
        check="gradients",
    ),
    one(
        "skip-input-detached",
        "The tensor that enters a skip path is detached: no gradient flows through it to the blocks before.",
        "skip 경로에 들어가는 텐서가 detach되어 있어서, 그 길로는 앞 블록까지 그래디언트가 가지 않아요.",
        Text(
            en="Which tensor goes into the skip convolution: the block's input itself or a copy without gradient?",
            ko="skip 합성곱에 들어가는 것은 블록의 입력 그 자체인가요, 그래디언트가 끊긴 사본인가요?",
        ),
        *(sums("out = out + self.relu(self.conv_skip{n}(block_in.detach()))", *blocks) for blocks in (BLOCKS, (2,), (3,))),
        check="gradients",
    ),
    one(
        "skip-added-in-place",
        "`+=` overwrites the result of the ReLU, which backward still needs: `loss.backward()` fails.",
        "`+=`가 ReLU의 결과를 덮어써요. 역전파에 그 값이 필요해서 `loss.backward()`가 실패해요.",
        Text(
            en="What is the difference between `out += skip` and `out = out + skip` for a tensor that backward needs?",
            ko="역전파에 필요한 텐서라면 `out += skip`과 `out = out + skip`은 무엇이 다른가요?",
        ),
        sums("out += self.relu(self.conv_skip{n}(block_in))"),
        *(sums("out += self.relu(self.conv_skip{n}(block_in))", n) for n in BLOCKS),
        check="gradients",
    ),
)  # fmt: skip

COMMON = (
    "softmax-at-the-end", "max-pooling", "relu-missing-in-classifier", "batch-norm-added", "dropout-added",
    "skip-missing-in-block-1", "skip-missing-in-block-2", "skip-missing-in-block-3", "skip-relu-missing",
    "skip-relu-missing-in-block-1", "skip-relu-missing-in-block-2", "skip-relu-missing-in-block-3",
    "skip-1x1", "skip-added-after-pool", "skip-multiplied",
)  # fmt: skip
