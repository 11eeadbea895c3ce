"""Mistakes of `base`'s own; those of every exercise are in `reference/every_exercise.py`."""

from grader.records.base import Text
from grader.records.misconception import Edit, Misconception


def block(number: int, *lines: str) -> Edit:
    """A block written otherwise."""
    first, second = f"conv{number}_1", f"conv{number}_2"
    old = (
        f"        out = self.relu(self.{first}({'x' if number == 1 else 'out'}))\n"
        f"        out = self.relu(self.{second}(out))\n"
        "        out = self.pool(out)\n"
    )
    return Edit(old=old, new="".join(f"        {line}\n" for line in lines))


def pooled_first(number: int) -> Edit:
    """A block whose second ReLU comes after the pool."""
    source = "x" if number == 1 else "out"
    return block(
        number,
        f"out = self.relu(self.conv{number}_1({source}))",
        f"out = self.relu(self.pool(self.conv{number}_2(out)))",
    )


def unpadded(*sizes: str) -> tuple[Edit, ...]:
    """Convolutions without padding."""
    return tuple(
        Edit(old=f"nn.Conv2d({size}, kernel_size=3, padding=1)", new=f"nn.Conv2d({size}, kernel_size=3)")
        for size in sizes
    )


MISCONCEPTIONS = (
    Misconception(
        code="relu-after-the-pool",
        message=Text(
            en="The pool stands between a block's second convolution and its ReLU; the ReLU comes first.",
            ko="블록의 두 번째 합성곱과 ReLU 사이에 풀링이 있어요. ReLU가 먼저예요.",
        ),
        hint=Text(
            en="In which order do convolution, ReLU and pool follow each other in a block, and does the order matter?",
            ko="블록 안에서 합성곱, ReLU, 풀링은 어떤 순서인가요? 순서를 바꾸면 결과가 같을까요?",
        ),
        ways=((pooled_first(1), pooled_first(2), pooled_first(3)), (pooled_first(3),)),
    ),
    Misconception(
        code="block-3-has-one-convolution",
        message=Text(
            en="Block 3 has one convolution, 64→256; the exercise has two.",
            ko="블록 3에 합성곱이 하나(64→256)뿐이에요. 과제에서는 두 개예요.",
        ),
        hint=Text(
            en="How many convolutions does each block have, and what goes from one to the next?",
            ko="블록마다 합성곱이 몇 개이고, 하나에서 다음으로 무엇이 넘어가나요?",
        ),
        ways=(
            (
                block(3, "out = self.relu(self.conv3_1(out))", "out = self.pool(out)"),
                Edit(old="nn.Conv2d(64, 128,", new="nn.Conv2d(64, 256,"),
            ),
        ),
    ),
    Misconception(
        code="block-2-narrow",
        message=Text(
            en="Block 2 hands on 32 channels; the exercise has 64.", ko="블록 2가 채널 32개를 넘겨줘요. 과제에서는 64개예요."
        ),
        hint=Text(
            en="How many channels does each block hand on in the handout's table?",
            ko="안내문의 표에서 각 블록은 채널을 몇 개 넘겨주나요?",
        ),
        ways=(
            (
                Edit(old="nn.Conv2d(32, 64,", new="nn.Conv2d(32, 32,"),
                Edit(old="nn.Conv2d(64, 128,", new="nn.Conv2d(32, 128,"),
            ),
        ),
    ),
    Misconception(
        code="padding-missing",
        message=Text(
            en="A block's convolutions have no padding, so that each of them makes the map smaller.",
            ko="padding이 없는 합성곱이 있어서 지날 때마다 특징 맵이 작아져요.",
        ),
        hint=Text(
            en="What height and width does a 3×3 convolution give without padding, and what does the exercise ask for?",
            ko="padding이 없는 3×3 합성곱은 높이와 너비를 얼마로 만드나요? 과제에서는 얼마여야 하나요?",
        ),
        ways=(
            (*unpadded("3, 16", "16, 32"), Edit(old="nn.Linear(4096, 512)", new="nn.Linear(2304, 512)")),
            (*unpadded("64, 128", "128, 256"), Edit(old="nn.Linear(4096, 512)", new="nn.Linear(1024, 512)")),
        ),
    ),
)  # fmt: skip

COMMON = (
    "softmax-at-the-end", "log-softmax-at-the-end", "relu-at-the-end", "max-pooling", "relu-missing-in-classifier",
    "relu-missing-after-first-convs", "relu-missing-after-second-convs", "relu-missing-after-conv3_2",
    "relu-after-the-pool", "batch-norm-added", "dropout-added", "other-activation", "flattened-in-another-order",
)  # fmt: skip
