"""A known way to get an exercise wrong: a small variant of its reference, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, model_validator

from grader.records.base import Record, Text


class Edit(Record):
    """A stretch of the solution's text that is written otherwise."""

    old: str
    new: str
    times: Annotated[int, Field(gt=0)] = 1
    """How often `old` stands in the text; it is replaced everywhere."""

    @model_validator(mode="after")
    def _changes_something(self) -> Edit:
        if not self.old or self.old == self.new:
            raise ValueError("an edit must replace some text by another")
        return self


class DoesNotApply(ValueError):
    """The text does not hold `edit.old` exactly `edit.times` times."""

    def __init__(self, edit: Edit, found: int) -> None:
        self.edit, self.found = edit, found
        super().__init__(f"{edit.old!r} stands there {found} times, not {edit.times}")


def applied(edits: Sequence[Edit], text: str) -> str:
    """The text after the edits, in their order. Raises DoesNotApply."""
    for edit in edits:
        if (found := text.count(edit.old)) != edit.times:
            raise DoesNotApply(edit, found)
        text = text.replace(edit.old, edit.new)
    return text


class Mistake(Record):
    """What is said of a known mistake, and what is still earned."""

    code: str
    """A stable name: "skip-added-after-pool"; `prices.yaml` says what it costs."""
    message: Text
    """What the network does, and what was asked for."""
    hint: Text
    """A question that leads to the place."""
    check: Literal["function", "gradients"] = "function"
    """`gradients`: the function is the reference's, only what it learns is not."""


class Misconception(Mistake):
    """One mistake, in all the ways in which students usually make it."""

    ways: Annotated[tuple[tuple[Edit, ...], ...], Field(min_length=1)]
    """Each turns the reference into this mistake; they may differ as functions."""
    nothing_added: bool = False
    """The function is that of the network which students are given. Where no layer of the exercise's own
    is even called, nothing was added and nothing is earned."""


def joined(found: Sequence[Misconception]) -> Misconception:
    """Several mistakes of one network as one: each is told, and has its price.

    Raises ValueError for none.
    """
    if not found:
        raise ValueError("no misconception")
    if len(found) == 1:
        return found[0]
    return Misconception(
        code="+".join(one.code for one in found),
        message=_one_after_another([one.message for one in found]),
        hint=_one_after_another([one.hint for one in found]),
        ways=(tuple(edit for one in found for edit in one.ways[0]),),
        check="function" if any(one.check == "function" for one in found) else "gradients",
        nothing_added=any(one.nothing_added for one in found),
    )


def _one_after_another(texts: Sequence[Text]) -> Text:
    distinct = list(dict.fromkeys((text.en, text.ko) for text in texts))
    return Text(en=" ".join(en for en, _ in distinct), ko=" ".join(ko for _, ko in distinct))
