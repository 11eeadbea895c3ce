"""What a class's results say of the exercise itself: its checks, networks that many share, fairness."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from statistics import StatisticsError, correlation, fmean

from grader.records.base import Text
from grader.records.findings import CHECKS, CheckName
from grader.records.results import ExerciseResult, Finding, Results

UNNAMED = "other-function"
"""The code of a network that computes something else, and that no catalogue knows."""
FEWEST = 2
"""Students who hand in the same unknown network before it is worth a word."""


@dataclass(frozen=True)
class CheckFigures:
    """How one check of one exercise went."""

    check: CheckName
    judged: int
    """Students for whom it gave points."""
    passed: int
    earned: float
    """Mean share of its points: high is easy."""
    discrimination: float | None
    """Correlation of its points with those of the other checks, −1 … 1; None where one of them never varies."""


def check_figures(results: Results, exercise: str) -> tuple[CheckFigures, ...]:
    """One per check that gave points to anybody."""
    figures = []
    rows = [submission.exercises[exercise] for submission in results.submissions]
    judged = [row for row in rows if row.status == "graded" and row.findings]
    for check in CHECKS:
        pairs = [
            (own.points or 0.0, sum(f.points or 0.0 for f in row.findings if f.check != check), own)
            for row in judged
            for own in row.findings
            if own.check == check and own.points is not None
        ]
        if pairs:
            figures.append(
                CheckFigures(
                    check,
                    judged=len(pairs),
                    passed=sum(own.outcome == "passed" for _, _, own in pairs),
                    earned=fmean(points / (own.max_points or 1.0) for points, _, own in pairs),
                    discrimination=_correlation([p for p, _, _ in pairs], [rest for _, rest, _ in pairs]),
                )
            )
    return tuple(figures)


def _correlation(own: list[float], others: list[float]) -> float | None:
    try:
        return correlation(own, others)
    except StatisticsError:  # fewer than two, or all the same
        return None


@dataclass(frozen=True)
class SharedNetwork:
    """A wrong network that several students handed in and no catalogue names."""

    exercise: str
    fingerprint: str
    message: Text
    drawing: str | None
    students: tuple[int, ...]
    """Places in `Results.submissions`."""
    draft: str
    """An entry for the exercise's `misconceptions.py`, for the instructor to finish."""


def shared_networks(results: Results) -> tuple[SharedNetwork, ...]:
    """The most frequent first."""
    groups: dict[tuple[str, str], list[tuple[int, ExerciseResult, Finding]]] = defaultdict(list)
    for place, submission in enumerate(results.submissions):
        for name, result in submission.exercises.items():
            for finding in result.findings:
                if finding.code == UNNAMED and result.fingerprint:
                    groups[name, result.fingerprint].append((place, result, finding))
    found = [
        SharedNetwork(
            name,
            fingerprint,
            members[0][2].message,
            members[0][1].drawing,
            tuple(place for place, _, _ in members),
            _draft(name, members[0][2], len(members)),
        )
        for (name, fingerprint), members in groups.items()
        if len(members) >= FEWEST
    ]
    return tuple(sorted(found, key=lambda shared: -len(shared.students)))


def _draft(exercise: str, finding: Finding, students: int) -> str:
    """Nothing of a student's own stands in it but as a quoted string: it is to be pasted into a program."""
    return (
        f"# reference/{exercise}/misconceptions.py: handed in {students} times\n"
        "Misconception(\n"
        f'    code="{exercise}-…",  # and its price in prices.yaml\n'
        f"    message=Text(\n        en={_quoted(finding.message.en)},\n        ko={_quoted(finding.message.ko)},\n    ),\n"
        '    hint=Text(en="…?", ko="…?"),\n'
        '    ways=((Edit(old="…", new="…"),),),\n'
        ")"
    )


def _quoted(text: str) -> str:
    return repr("".join(c if c.isprintable() else "?" for c in text))


@dataclass(frozen=True)
class Unequal:
    """A network that was given the same points by the grader everywhere, and has not got them any more."""

    exercise: str
    changed: tuple[int, ...]
    """Places in `Results.submissions` of those whom a person gave other points."""
    others: tuple[int, ...]
    """… and of those who handed in the same and have the grader's points, or another person's."""


def unequal(results: Results) -> tuple[Unequal, ...]:
    """Where a person's points break “same network, same score”."""
    groups: dict[tuple[str, str, float | None], list[tuple[int, ExerciseResult]]] = defaultdict(list)
    for place, submission in enumerate(results.submissions):
        for name, result in submission.exercises.items():
            if result.fingerprint:
                before = result.override.points if result.override else result.points
                groups[name, result.fingerprint, before].append((place, result))
    found = []
    for (name, _, _), members in groups.items():
        if len({result.points for _, result in members}) > 1:
            usual = [result.points for _, result in members if not result.override]
            common = usual[0] if usual else members[0][1].points
            changed = tuple(place for place, result in members if result.points != common)
            others = tuple(place for place, result in members if result.points == common)
            found.append(Unequal(name, changed, others))
    return tuple(found)
