"""A handout: the exercise's README in one language, what all handouts say, and a figure of the network."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from grader.authoring import handout_words as words
from grader.authoring.check_kit import hidden_layers
from grader.authoring.one_language import markdown
from grader.course import Exercise
from grader.networks.drawing import drawing
from grader.records.assignment import Calibration
from grader.records.base import Language
from grader.records.drawing import Box, Drawing
from grader.records.graph import ModelGraph
from grader.yaml_file import read_text

UNKNOWN = "?"
OWN, HELP = ("## 인터페이스", "## Interface"), ("## 자주 하는 실수", "## Common mistakes")
"""Sections of a README that are written anew, or are left out in an exam."""


@dataclass(frozen=True)
class Handout:
    """One exercise in one language."""

    title: str
    before: str
    """Markdown above the figure."""
    figure: Drawing | None
    """None for an open design: what it looks like is the student's."""
    figure_says: str
    """The figure in words."""
    after: str
    """Markdown below the figure."""


def handout(
    exercise: Exercise,
    graph: ModelGraph,
    base: Sequence[Calibration],
    base_title: str,
    language: Language,
    exam: bool = False,
) -> Handout:
    """The handout of an exercise.

    Args:
        graph: the reference's.
        base: calibrations of the network that it builds on.
        exam: leave out whatever helps.
    """
    text = markdown(read_text(exercise.public / "README.md", "write the exercise's handout there"), language)
    sections = re.split(r"(?m)^(?=##? )", text)
    head = sections[1]
    rest = [s.strip() for s in sections[2:] if not s.startswith(OWN + HELP if exam else OWN)]
    assignment = exercise.assignment
    interface = words.INTERFACE.in_language(language).format(
        classes=" / ".join(f"`{name}`" for name in assignment.classes), first=assignment.classes[0],
        image="×".join(map(str, assignment.input_shape)), outputs=assignment.outputs,
    )  # fmt: skip
    figure = None if assignment.open_design else veiled(drawing(graph), hidden_layers(exercise.solution))
    above, after = [head.strip(), interface], list(rest)
    if figure is not None:  # a page of its own, behind the table that goes with it
        above += [*rest[:1], words.FIGURE.in_language(language)]
        after[:1] = [words.FIGURE_NOTE.in_language(language)]
    ranges = {
        kind: _range([exercise.prices.of_repair(code) for code in codes])
        for kind, codes in words.SLIP_CODES.items()
    }
    after += [
        "" if exam else words.CAUTIONS.in_language(language),
        words.SLIPS.in_language(language).format(**ranges),
        _expected(exercise, base, base_title, language),
        words.FORMS.in_language(language).format(file=assignment.name),
    ]
    says = ""
    if figure is not None:
        boxes = ", ".join(f"{box.title} {box.detail}".strip() for box in figure.boxes)
        says = words.FIGURE_ALT.in_language(language).format(boxes=boxes)
    return Handout(
        title=assignment.title.in_language(language), before="\n\n".join(above), figure=figure,
        figure_says=says, after="\n\n".join(part for part in after if part),
    )  # fmt: skip


def veiled(whole: Drawing | None, hidden: Sequence[str]) -> Drawing | None:
    """The drawing without what is to be found out: sizes of hidden layers, and whatever follows from them.

    A sum keeps the size of what is added; of a concatenation nothing is told.
    """
    if whole is None:
        return None
    unknown: set[int] = set()
    boxes: list[Box] = []
    for place, box in enumerate(whole.boxes):
        before = [wire.start for wire in whole.wires if wire.end == place]
        is_hidden = box.title.split(" ")[0] in hidden
        if is_hidden or box.title.startswith("concat") or (
            box.kind != "layer" and before and all(start in unknown for start in before)
        ):  # fmt: skip
            unknown.add(place)
        detail = UNKNOWN if is_hidden else box.detail if box.kind in ("input", "layer", "pool") else ""
        boxes.append(box.model_copy(update={"detail": detail}))
    wires = tuple(
        wire.model_copy(update={"shape": re.sub(r"^\d+", UNKNOWN, wire.shape)})
        if wire.start in unknown
        else wire
        for wire in whole.wires
    )
    return Drawing(boxes=tuple(boxes), wires=wires)


def _range(prices: Sequence[float]) -> str:
    low, high = min(prices), max(prices)
    return f"{low:g}" if low == high else f"{low:g}–{high:g}"


def _expected(exercise: Exercise, base: Sequence[Calibration], base_title: str, language: Language) -> str:
    """What training runs gave; of an open design, which has the base network's thresholds, only the base's."""
    known = {exercise.assignment.title.in_language(language): exercise.calibrations, base_title: base}
    if exercise.assignment.thresholds_of is not None:
        known = {base_title: base}
    rows = ["|---" * (1 + len(known)) + "|"]
    for profile, form in words.ROWS.items():
        first = _measured(next(iter(known.values())), profile)
        if first is None:
            continue
        what = form.in_language(language).format(
            steps=first.recipe.steps, epochs=first.recipe.epochs, data=first.data, n=first.accuracy.n
        )
        beside = [_measured(one, profile, first.data) for one in known.values()]
        cells = [_figures(one, language) if one else "–" for one in beside]
        rows.append(f"| {what} | {' | '.join(cells)} |")
    if len(rows) == 1:
        return ""
    return words.EXPECTED.in_language(language).format(networks=" | ".join(known), rows="\n".join(rows))


def _measured(known: Sequence[Calibration], profile: str, data: str | None = None) -> Calibration | None:
    """A calibration on real images where there is one."""
    found = [one for one in known if one.profile == profile and data in (None, one.data)]
    return min(found, key=lambda one: not one.data.startswith("cifar10"), default=None)


def _figures(one: Calibration, language: Language) -> str:
    return words.LOSS_AND_ACCURACY.in_language(language).format(
        loss=one.loss.mean, accuracy=one.accuracy.mean
    )
