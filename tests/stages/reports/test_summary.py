from __future__ import annotations

import pytest
from stages.reports.results_sample import RESULTS, graded, missing

from grader.stages.reports import summary
from grader.stages.reports.words import duration


def test_a_distribution_counts_only_what_was_graded() -> None:
    dense = next(one for one in summary.distributions(RESULTS) if one.exercise == "dense")
    assert (dense.graded, dense.missing, dense.review, dense.full) == (5, 2, 0, 4)
    assert dense.mean == pytest.approx(83.8) and dense.median == 100.0
    assert dense.bins == (0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 4)


def test_mistakes_are_counted_by_code_the_most_frequent_first() -> None:
    found = summary.mistakes(RESULTS, "ca")
    assert [(one.check, one.code, one.students) for one in found] == [
        ("function", "ca-without-sigmoid", (2, 5))
    ]


def test_blocked_checks_are_no_mistakes() -> None:
    assert {one.code for one in summary.mistakes(RESULTS, "dense")} == {
        "channels-do-not-fit",
        "channels-differ",
    }


def test_what_waits_for_a_person_is_named() -> None:
    found = [(one.student, one.exercise, len(one.findings)) for one in summary.waiting(RESULTS)]
    assert found == [(3, "ca", 2), (5, "skip", 0)]


@pytest.mark.parametrize(
    ("points", "its_state"), [(100.0, "full"), (99.9, "part"), (0.0, "zero"), (None, "review")]
)
def test_points_decide_the_state_of_a_cell(points: float | None, its_state: str) -> None:
    assert summary.state(graded("a.py", "VGG", points=points)) == its_state


def test_not_handed_in_is_not_zero() -> None:
    assert summary.state(missing("VGG")) == "missing"


@pytest.mark.parametrize(
    ("seconds", "ko", "en"),
    [
        (0.2, "0초", "0 s"),
        (41.2, "41초", "41 s"),
        (723.0, "12분 3초", "12 min 3 s"),
        (7530.0, "2시간 5분", "2 h 5 min"),
    ],
)
def test_a_duration_reads_as_people_say_it(seconds: float, ko: str, en: str) -> None:
    assert (duration(seconds, "ko"), duration(seconds, "en")) == (ko, en)
