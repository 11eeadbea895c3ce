"""`make mutants`: every known mistake through the whole judging, and the catalogue that names them.

Each way of each misconception, and each pair of the common ones that fit together, is captured in the
sandbox like a submission; the fingerprint of what it computes goes into `reference/<name>/catalogue.json`.
Then the grader is graded: the same mistakes, written in other styles, must be named, none may pass, and
no correct style may fail.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from grader import pipeline_jobs
from grader.course import default_root, exercise_names, read_assignment, read_solution
from grader.course.misconceptions import CATALOGUE, Mistakes, read_mistakes, store_catalogue
from grader.engines.local import Job, LocalEngine, default_jobs
from grader.errors import AssignmentError, GraderError
from grader.records.assignment import Assignment
from grader.records.graph import ModelGraph
from grader.records.misconception import DoesNotApply, Edit, Misconception, applied
from grader.records.submission import Cell, Excerpt
from grader.stages.capture import capture
from grader.stages.judging import judge
from grader.stages.judging.fingerprint import Subject, canonical, close, digest, match, portrait
from grader.stages.judging.standard import prepared


@dataclass(frozen=True)
class Examined:
    """What the grader makes of a source."""

    fingerprint: str = ""
    """"" where there is no graph to take one of."""
    same_function: bool = False
    """In both modes, for some assignment of parameters."""
    is_reference: bool = False
    passed: bool = False
    """Every check that needs no training."""
    problem: str = ""


@dataclass(frozen=True)
class Variant:
    """One wrong network: whose mistake it is, and its source."""

    codes: tuple[str, ...]
    check: str
    source: str


@dataclass(frozen=True)
class Course:
    """What is needed of an exercise to make its catalogue, which may be missing or stale."""

    assignment: Assignment
    solution: str
    mistakes: Mistakes
    secret: Path
    reference: str
    """The solution's graph as JSON."""


def examine(source: str, assignment: str, reference: str) -> Examined:
    """Capture and judge a source as a submission; runs in a worker."""
    exercise = Assignment.model_validate_json(assignment)
    excerpt = excerpt_of(source, exercise)
    captured = capture(excerpt, exercise.input_shape, pipeline_jobs.sandbox().run)
    if captured.graph is None:
        trouble = captured.crash or captured.problem
        return Examined(problem=repr(trouble))
    standard = prepared(reference, exercise.input_shape)
    subject = Subject.of(captured.graph)
    try:
        assigned = match(subject, standard.subject, standard.likeness, standard.images)
        likeness = portrait(subject, assigned or canonical(subject, standard.images), standard.images)
    except RuntimeError as error:  # it runs with the guest's batch sizes only
        return Examined(problem=str(error))
    same = assigned is not None and close(likeness.train_outputs, standard.likeness.train_outputs)
    judgement = judge(captured, excerpt, exercise, reference, None)
    passed = all(verdict.outcome == "passed" for verdict in judgement.verdicts)
    return Examined(digest(subject, likeness), same, judgement.is_reference, passed)


def graph_of(source: str, exercise: Assignment) -> ModelGraph | None:
    """The graph of a source; None where it has none."""
    return capture(excerpt_of(source, exercise), exercise.input_shape, pipeline_jobs.sandbox().run).graph


def excerpt_of(source: str, exercise: Assignment) -> Excerpt:
    """A source as a submission for the exercise; the class may have any of its names."""
    name = next((name for name in exercise.classes if f"class {name}(" in source), exercise.classes[0])
    cells = (Cell(label="solution.py", text=source),)
    return Excerpt(exercise=exercise.name, class_name=name, file="solution.py", cells=cells)


def open_course(root: Path, name: str) -> Course | None:
    """One exercise; None where no mistakes are described for it."""
    secret = root / "reference" / name
    assignment = read_assignment(root / "assignments" / name / "assignment.yaml")
    solution = read_solution(secret / "solution.py", assignment.classes[0])
    mistakes = read_mistakes(secret, solution)
    if mistakes is None:
        return None
    excerpt = excerpt_of(solution, assignment)
    captured = capture(excerpt, assignment.input_shape, pipeline_jobs.sandbox().run)
    if captured.graph is None:
        raise AssignmentError(
            secret / "solution.py", None, f"the solution cannot be traced ({captured.crash or captured.problem})",
            "correct it",
        )  # fmt: skip
    reference: ModelGraph = captured.graph
    return Course(assignment, solution, mistakes, secret, reference.model_dump_json())


def examine_all(course: Course, sources: Iterable[str], engine: LocalEngine) -> list[Examined]:
    """Each source, in order."""
    listed = list(sources)
    assignment = course.assignment.model_dump_json()
    for index, source in enumerate(listed):
        engine.submit(Job(index, examine, (source, assignment, course.reference)))
    answers: dict[object, Examined] = {}
    for job, answer in engine.finished():
        if isinstance(answer, BaseException):
            raise answer
        answers[job.key] = answer
    return [answers[index] for index in range(len(listed))]


def singles(course: Course) -> list[Variant]:
    """Every way of every misconception."""
    return [
        Variant((one.code,), one.check, applied(way, course.solution))
        for one in course.mistakes.misconceptions
        for way in one.ways
    ]


def pairs(course: Course) -> list[Variant]:
    """The common misconceptions two by two, in their first way, where the edits do not meddle."""
    known = {one.code: one for one in course.mistakes.misconceptions}
    found = []
    for a, b in combinations([known[code] for code in course.mistakes.common], 2):
        if (source := both(a, b, course.solution)) is not None:
            found.append(Variant((a.code, b.code), "function", source))
    return found


def both(a: Misconception, b: Misconception, solution: str) -> str | None:
    """Two mistakes in one text; None where the edits of one stand in the other's way."""
    try:
        one, other = (applied([*x.ways[0], *y.ways[0]], solution) for x, y in ((a, b), (b, a)))
    except DoesNotApply:
        return None
    return one if one == other else None


def forms(variant: Variant, harmless: Sequence[Sequence[Edit]]) -> list[Variant]:
    """The variant with its channels permuted in the ways that cost nothing."""
    found = []
    for edits in harmless:
        try:
            found.append(Variant(variant.codes, variant.check, applied(edits, variant.source)))
        except DoesNotApply:
            continue
    return found


@dataclass(frozen=True)
class Built:
    """A catalogue, and what it was made from."""

    fingerprints: Mapping[str, tuple[str, ...]]
    singles: tuple[Variant, ...]
    pairs: tuple[Variant, ...]


def build(course: Course, engine: LocalEngine) -> Built:
    """The catalogue of one exercise.

    Raises:
        AssignmentError: a misconception does not run, is the reference, or is another one.
    """
    found: dict[str, tuple[str, ...]] = {}
    own, shown = course.mistakes, course.secret / "misconceptions.py"

    def fail(variant: Variant, problem: str, fix: str) -> AssignmentError:
        return AssignmentError(shown, None, f"{' and '.join(variant.codes)} {problem}", fix)

    first = singles(course)
    answers = examine_all(course, (variant.source for variant in first), engine)
    for variant, answer in zip(first, answers, strict=True):
        if not answer.fingerprint:
            raise fail(variant, f"cannot be captured: {answer.problem}", "mend its edits")
        if answer.is_reference:
            raise fail(variant, "is the reference's own function", "drop it")
        if answer.same_function != (variant.check == "gradients"):
            raise fail(variant, f"does not belong to the check {variant.check}", "correct `check`")
    permuted = [
        form
        for variant, answer in zip(first, answers, strict=True)
        if not answer.same_function
        for form in forms(variant, own.harmless)
    ]
    answers += examine_all(course, (variant.source for variant in permuted), engine)
    for variant, answer in zip([*first, *permuted], answers, strict=True):
        if not answer.fingerprint:
            continue
        taken = found.setdefault(answer.fingerprint, variant.codes)
        if taken != variant.codes:
            raise fail(variant, f"is the same network as {' and '.join(taken)}", "merge them or drop one")
    second = [form for pair in pairs(course) for form in (pair, *forms(pair, own.harmless))]
    kept: list[Variant] = []
    examined = examine_all(course, (variant.source for variant in second), engine)
    for variant, answer in zip(second, examined, strict=True):
        if answer.is_reference or not answer.fingerprint or answer.fingerprint in found:
            continue  # two that undo each other, do not run together, or are one known mistake
        found[answer.fingerprint] = variant.codes
        kept.append(variant)
    return Built(found, tuple(first), tuple(kept))


def main(arguments: Sequence[str]) -> int:
    """Rebuild the catalogues of the named exercises (none named: all) and grade the grader."""
    from grader.authoring.mutants import measured, table

    root = default_root()
    rows = []
    try:
        with LocalEngine(default_jobs(), preload=("torch",)) as engine:
            for name in arguments or exercise_names(root):
                course = open_course(root, name)
                if course is None:
                    continue
                built = build(course, engine)
                store_catalogue(course.secret, course.mistakes.source, built.fingerprints)
                print(f"{course.secret / CATALOGUE}: {len(built.fingerprints)} fingerprints")
                rows.append(measured(course, built, root / "tests/submissions", engine))
    except GraderError as error:
        print(error, file=sys.stderr)
        return 2
    text = table(rows)
    print(text)
    if not arguments:
        (root / "benchmarks/results/mutants.md").write_text(text, encoding="utf-8")
    return 0 if all(row.good for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
