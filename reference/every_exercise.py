"""Mistakes that are possible in every exercise, as edits of its own solution.

What each costs stands in `prices.yaml`.
"""

import re

from grader.records.base import Text
from grader.records.misconception import Edit, Misconception

DECLARED = "        self.pool = nn.AvgPool2d(kernel_size=2)"
POOLED = "        out = self.pool(out)\n"
FLATTENED = "torch.flatten(out, start_dim=1)"
RELU_HINT = Text(
    en="Which layers does the handout follow with a ReLU, and which of them does `forward` send on without one?",
    ko="안내문에서 ReLU가 뒤따르는 층은 어느 것인가요? `forward`에서 ReLU 없이 지나가는 층이 있지 않나요?",
)


def misconceptions(solution: str) -> tuple[Misconception, ...]:
    """Those that the solution's text has a place for."""
    return (
        *at_the_end(),
        *activations(solution),
        *pooling(solution),
        *classifier(),
        *layers(solution),
        *extras(solution),
        *gradients(solution),
    )


def at_the_end() -> tuple[Misconception, ...]:
    """Something after the last layer."""

    def after(code: str, name: str, *calls: str) -> Misconception:
        return Misconception(
            code=code,
            message=Text(
                en=f"The scores of the last layer go through {name} before they are returned.",
                ko=f"마지막 층이 낸 점수가 {name}을(를) 한 번 더 거쳐서 나와요.",
            ),
            hint=Text(
                en="What does the loss function expect: scores, or what comes after? Does it do that step itself?",
                ko="손실 함수는 무엇을 입력으로 기대하나요? 점수 그대로인가요? 그 계산을 손실 함수가 이미 하고 있지 않나요?",
            ),
            ways=tuple((Edit(old="self.fc3(out)", new=call),) for call in calls),
        )

    return (
        after("softmax-at-the-end", "softmax", "torch.softmax(self.fc3(out), dim=1)"),
        after("log-softmax-at-the-end", "log_softmax", "torch.log_softmax(self.fc3(out), dim=1)"),
        after("sigmoid-at-the-end", "sigmoid", "torch.sigmoid(self.fc3(out))"),
        after("relu-at-the-end", "ReLU", "self.relu(self.fc3(out))"),
    )


def activations(solution: str) -> tuple[Misconception, ...]:
    """ReLUs that are missing, elsewhere, or something else."""
    found = []
    calls = re.findall(r"self\.relu\((self\.(conv|fc)(\d)(?:_(\d))?\((\w+)\))\)", solution)

    def without(*wanted: str) -> tuple[Edit, ...]:
        return tuple(
            Edit(old=f"self.relu({call})", new=call)
            for call, kind, a, b, _ in calls
            if f"{kind}{a}{b and '_'}{b}" in wanted
        )

    def missing(code: str, en: str, ko: str, *names: str) -> None:
        found.append(
            Misconception(
                code=code,
                message=Text(en=f"There is no ReLU after {en}.", ko=f"{ko} 뒤에 ReLU가 없어요."),
                hint=RELU_HINT,
                ways=(without(*names),),
            )
        )

    for block in (1, 2, 3):
        for place, en, ko in ((1, "first", "첫 번째"), (2, "second", "두 번째")):
            missing(
                f"relu-missing-after-conv{block}_{place}",
                f"the {en} convolution of block {block}", f"블록 {block}의 {ko} 합성곱", f"conv{block}_{place}",
            )  # fmt: skip
    for place in (1, 2):
        ordinal = ("first", "second")[place - 1], ("첫 번째", "두 번째")[place - 1]
        missing(
            f"relu-missing-after-fc{place}",
            f"the {ordinal[0]} fully connected layer", f"{ordinal[1]} 완전연결층", f"fc{place}",
        )  # fmt: skip
    firsts, seconds = ([f"conv{block}_{place}" for block in (1, 2, 3)] for place in (1, 2))
    missing(
        "relu-missing-after-first-convs",
        "the first convolution of each block",
        "각 블록의 첫 번째 합성곱",
        *firsts,
    )
    missing(
        "relu-missing-after-second-convs",
        "the second convolution of each block",
        "각 블록의 두 번째 합성곱",
        *seconds,
    )
    missing(
        "relu-missing-after-convs",
        "any of the blocks' convolutions",
        "블록의 합성곱들",
        *firsts,
        *seconds,
    )
    missing(
        "relu-missing-in-classifier",
        "the first two fully connected layers",
        "앞의 두 완전연결층",
        "fc1",
        "fc2",
    )
    missing("relu-missing-everywhere", "any layer of the blocks and the classifier", "블록과 분류기의 층들",
            *firsts, *seconds, "fc1", "fc2")  # fmt: skip
    others = ("Sigmoid()", "Tanh()", "LeakyReLU()", "LeakyReLU(0.1)", "LeakyReLU(0.2)", "GELU()", "ELU()", "SiLU()",
              "Softplus()", "ReLU6()", "LeakyReLU(0.3)", "PReLU()", "Mish()", "Hardswish()", "SELU()")  # fmt: skip
    found.append(
        Misconception(
            code="other-activation",
            message=Text(
                en="Another activation stands where the exercise asks for ReLU.",
                ko="ReLU를 써야 하는 자리에 다른 활성화 함수가 있어요.",
            ),
            hint=Text(
                en="Which activation does the handout name after each layer, and which one did you make in `__init__`?",
                ko="안내문은 각 층 뒤에 어떤 활성화 함수를 쓰라고 하나요? `__init__`에서는 무엇을 만들었나요?",
            ),
            ways=tuple((Edit(old="nn.ReLU()", new=f"nn.{other}"),) for other in others),
        )
    )
    return tuple(found)


def pooling(solution: str) -> tuple[Misconception, ...]:
    """Other pools, pools left out, and strides in their place."""
    average = "nn.AvgPool2d(kernel_size=2)"
    count = solution.count(POOLED)
    pool_hint = Text(
        en="Which kind of pooling does the exercise ask for, with what window and stride, and after which step?",
        ko="과제는 어떤 풀링을, 어떤 창 크기와 stride로, 어느 단계 뒤에 하라고 했나요?",
    )
    found = [
        Misconception(
            code="max-pooling",
            message=Text(
                en="The blocks end with max pooling; the exercise asks for average pooling.",
                ko="블록 끝에서 최대 풀링을 하고 있어요. 과제는 평균 풀링이에요.",
            ),
            hint=pool_hint,
            ways=((Edit(old=average, new="nn.MaxPool2d(kernel_size=2)"),),),
        ),
        Misconception(
            code="other-pooling-window",
            message=Text(
                en="The pool's window is another than 2×2 with stride 2.",
                ko="풀링 창이 2×2, stride 2가 아니에요.",
            ),
            hint=pool_hint,
            ways=tuple(
                (Edit(old=average, new=other),)
                for other in (
                    "nn.AvgPool2d(3, stride=2, padding=1)",
                    "nn.MaxPool2d(3, stride=2, padding=1)",
                )
            ),
        ),
    ]
    found.append(
        Misconception(
            code="stride-instead-of-pool",
            message=Text(
                en="Every other pixel is skipped (stride 2) where the exercise takes the mean of 2×2 pixels.",
                ko="2×2 픽셀의 평균을 내야 하는 곳에서 stride 2로 픽셀을 건너뛰고 있어요.",
            ),
            hint=pool_hint,
            ways=((Edit(old=average, new="nn.AvgPool2d(kernel_size=1, stride=2)"),),),
        )
    )
    if count == 3:
        parts = solution.split(POOLED)
        tails = [part.splitlines(keepends=True)[-1] for part in parts[:3]]
        heads = [part.splitlines(keepends=True)[0] for part in parts[1:]]
        for n in (1, 2, 3):
            old = tails[n - 1] + POOLED + heads[n - 1]
            context = solution.count(old) == 1
            found.append(
                Misconception(
                    code=f"pool-missing-after-block-{n}",
                    message=Text(
                        en=f"Block {n} ends without its pool; the first fully connected layer was widened to fit.",
                        ko=f"블록 {n} 끝에 풀링이 없고, 그 대신 첫 완전연결층의 입력이 커졌어요.",
                    ),
                    hint=pool_hint,
                    ways=(
                        (
                            Edit(old=old if context else POOLED, new=tails[n - 1] + heads[n - 1]),
                            Edit(old="nn.Linear(4096, 512)", new="nn.Linear(16384, 512)"),
                        ),
                    ),
                )
            )
    found.append(
        Misconception(
            code="global-average-instead-of-flatten",
            message=Text(
                en="Each channel of the last map is reduced to one number before the classifier; "
                "the exercise flattens the whole map.",
                ko="마지막 특징 맵의 채널마다 숫자 하나로 줄여서 분류기에 넣고 있어요. 과제는 맵 전체를 펼쳐요.",
            ),
            hint=Text(
                en="How many numbers per image should reach the first fully connected layer?",
                ko="첫 완전연결층에는 이미지마다 숫자가 몇 개 들어가야 하나요?",
            ),
            ways=(
                (
                    Edit(old=FLATTENED, new="out.mean(dim=(2, 3))"),
                    Edit(old="nn.Linear(4096, 512)", new="nn.Linear(256, 512)"),
                ),
                (
                    Edit(old=FLATTENED, new="out.amax(dim=(2, 3))"),
                    Edit(old="nn.Linear(4096, 512)", new="nn.Linear(256, 512)"),
                ),
            ),
        )
    )
    return tuple(found)


def classifier() -> tuple[Misconception, ...]:
    """Flattening and the fully connected layers."""
    last = "        out = self.relu(self.fc2(out))\n"
    return (
        Misconception(
            code="flattened-in-another-order",
            message=Text(
                en="The map's dimensions are exchanged before it is flattened, so its numbers come in another order.",
                ko="펼치기 전에 특징 맵의 차원을 바꿔서, 숫자들의 순서가 달라졌어요.",
            ),
            hint=Text(
                en="In which order do channels, rows and columns stand when the exercise flattens them?",
                ko="과제에서 펼칠 때 채널, 행, 열은 어떤 순서로 놓여 있나요?",
            ),
            ways=tuple(
                (Edit(old=FLATTENED, new=f"torch.flatten(out.permute({order}), start_dim=1)"),)
                for order in ("0, 2, 3, 1", "0, 1, 3, 2", "0, 3, 2, 1")
            ),
        ),
        Misconception(
            code="other-classifier",
            message=Text(
                en="The fully connected layers are others than 4096→512→256→10.",
                ko="완전연결층이 4096→512→256→10이 아니에요.",
            ),
            hint=Text(
                en="How many fully connected layers does the handout list, and how wide is each?",
                ko="안내문에 완전연결층이 몇 개 있고, 각각의 크기는 얼마인가요?",
            ),
            ways=(
                (Edit(old=last, new=""), Edit(old="nn.Linear(256, 10)", new="nn.Linear(512, 10)")),
                (
                    Edit(old=last, new=""),
                    Edit(old="        out = self.relu(self.fc1(out))\n", new=""),
                    Edit(old="nn.Linear(256, 10)", new="nn.Linear(4096, 10)"),
                ),
                (Edit(old="4096, 512", new="4096, 1024"), Edit(old="512, 256", new="1024, 256")),
                (
                    Edit(old="512, 256", new="512, 128"),
                    Edit(old="nn.Linear(256, 10)", new="nn.Linear(128, 10)"),
                ),
                (
                    Edit(old="512, 256", new="512, 512"),
                    Edit(old="nn.Linear(256, 10)", new="nn.Linear(512, 10)"),
                ),
            ),
        ),
    )


def layers(solution: str) -> tuple[Misconception, ...]:
    """Sizes of the convolutions; the table of layers takes points for each of them as well."""
    hint = Text(
        en="What do kernel, stride and padding do to height and width, and what does the handout's table ask for?",
        ko="커널, stride, padding은 높이와 너비를 어떻게 바꾸나요? 안내문의 표에는 얼마로 되어 있나요?",
    )
    kernel = "kernel_size=3, padding=1"
    count = solution.count(kernel)
    first, width = "nn.Conv2d(3, 16, kernel_size=3, padding=1)", "nn.Conv2d(16, 32, kernel_size=3, padding=1)"
    found = [
        Misconception(
            code="other-kernels",
            message=Text(en="The kernels are others than 3×3.", ko="합성곱 커널이 3×3이 아니에요."),
            hint=hint,
            ways=(
                (Edit(old=kernel, new="kernel_size=5, padding=2", times=count),),
                (Edit(old=kernel, new="kernel_size=1", times=count),),
                (Edit(old=first, new="nn.Conv2d(3, 16, kernel_size=5, padding=2)"),),
                (Edit(old=first, new="nn.Conv2d(3, 16, kernel_size=7, padding=3)"),),
            ),
        ),
        Misconception(
            code="dilated",
            message=Text(
                en="The convolutions are dilated: they skip every other pixel.",
                ko="합성곱에 dilation이 있어서 픽셀을 하나씩 건너뛰어요.",
            ),
            hint=hint,
            ways=((Edit(old=kernel, new="kernel_size=3, padding=2, dilation=2", times=count),),),
        ),
        Misconception(
            code="convolutions-without-bias",
            message=Text(en="The convolutions have no bias.", ko="합성곱에 bias가 없어요."),
            hint=Text(
                en="When is `bias=False` used elsewhere, and does this exercise ask for it?",
                ko="`bias=False`는 보통 언제 쓰나요? 이 과제에서도 필요한가요?",
            ),
            ways=((Edit(old=kernel, new=kernel + ", bias=False", times=count),),),
        ),
        Misconception(
            code="other-padding",
            message=Text(
                en="The convolutions pad with something else than zeros.",
                ko="합성곱의 패딩이 0이 아닌 값이에요.",
            ),
            hint=hint,
            ways=tuple(
                way
                for mode in ("replicate", "reflect", "circular")
                for way in (
                    (Edit(old=kernel, new=f"{kernel}, padding_mode='{mode}'", times=count),),
                    (Edit(old=first, new=f"{first[:-1]}, padding_mode='{mode}')"),),
                )
            ),
        ),
        Misconception(
            code="first-block-wider",
            message=Text(
                en="The first convolution makes more than 16 channels.",
                ko="첫 합성곱의 출력 채널이 16개보다 많아요.",
            ),
            hint=Text(
                en="How many channels does the first convolution make in the handout's table?",
                ko="안내문의 표에서 첫 합성곱은 채널을 몇 개 내나요?",
            ),
            ways=tuple(
                (
                    Edit(old=first, new=first.replace("16", size)),
                    Edit(old=width, new=width.replace("16", size)),
                )
                for size in ("32", "64")
            ),
        ),
    ]
    return tuple(found)


def extras(solution: str) -> tuple[Misconception, ...]:
    """Steps that nobody asked for, and that are no part of the exercise's function."""
    convs = re.findall(r"self\.(conv\d_\d) = nn\.Conv2d\(\d+, (\d+)", solution)
    norms = "".join(f"\n        self.bn_{name} = nn.BatchNorm2d({size})" for name, size in convs)
    declared = Edit(old=DECLARED, new=DECLARED + norms)

    def normed(before_relu: bool) -> tuple[Edit, ...]:
        edits = [declared]
        for name, _ in convs:
            match = re.search(rf"self\.relu\((self\.{name}\(\w+\))\)", solution)
            if match is not None:
                inner = (
                    f"self.relu(self.bn_{name}({match[1]}))" if before_relu else f"self.bn_{name}({match[0]})"
                )
                edits.append(Edit(old=match[0], new=inner))
        return tuple(edits)

    bn1 = re.search(r"self\.relu\((self\.conv1_1\(\w+\))\)", solution)
    assert bn1 is not None
    one = (declared, Edit(old=bn1[0], new=f"self.relu(self.bn_conv1_1({bn1[1]}))"))
    fc1, fc2 = "self.relu(self.fc1(out))", "self.relu(self.fc2(out))"
    dropout = [
        (Edit(old=DECLARED, new=f"{DECLARED}\n        self.drop = nn.Dropout({p})"), *places)
        for p in ("0.5", "0.3", "0.2")
        for places in (
            (Edit(old=fc1, new=f"self.drop({fc1})"), Edit(old=fc2, new=f"self.drop({fc2})")),
            (Edit(old=fc1, new=f"self.drop({fc1})"),),
            (Edit(old=fc2, new=f"self.drop({fc2})"),),
            (Edit(old=FLATTENED, new=f"self.drop({FLATTENED})"),),
        )
    ]
    return (
        Misconception(
            code="batch-norm-added",
            message=Text(
                en="There are BatchNorm layers, which the exercise does not ask for.",
                ko="과제에 없는 BatchNorm 층이 있어요.",
            ),
            hint=Text(
                en="Compare the handout's list of layers with yours: which of them is not there?",
                ko="안내문의 층 목록과 여러분의 층을 비교해 보세요. 목록에 없는 층은 무엇인가요?",
            ),
            ways=(normed(True), normed(False), one),
        ),
        Misconception(
            code="dropout-added",
            message=Text(
                en="In training, dropout sets some numbers to zero; the exercise has no dropout.",
                ko="학습할 때 드롭아웃이 일부 값을 0으로 만들어요. 과제에는 드롭아웃이 없어요.",
            ),
            hint=Text(
                en="Which of your layers computes something else in train mode than in eval mode?",
                ko="train 모드와 eval 모드에서 다르게 계산하는 층은 무엇인가요?",
            ),
            ways=tuple(dropout),
        ),
        Misconception(
            code="images-rescaled",
            message=Text(
                en="The images are shifted or scaled inside `forward`; they arrive in the range that the exercise expects.",
                ko="`forward` 안에서 이미지를 옮기거나 배율을 바꾸고 있어요. 이미지는 이미 과제가 기대하는 범위로 들어와요.",
            ),
            hint=Text(
                en="In which range are the images when they reach `forward`, and does the handout ask to change that?",
                ko="`forward`에 들어오는 이미지의 값은 어떤 범위인가요? 안내문에서 그것을 바꾸라고 했나요?",
            ),
            ways=tuple(
                (Edit(old="def forward(self, x):\n", new=f"def forward(self, x):\n        x = {how}\n"),)
                for how in (
                    "x * 2 - 1",
                    "x - 0.5",
                    "x / 255.0",
                    "torch.relu(x - 0.5)",
                    *normalised(),
                )
            ),
        ),
    )


def normalised() -> tuple[str, ...]:
    """The means and standard deviations of CIFAR-10 and ImageNet that are copied from place to place."""
    usual = (
        ("0.4914, 0.4822, 0.4465", "0.2470, 0.2435, 0.2616"),
        ("0.4914, 0.4822, 0.4465", "0.2023, 0.1994, 0.2010"),
        ("0.485, 0.456, 0.406", "0.229, 0.224, 0.225"),
    )
    shape = "view(1, 3, 1, 1)"
    return tuple(
        f"(x - torch.tensor([{mean}]).{shape}) / torch.tensor([{std}]).{shape}" for mean, std in usual
    )


def gradients(solution: str) -> tuple[Misconception, ...]:
    """The function is right, but parts of it cannot learn."""
    convs = re.findall(r"self\.(conv\d_\d) = nn\.Conv2d", solution)
    hint = Text(
        en="Which parameters should learn, and what stands between them and the loss?",
        ko="어떤 파라미터가 학습되어야 하나요? 그 파라미터와 손실 사이에 무엇이 있나요?",
    )

    def frozen(*names: str) -> tuple[Edit, ...]:
        lines = "".join(f"\n        self.{name}.requires_grad_(False)" for name in names)
        return (Edit(old=DECLARED, new=DECLARED + lines),)

    return (
        Misconception(
            code="convolutions-frozen",
            check="gradients",
            message=Text(
                en="`requires_grad` is switched off for most of the convolutions, so that they never learn.",
                ko="합성곱 대부분의 `requires_grad`가 꺼져 있어서 학습되지 않아요.",
            ),
            hint=hint,
            ways=(frozen(*convs), frozen(*convs[:4])),
        ),
        Misconception(
            code="classifier-cut-off",
            check="gradients",
            message=Text(
                en="The blocks are cut off from the loss (`detach`, `.data` or `no_grad`): only the classifier learns.",
                ko="블록들이 손실과 끊겨 있어요(`detach`, `.data`, `no_grad`). 분류기만 학습돼요.",
            ),
            hint=hint,
            ways=((Edit(old=FLATTENED, new="torch.flatten(out.detach(), start_dim=1)"),),),
        ),
    )
