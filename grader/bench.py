"""The work of one run: which jobs are needed, and what is known already.

Every finished job is in the ledger before the next one is waited for, so that a run can be killed and
started again. Equal work is done once: one judgement per excerpt, one training per function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from grader.course import Exercise, read_course
from grader.engines.gpu import GpuEngine
from grader.engines.local import Job, LocalEngine
from grader.errors import CalibrationError, GraderFault, UserError
from grader.ledger import Ledger, key_of, training_key_of
from grader.marks import blanks_of
from grader.networks.stand_ins import with_borders
from grader.progress import Progress
from grader.records.assignment import Calibration, Recipe
from grader.records.base import Language, Text
from grader.records.findings import BlankLeft, Flag
from grader.records.graph import Capture, ModelGraph
from grader.records.judgement import Judgement
from grader.records.repair import Mending, Repair
from grader.records.submission import Cell, Excerpt
from grader.records.training import TrainingRecord
from grader.records.work import Terms

_JUDGEMENT: TypeAdapter[Judgement | None] = TypeAdapter(Judgement | None)

START_SEED = 0
"""Every submission of one function starts from the same weights and sees the same batches."""


@dataclass(frozen=True)
class Settings:
    """What the person who runs the grader chose."""

    submissions: Path
    out: Path
    course: Path
    exercises: tuple[str, ...] = ()
    """Names; empty: all."""
    profile: str = "quick"
    """"static", or the name of a recipe."""
    gpu: bool = False
    """Train on a CUDA device."""
    data: str = "synthetic"
    jobs: int = 1
    language: Language = "ko"
    fresh: bool = False
    roster: Path | None = None
    """The class list."""
    again: bool = False
    """Judge what was kept; no student's code is run."""


@dataclass(frozen=True)
class Task:
    """One exercise of one submission."""

    student: int
    exercise: str
    excerpt: Excerpt | None
    """None: Python cannot read the file, so that nobody knows yet whether the class is in it."""
    handed_in: str
    """The submission as JSON, without whose it is: what wider excerpts and repairs start from."""
    blanks: tuple[BlankLeft, ...]
    untouched: bool
    """All of the template's blanks were left empty."""
    notes: tuple[Text, ...]
    flags: tuple[Flag, ...]
    key: str
    renamed: Repair | None = None
    """The class has another name than the one that is asked for …"""
    own_name: str = ""
    """… and this is it."""
    contested: bool = False
    """What it computes must say whether it is this exercise's at all."""
    question: Text | None = None
    """What whoever grades has to decide, although there are points."""

    @property
    def file(self) -> str:
        """Which of the student's files; "" where that is not known yet."""
        return self.excerpt.file if self.excerpt else ""


@dataclass
class Bench:
    """The work of one run: what is known already, and what the engine is busy with."""

    settings: Settings
    course: dict[str, Exercise]
    ledger: Ledger
    engine: LocalEngine
    progress: Progress
    gpu: GpuEngine | None = None
    """Where networks are trained; None: on the engine, too."""
    graphs: dict[str, ModelGraph] = field(default_factory=dict)
    """The references."""
    templates: dict[str, ModelGraph | None] = field(default_factory=dict)
    """The templates of exercises that build on no other, blanks empty; None where that crashes."""
    marked: dict[str, ModelGraph] = field(default_factory=dict)
    """The references with the borders of their blanks; of exercises that say what their blanks are worth."""
    thresholds: dict[str, Calibration | None] = field(default_factory=dict)
    """None where nobody has calibrated this recipe on this data set."""
    uncalibrated: list[str] = field(default_factory=list)
    """What to do about that, a sentence for each exercise."""
    data_name: str = ""
    device: str = "cpu"
    """What networks are trained on: "cpu", or the GPU's name."""
    protections: str = ""
    mending: Mending = field(default_factory=Mending)
    """What becomes of submissions that do not run."""
    others: dict[str, frozenset[str]] = field(default_factory=dict)
    """By exercise: the class names that the course's other exercises ask for."""
    judgements: dict[str, Judgement | GraderFault | None] = field(default_factory=dict)
    """By task key; None: the exercise's class is not there after all."""
    trainings: dict[str, TrainingRecord | GraderFault] = field(default_factory=dict)
    """By training key."""

    def prepare(self) -> None:
        """Trace the references and what students start from; find the thresholds."""
        from grader import pipeline_jobs as jobs

        self.engine.submit(Job("sandbox", jobs.describe_sandbox, ()))
        if self.settings.profile != "static":
            self.engine.submit(Job("data", jobs.describe_data, (self.settings.data,)))
        for name, exercise in self.course.items():
            self._trace("solution", name, exercise, exercise.solution)
            if exercise.assignment.blanks:
                self._trace_marked(name, exercise)
            start = exercise.assignment.builds_on
            if start is None:
                self._trace("template", name, exercise, exercise.template)
            elif start not in self.course:
                given = read_course(self.settings.course, [start])[start]
                self._trace("solution", start, given, given.solution)
        if self.gpu is not None:
            self.device = self.gpu.ask(jobs.describe_gpu)
        for job, result in self.engine.finished():
            if isinstance(result, BaseException):
                raise result
            if job.key == "sandbox":
                self.protections = result
            elif job.key == "data":
                self.data_name = result
            else:
                assert isinstance(job.key, tuple)
                capture = Capture.model_validate_json(result)
                self.ledger.write("standards", job.key[2], result)
                self._standard(job.key, capture)
        if self.settings.profile != "static":
            from grader.stages.training import calibration_for

            for name, exercise in self.course.items():
                recipe = exercise.assignment.recipes[self.settings.profile]
                try:
                    self.thresholds[name] = calibration_for(
                        exercise.assignment.thresholds_of or name,
                        exercise.calibrations,
                        self.settings.profile,
                        recipe,
                        self.data_name,
                        self.settings.data,
                    )
                except CalibrationError as error:
                    if recipe.epochs and self.settings.data == "synthetic":
                        raise UserError(
                            f"the {self.settings.profile} recipe counts epochs, and {recipe.epochs} epochs of the few "
                            "synthetic images are too short to learn from; give --data cifar10 or a folder, or "
                            "--profile quick"
                        ) from error
                    self.thresholds[name] = None
                    sentence = f"{error} --gpu" if self.gpu else str(error)
                    if sentence not in self.uncalibrated:
                        self.uncalibrated.append(sentence)

    def _trace(self, which: str, name: str, exercise: Exercise, source: str) -> None:
        """Get the graph of a file of our own, as a submission's is got."""
        from grader import pipeline_jobs as jobs

        excerpt = whole(name, exercise.assignment.classes[0], f"{which}.py", source)
        arguments = (excerpt.model_dump_json(), exercise.assignment.input_shape)
        self._ask(
            (which, name, key_of(which, source, exercise.assignment.model_dump_json())),
            jobs.capture_one,
            arguments,
        )

    def _trace_marked(self, name: str, exercise: Exercise) -> None:
        """Get the graph of a reference with the borders of its blanks, and check what is said of them."""
        from grader import pipeline_jobs as jobs

        cells = with_borders(exercise.solution, blanks_of(exercise.solution), exercise.assignment.blanks)
        excerpt = whole(name, exercise.assignment.classes[0], "solution.py", exercise.solution)
        arguments = (
            excerpt.model_copy(update={"cells": cells}).model_dump_json(),
            exercise.assignment.model_dump_json(),
        )
        self._ask(("marked", name, key_of("marked", *arguments)), jobs.capture_marked, arguments)

    def _ask(self, key: tuple[str, str, str], job: Callable[..., str], arguments: tuple[object, ...]) -> None:
        found = self.ledger.find("standards", key[2])
        if found is not None:
            self._standard(key, Capture.model_validate_json(found))
        else:
            self.engine.submit(Job(key, job, arguments))

    def start_of(self, name: str) -> ModelGraph | None:
        """The network that students of an exercise start from."""
        given = self.course[name].assignment.builds_on
        return self.graphs[given] if given is not None else self.templates.get(name)

    def _standard(self, key: tuple[str, str, str], capture: Capture) -> None:
        which, name, _ = key
        if which == "template":
            self.templates[name] = capture.graph
        elif which == "marked":
            self.marked[name] = reference_of(name, capture)
        else:
            self.graphs[name] = reference_of(name, capture)

    def terms_of(self, name: str) -> str:
        """What the workers need to know of an exercise, as JSON."""
        if name not in self._terms:
            exercise, start, marked = self.course[name], self.start_of(name), self.marked.get(name)
            self._terms[name] = Terms(
                assignment=exercise.assignment,
                reference=self.graphs[name].model_dump_json(),
                start=start.model_dump_json() if start else None,
                template=exercise.template,
                marked=marked.model_dump_json() if marked else None,
                others=tuple(sorted(self.others.get(name, ()))),
                mending=self.mending,
                prices=exercise.prices.repairs,
            ).model_dump_json()
        return self._terms[name]

    _terms: dict[str, str] = field(default_factory=dict)

    # -- judging and training ---------------------------------------------------------------------

    def judge_and_train(self, tasks: Sequence[Task], train: bool = True) -> None:
        """Do whatever the ledger does not hold yet; equal work is done once. `train`: networks, too."""
        from grader import pipeline_jobs as jobs

        self.progress.add("judge", len(tasks))
        waiting: dict[str, list[Task]] = {}
        for task in tasks:
            found = self.ledger.find("judged", task.key)
            if found is not None:
                self._judged(task, _JUDGEMENT.validate_json(found), train)
            elif task.key in waiting:
                waiting[task.key].append(task)
            else:
                waiting[task.key] = [task]
                self.engine.submit(
                    Job(
                        ("judge", task.key),
                        jobs.capture_and_judge,
                        (
                            self.terms_of(task.exercise),
                            task.handed_in,
                            task.excerpt.model_dump_json() if task.excerpt else None,
                            task.untouched,
                            str(self.ledger.folder),
                            self.settings.again,
                        ),
                    )
                )
        for job, result in self._finished():
            assert isinstance(job.key, tuple)
            kind, key = job.key
            if kind == "judge":
                if isinstance(result, UserError):
                    raise result
                judgement: Judgement | GraderFault | None
                if isinstance(result, BaseException):
                    judgement = _fault(result)
                else:
                    judgement = _JUDGEMENT.validate_json(result)
                    self.ledger.write("judged", key, result)
                for task in waiting[key]:
                    self._judged(task, judgement, train)
            else:
                if isinstance(result, UserError):
                    raise result
                if isinstance(result, BaseException):
                    self.trainings[key] = _fault(result)
                else:
                    self.trainings[key] = TrainingRecord.model_validate_json(result)
                    self.ledger.write("trained", key, result)
                self.progress.done("train")

    def _finished(self) -> Iterator[tuple[Job, Any]]:
        """Jobs of both engines as they end."""
        for pair in self.engine.finished():
            yield pair
            if self.gpu is not None:
                yield from self.gpu.ready()
        if self.gpu is not None:
            yield from self.gpu.finished()

    def _judged(self, task: Task, judgement: Judgement | GraderFault | None, train: bool) -> None:
        """Note a judgement, and start the training that it asks for."""
        from grader import pipeline_jobs as jobs

        self.judgements[task.key] = judgement
        self.progress.done("judge")
        training = self.training_key(task, judgement) if train else None
        if training is None or training in self.trainings or training in self._asked:
            return
        self._asked.add(training)
        assert isinstance(judgement, Judgement) and judgement.graph is not None
        self.progress.add("train")
        found = self.ledger.find("trained", training)
        if found is not None:
            self.trainings[training] = TrainingRecord.model_validate_json(found)
            self.progress.done("train")
            return
        graph, ranks = judgement.graph, judgement.ranks
        if judgement.is_reference:  # all who wrote the same network share the reference's own run
            graph, ranks = self.graphs[task.exercise], ()
        (self.gpu or self.engine).submit(
            Job(
                ("train", training),
                jobs.train_one,
                (
                    graph.model_dump_json(),
                    ranks,
                    self._recipe(task.exercise).model_dump_json(),
                    self.settings.data,
                ),
            )
        )

    _asked: set[str] = field(default_factory=set)

    def _recipe(self, exercise: str) -> Recipe:
        return self.course[exercise].assignment.recipes[self.settings.profile]

    def training_key(self, task: Task, judgement: Judgement | GraderFault | None) -> str | None:
        """Which training run serves a judgement; None: it cannot or need not be trained."""
        if (
            self.settings.profile == "static"
            or not isinstance(judgement, Judgement)
            or judgement.graph is None
        ):
            return None
        assert judgement.fingerprint is not None
        return training_key_of(
            judgement.fingerprint,
            self._recipe(task.exercise).model_dump_json(),
            self.data_name,
            str(START_SEED),
            self.device,
        )


def _fault(error: BaseException) -> GraderFault:
    return error if isinstance(error, GraderFault) else GraderFault(f"{type(error).__name__}: {error}")


@cache
def whole(exercise: str, class_name: str, label: str, source: str) -> Excerpt:
    """An excerpt of a file of our own, all of it."""
    return Excerpt(
        exercise=exercise, class_name=class_name, file=label, cells=(Cell(label=label, text=source),)
    )


def reference_of(name: str, capture: Capture) -> ModelGraph:
    """The graph of a reference.

    Raises:
        UserError: it has none; the instructor must mend the solution.
    """
    if capture.graph is None:
        reason = capture.crash.message if capture.crash else capture.problem and capture.problem.code
        raise UserError(f"reference/{name}/solution.py cannot be graded itself ({reason}); mend it first")
    return capture.graph
