"""The grader is graded: how many known mistakes it names when they are written in another way."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from grader import pipeline_jobs
from grader.authoring.catalogue import Built, Course, Variant, examine_all, graph_of
from grader.authoring.mutations import equivalent, mutants
from grader.authoring.rewriting import STYLES
from grader.authoring.terms import terms_of
from grader.authoring.variations import variations
from grader.course import default_root
from grader.engines.local import Job, LocalEngine
from grader.ladder import is_full
from grader.records.graph import ModelGraph
from grader.records.judgement import Judgement
from grader.records.submission import Cell, SourceFile, Submission
from grader.stages.excerpts import cut

NAMED_AT_LEAST = 0.95
"""Share of the catalogue's entries that must be named exactly in another style."""
MUTANTS, VARIATIONS = 200, 60
"""Generated for each exercise: wrong networks, and the right one written otherwise."""


@dataclass(frozen=True)
class Generated:
    """What was counted of the sources that are made by rule."""

    mutants: int
    killed: int
    """They lose points."""
    unable: int
    """Of these: they crash, or have no graph."""
    mended: int
    """Of these: repaired, they end in a network that is judged all the same."""
    survived: tuple[str, ...]
    """They pass every check, and are not proven to be the reference."""
    equivalent: int
    """They pass, rightly: the same operators on the same values."""
    variations: int
    marked_down: tuple[str, ...]
    """The right network, and it lost points."""


def generated(course: Course, engine: LocalEngine, mutant_count: int, variation_count: int) -> Generated:
    """Judge wrong networks and right ones that are made by rule."""
    wrong = mutants(course.solution, mutant_count)
    reference = ModelGraph.model_validate_json(course.reference)
    killed = proven = 0
    survived, unable = [], []
    answers = examine_all(course, (mutant.source for mutant in wrong), engine)
    for mutant, answer in zip(wrong, answers, strict=True):
        if not answer.passed:
            killed += 1
            unable += [mutant.source] if answer.problem else []
        elif (graph := graph_of(mutant.source, course.assignment)) and equivalent(graph, reference):
            proven += 1
        else:
            survived.append(mutant.change)
    right = variations(course.solution, variation_count)
    down = [
        f"{answer.problem or 'loses points'}:\n{source}"
        for source, answer in zip(right, examine_all(course, right, engine), strict=True)
        if not answer.passed
    ]
    judged = _mended(course, unable, engine)
    for source, judgement in zip(unable, judged, strict=True):
        if judgement is not None and not judgement.repairs and is_full(judgement):
            survived.append(source)
    mended = sum(judgement is not None and has_network(judgement) for judgement in judged)
    return Generated(
        len(wrong), killed, len(unable), mended, tuple(survived), proven, len(right), tuple(down)
    )


def _mended(course: Course, sources: Sequence[str], engine: LocalEngine) -> list[Judgement | None]:
    """What grading makes of sources that leave no graph as they are."""
    terms = terms_of(default_root(), course.assignment.name, pipeline_jobs.sandbox().run).model_dump_json()
    for index, source in enumerate(sources):
        file = SourceFile(path="solution.py", kind="python", cells=(Cell(label="solution.py", text=source),))
        work = Submission(student_id="", student_name="", files=(file,))
        excerpt = cut(work, course.assignment.classes, course.assignment.name)
        arguments = (terms, work.model_dump_json(), excerpt.model_dump_json() if excerpt else None, False)
        engine.submit(Job(index, pipeline_jobs.capture_and_judge, arguments))
    answers: dict[object, Judgement | None] = {}
    for job, answer in engine.finished():
        if isinstance(answer, BaseException):
            raise answer
        answers[job.key] = None if answer == "null" else Judgement.model_validate_json(answer)
    return [answers[index] for index in range(len(sources))]


def has_network(judgement: Judgement) -> bool:
    """Whether it says what a network computes, and not only where it stopped."""
    return any(v.check == "function" and v.outcome in ("passed", "failed") for v in judgement.verdicts)


@dataclass(frozen=True)
class Row:
    """What was counted for one exercise."""

    exercise: str
    codes: int
    singles: int
    pairs: int
    named: int
    """Variants in another style whose fingerprint leads to their own codes."""
    broken: int
    """Wrong submissions of the library that have a graph of their own, not the reference's."""
    broken_named: int
    correct: int
    """Correct sources: the library's, and the reference in every style."""
    wrongly_passed: tuple[str, ...]
    wrongly_failed: tuple[str, ...]
    not_named: tuple[str, ...]
    broken_not_named: tuple[str, ...]
    generated: Generated

    @property
    def good(self) -> bool:
        """Nothing is judged wrongly, and nearly everything is named."""
        entries = self.singles + self.pairs
        wrong = (
            self.wrongly_passed
            or self.wrongly_failed
            or self.generated.survived
            or self.generated.marked_down
        )
        return not wrong and self.named >= NAMED_AT_LEAST * entries


def measured(course: Course, built: Built, library: Path, engine: LocalEngine) -> Row:
    """Judge what should be named, and what should pass.

    Args:
        course: the exercise.
        built: its catalogue.
        library: folder with `correct/<exercise>/*.py` and `broken/<exercise>/*.py`.
        engine: where the judging runs.
    """
    styles = list(STYLES.items())
    variants = [*built.singles, *built.pairs]
    rewritten = []
    for index, variant in enumerate(variants):
        style, rewrite = styles[index % len(styles)]
        rewritten.append((style, Variant(variant.codes, variant.check, rewrite(variant.source))))
    answers = examine_all(course, (variant.source for _, variant in rewritten), engine)
    passed, unnamed = [], []
    for (style, variant), answer in zip(rewritten, answers, strict=True):
        name = f"{' + '.join(variant.codes)} ({style})"
        if answer.passed:
            passed.append(name)
        if built.fingerprints.get(answer.fingerprint) != variant.codes:
            unnamed.append(f"{name}{': ' + answer.problem if answer.problem else ''}")

    right = {path.stem: path.read_text(encoding="utf-8") for path in _sources(library / "correct", course)}
    right |= {f"reference, {style}": rewrite(course.solution) for style, rewrite in styles}
    judged = examine_all(course, right.values(), engine)
    failed = [name for name, answer in zip(right, judged, strict=True) if not answer.passed]

    wrong = {path.stem: path.read_text(encoding="utf-8") for path in _sources(library / "broken", course)}
    looked_up = dict(zip(wrong, examine_all(course, wrong.values(), engine), strict=True))
    passed += [f"broken/{name}" for name, answer in looked_up.items() if answer.passed]
    networks = {name: answer for name, answer in looked_up.items() if answer.fingerprint}
    nameless = [name for name, answer in networks.items() if answer.fingerprint not in built.fingerprints]
    return Row(
        exercise=course.assignment.name,
        codes=len(course.mistakes.misconceptions),
        singles=len(built.singles),
        pairs=len(built.pairs),
        named=len(variants) - len(unnamed),
        broken=len(networks),
        broken_named=len(networks) - len(nameless),
        correct=len(right),
        wrongly_passed=tuple(passed),
        wrongly_failed=tuple(failed),
        not_named=tuple(unnamed),
        broken_not_named=tuple(nameless),
        generated=generated(course, engine, MUTANTS, VARIATIONS),
    )


def _sources(folder: Path, course: Course) -> list[Path]:
    return sorted((folder / course.assignment.name).glob("*.py"))


def table(rows: Sequence[Row], today: datetime.date | None = None) -> str:
    """The page `benchmarks/results/mutants.md`."""
    lines = [
        "# Known mistakes through the judging",
        "",
        f"`make mutants`, {today or datetime.date.today()}, torch {torch.__version__}, float64 on the CPU.",
        "",
        "Every misconception of `reference/*/misconceptions.py` in all its ways, and the common ones in pairs, are",
        "built as edits of the reference, captured in the sandbox and told from the reference by their fingerprint",
        "(one that is the reference's function, or another misconception's, stops the run). Then each is written",
        f"in another style ({', '.join(STYLES)}, in turn) and judged: *named* counts those whose fingerprint leads",
        "to exactly their own codes. *Broken* are the wrong submissions of `tests/submissions/broken`, written by",
        "hand and not from the catalogue, that have a graph (some compute the reference's function and fail elsewhere:",
        "an unused layer, a batch of one); *correct* the files of `tests/submissions/correct`",
        "and the reference in every style.",
        "",
        "| exercise | misconceptions | ways | pairs | told apart | named exactly | wrongly passed | correct | wrongly failed "
        "| broken | of them named |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        entries = row.singles + row.pairs
        lines.append(
            f"| {row.exercise} | {row.codes} | {row.singles} | {row.pairs} | {entries} | "
            f"{row.named} ({row.named / entries:.1%}) | {len(row.wrongly_passed)} | {row.correct} | "
            f"{len(row.wrongly_failed)} | {row.broken} | {row.broken_named} |"
        )
    lines += [
        "",
        "## Made by rule",
        "",
        "*Mutants* are the solution with one change (`grader/authoring/mutations.py`: calls dropped, statements left",
        "out or twice, other layers, tensors, operators, numbers, widths, kinds, tensors cut off, scaled or turned),",
        "drawn with a fixed seed; a survivor passes every check that needs no training. *Equivalent* is proven: the",
        "same operators on the same values in the same order. *Variations* are the solution with every call in one of",
        "its usual ways, layers kept in one of four ways, drawn at every place (`grader/authoring/variations.py`).",
        "",
        "| exercise | mutants | killed | of them without a graph | of these mended and judged | equivalent | survived "
        "| variations | marked down |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        made = row.generated
        lines.append(
            f"| {row.exercise} | {made.mutants} | {made.killed} | {made.unable} | {made.mended} | {made.equivalent} | "
            f"{len(made.survived)} | {made.variations} | {len(made.marked_down)} |"
        )
    for title, names in (
        ("Survived", [(row, row.generated.survived) for row in rows]),
        ("Marked down", [(row, row.generated.marked_down) for row in rows]),
        ("Wrongly passed", [(row, row.wrongly_passed) for row in rows]),
        ("Wrongly failed", [(row, row.wrongly_failed) for row in rows]),
        ("Not named", [(row, row.not_named) for row in rows]),
        ("Broken submissions without a name (judged wrong, explained by where they part)",
         [(row, row.broken_not_named) for row in rows]),
    ):  # fmt: skip
        if any(found for _, found in names):
            lines += ["", f"## {title}", ""]
            lines += [f"- {row.exercise}: {', '.join(found)}" for row, found in names if found]
    return "\n".join(lines) + "\n"
