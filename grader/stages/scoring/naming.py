"""The right words for a failed check: the mistake that the instructor described, the blank left empty."""

from __future__ import annotations

from collections.abc import Sequence

from grader.records.base import Text
from grader.records.findings import BlankLeft, Verdict
from grader.records.judgement import Judgement
from grader.records.misconception import Misconception, Mistake, joined


def told(
    judgement: Judgement, mistakes: Sequence[Misconception], blanks: Sequence[BlankLeft]
) -> tuple[Verdict, ...]:
    """What is said of a network, and priced: the verdicts in the words of what is known of it."""
    left = () if judgement.repairs else blanks  # repairs tell of them themselves
    return with_blanks(named(judgement.verdicts, mistakes), left)


def named(verdicts: Sequence[Verdict], mistakes: Sequence[Misconception]) -> tuple[Verdict, ...]:
    """Say what the catalogue says of this network; the place stays the one that judging found."""
    return renamed(verdicts, joined(mistakes)) if mistakes else tuple(verdicts)


def renamed(verdicts: Sequence[Verdict], known: Mistake) -> tuple[Verdict, ...]:
    """The verdicts with the words and the share of a known mistake."""
    told = {"code": known.code, "message": known.message, "hint": known.hint, "open": False}
    return tuple(
        verdict.model_copy(update=told)
        if verdict.check == known.check and verdict.outcome == "failed"
        else verdict
        for verdict in verdicts
    )


def with_blanks(verdicts: Sequence[Verdict], blanks: Sequence[BlankLeft]) -> tuple[Verdict, ...]:
    """Name the blanks left empty where the first check failed: they are the first place to look at."""
    cause = next((verdict for verdict in verdicts if verdict.outcome == "failed"), None)
    if cause is None or not blanks:
        return tuple(verdicts)
    numbers = ", ".join(str(blank.number) for blank in blanks)
    message = Text(
        en=f"{cause.message.en} Blanks left empty: {numbers}.",
        ko=f"{cause.message.ko} 비어 있는 빈칸: {numbers}번.",
    )
    told = cause.model_copy(
        update={"message": message, "hint": blanks[0].hint, "place": cause.place or blanks[0].place}
    )
    return tuple(told if verdict is cause else verdict for verdict in verdicts)
