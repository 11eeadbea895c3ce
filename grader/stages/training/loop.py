"""Training one network by a recipe on a CPU."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from grader.errors import TrainingFault
from grader.networks.layout import reads_unfilled_memory
from grader.networks.replay import Replay
from grader.records.assignment import Recipe
from grader.records.training import TrainingRecord
from grader.stages.training.data import DataSet
from grader.stages.training.steps import Run

REFUSALS = (RuntimeError, IndexError, ValueError, TypeError)
"""What torch raises at an operator that it cannot compute."""


def train(
    network: nn.Module,
    recipe: Recipe,
    data: DataSet,
    seed: int,
    trainable: Sequence[Tensor] | None = None,
) -> TrainingRecord:
    """Train `network` in place, from the weights that it has, and measure it.

    Deterministic: the order of the images (and dropout, if there is any) follows from `seed` alone.
    One thread. Stops at the first loss that is not finite. Raises TrainingFault where torch refuses
    to go on (no memory, for example).

    Args:
        trainable: what the optimizer updates; None: every parameter that requires a gradient.
    """
    began = time.perf_counter()
    with one_thread(), repeatable(network), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        try:
            run = Run(network, recipe, data, seed, trainable)
            run.network.train()
            done = 0
            while done < run.steps and (done == 0 or math.isfinite(run.losses[done - 1].item())):
                run.step()
                done += 1
            record = run.record(done, 0.0, "cpu")
        except REFUSALS as error:
            said = (str(error).splitlines() or [type(error).__name__])[0]
            raise TrainingFault(f"training stopped: {said}") from error
    return record.model_copy(update={"seconds": time.perf_counter() - began})


@contextmanager
def repeatable(network: nn.Module) -> Iterator[None]:
    """Deterministic operators, as far as torch has them."""
    deterministic = torch.are_deterministic_algorithms_enabled()
    fill = torch.utils.deterministic.fill_uninitialized_memory  # type: ignore[attr-defined]
    # a warning only: an odd operator of a student's must not end the run
    torch.use_deterministic_algorithms(True, warn_only=True)
    # filling every fresh tensor takes time and changes nothing, unless somebody reads one
    safe = isinstance(network, Replay) and not reads_unfilled_memory(network.graph)
    torch.utils.deterministic.fill_uninitialized_memory = not safe  # type: ignore[attr-defined]
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(deterministic)
        torch.utils.deterministic.fill_uninitialized_memory = fill  # type: ignore[attr-defined]


@contextmanager
def one_thread() -> Iterator[None]:
    """Sums are added in one order, and several processes do not fight over the cores."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
