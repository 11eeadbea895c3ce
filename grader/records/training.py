"""What one training run measured."""

from __future__ import annotations

from grader.records.base import Record

CLASSES = 10
"""Of every data set that the course uses."""


class TrainingRecord(Record):
    """One network, one recipe, one data set, one seed. Two runs differ in `seconds` at most."""

    losses: tuple[float, ...]
    """Training loss (mean cross entropy of the batch, in nats) before each update; finite ones only."""
    final_loss: float
    """Mean of `losses` over the last tenth of the steps; infinite when `diverged`."""
    accuracy: float
    """Share of the test images whose largest output is the right class; 0 when `diverged`."""
    test_images: int
    steps: int
    """Updates made; fewer than the recipe's when `diverged`."""
    seconds: float
    diverged: bool = False
    """A loss or an output was NaN or infinite."""
    epoch_losses: tuple[float, ...] = ()
    """Mean of `losses` over each epoch that was finished; empty where the recipe counts steps."""
    engine: str = "cpu"
    """How the steps were run: "cpu", "CUDA graph of 10 steps", or "step by step: " and why."""
