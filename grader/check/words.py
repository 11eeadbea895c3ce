"""What the check says itself, in both languages; what it finds is said by the stages."""

from __future__ import annotations

from collections.abc import Sequence

from grader.records.base import Language, Text
from grader.records.findings import CheckName
from grader.records.repair import Repair

CHECKS: dict[CheckName, Text] = {
    "loads": Text(en="loading", ko="불러오기"),
    "shape": Text(en="output shape", ko="출력 모양"),
    "channels": Text(en="layers", ko="층과 채널"),
    "function": Text(en="function", ko="계산 결과"),
    "gradients": Text(en="gradients", ko="그래디언트"),
}
_REPAIRED = Text(
    en="Line {line} of {file}: {message} ({cost}; the rest was checked as if it were mended)",
    ko="{file} {line}번째 줄: {message} ({cost}. 나머지는 고쳤다고 치고 확인했어요)",
)
_COST = Text(en="about −{price} points", ko="약 −{price}점")
_NO_COST = Text(en="costs nothing more", ko="추가 감점 없음")
WHAT_COUNTS = Text(
    en="learning and accuracy are measured when it is graded. “?”: decided when it is graded.",
    ko="학습과 정확도는 채점할 때 재요. “?”로 표시한 점수도 채점할 때 정해져요.",
)
EXAM_ONLY = Text(
    en="Exam: only loading and the shape of the output are checked. Hand in the receipt with your file: {receipt}",
    ko="시험용 확인이에요. 불러오기와 출력 모양만 확인해요. 이 영수증 파일을 답안과 함께 제출하세요: {receipt}",
)
HELD = Text(
    en="This cannot be judged by machine; when graded, a person will look at it.",
    ko="기계로 판단하기 어려운 코드예요. 채점할 때는 사람이 직접 봐요.",
)
POINTS = Text(en="Points so far", ko="지금까지 확인된 점수")
ASKED, YOURS = Text(en="asked for: {size}", ko="과제: {size}"), Text(en="yours: {size}", ko="내 코드: {size}")
COLUMNS = (
    Text(en="check", ko="검사"),
    Text(en="points", ko="점수"),
    Text(en="what was found", ko="확인한 내용"),
)
NO_TORCH = Text(
    en="PyTorch is not installed here. Install it with: pip install torch",
    ko="PyTorch가 설치되어 있지 않아요. 먼저 설치해 주세요: pip install torch",
)
OLD_TORCH = Text(
    en="This needs PyTorch 2.4 or later; here it is {found}. Update it with: pip install --upgrade torch",
    ko="PyTorch 2.4 이상이 필요한데 지금은 {found}이에요. 업데이트해 주세요: pip install --upgrade torch",
)


def torch_broken(reason: str) -> Text:
    """PyTorch is there and does not start."""
    return Text(
        en=f"PyTorch is installed but does not start ({reason[:200]}); install it anew: pip install --force-reinstall torch",
        ko=f"PyTorch가 설치되어 있지만 시작하지 못해요({reason[:200]}). 다시 설치해 주세요: pip install --force-reinstall torch",
    )


def no_such_file(name: str) -> Text:
    """The file named on the command line is not there."""
    return Text(
        en=f"There is no file {name} here; is the name spelt right, and are you in its folder?",
        ko=f"{name} 파일이 없어요. 파일 이름이 맞는지, 그 파일이 있는 폴더에서 실행했는지 확인해 주세요.",
    )


def is_a_folder(name: str) -> Text:
    """A folder was named on the command line."""
    return Text(
        en=f"{name} is a folder; name the .py or .ipynb file in it.",
        ko=f"{name}은(는) 폴더예요. 그 안의 .py나 .ipynb 파일을 지정해 주세요.",
    )


def nothing_in_it(name: str, reason: Text) -> Text:
    """A file that is neither source nor a notebook, or cannot be read as one."""
    return Text(
        en=f"{name}: {reason.en}. Name your .py or .ipynb file.",
        ko=f"{name}: {reason.ko}. .py나 .ipynb 파일을 지정해 주세요.",
    )


def not_python(problem: Text) -> Text:
    """No class can be found, and something cannot be read."""
    return Text(
        en=f"Python cannot read the file: {problem.en}", ko=f"Python이 파일을 읽지 못해요: {problem.ko}"
    )


def no_such_class(wanted: Sequence[str], there: Sequence[str]) -> Text:
    """None of the classes that the exercises ask for is defined."""
    en, ko = ", ".join(wanted), ", ".join(wanted)
    if not there:
        return Text(
            en=f"The file defines no class; it should define one of: {en}.",
            ko=f"파일에 클래스가 없어요. 이 가운데 하나를 정의해야 해요: {ko}.",
        )
    names = ", ".join(dict.fromkeys(there))
    return Text(
        en=f"The file defines {names}, but none of the classes asked for ({en}); is the name spelt exactly like that?",
        ko=f"파일에 {names} 클래스는 있지만 과제의 클래스({ko})가 없어요. 이름을 똑같이 썼는지 확인해 주세요.",
    )


def unknown_class(name: str, wanted: Sequence[str]) -> Text:
    """`check` was given something else than a class of an exercise."""
    return Text(
        en=f"{name} is none of the exercises' classes ({', '.join(wanted)}); give check the class itself: check({wanted[0]})",
        ko=f"{name}은(는) 과제의 클래스({', '.join(wanted)})가 아니에요. 클래스 자체를 넣어 주세요: check({wanted[0]})",
    )


def source_unknown(name: str) -> Text:
    """The class's source text cannot be had."""
    return Text(
        en=f"The source of {name} cannot be found; run the cell that defines it again, or check the file.",
        ko=f"{name}의 소스 코드를 찾을 수 없어요. 클래스를 정의한 셀을 다시 실행하거나 파일로 확인해 주세요.",
    )


def repaired(repair: Repair, language: Language) -> str:
    """What was mended, and what that costs: the same slip again costs nothing."""
    cost = (_COST if repair.price else _NO_COST).in_language(language).format(price=f"{repair.price:g}")
    return _REPAIRED.in_language(language).format(
        line=repair.line, file=repair.file, message=repair.message.in_language(language), cost=cost
    )
