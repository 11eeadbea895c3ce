"""What the pages count: totals, distributions, mistakes, and what waits for a person."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean, median
from typing import Literal

from grader.records.base import Text
from grader.records.findings import CHECKS, CheckName
from grader.records.repair import FILLED
from grader.records.results import Curve, ExerciseResult, Finding, Results, SubmissionResult
from grader.stages.reports.words import CHECK_WORDS, WORDS

State = Literal["full", "part", "zero", "missing", "review"]

BINS = 10


def state(result: ExerciseResult) -> State:
    """How an exercise stands, for a cell of the table."""
    if result.points is None or result.status == "needs_review":
        return "review"
    if result.status == "missing":
        return "missing"
    if result.points >= result.max_points:
        return "full"
    return "part" if result.points > 0 else "zero"


def known_points(submission: SubmissionResult) -> float:
    """Points so far; what waits for a person counts nothing yet."""
    return sum(result.points or 0.0 for result in submission.exercises.values())


def is_complete(submission: SubmissionResult) -> bool:
    """Whether nothing waits for a person, so that `known_points` is the total."""
    return all(state(result) != "review" for result in submission.exercises.values())


@dataclass(frozen=True)
class Distribution:
    """Points of one exercise over those who handed it in and were graded."""

    exercise: str
    graded: int
    missing: int
    review: int
    full: int
    mean: float | None
    median: float | None
    bins: tuple[int, ...]
    """Students per tenth of the points; full marks have the last bin for themselves."""


def distributions(results: Results) -> tuple[Distribution, ...]:
    """One per exercise of the run."""
    return tuple(_distribution(name, results) for name in results.run.exercises)


def _distribution(name: str, results: Results) -> Distribution:
    of_class = [submission.exercises[name] for submission in results.submissions]
    states = [state(result) for result in of_class]
    points = []
    bins = [0] * (BINS + 1)
    for result, its_state in zip(of_class, states, strict=True):
        if its_state in ("missing", "review") or result.points is None:
            continue
        points.append(result.points)
        tenth = BINS if its_state == "full" else min(BINS - 1, int(BINS * result.points / result.max_points))
        bins[tenth] += 1
    return Distribution(
        exercise=name,
        graded=len(points),
        missing=states.count("missing"),
        review=states.count("review"),
        full=states.count("full"),
        mean=fmean(points) if points else None,
        median=median(points) if points else None,
        bins=tuple(bins),
    )


@dataclass(frozen=True)
class Mistake:
    """One code of one check, and who made it."""

    check: CheckName
    code: str
    message: Text
    """As the first student reads it."""
    students: tuple[int, ...]
    """Places in `Results.submissions`."""


def mistakes(results: Results, exercise: str) -> tuple[Mistake, ...]:
    """Failed checks of an exercise by code, the most frequent first; what they blocked is left out."""
    found: dict[tuple[CheckName, str], list[int]] = {}
    messages: dict[tuple[CheckName, str], Text] = {}
    for index, submission in enumerate(results.submissions):
        for finding in submission.exercises[exercise].findings:
            if finding.outcome == "failed":
                key = (finding.check, finding.code)
                found.setdefault(key, []).append(index)
                messages.setdefault(key, finding.message)
    order = sorted(found, key=lambda key: (-len(found[key]), CHECKS.index(key[0]), key[1]))
    return tuple(Mistake(key[0], key[1], messages[key], tuple(found[key])) for key in order)


@dataclass(frozen=True)
class Trained:
    """One training run, and who shared it."""

    exercise: str
    curve: Curve
    students: tuple[int, ...]
    """Places in `Results.submissions`."""


def trainings(results: Results) -> tuple[Trained, ...]:
    """Every training run by exercise, the most shared first."""
    shared: dict[tuple[str, str], list[int]] = {}
    for index, submission in enumerate(results.submissions):
        for name, result in submission.exercises.items():
            if result.curve in results.curves:
                shared.setdefault((name, result.curve), []).append(index)
    found = [Trained(name, results.curves[key], tuple(who)) for (name, key), who in shared.items()]
    order = list(results.run.exercises)
    return tuple(sorted(found, key=lambda one: (order.index(one.exercise), -len(one.students))))


@dataclass(frozen=True)
class ToMend:
    """Something that cost a student points."""

    exercise: str
    what: Text
    anchor: str
    """Of its place on the student's page."""
    lost: float
    """With the points of the checks that it blocks."""
    place: str = ""
    """The file; empty where none is named."""
    line: int = 0


def mend_first(submission: SubmissionResult) -> tuple[ToMend, ...]:
    """What cost points, in the order in which it is best mended: as the code runs, exercise by exercise."""
    found = []
    for name, result in submission.exercises.items():
        if state(result) in ("review", "missing", "full") or (result.override and not result.override.checks):
            continue
        for number, repair in enumerate(result.repairs, 1):
            found.append(
                ToMend(
                    name,
                    WORDS["blanks_heading" if repair.code in FILLED else "repair"],
                    f"{name}-repair-{number}",
                    repair.price,
                    repair.file,
                    repair.line,
                )
            )
        behind = sum(f.max_points - (f.points or 0.0) for f in result.findings if f.outcome == "blocked")
        for finding in result.findings:
            if finding.outcome == "failed" and finding.points != finding.max_points:
                where = (finding.place.file, finding.place.line) if finding.place else ("", 0)
                lost = finding.max_points - (finding.points or 0.0) + behind
                behind = 0.0
                found.append(
                    ToMend(name, CHECK_WORDS[finding.check].name, f"{name}-{finding.check}", lost, *where)
                )
    return tuple(found)


@dataclass(frozen=True)
class Waiting:
    """An exercise of a student that a person has to look at."""

    student: int
    """Place in `Results.submissions`."""
    exercise: str
    reason: Text | None
    findings: tuple[Finding, ...]
    """The checks that failed through our own fault."""


def waiting(results: Results) -> tuple[Waiting, ...]:
    """Everything that needs a person, in the order of the table."""
    found = []
    for index, submission in enumerate(results.submissions):
        for name, result in submission.exercises.items():
            if state(result) == "review":
                errors = tuple(finding for finding in result.findings if finding.outcome == "grader_error")
                found.append(Waiting(index, name, result.reason, errors))
            elif result.asked is not None:
                found.append(Waiting(index, name, result.asked, ()))
    return tuple(found)


def unmatched(results: Results) -> tuple[int, ...]:
    """Places of the submissions that the class list has nobody for."""
    return tuple(i for i, submission in enumerate(results.submissions) if submission.unmatched)


def unmeasured(results: Results) -> tuple[int, ...]:
    """Places of late submissions of which nothing says how late they are."""
    return tuple(
        i for i, one in enumerate(results.submissions) if one.lateness and one.lateness.percent is None
    )


def ungradable(results: Results) -> tuple[int, ...]:
    """Places of those who handed in something, and nothing that can be graded."""
    return tuple(i for i, one in enumerate(results.submissions) if one.ungradable and not one.unmatched)


def by_name(results: Results) -> tuple[int, ...]:
    """Places of the submissions that were joined to the class list by nothing but a name."""
    return tuple(i for i, submission in enumerate(results.submissions) if submission.joined_by == "name")
