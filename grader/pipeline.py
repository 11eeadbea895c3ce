"""The flow, stage by stage: from a folder of submissions to `results.json`.

    read ─▶ cut ─▶ capture ─▶ judge ─▶ train ─▶ score ─▶ report
    └─ this process ─┘└─ worker processes ────┘└─ this process ─┘

This process reads files and text and hands out jobs; whatever needs torch runs in the engine's
workers (`pipeline_jobs.py`), each with a sandbox of its own in which student code is traced. Which
jobs are needed, and which are in the ledger already, is `bench.py`'s business; `assembly.py` turns
what came out into results.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from grader.assembly import assemble, data_name, joined
from grader.bench import Bench, Settings, Task, reference_of, whole
from grader.candidates import MOST, choose
from grader.class_work import read_class
from grader.course import Exercise, other_classes, read_course
from grader.course.course_file import course_file_of
from grader.course.variants import checked_roots, variant_of
from grader.earlier import Earlier, batch_of
from grader.engines.gpu import GpuEngine
from grader.engines.local import Job, LocalEngine
from grader.errors import UserError
from grader.ledger import Ledger, key_of
from grader.lms.roster import read_roster
from grader.marks import blanks_of
from grader.progress import Progress
from grader.receipts import receipt_notes
from grader.records.gradebook import CourseFile
from grader.records.graph import Capture, ModelGraph
from grader.records.repair import Mending
from grader.records.results import Results
from grader.records.submission import ClassWork, Excerpt, OtherFile, Submission
from grader.reporting import write
from grader.sources import keep_sources, kept_of
from grader.stages.excerpts import candidates
from grader.stages.mending import Meant, meant, repair_of, unread
from grader.stages.reports import read_results
from grader.stages.scoring.lateness import with_lateness
from grader.stages.scoring.overrides import read_overrides, with_overrides
from grader.stages.screening import Screening, screen


def run(settings: Settings, progress: Progress | None = None) -> Results:
    """Grade every submission and write the reports.

    Raises:
        UserError: something that the person running it must fix.
    """
    progress = progress or Progress()
    course = read_course(settings.course, settings.exercises or None)
    for name, exercise in course.items():
        if settings.profile != "static" and settings.profile not in exercise.assignment.recipes:
            known = ", ".join(exercise.assignment.recipes)
            raise UserError(
                f"{name} has no recipe called {settings.profile} (it has {known}); add it to its assignment.yaml"
            )
    roster = read_roster(settings.roster) if settings.roster else None
    classes = {name: exercise.assignment.classes for name, exercise in course.items()}
    course_file = course_file_of(settings.course)
    deadline = course_file.run.deadline if course_file else None
    handed_in = read_class(settings.submissions, roster, classes, deadline)
    _make(settings.out)
    overrides = read_overrides(settings.out)  # a mistake in it is told before the work, not after
    earlier = Earlier(settings.out, batch_of(settings.submissions))
    ledger = Ledger(settings.out / ".ledger", settings.fresh)
    keep_sources(settings.out, handed_in.submissions)
    results = _graded_by_variant(
        settings, handed_in.for_grading(), course, course_file, ledger, progress, earlier
    )
    results = with_overrides(with_lateness(earlier.merged(results), deadline), overrides)
    write(results, settings.out, course_file)
    return results


def rejudge(run: Path, settings: Settings, progress: Progress | None = None) -> Results:
    """Judge what `run` kept once more, by the rules as they are now; no student's code is run.

    Networks that were trained are not trained again. The overrides of the run count.

    Raises:
        UserError: the run kept nothing, or something else that the person must fix.
    """
    before = read_results(run / "results.json")
    kept = [kept_of(run, row.student_id) for row in before.submissions]
    submissions = tuple(submission.for_grading() for submission in kept if submission is not None)
    if len(submissions) < len(kept):
        raise UserError(f"{run} did not keep what was handed in; grade once more with grader run")
    strays = tuple(OtherFile(path=path, reason=reason) for path, reason in before.strays.items())
    handed_in = ClassWork(submissions=submissions, layout=before.run.layout, strays=strays)
    course, course_file = read_course(settings.course, settings.exercises), course_file_of(settings.course)
    overrides = read_overrides(run)
    _make(settings.out)
    results = _graded_by_variant(
        settings, handed_in, course, course_file, Ledger(run / ".ledger"), progress or Progress()
    )
    batches = {row.student_id: row.batch for row in before.submissions}
    rows = tuple(row.model_copy(update={"batch": batches[row.student_id]}) for row in results.submissions)
    info = results.run.model_copy(update={"roster": before.run.roster})
    results = results.model_copy(update={"submissions": rows, "run": info})
    deadline = course_file.run.deadline if course_file else None
    results = with_overrides(with_lateness(results, deadline), overrides)
    write(results, settings.out, course_file)
    return results


def _graded_by_variant(
    settings: Settings, handed_in: ClassWork, course: dict[str, Exercise], course_file: CourseFile | None,
    ledger: Ledger, progress: Progress, earlier: Earlier | None = None,
) -> Results:  # fmt: skip
    """`_graded`; where students have variants, each by their own."""
    count = course_file.variants if course_file else 0
    if not count:
        return _graded(settings, handed_in, course, course_file, ledger, progress, earlier)
    if settings.profile != "static":
        raise UserError(
            "course.yaml gives each student a variant, and thresholds are measured for the course's own widths; "
            "give --profile static, or run: {profile: static} in course.yaml"
        )
    parts = []
    for number, root in enumerate(checked_roots(settings.course, count, tuple(course)), start=1):
        own = tuple(s for s in handed_in.submissions if variant_of(s.student_id, count) == number)
        if own or not handed_in.submissions:
            its = replace(settings, course=root)
            work, names = handed_in.model_copy(update={"submissions": own}), tuple(course)
            parts.append(_graded(its, work, read_course(root, names), course_file, ledger, progress, earlier))
    return joined(parts, [submission.student_id for submission in handed_in.submissions])


def _graded(
    settings: Settings, handed_in: ClassWork, course: dict[str, Exercise], course_file: CourseFile | None,
    ledger: Ledger, progress: Progress, earlier: Earlier | None = None,
) -> Results:  # fmt: skip
    """From what was handed in to results, without overrides; `earlier` may refuse it before anything is judged."""
    began, submissions = time.monotonic(), handed_in.submissions
    policy = course_file.several_files if course_file else "newest"
    with ExitStack() as engines:
        engine = engines.enter_context(LocalEngine(settings.jobs, preload=("grader.pipeline_jobs",)))
        bench = Bench(settings, course, ledger, engine, progress)
        bench.mending, bench.others = (
            course_file.mending if course_file else Mending(),
            other_classes(settings.course),
        )
        if settings.gpu and settings.profile != "static":
            from grader.pipeline_jobs import train_many

            bench.gpu = engines.enter_context(GpuEngine(train_many))
        bench.prepare()
        rivals = tasks_of(submissions, course, bench)
        work: dict[str, list[str]] = {}
        for several in rivals:
            work.setdefault(submissions[several[0].student].student_id, []).append(several[0].exercise)
        if earlier is not None:
            earlier.refuse_conflicts(submissions, work, course, settings.profile, data_name(settings, bench))
        bench.judge_and_train(
            [task for several in rivals if len(several) > 1 for task in several], train=False
        )
        tasks = [choose(several, bench, policy) for several in rivals]
        bench.judge_and_train(tasks)
        return assemble(settings, handed_in, course, tasks, bench, time.monotonic() - began)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{folder}: cannot be made a folder ({error.strerror}); give another --out") from None


def tasks_of(
    submissions: Sequence[Submission], course: dict[str, Exercise], bench: Bench
) -> list[list[Task]]:
    """The exercises that each student handed in; for each of them every file that may be the one that counts."""
    asked = {name: exercise.assignment for name, exercise in course.items()}
    rivals = []
    for number, submission in enumerate(submissions):
        excerpts = {name: candidates(submission, one.classes, name, MOST) for name, one in asked.items()}
        lacking = [name for name, found in excerpts.items() if not found]
        named_otherwise = meant(
            submission, asked, lacking if bench.mending.mode != "off" else [], bench.others
        )
        for name, exercise in course.items():
            work, other = submission, named_otherwise.get(name)
            found: Sequence[Excerpt | None] = excerpts[name]
            if other is not None:
                work = other.proposal.submission
                found = candidates(work, exercise.assignment.classes, name)
            if (
                not found
                and bench.mending.mode == "repair"
                and unread(submission, bench.others.get(name, frozenset()))
            ):
                found = (None,)
            if found:
                rivals.append([_task(number, work, name, exercise, one, bench, other) for one in found])
    return rivals


def _task(
    number: int, submission: Submission, name: str, exercise: Exercise, excerpt: Excerpt | None, bench: Bench,
    found: Meant | None,
) -> Task:  # fmt: skip
    nameless = Submission(student_id="", student_name="", files=submission.files, others=submission.others)
    handed_in = nameless.model_dump_json()
    seen = screen(excerpt, exercise.template) if excerpt else Screening()
    price = exercise.prices.of_repair("class-name") if bench.mending.class_name == "price" else 0.0
    return Task(
        student=number,
        exercise=name,
        excerpt=excerpt,
        handed_in=handed_in,
        blanks=seen.blanks,
        untouched=bool(seen.blanks) and len(seen.blanks) == len(blanks_of(exercise.template)),
        notes=(
            *(excerpt.notes if excerpt else ()),
            *seen.notes,
            *receipt_notes(submission.files, submission.others),
        ),
        flags=seen.flags,
        key=key_of(excerpt.model_dump_json() if excerpt else "", handed_in, bench.terms_of(name)),
        renamed=repair_of(found.proposal, price) if found and excerpt else None,
        own_name=found.proposal.facts[0] if found else "",
        contested=not found.certain if found else excerpt is None and len(bench.course) > 1,
    )


def reference_graphs(root: Path, names: Sequence[str], jobs: int) -> dict[str, tuple[Exercise, ModelGraph]]:
    """The exercises with the graphs of their references, traced as a submission is."""
    from grader import pipeline_jobs

    course, graphs = read_course(root, names or None), {}
    with LocalEngine(jobs, preload=("grader.pipeline_jobs",)) as engine:
        for name, exercise in course.items():
            excerpt = whole(name, exercise.assignment.classes[0], "solution.py", exercise.solution)
            arguments = (excerpt.model_dump_json(), exercise.assignment.input_shape)
            engine.submit(Job(name, pipeline_jobs.capture_one, arguments))
        for job, result in engine.finished():
            if isinstance(result, BaseException):
                raise result
            graphs[str(job.key)] = reference_of(str(job.key), Capture.model_validate_json(result))
    return {name: (exercise, graphs[name]) for name, exercise in course.items()}
