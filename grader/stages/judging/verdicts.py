"""How a check says what it found, and how the checks behind a failed one say that they are blocked."""

from __future__ import annotations

from grader.records.base import Text
from grader.records.findings import CheckName, Place, Verdict

OK = {
    "loads": Text(
        en="The file was read and the class instantiated.", ko="파일을 읽고 클래스 객체를 만들었어요."
    ),
    "channels": Text(
        en="Every layer has the right channels, kernel, stride and padding.",
        ko="모든 층의 채널, 커널, stride, padding이 맞아요.",
    ),
    "function": Text(
        en="The network computes exactly what the exercise asks for.",
        ko="과제가 요구하는 것과 똑같이 계산해요.",
    ),
    "gradients": Text(
        en="Gradients reach every parameter, as they should.",
        ko="그래디언트가 모든 파라미터에 제대로 전달돼요.",
    ),
}


def passed(check: CheckName, message: Text, **more: object) -> Verdict:
    return Verdict.model_validate(
        {"check": check, "outcome": "passed", "share": 1.0, "code": "passed", "message": message, **more}
    )


def failed(
    check: CheckName, code: str, message: Text, hint: Text | None = None, share: float = 0.0,
    where: Place | None = None, details: str = "",
) -> Verdict:  # fmt: skip
    return Verdict(
        check=check,
        outcome="failed",
        share=min(share, 0.99),  # a failed check is never all right
        code=code,
        message=message,
        hint=hint,
        place=where,
        details=details,
    )


_TITLES: dict[str, Text] = {
    "loads": Text(en="loading the class", ko="클래스 불러오기"),
    "shape": Text(en="the shape check", ko="출력 모양 검사"),
    "function": Text(en="the function check", ko="함수 검사"),
}


def with_blocked(verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    """Fill up with blocked checks; the first failure is what blocks."""
    cause = next(verdict for verdict in verdicts if verdict.outcome == "failed")
    done = {verdict.check for verdict in verdicts}
    title = _TITLES[cause.check]
    order: tuple[CheckName, ...] = ("loads", "shape", "channels", "function", "gradients")
    blocked = {
        check: Verdict(
            check=check, outcome="blocked", share=0.0, code=f"blocked-by-{cause.check}",
            message=Text(en=f"Could not be checked: {title.en} failed.", ko=f"{title.ko}에서 막혀서 확인하지 못했어요."),
        )
        for check in order
        if check not in done
    }  # fmt: skip
    by_check = {verdict.check: verdict for verdict in verdicts}
    return tuple(by_check.get(check) or blocked[check] for check in order)


def blocked_after(verdict: Verdict) -> tuple[Verdict, ...]:
    return with_blocked((verdict,))
