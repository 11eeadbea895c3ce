import random

import pytest

from grader.authoring.thresholds import (
    critical_correlation,
    looks_normal,
    lower_threshold,
    plot_correlation,
    prediction_factor,
    upper_threshold,
)


@pytest.mark.parametrize(
    ("n", "student_t"),
    [(2, 318.309), (6, 5.8934), (10, 4.2968), (30, 3.3962), (121, 3.1595)],  # upper 0.001 points, from tables
)
def test_the_bound_uses_the_upper_thousandth_of_student_t(n: int, student_t: float):
    assert prediction_factor(n) == pytest.approx(student_t * (1 + 1 / n) ** 0.5, rel=1e-4)


def test_one_more_normal_run_misses_the_bound_once_in_a_thousand():
    dice = random.Random(5)
    factor, misses, rounds = prediction_factor(10), 0, 40_000
    for _ in range(rounds):
        figures = [dice.gauss(0, 1) for _ in range(11)]
        seen, last = figures[:10], figures[10]
        mean = sum(seen) / 10
        spread = (sum((x - mean) ** 2 for x in seen) / 9) ** 0.5
        misses += last < mean - factor * spread
    assert misses / rounds == pytest.approx(0.001, abs=0.0005)


def test_a_lower_threshold_lies_below_and_an_upper_one_above():
    figures = [0.30 + k / 1000 for k in (0, 3, 5, 6, 7, 8, 9, 10, 12, 15)]
    low, high = lower_threshold(figures), upper_threshold(figures)
    assert (low.n, low.worst, high.worst) == (10, 0.30, 0.315)
    assert low.threshold == pytest.approx(low.mean - prediction_factor(10) * low.spread)
    assert high.threshold == pytest.approx(high.mean + prediction_factor(10) * high.spread)
    assert low.mean == pytest.approx(high.mean) and low.spread == pytest.approx(high.spread)


def test_straight_figures_look_normal_and_an_outlier_does_not():
    dice = random.Random(1)
    normal = [dice.gauss(5, 2) for _ in range(30)]
    assert looks_normal(normal)
    assert not looks_normal([*normal[:-1], -20])
    assert plot_correlation([3.0] * 10) == 1.0


def test_critical_correlations_agree_with_the_published_ones():
    # Ryan and Joiner 1976, 5 % points: 0.9180 for 10, 0.9639 for 30
    assert critical_correlation(10) == pytest.approx(0.9180, abs=0.004)
    assert critical_correlation(30) == pytest.approx(0.9639, abs=0.004)


def test_where_the_seeds_do_not_look_normal_the_laxer_bound_counts():
    dice = random.Random(2)
    figures = [0.9 + dice.gauss(0, 0.001) for _ in range(29)] + [0.5]
    found = lower_threshold(figures)
    assert found.threshold == pytest.approx(0.5 - found.spread)
    assert found.threshold < found.mean - prediction_factor(30) * found.spread
