"""Results that are in the folder already: what a run did not grade again stays.

A late hand-in joins its class, `--exercise skip` renews skip. Nothing that is there is replaced by somebody
else's: where two folders hold work of one student for one exercise, or points of another profile would stand
beside each other, the run is refused before it begins.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from pathlib import Path

from grader.errors import UserError
from grader.file_names import natural
from grader.lms.times import order as time_order
from grader.records.base import Text
from grader.records.results import ExerciseResult, Results, SubmissionResult
from grader.records.submission import Submission
from grader.stages.reports import read_results


def batch_of(submissions: Path) -> str:
    """Tells one folder of submissions from another, without naming it."""
    return hashlib.sha256(str(submissions.resolve()).encode()).hexdigest()[:16]


def content_of(submission: Submission) -> str:
    """Of all that a student handed in; the same under another name of the folder."""
    texts = sorted("\n".join(cell.text for cell in file.cells) for file in submission.files)
    texts += sorted(f"{other.path}: {other.reason.en}" for other in submission.others)
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16] if texts else ""


class Earlier:
    """What an earlier run left in the folder.

    Raises:
        UserError: there is a `results.json` that cannot be read.
    """

    def __init__(self, folder: Path, batch: str) -> None:
        file = folder / "results.json"
        self._folder, self._batch = folder, batch
        self.results: Results | None = read_results(file) if file.is_file() else None

    def refuse_conflicts(
        self, submissions: Collection[Submission], graded: Mapping[str, Collection[str]], exercises: Collection[str], profile: str, data: str
    ) -> None:  # fmt: skip
        """Before anything is judged: raise UserError where the two cannot stand in one folder.

        Args:
            graded: exercises with work, by student id.
        """
        if self.results is None:
            return
        rows = {row.student_id: row for row in self.results.submissions}
        kept = self._kept({s.student_id: content_of(s) for s in submissions})
        for student, names in graded.items():
            old = rows.get(student)
            if old is None or old.batch in ("", self._batch):
                continue
            new = next(content_of(s) for s in submissions if s.student_id == student)
            for name in names:
                before = old.exercises.get(name)
                if before is not None and before.status != "missing" and old.content != new:
                    raise UserError(
                        f"{self._folder} holds {name} of {student} from another folder of submissions already; "
                        "put both hand-ins into one folder, or give another --out"
                    )
        partly = [name for name in self.results.run.exercises if name not in exercises]
        run = self.results.run
        if (run.profile, run.data) != (profile, data) and (kept or (partly and rows)):
            raise UserError(
                f"{self._folder} holds results of --profile {run.profile} with {run.data} data that this run does not grade "
                f"again ({_some(kept) or ', '.join(partly)}); grade with the same, or give another --out"
            )

    def merged(self, new: Results) -> Results:
        """The new results, and of the earlier ones what was not graded again."""
        if self.results is None:
            return new
        rows = {row.student_id: row for row in new.submissions}
        infos = {**self.results.run.exercises, **new.run.exercises}
        for old in self.results.submissions:
            now = rows.get(old.student_id)
            if now is not None:
                rows[old.student_id] = _joined(old, now)
        kept = self._kept({row.student_id: row.content for row in new.submissions})
        rows |= {old.student_id: old for old in self.results.submissions if old.student_id in kept}
        order = dict.fromkeys((*new.run.exercises, *infos))
        filled = [_filled(row, {name: infos[name].max_points for name in order}) for row in rows.values()]
        graded = {row.student_id: row.exercises for row in new.submissions}
        of_before = sum(
            result.training == "own run" and graded.get(row.student_id, {}).get(name) != result
            for row in rows.values()
            for name, result in row.exercises.items()
        )
        run = new.run.model_copy(
            update={
                "exercises": {name: infos[name] for name in order},
                "trainings": new.run.trainings + of_before,
                "kept": tuple(sorted(kept, key=natural)),
            }
        )
        strays = new.strays if not kept else {**self.results.strays, **new.strays}
        by_number = sorted(filled, key=lambda row: natural(row.student_id))
        used = [result for row in by_number for result in row.exercises.values()]
        used_drawings = {result.drawing for result in used}
        used_curves = {result.curve for result in used} | {i.start_curve for i in run.exercises.values()}
        drawings, curves = self.results.drawings | new.drawings, self.results.curves | new.curves
        return Results(
            run=run,
            submissions=tuple(by_number),
            strays=strays,
            drawings={key: drawings[key] for key in drawings if key in used_drawings},
            curves={key: curves[key] for key in curves if key in used_curves},
        )

    def _kept(self, now: Mapping[str, str]) -> set[str]:
        """Students of before who are not in this run, unless it has their very hand-in under another name."""
        assert self.results is not None
        return {
            old.student_id
            for old in self.results.submissions
            if old.student_id not in now
            if not (old.batch in ("", self._batch) and (not old.content or old.content in now.values()))
        }


def _joined(old: SubmissionResult, now: SubmissionResult) -> SubmissionResult:
    """One student's results of two runs: what this run found work for is new, the rest as it was."""
    if now.absent and not old.absent:
        return old
    again = old.content == now.content or old.absent or now.batch == old.batch
    exercises = dict(now.exercises)
    for name, before in old.exercises.items():
        if name not in exercises or (not again and exercises[name].status == "missing"):
            exercises[name] = before
    if again:
        return now.model_copy(update={"exercises": exercises})
    return now.model_copy(
        update={
            "exercises": exercises,
            "files": tuple(dict.fromkeys((*old.files, *now.files))),
            "other_files": {**old.other_files, **now.other_files},
            "late": old.marked_late or now.marked_late,
            "lateness": None,
            "submitted": max(old.submitted, now.submitted, key=time_order),
        }
    )


def _filled(row: SubmissionResult, most: Mapping[str, float]) -> SubmissionResult:
    """A row with every exercise: what was handed in and never graded waits for a person."""
    exercises = {name: row.exercises.get(name) or _ungraded(row, points) for name, points in most.items()}
    return row.model_copy(update={"exercises": exercises})


def _ungraded(row: SubmissionResult, points: float) -> ExerciseResult:
    if row.absent:
        reason = Text(en="Nothing was handed in.", ko="제출한 파일이 없어요.")
        return ExerciseResult(status="missing", points=0.0, max_points=points, reason=reason)
    return ExerciseResult(
        status="needs_review",
        points=None,
        max_points=points,
        reason=Text(
            en="not graded yet: the run that graded this student left the exercise out (--exercise)",
            ko="아직 채점하지 않았어요. 이 학생을 채점할 때 이 문제를 뺐어요(--exercise)",
        ),
    )


def _some(students: Collection[str]) -> str:
    listed = sorted(students, key=natural)
    return ", ".join(listed[:3]) + (" …" if len(listed) > 3 else "")
