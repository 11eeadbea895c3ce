"""Each kind of repair, at one slip of its kind: code, place and words, exactly."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from mending import course, handed_in, judged

import grader.stages.mending as stage
from grader.records.prices import DEFAULT
from grader.stages.excerpts import cut
from grader.stages.mending import Situation, proposals
from grader.stages.mending.words import WORDS

from .slips_by_code import CODES, slipped


@cache
def solutions() -> dict[str, str]:
    """The working sources, without the marks of their blanks."""
    marks = re.compile(r"\s*#(?: (?:>>>|<<<|ko:|en:|call:)|  )")
    return {
        name: "\n".join(line for line in exercise.solution.split("\n") if not marks.match(line))
        for name, exercise in course().items()
    }


@pytest.mark.parametrize("code", CODES)
def test_a_slip_is_found_where_it_is_and_told_in_both_languages(
    code: str, expect: Callable[[str, str], None]
) -> None:
    name, source = slipped(code, solutions())
    judgement = judged(source, name)
    assert judgement is not None
    told = "".join(
        f"{repair.code}, line {repair.line}: {repair.before}\n"
        f"en: {repair.message.en}\n    {repair.hint.en}\nko: {repair.message.ko}\n    {repair.hint.ko}\n"
        for repair in judgement.repairs
    )
    assert judgement.is_reference, f"judged as another network; found: {told}"
    assert [repair.code for repair in judgement.repairs] == [code]
    expect(told, f"mending/{code}.txt")


def test_every_code_has_a_price_and_every_price_words() -> None:
    priced = set(course()["base"].prices.repairs) - {DEFAULT}
    assert priced == set(WORDS)


def test_every_code_that_is_proposed_has_words() -> None:
    folder = Path(str(stage.__file__)).parent
    strings = {
        node.value
        for path in folder.glob("*.py")
        if path.name != "words.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(WORDS) <= strings, f"words that nobody says: {set(WORDS) - strings}"


def test_every_code_has_a_case() -> None:
    assert set(CODES) == set(WORDS)


@pytest.mark.parametrize("code", CODES)
def test_a_proposal_keeps_the_students_line_numbers_and_is_not_told(code: str) -> None:
    name, source = slipped(code, solutions())
    submission = handed_in(source)
    asked = course()[name].assignment
    excerpt = cut(submission, asked.classes, name)
    for proposal in proposals(Situation(submission, asked, excerpt, None)):
        own = next(c for f in proposal.submission.files for c in f.cells if c.label == proposal.file)
        assert own.text.count("\n") == source.count("\n")
        repair = stage.repair_of(proposal, 1.0)
        told = f"{repair.message.en} {repair.hint.en} {repair.message.ko} {repair.hint.ko}"
        after = re.sub(r"\s", "", proposal.after)
        assert len(after) < 6 or after not in re.sub(r"\s", "", told)
