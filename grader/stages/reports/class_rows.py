"""What the class page's table can be filtered by."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from grader.records.results import ExerciseResult, Results, SubmissionResult
from grader.stages.reports.summary import State, state

STANDINGS = ("review", "late", "repaired", "changed", "absent")
"""Needs a person, handed in late, has a repaired slip, has a person's points, handed in nothing."""


@dataclass(frozen=True)
class Group:
    """Students of one exercise whose networks compute the same."""

    fingerprint: str
    label: str
    """The code of what is wrong with it; the mark for full points where nothing is."""
    students: int


@dataclass(frozen=True)
class Rows:
    """Tags of each row, and how often each occurs."""

    tags: tuple[tuple[str, ...], ...]
    standings: dict[str, int]
    states: dict[tuple[str, State], int]
    networks: dict[str, tuple[Group, ...]]
    """By exercise, of two and more; the largest first."""


def rows_of(results: Results) -> Rows:
    """One entry of `tags` per submission, in the order of the results."""
    standings: Counter[str] = Counter()
    states: Counter[tuple[str, State]] = Counter()
    tags = []
    for submission in results.submissions:
        own = [tag for tag in STANDINGS if _stands(tag, submission)]
        standings.update(own)
        for name, result in submission.exercises.items():
            states[name, state(result)] += 1
            own.append(f"s:{name}/{state(result)}")
            own += [f"f:{name}/{f.check}/{f.code}" for f in result.findings if f.outcome == "failed"]
            if result.fingerprint:
                own.append(f"n:{name}/{result.fingerprint}")
        tags.append(tuple(own))
    networks = {name: _groups(results, name) for name in results.run.exercises}
    return Rows(tuple(tags), {tag: standings[tag] for tag in STANDINGS}, states, networks)


def _stands(tag: str, submission: SubmissionResult) -> bool:
    found = submission.exercises.values()
    match tag:
        case "review":
            unmeasured = submission.lateness is not None and submission.lateness.percent is None
            waits = submission.unmatched is not None or unmeasured
            return waits or any(state(result) == "review" for result in found)
        case "late":
            return submission.late
        case "repaired":
            return any(result.repairs for result in found)
        case "changed":
            return any(result.override for result in found)
        case _:
            return submission.absent


def _groups(results: Results, exercise: str) -> tuple[Group, ...]:
    counts: Counter[str] = Counter()
    labels: dict[str, str] = {}
    for submission in results.submissions:
        result = submission.exercises[exercise]
        if result.fingerprint:
            counts[result.fingerprint] += 1
            labels.setdefault(result.fingerprint, _label(result))
    return tuple(Group(key, labels[key], count) for key, count in counts.most_common() if count > 1)


def _label(result: ExerciseResult) -> str:
    wrong = [
        f.code for f in result.findings if f.outcome == "failed" and f.check in ("function", "gradients")
    ]
    return wrong[0] if wrong else "✓"
