"""Rubric and prices → points.

Every cause takes its price, in percent of the exercise, once: off the points of the check that found it,
and what is more than those off the others'. A failure without a price (a crash) loses its check's points
and those of the checks that it blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from grader.records.assignment import Assignment
from grader.records.base import Text
from grader.records.findings import CHECKS, CheckName, Verdict
from grader.records.judgement import Judgement
from grader.records.prices import Prices
from grader.records.repair import Repair
from grader.records.results import ExerciseResult, Finding

TRAINED: tuple[CheckName, ...] = ("learning", "accuracy")
CONSEQUENCES = frozenset({"gradients-missing", "backward-fails"})
"""What another function may bring with it; the dearer of the two counts."""
LEAST = 0.1
"""Points that a failed check lacks at least."""


def checks_of(profile: str) -> tuple[CheckName, ...]:
    """The checks that a profile makes: `static` does not train."""
    return tuple(check for check in CHECKS if profile != "static" or check not in TRAINED)


def max_points(exercise: Assignment, profile: str) -> float:
    """What a correct submission gets."""
    return float(sum(exercise.rubric[check] for check in checks_of(profile)))


def findings(
    verdicts: Iterable[Verdict], exercise: Assignment, profile: str, prices: Prices
) -> tuple[Finding, ...]:
    """Points for every check of the profile; a check without a verdict was blocked by an earlier one."""
    by_check = {verdict.check: verdict for verdict in verdicts}
    told = [by_check.get(check) or _blocked(check) for check in checks_of(profile)]
    points = _points(told, exercise.rubric, prices)
    return tuple(_finding(verdict, exercise.rubric[verdict.check], points[verdict.check]) for verdict in told)


def _points(
    told: Sequence[Verdict], worth: Mapping[CheckName, float], prices: Prices
) -> dict[CheckName, float]:
    shares = {verdict.check: worth[verdict.check] * verdict.share for verdict in told}
    costs = _costs(told, prices)
    if not costs:
        return shares
    whole = sum(worth[verdict.check] for verdict in told)
    lost_in_training = sum(
        worth[v.check] - shares[v.check] for v in told if v.check in TRAINED and v.outcome != "grader_error"
    )
    # what such a network does not learn is no second mistake
    cost = max(0.0, whole * prices.of_several(list(costs.values())) / 100 - lost_in_training)
    points = {v.check: shares[v.check] if v.check in TRAINED else worth[v.check] for v in told}
    for check in costs:  # a failed check never has full points
        least = min(LEAST, points[check], cost)
        points[check], cost = points[check] - least, cost - least
    rest, asked = cost, sum(costs.values())
    for check, percent in costs.items():
        price = min(points[check], cost * percent / asked if asked else 0.0)
        points[check], rest = points[check] - price, rest - price
    for check in _in_turn(told, costs):
        points[check], rest = max(0.0, points[check] - rest), max(0.0, rest - points[check])
    return points


def _costs(told: Sequence[Verdict], prices: Prices) -> dict[CheckName, float]:
    """Percent by the check that found a cause; empty where the first failure has no price."""
    failed = {v.check: v for v in told if v.outcome == "failed" and v.check not in TRAINED}
    costs: dict[CheckName, float] = {}
    for check, verdict in failed.items():
        price = prices.of_finding(verdict.code, verdict.share)
        if price is None and not costs:
            return {}
        costs[check] = price or 0.0
    function = failed["function"].code if "function" in failed else None
    if "channels" in costs and (
        function == "constant-output"
        or (failed["channels"].code == "layers-differ" and {"function", "shape"} & costs.keys())
    ):
        costs["channels"] = 0.0  # the table shows what the function differs by
    if "function" in costs and "gradients" in costs and failed["gradients"].code in CONSEQUENCES:
        costs["gradients" if costs["gradients"] < costs["function"] else "function"] = 0.0
    return costs


def _in_turn(told: Sequence[Verdict], costs: Mapping[CheckName, float]) -> Iterator[CheckName]:
    """Whose points pay for what a cause's own check cannot: failed ones, those not made, then the others."""
    order: tuple[CheckName, ...] = ("function", "gradients", "channels", "shape", "loads", *TRAINED)
    outcomes = {verdict.check: verdict.outcome for verdict in told}
    yield from (check for check in order if check in costs)
    yield from (check for check in order if outcomes.get(check) == "blocked")
    yield from (check for check in order if outcomes.get(check) == "passed")


def _finding(verdict: Verdict, worth: float, earned: float) -> Finding:
    points = None if verdict.outcome == "grader_error" else round(earned, 1)
    if verdict.outcome == "failed" and points == worth and worth:
        points = round(worth - LEAST, 1)  # rounding must not make a failed check a full one
    message = verdict.message
    if verdict.outcome == "passed" and points is not None and points < worth:
        message = Text(en=f"{message.en} {_PAYS.en}", ko=f"{message.ko} {_PAYS.ko}")
    return Finding(
        check=verdict.check, outcome=verdict.outcome, points=points, max_points=worth, code=verdict.code,
        message=message, hint=verdict.hint, place=verdict.place, layers=verdict.layers,
        details=verdict.details,
    )  # fmt: skip


_PAYS = Text(
    en="(What failed above costs more than its own points; the rest is taken here.)",
    ko="(통과하지 못한 항목의 감점이 그 항목의 배점보다 커서, 나머지를 여기에서 뺐어요.)",
)


def _blocked(check: CheckName) -> Verdict:
    return Verdict(
        check=check, outcome="blocked", share=0.0, code="blocked",
        message=Text(
            en="Could not be checked, since an earlier check failed.", ko="앞의 검사에서 막혀서 확인하지 못했어요."
        ),
    )  # fmt: skip


def earned(judgement: Judgement, exercise: Assignment) -> float:
    """What a judgement is worth, in percent, if whatever can be trained will also learn."""
    shares: dict[CheckName, float] = {verdict.check: verdict.share for verdict in judgement.verdicts}
    if judgement.graph is not None:
        shares |= dict.fromkeys(TRAINED, 1.0)
    points = sum(exercise.rubric[check] * share for check, share in shares.items())
    return 100 * points / sum(exercise.rubric.values()) - sum(repair.price for repair in judgement.repairs)


def charged(result: ExerciseResult, repairs: Sequence[Repair]) -> ExerciseResult:
    """The result less the prices of what was mended, which are given in percent and told in points."""
    in_points = tuple(
        repair.model_copy(update={"price": round(repair.price * result.max_points / 100, 1)})
        for repair in repairs
    )
    points = result.points
    if points is not None:
        points = max(0.0, round(points - sum(repair.price for repair in in_points), 1))
    return result.model_copy(update={"points": points, "repairs": in_points})


def graded(found: tuple[Finding, ...], exercise: Assignment, profile: str) -> ExerciseResult:
    """An exercise's result; one that a check of ours could not judge waits for a person."""
    unsure = next((finding for finding in found if finding.outcome == "grader_error"), None)
    total = None if unsure else round(sum(finding.points or 0.0 for finding in found), 1)
    return ExerciseResult(
        status="needs_review" if unsure else "graded",
        points=total,
        max_points=max_points(exercise, profile),
        reason=unsure.message if unsure else None,
        findings=found,
    )
