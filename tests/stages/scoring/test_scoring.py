"""Rubric and prices → points."""

from __future__ import annotations

import pytest

from grader.course import default_root, read_course
from grader.records.base import Text
from grader.records.findings import CHECKS, CheckName, Outcome, Verdict
from grader.records.prices import Prices
from grader.stages.scoring import findings, graded, max_points

SKIP = read_course(default_root(), ["skip"])["skip"].assignment
PRICES = Prices.model_validate(
    {
        "findings": {
            "slip": 10, "idea-*": 30, "nothing": 90, "grows": [20, 60], "layers-differ": [4, 40],
            "layers-not-registered": 30, "gradients-missing": [24, 42],
        },
        "repairs": {"default": 8, "bracket": 4},
    }
)  # fmt: skip


def verdict(check: CheckName, outcome: Outcome = "passed", share: float = 1.0, code: str = "x") -> Verdict:
    return Verdict(check=check, outcome=outcome, share=share, code=code, message=Text(en="x", ko="x"))


def points(profile: str, **wrong: tuple[str, float]) -> dict[str, float | None]:
    """By check, and `total` with them, where these checks fail with a code and a share."""
    told = [
        verdict(check, "failed", wrong[check][1], wrong[check][0]) if check in wrong else verdict(check)
        for check in CHECKS
    ]
    found = findings(told, SKIP, profile, PRICES)
    return {
        **{finding.check: finding.points for finding in found},
        "total": graded(found, SKIP, profile).points,
    }


def test_a_correct_submission_gets_exactly_the_maximum() -> None:
    result = graded(findings([verdict(check) for check in CHECKS], SKIP, "quick", PRICES), SKIP, "quick")
    assert (result.status, result.points, result.max_points) == ("graded", 100.0, 100.0)


def test_a_static_run_leaves_out_what_needs_training() -> None:
    told = [verdict(check) for check in CHECKS[:5]]
    result = graded(findings(told, SKIP, "static", PRICES), SKIP, "static")
    assert (result.points, result.max_points, len(result.findings)) == (80.0, 80.0, 5)
    assert max_points(SKIP, "static") == 80.0


def test_a_check_without_a_verdict_was_blocked_and_earns_nothing() -> None:
    result = graded(findings([verdict("loads")], SKIP, "quick", PRICES), SKIP, "quick")
    assert result.points == 5.0
    assert {finding.outcome for finding in result.findings[1:]} == {"blocked"}


def test_our_own_fault_costs_nothing_and_waits_for_a_person() -> None:
    verdicts = [verdict(check) for check in CHECKS[:6]] + [verdict("accuracy", "grader_error", 0.0)]
    result = graded(findings(verdicts, SKIP, "quick", PRICES), SKIP, "quick")
    assert (result.status, result.points) == ("needs_review", None)
    assert result.findings[-1].points is None


@pytest.mark.parametrize(("profile", "whole"), [("static", 80), ("quick", 100)])
def test_a_price_is_the_same_part_of_every_profile(profile: str, whole: float) -> None:
    found = points(profile, function=("idea-missing", 0.0))
    assert found["total"] == pytest.approx(0.7 * whole)
    assert found["function"] == pytest.approx(35 - 0.3 * whole)


def test_what_costs_more_than_its_check_has_is_taken_elsewhere_and_the_page_says_so() -> None:
    told = [verdict(c) if c != "function" else verdict(c, "failed", 0.0, "nothing") for c in CHECKS[:5]]
    found = findings(told, SKIP, "static", PRICES)
    assert graded(found, SKIP, "static").points == pytest.approx(8.0)
    paying = [f for f in found if f.outcome == "passed" and f.points != f.max_points]
    assert paying and all("costs more than its own points" in finding.message.en for finding in paying)


def test_two_prices_are_for_small_and_large_mistakes() -> None:
    assert points("static", function=("grows", 1.0))["total"] == pytest.approx(80 * 0.8)
    assert points("static", function=("grows", 0.5))["total"] == pytest.approx(80 * 0.6)


def test_two_mistakes_each_take_their_part_of_what_the_other_left() -> None:
    assert points("static", function=("slip+idea-missing", 0.0))["total"] == pytest.approx(80 * 0.9 * 0.7)
    both = points("static", shape=("slip", 0.0), function=("idea-missing", 0.0))
    assert both["total"] == pytest.approx(80 * 0.9 * 0.7)


def test_one_cause_that_shows_in_several_checks_costs_once() -> None:
    alone = points("static", function=("idea-missing", 0.0))["total"]
    shown = points(
        "static",
        channels=("layers-differ", 0.5),
        function=("idea-missing", 0.0),
        gradients=("gradients-missing", 0.9),
    )
    assert shown["total"] == alone
    unregistered = points("static", channels=("layers-not-registered", 0.5), function=("idea-missing", 0.0))
    assert unregistered["total"] == pytest.approx(80 * 0.7 * 0.7)


def test_what_a_wrong_network_does_not_learn_is_no_second_mistake() -> None:
    alone = points("quick", function=("idea-missing", 0.0))["total"]
    assert points("quick", function=("idea-missing", 0.0), accuracy=("too-low", 0.0))["total"] == alone
    assert points("quick", accuracy=("too-low", 0.5))["total"] == 95.0


def test_a_failure_without_a_price_loses_its_check_and_what_it_blocks() -> None:
    told = [verdict("loads"), verdict("shape", "failed", 0.0, "crash"),
            verdict("channels", "failed", 0.5, "layers-differ")]  # fmt: skip
    found = findings(told, SKIP, "static", PRICES)
    assert [finding.points for finding in found] == [5.0, 0.0, 10.0, 0.0, 0.0]


def test_a_failed_check_never_has_full_points() -> None:
    free = Prices.model_validate({"findings": {"*": 0}, "repairs": {"default": 8}})
    found = findings([verdict("function", "failed", 0.9999)], SKIP, "quick", free)
    assert next(f.points for f in found if f.check == "function") == 34.9


def test_a_repair_that_is_not_named_has_the_default_price() -> None:
    assert (PRICES.of_repair("bracket"), PRICES.of_repair("quote")) == (4, 8)
