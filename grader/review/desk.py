"""What there is to decide, and who computed the same; no web in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from grader.records.finding_ids import finding_id
from grader.records.findings import CheckName
from grader.records.results import ExerciseResult, Finding, Results, SubmissionResult
from grader.records.submission import SourceFile
from grader.sources import kept_of
from grader.stages.reports import read_results
from grader.stages.reports.summary import state
from grader.stages.scoring.deciding import Decision, Note, decide, version_of
from grader.stages.scoring.overrides import own, read_overrides, with_overrides


@dataclass(frozen=True)
class Spot:
    """A finding, or an exercise as a whole, of one student."""

    student: int
    """Place in `Results.submissions`."""
    exercise: str
    check: CheckName | None = None


def waits(result: ExerciseResult) -> bool:
    """Whether a person has to decide something: there are no points, or a question about them."""
    return state(result) == "review" or result.asked is not None


@dataclass(frozen=True)
class Member:
    """Somebody who computed the same network and has the same finding."""

    student: int
    finding: Finding | None


class Desk:
    """The results of a run with its `overrides.yaml` as both stand now.

    Args:
        folder: of the run.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._graded = read_results(folder / "results.json")

    def results(self) -> Results:
        """Raises UserError where somebody wrote a mistake into the file by hand."""
        return with_overrides(self._graded, read_overrides(self.folder))

    def version(self) -> str:
        """Of the file, as a page shows it."""
        return version_of(self.folder)

    def sources(self, submission: SubmissionResult) -> tuple[SourceFile, ...]:
        """What the student handed in."""
        kept = kept_of(self.folder, submission.student_id)
        return kept.files if kept else ()

    def waiting(self, results: Results) -> list[Spot]:
        """Everything that needs a person and can be decided here, in the order of the table."""
        return [
            Spot(place, name)
            for place, submission in enumerate(results.submissions)
            for name, result in submission.exercises.items()
            if waits(result)
        ]

    def group(self, results: Results, spot: Spot) -> tuple[Member, ...]:
        """Who computed the same network and was told the same, the spot's own student among them.

        Where nothing is known of the network (it could not be traced), nobody else is.
        """
        result = results.submissions[spot.student].exercises[spot.exercise]
        same = _likeness(own(result), spot.check)
        members = []
        for place, submission in enumerate(results.submissions):
            theirs = submission.exercises[spot.exercise]
            if place == spot.student or (
                result.fingerprint is not None
                and theirs.fingerprint == result.fingerprint
                and _likeness(own(theirs), spot.check) == same
            ):
                found = next((f for f in theirs.findings if f.check == spot.check), None)
                members.append(Member(place, found))
        return tuple(members)

    def decide(
        self, version: str, spot: Spot, points: float | None, reason: str, by: str, everybody: bool
    ) -> None:
        """Write a decision for the spot's student, or for everybody of its group.

        Args:
            points: None takes the decision back.

        Raises:
            FileChanged: somebody wrote into the file since the page was shown.
            UserError: it does not fit.
        """
        results = self.results()
        members = self.group(results, spot) if everybody else (Member(spot.student, None),)
        decisions = [
            Decision(
                student_id=results.submissions[member.student].student_id,
                exercise=spot.exercise,
                check=spot.check,
                points=points,
                reason=reason,
                by=by,
            )
            for member in members
        ]
        decide(self.folder, self._graded, version, decisions)

    def notes(self, student_id: str) -> dict[str, str]:
        """What course staff wrote for themselves, by exercise."""
        overrides = read_overrides(self.folder)
        given = overrides.given.get(student_id, {}) if overrides else {}
        return {exercise: one.private for exercise, one in given.items() if one.private}

    def note(self, version: str, spot: Spot, text: str) -> None:
        """Write such a note in place of the one that stands there. Raises as `decide`."""
        student_id = self._graded.submissions[spot.student].student_id
        entered = Note(student_id=student_id, exercise=spot.exercise, text=text)
        decide(self.folder, self._graded, version, [entered])

    def find(self, results: Results, wanted: str) -> list[Spot]:
        """The findings of this short id (two can have the same), however it is typed."""
        asked = wanted.strip().upper().replace(" ", "").replace("-", "")
        found = []
        for place, submission in enumerate(results.submissions):
            for name, result in submission.exercises.items():
                things: list[tuple[str, CheckName | None]] = [(f.check, f.check) for f in result.findings]
                things += [(f"repair {number}", None) for number, _ in enumerate(result.repairs, 1)]
                for what, check in things:
                    if finding_id(submission.student_id, name, what).replace("-", "") == asked:
                        found.append(Spot(place, name, check))
        return found

    def reasons(self, results: Results) -> list[str]:
        """What was given as a reason before, the most frequent first: comments to use again."""
        counts: Counter[str] = Counter()
        for submission in results.submissions:
            for result in submission.exercises.values():
                if result.override and not result.override.checks:
                    counts[result.override.reason] += 1
                counts.update(f.override.reason for f in result.findings if f.override)
        return [reason for reason, _ in counts.most_common(9)]


def _likeness(result: ExerciseResult, check: CheckName | None) -> object:
    """What two students must have in common, beside the network, to get one decision."""
    repairs = tuple((repair.code, repair.price) for repair in result.repairs)
    if check is None:
        return (
            result.status,
            result.points,
            repairs,
            result.question is None,
        )  # files are chosen for one alone
    found = next((f for f in result.findings if f.check == check), None)
    return found and (found.code, found.outcome, found.points)
