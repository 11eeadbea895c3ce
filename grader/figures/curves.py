"""How a training run went, beside others: loss on the left, accuracy at the end on the right.

Only digits stand in the picture; the page says in its own language what is what.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.figures.inline import inlined
from grader.records.results import Calibrated, Curve

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, SOFT, TINT, BAD, GOOD, SOME, LINE = (
    "#d00000", "#d00001", "#d00003", "#d00004", "#d00005", "#d00006", "#d00008",
)  # fmt: skip
_STYLE = {
    "svg.fonttype": "none", "svg.hashsalt": "grader", "font.size": 9, "axes.edgecolor": SOFT, "xtick.color": SOFT,
    "ytick.color": SOFT, "axes.labelcolor": SOFT, "xtick.labelcolor": SOFT, "ytick.labelcolor": SOFT,
    "axes.spines.top": False, "axes.spines.right": False, "axes.linewidth": 0.7, "path.simplify": True,
}  # fmt: skip
BAND = (0.1, 0.9)
"""Of the class: the middle eight tenths of those who handed the exercise in."""


@dataclass(frozen=True)
class Spread:
    """Where the class lies."""

    updates: tuple[int, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    """Bounds of the losses, at each of `updates`."""
    accuracies: tuple[float, ...]
    """Every one that occurs, once."""
    networks: int


def spread(curves: Sequence[Curve]) -> Spread | None:
    """Of the curves of a class, one per student; None where there are not two that differ."""
    if len(set(curves)) < 2:
        return None
    updates = curves[0].updates
    same = [curve.losses for curve in curves if curve.updates == updates]
    columns = [sorted(column) for column in zip(*same, strict=True)]
    low, high = (tuple(_quantile(column, q) for column in columns) for q in BAND)
    return Spread(updates, low, high, tuple(sorted({curve.accuracy for curve in curves})), len(curves))


def training_svg(
    own: Curve, start: Curve | None, others: Spread | None, calibrated: Calibrated | None, classes: int
) -> str:
    """An `<svg>` element.

    Args:
        own: what is drawn in the foreground.
        start: the network that students start from.
        others: the class.
        classes: guessing gets one of so many right.
    """
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_STYLE):  # type: ignore[arg-type]  # its stubs list every key
        figure = Figure(figsize=(5.0, 1.9))
        figure.patch.set_visible(False)
        left, right = figure.subplots(1, 2, width_ratios=(3, 1.25))
        start = None if start == own else start
        _bounds(left, math.log(classes), calibrated.loss.threshold if calibrated else None)
        _losses(left, own, start, others, math.log(classes))
        _bounds(right, 1 / classes, calibrated.accuracy.threshold if calibrated else None)
        _accuracies(right, own, start, others, calibrated)
        figure.subplots_adjust(left=0.075, right=0.985, top=0.96, bottom=0.13, wspace=0.28)
        held = io.BytesIO()
        figure.savefig(held, format="svg", metadata={"Date": None, "Creator": None})
    return inlined(held.getvalue().decode("utf-8"))


_DASHES = (0, (4, 2))
"""Of what is drawn for the network that students start from."""


def _bounds(axes: Axes, guessing: float, threshold: float | None) -> None:
    """What both sides have: where guessing is, and what a correct network reaches."""
    axes.patch.set_visible(False)
    axes.axhline(guessing, color=SOFT, linewidth=0.8, linestyle=(0, (1, 2)))
    if threshold is not None:
        axes.axhline(threshold, color=SOME, linewidth=1, linestyle=(0, (5, 2)))


def _losses(axes: Axes, own: Curve, start: Curve | None, others: Spread | None, guessing: float) -> None:
    if others is not None:
        axes.fill_between(others.updates, others.low, others.high, color=TINT, linewidth=0)
        axes.plot(others.updates, others.low, color=LINE, linewidth=0.6)
        axes.plot(others.updates, others.high, color=LINE, linewidth=0.6)
    if start is not None:
        axes.plot(start.updates, start.losses, color=SOFT, linewidth=1.1, linestyle=_DASHES)
    axes.plot(own.updates, own.losses, color=GOOD, linewidth=1.8)
    axes.set_ylim(0, max(1.15 * guessing, min(4.0, max(own.losses))))
    axes.set_xlim(0, own.updates[-1])


def _accuracies(
    axes: Axes, own: Curve, start: Curve | None, others: Spread | None, calibrated: Calibrated | None
) -> None:
    if calibrated:
        found = calibrated.accuracy
        axes.fill_between(
            [0.05, 0.35], found.mean - found.spread, found.mean + found.spread, color=LINE, linewidth=0
        )
        axes.plot([0.05, 0.35], [found.mean, found.mean], color=SOFT, linewidth=1.2)
    for accuracy in others.accuracies if others else ():
        axes.plot([0.5, 0.62], [accuracy, accuracy], color=SOFT, linewidth=0.8)
    if start is not None:
        axes.plot([0.42, 0.7], [start.accuracy] * 2, color=SOFT, linewidth=1.1, linestyle=_DASHES)
    axes.plot([0.74, 0.98], [own.accuracy] * 2, color=GOOD, linewidth=3.2)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xticks([])
    axes.set_yticks([0, 0.5, 1], ["0", "50%", "100%"])


def _quantile(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])
