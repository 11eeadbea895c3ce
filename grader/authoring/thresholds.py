"""From the figures of several seeds to a threshold that a correct network all but never misses."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Callable, Sequence

from grader.records.assignment import Measured

MISS_PROBABILITY = 0.001
"""At most this often does one more run of a correct network miss a threshold."""

_NORMAL = statistics.NormalDist()


def lower_threshold(figures: Sequence[float]) -> Measured:
    """For what should be high (accuracy): the next run lies below it with MISS_PROBABILITY at most.

    A one-sided prediction bound for one more normal value, mean - t * spread * sqrt(1 + 1/n) with
    Student's t of n - 1 degrees of freedom; where the seeds do not look normal, the lowest figure
    less one spread if that is lower.
    """
    n, mean, spread = len(figures), statistics.fmean(figures), statistics.stdev(figures)
    bound = mean - prediction_factor(n) * spread
    if not looks_normal(figures):
        bound = min(bound, min(figures) - spread)
    return Measured(n=n, mean=mean, spread=spread, worst=min(figures), threshold=bound)


def upper_threshold(figures: Sequence[float]) -> Measured:
    """The same for what should be low (loss)."""
    mirrored = lower_threshold([-figure for figure in figures])
    return Measured(
        n=mirrored.n,
        mean=-mirrored.mean,
        spread=mirrored.spread,
        worst=-mirrored.worst,
        threshold=-mirrored.threshold,
    )


def prediction_factor(n: int) -> float:
    """How many spreads the bound lies from the mean of n figures: 4.51 for 10, 3.45 for 30."""
    return _student_quantile(MISS_PROBABILITY, n - 1) * math.sqrt(1 + 1 / n)


def looks_normal(figures: Sequence[float]) -> bool:
    """Whether the figures' normal probability plot is as straight as that of normal samples."""
    return plot_correlation(figures) >= critical_correlation(len(figures))


def plot_correlation(figures: Sequence[float]) -> float:
    """Correlation of the sorted figures with normal quantiles (Ryan and Joiner 1976); 1 is normal."""
    n = len(figures)
    if statistics.pstdev(figures) == 0:
        return 1.0
    quantiles = [_NORMAL.inv_cdf((k - 0.375) / (n + 0.25)) for k in range(1, n + 1)]
    return statistics.correlation(sorted(figures), quantiles)


def critical_correlation(n: int) -> float:
    """What 95 of 100 normal samples of n figures exceed, by simulation with a fixed seed."""
    dice = random.Random(n)
    found = sorted(plot_correlation([dice.gauss(0, 1) for _ in range(n)]) for _ in range(1000))
    return found[50]


def _student_quantile(tail: float, dof: int) -> float:
    """The t that Student's distribution exceeds with probability `tail`."""
    return _bisect(lambda t: _student_tail(t, dof) - tail, 0, 1000)


def _student_tail(t: float, dof: int) -> float:
    """P(T > t), by Simpson's rule over the angle whose tangent is t / sqrt(dof)."""
    start, pieces = math.atan(t / math.sqrt(dof)), 1000
    width = (math.pi / 2 - start) / pieces
    heights = [math.cos(start + k * width) ** (dof - 1) for k in range(pieces + 1)]
    area = (heights[0] + heights[-1] + 4 * sum(heights[1:-1:2]) + 2 * sum(heights[2:-1:2])) * width / 3
    log_scale = math.lgamma((dof + 1) / 2) - math.lgamma(dof / 2)
    return area * math.exp(log_scale) / math.sqrt(math.pi)


def _bisect(falling: Callable[[float], float], low: float, high: float) -> float:
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
    return (low + high) / 2
