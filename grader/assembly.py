"""From judgements and trainings to results: scoring, and nothing measured."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from importlib.metadata import version

from grader import __version__
from grader.bench import Bench, Settings, Task
from grader.course import Exercise
from grader.earlier import batch_of, content_of
from grader.errors import GraderFault
from grader.grading import other_name
from grader.records.assignment import Assignment, Calibration
from grader.records.base import Text
from grader.records.drawing import Drawing
from grader.records.findings import Verdict
from grader.records.judgement import Judgement
from grader.records.repair import FILLED
from grader.records.results import (
    Calibrated,
    ExerciseInfo,
    ExerciseResult,
    Results,
    RunInfo,
    SubmissionResult,
)
from grader.records.submission import ClassWork, OtherFile, Submission
from grader.records.training import TrainingRecord
from grader.stages.excerpts import names_exercise
from grader.stages.scoring import TRAINED, charged, earned, findings, graded, max_points
from grader.stages.scoring.curves import curve_of
from grader.stages.scoring.naming import told


def assemble(
    settings: Settings,
    handed_in: ClassWork,
    course: dict[str, Exercise],
    tasks: Sequence[Task],
    bench: Bench,
    seconds: float,
) -> Results:
    """Score everything; nothing is measured here."""
    by_place = {(task.student, task.exercise): task for task in decided(tasks, course, bench)}
    first_user: dict[str, str] = {}
    drawings: dict[str, Drawing] = {}
    in_doubt = {
        person.student_id for s in handed_in.submissions if s.unmatched for person in s.unmatched.candidates
    }
    rows = []
    for number, submission in enumerate(handed_in.submissions):
        exercises = {}
        for name, exercise in course.items():
            task = by_place.get((number, name))
            if task is None:
                exercises[name] = _missing(submission, name, course, settings.profile, in_doubt)
            else:
                scored = _score(task, submission, exercise.assignment, bench, first_user)
                exercises[name] = scored.model_copy(update={"drawing": _drawn(task, bench, drawings)})
        rows.append(
            SubmissionResult(
                student_id=submission.student_id,
                student_name=submission.student_name,
                files=tuple(file.path for file in submission.files),
                other_files={other.path: other.reason for other in submission.others},
                late=submission.late,
                section=submission.section,
                submitted=submission.submitted,
                draft=submission.draft,
                exercises=exercises,
                ids=submission.ids,
                source=submission.source,
                joined_by=submission.joined_by,
                unmatched=submission.unmatched,
                batch=batch_of(settings.submissions),
                content=content_of(submission),
            )
        )
    info = RunInfo(
        profile=settings.profile,
        data=data_name(settings, bench),
        device=bench.device,
        trainings=len(first_user),
        seconds=round(seconds, 1),
        grader_version=__version__,
        torch_version=version("torch"),
        isolation=bench.protections,
        exercises={
            name: ExerciseInfo(
                title=exercise.assignment.title,
                classes=exercise.assignment.classes,
                max_points=max_points(exercise.assignment, settings.profile),
                calibrated=_calibrated(bench.thresholds.get(name)),
                start_curve=_start_curve(exercise.assignment, tasks, bench),
            )
            for name, exercise in course.items()
        },
        uncalibrated=tuple(bench.uncalibrated),
        layout=handed_in.layout,
        roster=settings.roster.name if settings.roster else "",
        language=settings.language,
    )
    strays = {stray.path: stray.reason for stray in handed_in.strays}
    curves = {
        key: curve_of(record)
        for key in first_user
        if isinstance(record := bench.trainings[key], TrainingRecord) and record.losses
    }
    return Results(run=info, submissions=tuple(rows), strays=strays, drawings=drawings, curves=curves)


def joined(parts: Sequence[Results], order: Sequence[str]) -> Results:
    """One class that was graded in parts, each by a variant of its own; rows by student as in `order`."""
    rows = {row.student_id: row for part in parts for row in part.submissions}
    first = parts[0]
    info = first.run.model_copy(
        update={
            "trainings": sum(part.run.trainings for part in parts),
            "seconds": round(sum(part.run.seconds for part in parts), 1),
        }
    )
    return Results(
        run=info, submissions=tuple(rows[student] for student in order), strays=first.strays,
        drawings={key: one for part in parts for key, one in part.drawings.items()},
        curves={key: one for part in parts for key, one in part.curves.items()},
    )  # fmt: skip


def _drawn(task: Task, bench: Bench, drawings: dict[str, Drawing]) -> str | None:
    """The key of a task's drawing, which joins those of the run."""
    judgement = bench.judgements[task.key]
    if not isinstance(judgement, Judgement) or judgement.drawing is None:
        return None
    if any(repair.code in FILLED for repair in judgement.repairs):
        return None  # the reference's own steps would stand in the picture
    key = sha256(judgement.drawing.model_dump_json().encode()).hexdigest()[:16]
    drawings[key] = judgement.drawing
    return key


def _calibrated(found: Calibration | None) -> Calibrated | None:
    return Calibrated(accuracy=found.accuracy, loss=found.loss) if found else None


def _start_curve(exercise: Assignment, tasks: Sequence[Task], bench: Bench) -> str | None:
    """The training run of the network that students start from, where somebody handed it in."""
    for task in tasks:
        judgement = bench.judgements[task.key]
        if (
            task.exercise == exercise.builds_on
            and isinstance(judgement, Judgement)
            and judgement.is_reference
        ):
            return bench.training_key(task, judgement)
    return None


MEANT = 40.0
"""Percent that a class of another name must earn to count as the exercise's where only what it computes can say."""


def decided(tasks: Sequence[Task], course: dict[str, Exercise], bench: Bench) -> list[Task]:
    """The tasks without those whose class is not the exercise's after all.

    A class that may be several exercises' is that one's which it earns most of.
    """
    kept = []
    worth: dict[int, list[tuple[float, Task]]] = {}
    for task in tasks:
        judgement = bench.judgements[task.key]
        if judgement is None:
            continue
        if not task.contested:
            kept.append(task)
        elif isinstance(judgement, Judgement) and judgement.unsure is None:
            earns = earned(judgement, course[task.exercise].assignment)
            worth.setdefault(task.student, []).append((earns, task))
    for offers in worth.values():
        best = max(earns for earns, _ in offers)
        winners = [task for earns, task in offers if earns == best]
        if best >= MEANT and len(winners) == 1:
            kept += winners
    return kept


def data_name(settings: Settings, bench: Bench) -> str:
    """What the run's data is called."""
    return settings.data if settings.data in ("synthetic", "cifar10") else bench.data_name or "none"


def _missing(
    submission: Submission,
    name: str,
    course: Mapping[str, Exercise],
    profile: str,
    in_doubt: Collection[str],
) -> ExerciseResult:
    exercise = course[name].assignment
    if unread := _unread(submission, name, course):
        listed_en = "; ".join(f"`{other.path}`: {other.reason.en}" for other in unread[:3])
        listed_ko = "; ".join(f"`{other.path}`: {other.reason.ko}" for other in unread[:3])
        return ExerciseResult(
            status="needs_review",
            points=None,
            max_points=max_points(exercise, profile),
            reason=Text(
                en=f"handed in, but could not be read: {listed_en}",
                ko=f"제출했지만 읽을 수 없어요: {listed_ko}",
            ),
        )
    names = " / ".join(f"`{name}`" for name in exercise.classes)
    if submission.files or submission.others:
        reason = Text(
            en=f"No file defines a class {names}.", ko=f"제출한 파일 어디에도 {names} 클래스가 없어요."
        )
    elif submission.student_id in in_doubt:
        reason = Text(
            en="Nothing has been found to be yours so far; a submission whose owner is not certain yet may be.",
            ko="아직 제출물을 확인하지 못했어요. 누구의 것인지 정해지지 않은 제출물이 있어서 조교가 확인할 거예요.",
        )
    else:
        reason = Text(en="Nothing was handed in.", ko="제출한 파일이 없어요.")
    return ExerciseResult(
        status="missing",
        points=0.0,
        max_points=max_points(exercise, profile),
        reason=reason,
    )


def _unread(submission: Submission, name: str, course: Collection[str]) -> list[OtherFile]:
    """Files that may be this exercise and could not be read: those that name another exercise are not.

    Beside code that could be read, a document or picture that names the exercise is one, too.
    """
    found = []
    for other in submission.others:
        named = names_exercise(other.path, name)
        in_its_place = bool(submission.files) and other.content is None and not other.nothing
        if (named and (other.work or in_its_place)) or (
            other.work and not any(names_exercise(other.path, one) for one in course)
        ):
            found.append(other)
    return found


def _score(
    task: Task, submission: Submission, exercise: Assignment, bench: Bench, first_user: dict[str, str]
) -> ExerciseResult:
    profile = bench.settings.profile
    judgement = bench.judgements[task.key]
    assert judgement is not None
    own: dict[str, object] = {"notes": task.notes, "flags": task.flags, "question": task.question}
    if task.excerpt is not None:
        own |= {"file": task.excerpt.file, "class_name": task.own_name or task.excerpt.class_name}
    asks = other_name(task.own_name) if task.renamed and bench.mending.class_name == "ask" else None
    if isinstance(judgement, GraderFault) or judgement.unsure is not None or asks is not None:
        reason = (judgement.unsure if isinstance(judgement, Judgement) else None) or asks
        return ExerciseResult(
            status="needs_review",
            points=None,
            max_points=max_points(exercise, profile),
            reason=reason or _our_fault(judgement),
            **own,
        )
    mistakes = bench.course[task.exercise].catalogue.get(judgement.fingerprint or "", ())
    verdicts: list[Verdict] = list(told(judgement, mistakes, task.blanks))
    training_key = bench.training_key(task, judgement)
    training = None
    if training_key is not None:
        owner = first_user.setdefault(training_key, submission.student_id)
        training = "own run" if owner == submission.student_id else f"shared with {owner}"
        verdicts += _evidence(
            bench.trainings[training_key], bench.thresholds[task.exercise], judgement.is_reference
        )
    prices = bench.course[task.exercise].prices
    result = graded(findings(verdicts, exercise, profile, prices), exercise, profile)
    result = charged(result, (*((task.renamed,) if task.renamed else ()), *judgement.repairs))
    return result.model_copy(
        update={
            **own,
            "notes": (*task.notes, *judgement.notes),
            "fingerprint": judgement.fingerprint,
            "training": training,
            "curve": training_key if _has_curve(bench, training_key) else None,
        }
    )


def _has_curve(bench: Bench, key: str | None) -> bool:
    record = bench.trainings.get(key) if key else None
    return isinstance(record, TrainingRecord) and bool(record.losses)


def _our_fault(fault: object) -> Text:
    return Text(
        en=f"This is a fault of the grader, not of the submission ({fault}).",
        ko=f"제출물이 아니라 채점기 쪽 문제예요({fault}).",
    )


def _evidence(
    record: TrainingRecord | GraderFault, thresholds: Calibration | None, is_reference: bool
) -> list[Verdict]:
    from grader.stages.training import judge_accuracy, judge_learning

    if isinstance(record, GraderFault):
        return [
            Verdict(
                check=check,
                outcome="grader_error",
                share=0.0,
                code="training-failed",
                message=_our_fault(record),
            )
            for check in TRAINED
        ]
    return [
        judge_learning(record, thresholds, is_reference),
        judge_accuracy(record, thresholds, is_reference),
    ]
