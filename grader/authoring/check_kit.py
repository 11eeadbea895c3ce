"""What a student's kit knows of the exercises: hashes, made with numbers that no grading uses."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from grader import pipeline_jobs
from grader.course import Exercise, exercise_names, read_course
from grader.course.course_file import course_file_if_any
from grader.course.misconceptions import read_mistakes
from grader.engines.local import Job, LocalEngine
from grader.errors import AssignmentError
from grader.marks import blanks_of
from grader.records.assignment import Assignment
from grader.records.base import Language, Record
from grader.records.graph import Capture, ModelGraph
from grader.records.kit import Kit, KitExercise, ToldMistake
from grader.records.misconception import Misconception, Mistake, applied
from grader.records.prices import Prices
from grader.records.repair import Mending
from grader.records.sealed import Locked, Sealed
from grader.records.submission import Cell, Excerpt
from grader.stages.capture import capture
from grader.stages.judging import judge
from grader.stages.judging.sealed_standard import sealed
from grader.stages.judging.sealing import lock
from grader.stages.judging.standard import prepared

SEED = 7_919
"""Of the kit's probe images and weights; the grading's is 0."""
STORED = "kit_catalogue.json"


class KitCatalogue(Record):
    """Which known mistake a network makes, by the kit's name for it."""

    source: str
    """Of the kit's names: the solution with each mistake in it, and the numbers they are given."""
    fingerprints: dict[str, str]


def kit_of(root: Path, names: Sequence[str], language: Language, exam: bool, engine: LocalEngine) -> Kit:
    """The kit for some exercises (none named: all).

    Raises:
        AssignmentError: an exercise of the course cannot be packed.
    """
    course = read_course(root, names or None)
    graphs = traced(root, course, engine)
    exercises = {
        name: KitExercise(
            # the sizes at the blanks are for judging what was left empty; an exam's template does not tell them
            assignment=one.assignment.model_copy(update={"blanks": {}}),
            template=one.template, prices=_told_prices(one),
            reference=_reference(one, graphs[name], exam), start=_start(one, graphs, exam),
        )
        for name, one in course.items()
    }  # fmt: skip
    if not exam:
        locked = _mistakes(course, exercises, engine)
        exercises = {
            name: one.model_copy(
                update={"reference": one.reference.model_copy(update={"mistakes": locked[name]})}
            )
            for name, one in exercises.items()
        }
    mending = course_file_if_any(root / "course.yaml")
    return Kit(
        language=language, exam=exam, exercises=tuple(exercises.values()),
        mending=mending.mending if mending else Mending(),
    )  # fmt: skip


def hidden_layers(solution: str) -> tuple[str, ...]:
    """Names of the layers that are made within a blank: what students have to find out."""
    ranges = [(blank.code, blank.last) for blank in blanks_of(solution)]
    return tuple(
        node.attr
        for node in ast.walk(ast.parse(solution))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
        and any(first <= node.lineno < last for first, last in ranges)
    )  # fmt: skip


def traced(root: Path, course: Mapping[str, Exercise], engine: LocalEngine) -> dict[str, ModelGraph | None]:
    """The references, those that they build on, and as "name template" the templates of the rest."""
    sources: dict[str, tuple[Assignment, str]] = {}
    for name, one in course.items():
        sources[name] = one.assignment, one.solution
        start = one.assignment.builds_on
        if start is None:
            sources[f"{name} template"] = one.assignment, one.template
        elif start not in course:
            given = read_course(root, [start])[start]
            sources[start] = given.assignment, given.solution
    for name, (assignment, source) in sources.items():
        arguments = (_excerpt(assignment, source).model_dump_json(), assignment.input_shape)
        engine.submit(Job(name, pipeline_jobs.capture_one, arguments))
    found: dict[str, ModelGraph | None] = {}
    for job, answer in engine.finished():
        if isinstance(answer, BaseException):
            raise answer
        found[str(job.key)] = Capture.model_validate_json(answer).graph
    return found


def _excerpt(assignment: Assignment, source: str) -> Excerpt:
    cells = (Cell(label="solution.py", text=source),)
    return Excerpt(
        exercise=assignment.name, class_name=assignment.classes[0], file="solution.py", cells=cells
    )


def _reference(exercise: Exercise, graph: ModelGraph | None, exam: bool) -> Sealed:
    assignment = exercise.assignment
    if graph is None:
        raise AssignmentError(
            exercise.secret / "solution.py", None, "the solution cannot be traced", "correct it"
        )
    standard = prepared(graph.model_dump_json(), assignment.input_shape, SEED)
    if assignment.open_design is not None:  # our design is one of many: nothing but how many layers it has
        found = sealed(standard, (), equality=False)
        return found.model_copy(update={"given": (), "hidden": ("?",) * len(found.given)})
    return sealed(standard, hidden_layers(exercise.solution), assignment.public.equality and not exam)


def _start(exercise: Exercise, graphs: Mapping[str, ModelGraph | None], exam: bool) -> Sealed | None:
    assignment = exercise.assignment
    graph = graphs.get(assignment.builds_on or f"{assignment.name} template")
    if graph is None or exam:
        return None
    standard = prepared(graph.model_dump_json(), assignment.input_shape, SEED)
    return sealed(standard, (), equality=True).model_copy(update={"given": ()})


def fingerprint_of(source: str, assignment: str, known: str) -> str:
    """What the kit will call a wrong network; "" where it has no fingerprint. Runs in a worker.

    Args:
        source: of the network.
        assignment: as JSON.
        known: the reference's `Sealed`, as JSON.
    """
    exercise = Assignment.model_validate_json(assignment)
    excerpt = _excerpt(exercise, source)
    captured = capture(excerpt, exercise.input_shape, pipeline_jobs.sandbox().run)
    standard = Sealed.model_validate_json(known)
    return judge(captured, excerpt, exercise, standard, None).fingerprint or ""


def _mistakes(
    course: Mapping[str, Exercise], exercises: Mapping[str, KitExercise], engine: LocalEngine
) -> dict[str, tuple[Locked, ...]]:
    """The words on the public mistakes of each exercise, locked with the networks that make them.

    Which network makes which mistake is kept in `reference/<name>/kit_catalogue.json`: to find it out takes
    minutes, and changes only with the solution, the mistakes, or which of them are public.
    """
    public = {name: _public(one) for name, one in course.items()}
    known: dict[str, dict[str, str]] = {}
    for name, mistakes in public.items():
        one = course[name]
        stored = _stored(one.secret, _source(one, mistakes))
        known[name] = stored or {}
        for mistake in () if stored is not None else mistakes:
            for number, way in enumerate(mistake.ways):
                arguments = (
                    applied(way, one.solution), one.assignment.model_dump_json(),
                    exercises[name].reference.model_dump_json(),
                )  # fmt: skip
                engine.submit(Job((name, mistake.code, number), fingerprint_of, arguments))
    made = set()
    for job, answer in engine.finished():
        if isinstance(answer, BaseException):
            raise answer
        assert isinstance(job.key, tuple)
        name, code, _ = job.key
        made.add(name)
        if answer:
            known[name][answer] = code
    for name in made:
        _store(course[name].secret, _source(course[name], public[name]), known[name])
    return {name: _locked(course[name], public[name], found) for name, found in known.items()}


def _public(exercise: Exercise) -> tuple[Misconception, ...]:
    """The mistakes that the check may name."""
    described = read_mistakes(exercise.secret, exercise.solution)
    if described is None:
        return ()
    chosen, codes = exercise.assignment.public.mistakes, {one.code for one in described.misconceptions}
    public = codes if chosen == "all" else set(described.common if chosen == "common" else chosen)
    if unknown := public - codes:
        raise AssignmentError(
            exercise.public / "assignment.yaml", None,
            f"public names {', '.join(sorted(unknown))}, which misconceptions.py does not describe",
            "correct the code",
        )  # fmt: skip
    return tuple(one for one in described.misconceptions if one.code in public)


def _source(exercise: Exercise, mistakes: Sequence[Misconception]) -> str:
    """Hash of all that the kit's names for the mistakes depend on."""
    ways = [(one.code, [applied(way, exercise.solution) for way in one.ways]) for one in mistakes]
    return hashlib.sha256(repr((SEED, ways)).encode()).hexdigest()[:16]


def _locked(
    exercise: Exercise, mistakes: Sequence[Misconception], known: Mapping[str, str]
) -> tuple[Locked, ...]:
    words = {}
    for one in mistakes:
        price = next((p for name, p in exercise.prices.findings.items() if fnmatchcase(one.code, name)), None)
        told = ToldMistake(**{key: getattr(one, key) for key in Mistake.model_fields}, price=price)
        words[one.code] = told.model_dump_json()
    found = [lock(words[code], fingerprint) for fingerprint, code in known.items()]
    return tuple(sorted(found, key=lambda one: one.name))


def _told_prices(exercise: Exercise) -> Prices:
    """Prices without those of mistakes: their names alone would tell a lot."""
    described = read_mistakes(exercise.secret, exercise.solution)
    codes = {one.code for one in described.misconceptions} if described else set()
    names = tuple(f"{name}-" for name in exercise_names(exercise.public.parents[1]))
    kept = {
        name: price
        for name, price in exercise.prices.findings.items()
        if not name.startswith(names) and not any(fnmatchcase(code, name) for code in codes)
    }
    return exercise.prices.model_copy(update={"findings": kept})


def _stored(secret: Path, source: str) -> dict[str, str] | None:
    path = secret / STORED
    if not path.exists():
        return None
    stored = KitCatalogue.model_validate_json(path.read_bytes())
    return stored.fingerprints if stored.source == source else None


def _store(secret: Path, source: str, found: Mapping[str, str]) -> None:
    by_code = dict(sorted(found.items(), key=lambda item: (item[1], item[0])))
    document = {"source": source, "fingerprints": by_code}
    (secret / STORED).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
