"""What judging says of one exercise of one submission."""

from __future__ import annotations

from grader.records.base import Record, Text
from grader.records.drawing import Drawing
from grader.records.findings import Verdict
from grader.records.graph import ModelGraph
from grader.records.repair import Repair


class Judgement(Record):
    """Verdicts of the checks that need no training, and what training needs to know."""

    verdicts: tuple[Verdict, ...]
    """`loads`, `shape`, `channels`, `function`, `gradients`, in this order."""
    fingerprint: str | None = None
    """Equal for two networks that compute and learn the same; None where there is no graph."""
    is_reference: bool = False
    """It computes and learns the same as the reference."""
    graph: ModelGraph | None = None
    """What to train; None where nothing can be trained."""
    ranks: tuple[int, ...] = ()
    """Which of the standard numbers each layer starts with (`grader.networks.weights`)."""
    notes: tuple[Text, ...] = ()
    drawing: Drawing | None = None
    """The network as far as it is known; None where nothing could be traced."""
    repairs: tuple[Repair, ...] = ()
    """What was mended before it could be judged so, with prices in percent."""
    unsure: Text | None = None
    """Why a person must look: we could not judge it, and it is not plain that the student is at fault."""
