"""The right words for a failed check."""

from __future__ import annotations

from grader.records.base import Text
from grader.records.findings import BlankLeft, Outcome, Place, Verdict
from grader.records.misconception import Edit, Misconception
from grader.stages.scoring.naming import named, with_blanks

PLACE = Place(file="model.py", line=7, source="out = out + s")
MISTAKE = Misconception(
    code="no-relu", message=Text(en="No ReLU.", ko="ReLU가 없어요."), hint=Text(en="Where?", ko="어디에요?"),
    ways=((Edit(old="a", new="b"),),),
)  # fmt: skip


def verdict(check: str, outcome: Outcome) -> Verdict:
    text = Text(en="Other.", ko="달라요.")
    share = 1.0 if outcome == "passed" else 0.1
    return Verdict.model_validate(
        {"check": check, "outcome": outcome, "share": share, "code": "x", "message": text, "place": PLACE}
    )


def test_a_known_mistake_is_named_where_judging_found_it() -> None:
    passed, failed = named((verdict("shape", "passed"), verdict("function", "failed")), (MISTAKE,))
    assert (failed.code, failed.message.ko, failed.place) == ("no-relu", "ReLU가 없어요.", PLACE)
    assert passed == verdict("shape", "passed")


def test_two_mistakes_at_once_are_both_told() -> None:
    other = MISTAKE.model_copy(update={"code": "softmax", "message": Text(en="Softmax.", ko="소프트맥스.")})
    (found,) = named((verdict("function", "failed"),), (MISTAKE, other))
    assert (found.code, found.message.en) == ("no-relu+softmax", "No ReLU. Softmax.")


def test_a_network_that_is_not_in_the_catalogue_keeps_its_words() -> None:
    verdicts = (verdict("function", "failed"),)
    assert named(verdicts, ()) == verdicts


def test_blanks_left_empty_are_named_at_the_first_failure_only() -> None:
    blank = BlankLeft(number=3, place=PLACE, hint=Text(en="An addition.", ko="덧셈이에요."))
    first, second = with_blanks((verdict("shape", "failed"), verdict("function", "failed")), (blank,))
    assert first.message.en == "Other. Blanks left empty: 3." and first.hint == blank.hint
    assert second == verdict("function", "failed")
    assert with_blanks((verdict("shape", "passed"),), (blank,)) == (verdict("shape", "passed"),)
