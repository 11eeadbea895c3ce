"""A run with everything that a report has to show."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from grader.records.base import Text
from grader.records.deadline import Deadline, Lateness
from grader.records.findings import CHECKS, CheckName, LayerRow, Outcome, Place
from grader.records.results import (
    ExerciseInfo,
    ExerciseResult,
    Finding,
    Results,
    RunInfo,
    SubmissionResult,
)

POINTS: dict[CheckName, float] = {
    "loads": 5, "shape": 10, "channels": 20, "function": 35, "gradients": 10, "learning": 10, "accuracy": 10,
}  # fmt: skip

PASSED: dict[CheckName, Text] = {
    "loads": Text(
        en="The file was read and the class instantiated.", ko="파일을 읽고 클래스 객체를 만들었어요."
    ),
    "shape": Text(en="The output is N×10.", ko="출력이 N×10이에요."),
    "channels": Text(
        en="Every layer has the right channels, kernel, stride and padding.",
        ko="모든 층의 채널, 커널, stride, padding이 맞아요.",
    ),
    "function": Text(
        en="The network computes exactly what the exercise asks for.",
        ko="과제에서 요구한 것을 그대로 계산해요.",
    ),
    "gradients": Text(
        en="Gradients reach every parameter, as they should.",
        ko="그래디언트가 모든 파라미터에 제대로 전달돼요.",
    ),
    "learning": Text(
        en="The training loss fell to 0.41 (a correct network: 0.62 or less).",
        ko="학습 손실이 0.41까지 줄었어요(올바른 네트워크는 0.62 이하).",
    ),
    "accuracy": Text(
        en="73.4% of the test images are right (a correct network: 66.0% or more).",
        ko="시험 이미지의 73.4%를 맞혔어요(올바른 네트워크는 66.0% 이상).",
    ),
}

BLOCKED = Text(
    en="Could not be checked, since an earlier check failed.", ko="앞의 검사에서 막혀서 확인하지 못했어요."
)


def finding(
    check: CheckName, outcome: Outcome = "passed", share: float = 1.0, code: str = "", **more: object
) -> Finding:
    if outcome == "blocked":
        share, code, more = 0.0, "blocked", {"message": BLOCKED, **more}
    return Finding.model_validate(
        {
            "check": check, "outcome": outcome, "code": code or outcome, "max_points": POINTS[check],
            "points": None if outcome == "grader_error" else POINTS[check] * share,
            "message": PASSED[check], **more,
        }
    )  # fmt: skip


def graded(file: str, class_name: str, *instead: Finding, **more: object) -> ExerciseResult:
    """All checks passed but those given."""
    others = {found.check: found for found in instead}
    findings = tuple(others.get(check) or finding(check) for check in CHECKS)
    unsure = any(found.points is None for found in findings)
    return ExerciseResult.model_validate(
        {
            "status": "needs_review" if unsure else "graded",
            "points": None if unsure else sum(found.points or 0.0 for found in findings),
            "max_points": 100.0, "file": file, "class_name": class_name, "findings": findings,
            "fingerprint": "9f2c41d07be0a355", "training": "own run", **more,
        }
    )  # fmt: skip


def missing(name: str) -> ExerciseResult:
    return ExerciseResult(
        status="missing", points=0.0, max_points=100.0,
        reason=Text(
            en=f"No file defines a class `{name}`.", ko=f"제출한 파일 어디에도 `{name}` 클래스가 없어요."
        ),
    )  # fmt: skip


def layer(name: str, expected: str | None, found: str | None, note: Text | None = None) -> LayerRow:
    return LayerRow(name=name, expected=expected, found=found, ok=expected == found, note=note)


def conv(channels: str) -> str:
    return f"{channels}, 3×3, stride 1, padding 1"


LAYERS = (
    layer("conv1_1", conv("3→16"), conv("3→16")),
    layer("conv1_2", conv("16→32"), conv("16→32")),
    layer(
        "conv2_1", conv("35→32"), conv("32→32"),
        Text(
            en="The block's input (3 channels) was concatenated to the block's output (32): 3 + 32 = 35 arrive here.",
            ko="블록의 입력(3채널)에 출력(32채널)을 이어 붙였으니 여기로 3 + 32 = 35채널이 들어와요.",
        ),
    ),
    layer("conv2_2", conv("32→64"), conv("32→64")),
    layer("conv3_1", conv("99→128"), conv("99→128")),
    layer("conv3_2", conv("128→256"), None),
    layer("fc1", "4096→512", "4096→512"),
    layer("fc2", "512→256", "512→256"),
    layer("fc3", "256→10", "256→10"),
    layer(
        "bn1", None, "BatchNorm2d(32)",
        Text(en="The exercise asks for no such layer.", ko="과제에는 이런 층이 없어요."),
    ),
)  # fmt: skip

TRACEBACK = """Traceback (most recent call last):
  File "과제/lab.ipynb [3]", line 31, in forward
    x = self.block2(x)
  File "과제/lab.ipynb [3]", line 12, in block2
    x = F.relu(self.conv2_1(x))
RuntimeError: Given groups=1, weight of size [32, 32, 3, 3], expected input[2, 35, 16, 16] to have 32 channels, but got 35 channels instead
"""

CRASHED = graded(
    "과제/lab.ipynb", "VGG_DENSE",
    finding(
        "shape", "failed", 0.0, "channels-do-not-fit",
        message=Text(
            en="conv2_1 expects 32 channels and is given 35 = 3 (input) + 32 (conv1_2).",
            ko="conv2_1은(는) 채널 32개를 기대하는데 35 = 3(입력) + 32(conv1_2)개가 들어왔어요.",
        ),
        hint=Text(
            en="Which should change: `in_channels` of conv2_1, or what is fed into it?",
            ko="conv2_1의 `in_channels`를 바꿔야 할까요, 아니면 넣어 주는 텐서를 바꿔야 할까요?",
        ),
        place=Place(file="과제/lab.ipynb [3]", line=12, source="x = F.relu(self.conv2_1(x))"),
        details=TRACEBACK,
    ),
    finding(
        "channels", "failed", 0.7, "channels-differ",
        message=Text(
            en="Two layers differ from what the exercise asks for, and one is too many.",
            ko="두 층이 과제와 다르고, 하나는 과제에 없는 층이에요.",
        ),
        hint=Text(
            en="How many channels does a tensor have after `torch.cat([x, out], dim=1)`?",
            ko="`torch.cat([x, out], dim=1)` 뒤에 텐서의 채널은 몇 개가 될까요?",
        ),
        layers=LAYERS,
    ),
    *(finding(check, "blocked") for check in CHECKS[3:]),
    fingerprint=None, training=None,
    notes=(
        Text(
            en="The file defines `VGG_DENSE` twice; the last definition was graded.",
            ko="파일에 `VGG_DENSE` 정의가 두 번 있어서 마지막 것을 채점했어요.",
        ),
    ),
)  # fmt: skip

AFTER_POOL = finding(
    "function", "failed", 20 / 35, "skip-added-after-pool",
    message=Text(
        en="The skip path is added after the pooling layer; the exercise adds it before.",
        ko="skip 경로를 풀링 다음에 더했어요. 과제에서는 풀링 전에 더해요.",
    ),
    hint=Text(
        en="What does a block's output look like just before it is pooled, and what should be part of it by then?",
        ko="풀링하기 직전, 블록의 출력에는 무엇까지 들어 있어야 할까요?",
    ),
    place=Place(file="hw12.py", line=58, source="x = self.pool(x) + self.pool(s)"),
)  # fmt: skip

NO_SIGMOID = finding(
    "function", "failed", 0.5, "ca-without-sigmoid",
    message=Text(
        en="The channel gate has no sigmoid, so that its values are not between 0 and 1.",
        ko="채널 게이트에 sigmoid가 없어서 값이 0과 1 사이가 아니에요.",
    ),
    hint=Text(en="What should a gate's values lie between?", ko="게이트의 값은 어느 범위에 있어야 할까요?"),
)  # fmt: skip

OUR_FAULT = Text(
    en="This is a fault of the grader, not of the submission "
    "(training stopped: /srv/grader/jobs/17 is full).",
    ko="제출물이 아니라 채점기 쪽 문제예요(training stopped: /srv/grader/jobs/17 is full).",
)

WAITS = graded(
    "model.py", "VGG_CA",
    *(
        finding(check, "grader_error", code="training-failed", message=OUR_FAULT,
                details="OSError: /srv/grader/jobs/17: No space left on device")
        for check in CHECKS[5:]
    ),
    reason=OUR_FAULT,
)  # fmt: skip

UNSURE = ExerciseResult(
    status="needs_review", points=None, max_points=100.0, file="odd.py", class_name="VGG_SKIP",
    reason=Text(
        en="The network computes something that cannot be followed; a person must look.",
        ko="따라갈 수 없는 계산이 있어요. 조교가 직접 봐야 해요.",
    ),
)  # fmt: skip

NOT_READ = Text(en="A PDF is no submission.", ko="PDF는 채점하는 파일이 아니에요.")


def student(
    number: str, name: str, files: tuple[str, ...], *four: ExerciseResult, **more: object
) -> SubmissionResult:
    return SubmissionResult.model_validate(
        {
            "student_id": number, "student_name": name, "files": files, "late": False,
            "exercises": dict(zip(("base", "skip", "dense", "ca"), four, strict=True)), **more,
        }
    )  # fmt: skip


def all_right(file: str, training: str = "shared with 20231001") -> tuple[ExerciseResult, ...]:
    names = ("VGG", "VGG_SKIP", "VGG_DENSE", "VGG_CA")
    return tuple(graded(file, name, training=training) for name in names)


SEOUL = timezone(timedelta(hours=9))
RUN = RunInfo(
    profile="quick", data="synthetic-1", device="cpu", trainings=6, seconds=163.4, grader_version="0.1.0",
    deadline=Deadline(at=datetime(2026, 11, 27, 23, 59), zone="Asia/Seoul", percent=10, at_most=50),
    torch_version="2.13.0", isolation="landlock, seccomp, rlimits, no_new_privs",
    exercises={
        "base": ExerciseInfo(title=Text(en="The base network", ko="기본 네트워크"), max_points=100, classes=("VGG", "Model")),
        "skip": ExerciseInfo(title=Text(en="Skip connections", ko="스킵 연결"), max_points=100, classes=("VGG_SKIP",)),
        "dense": ExerciseInfo(title=Text(en="Dense connections", ko="밀집 연결"), max_points=100, classes=("VGG_DENSE",)),
        "ca": ExerciseInfo(title=Text(en="Channel attention", ko="채널 어텐션"), max_points=100, classes=("VGG_CA",)),
    },
)  # fmt: skip

INJECTION = "<script>alert(1)</script><b onmouseover='x'>\"&amp;"

RESULTS = Results(
    run=RUN,
    submissions=(
        student("20231001", "김하늘", ("model.py",), *all_right("model.py", "own run"), section="A"),
        student(
            "20231002", "이서연", ("과제/lab.ipynb", "과제/옛날 버전.py"),
            graded("과제/lab.ipynb", "VGG", training="shared with 20231001"), missing("VGG_SKIP"), CRASHED,
            missing("VGG_CA"),
            late=True,
            section="B",
            lateness=Lateness(
                deadline=datetime(2026, 11, 27, 23, 59, tzinfo=SEOUL), submitted=datetime(2026, 11, 29, 2, 10, tzinfo=SEOUL),
                seconds=94_260, percent=20,
            ),
            other_files={"과제/보고서.pdf": NOT_READ},
        ),
        student(
            "20231003", "박지후", ("hw12.py",),
            graded("hw12.py", "VGG", training="shared with 20231001"),
            graded("hw12.py", "VGG_SKIP", AFTER_POOL, training="own run"),
            graded("hw12.py", "VGG_DENSE", training="shared with 20231001"),
            graded("hw12.py", "VGG_CA", NO_SIGMOID),
        ),
        student(
            "20231004", "최유나", ("model.py",),
            graded("model.py", "VGG"), graded("model.py", "VGG_SKIP"), graded("model.py", "VGG_DENSE"), WAITS,
        ),
        student("20231005", INJECTION, ("x.py",), *all_right("<img src=x onerror=alert(1)>.py")),
        student(
            "20231006", "=HYPERLINK(\"http://evil\",\"점수\")", ("a.py",),
            graded("a.py", "VGG"), UNSURE, missing("VGG_DENSE"), graded("a.py", "VGG_CA", NO_SIGMOID),
        ),
        student("../Kim..김\n", "", ("b.py",), missing("VGG"), missing("VGG_SKIP"), missing("VGG_DENSE"), missing("VGG_CA")),
    ),
)  # fmt: skip
