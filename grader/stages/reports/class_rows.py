"""What the class page's table can be filtered by."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from grader.file_names import natural
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

    names: tuple[str, ...]
    """Every tag once."""
    tags: tuple[tuple[int, ...], ...]
    """Of each row: places in `names`."""
    sections: dict[str, int]
    standings: dict[str, int]
    states: dict[tuple[str, State], int]
    networks: dict[str, tuple[Group, ...]]
    """By exercise, of two and more; the largest first."""


def rows_of(results: Results) -> Rows:
    """One entry of `tags` per submission, in the order of the results."""
    names: dict[str, int] = {}
    sections: Counter[str] = Counter()
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
        if submission.section:
            sections[submission.section] += 1
            own.append(f"g:{submission.section}")
        tags.append(tuple(names.setdefault(tag, len(names)) for tag in own))
    networks = {name: _groups(results, name) for name in results.run.exercises}
    by_name = {section: sections[section] for section in sorted(sections, key=natural)}
    counts = {tag: standings[tag] for tag in STANDINGS}
    return Rows(tuple(names), tuple(tags), by_name, counts, states, networks)


def needs_a_person(submission: SubmissionResult) -> bool:
    """Whether somebody has to decide something about it."""
    unmeasured = submission.lateness is not None and submission.lateness.percent is None
    waits = submission.unmatched is not None or unmeasured
    return waits or any(
        state(result) == "review" or result.asked is not None for result in submission.exercises.values()
    )


def _stands(tag: str, submission: SubmissionResult) -> bool:
    found = submission.exercises.values()
    match tag:
        case "review":
            return needs_a_person(submission)
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
