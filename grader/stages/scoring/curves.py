"""What of a training run is kept for the pages."""

from __future__ import annotations

from statistics import fmean

from grader.records.results import Curve
from grader.records.training import TrainingRecord

PLACES = 40
"""Points of a curve: as many as a picture on a phone can show."""


def curve_of(record: TrainingRecord) -> Curve:
    """The losses in at most `PLACES` means over stretches of one length (the last may be shorter)."""
    length = -(-len(record.losses) // PLACES)
    stretches = [record.losses[at : at + length] for at in range(0, len(record.losses), length)]
    ends = [min(at + length, len(record.losses)) for at in range(0, len(record.losses), length)]
    return Curve(
        updates=tuple(ends),
        losses=tuple(round(fmean(stretch), 4) for stretch in stretches),
        accuracy=record.accuracy,
        test_images=record.test_images,
    )
