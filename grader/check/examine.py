"""A file to what the check says of it, by the grader's own stages."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path

from grader.check.here import capture_here
from grader.check.words import no_such_class, not_python, nothing_in_it
from grader.mender import RUNS, Meter, mend, progress
from grader.records.base import Text
from grader.records.findings import Verdict
from grader.records.graph import Capture, Problem
from grader.records.judgement import Judgement
from grader.records.kit import Checked, CheckedLine, Ending, Kit, KitExercise, Report
from grader.records.misconception import Mistake
from grader.records.repair import Repair
from grader.records.submission import Excerpt, SourceFile, Submission
from grader.stages.excerpts import cut
from grader.stages.judging import judge
from grader.stages.judging.sealed_standard import SealedStandard
from grader.stages.judging.sealing import unlock
from grader.stages.mending import PRICES, Situation
from grader.stages.reading import read
from grader.stages.scoring import findings
from grader.stages.scoring.naming import renamed, with_blanks
from grader.stages.screening import blanks_of, screen

EXAM_CHECKS = ("loads", "shape")


def examine_file(path: Path, kit: Kit, only: Sequence[str] = (), ending: Ending | None = None) -> Report:
    """Check a `.py` or `.ipynb` file.

    Args:
        only: names of exercises; empty: whatever the file holds.
        ending: how an earlier process with this file ended; then its code is not run again.
    """
    began, now = time.monotonic(), time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    items = read(path)
    files = tuple(item for item in items if isinstance(item, SourceFile))
    checked: tuple[Checked, ...] = ()
    problem = None if files else next((item.reason for item in items), nothing_in_it())  # type: ignore[union-attr]
    if files:
        checked, problem = examine(files, kit, only, ending)
    return Report(
        language=kit.language, exam=kit.exam, file=path.name, sha256=digest, checked_on=now,
        seconds=round(time.monotonic() - began, 2), exercises=checked, problem=problem,
    )  # fmt: skip


def examine(
    files: tuple[SourceFile, ...], kit: Kit, only: Sequence[str] = (), ending: Ending | None = None
) -> tuple[tuple[Checked, ...], Text | None]:
    """Check every exercise that the files hold, and say why where there is none."""
    submission = Submission(student_id="", student_name="", files=files)
    asked = [one for one in kit.exercises if not only or one.assignment.name in only]
    found = []
    for exercise in asked:
        excerpt = cut(submission, exercise.assignment.classes, exercise.assignment.name)
        if excerpt is not None:
            found.append(_examined(exercise, submission, excerpt, kit, ending))
    if found:
        return tuple(found), None
    taken = frozenset(name for one in kit.exercises for name in one.assignment.classes)
    if not kit.exam and (likely := _meant(files, asked)) is not None:
        mended = _examined(likely, submission, None, kit, ending, taken)
        if mended.repairs:
            return (mended,), None
    broken = next((cell.problem for file in files for cell in file.cells if cell.problem), None)
    wanted = [one.assignment.classes[0] for one in asked]
    return (), not_python(broken) if broken else no_such_class(wanted, _classes(files))


def _examined(
    exercise: KitExercise, submission: Submission, excerpt: Excerpt | None, kit: Kit, ending: Ending | None,
    taken: frozenset[str] = frozenset(),
) -> Checked:  # fmt: skip
    assignment = exercise.assignment
    seen = screen(excerpt, exercise.template) if excerpt else None
    untouched = bool(seen and seen.blanks) and len(seen.blanks if seen else ()) == len(
        blanks_of(exercise.template)
    )
    standard = SealedStandard.of(exercise.reference, assignment.input_shape)
    start = SealedStandard.of(exercise.start, assignment.input_shape) if exercise.start else None

    def captured(own: Excerpt) -> Capture:
        if ending is not None:
            return Capture(problem=Problem(code=ending))
        return capture_here(own, assignment.input_shape)

    def judged(capture: Capture | None, own: Excerpt) -> Judgement:
        return judge(capture, own, assignment, standard, start, untouched)

    first = captured(excerpt) if excerpt is not None and excerpt.problem is None else None
    repairs: tuple[Repair, ...] = ()
    judgement = judged(first, excerpt) if excerpt is not None else None
    situation = Situation(submission, assignment, excerpt, first, taken)
    if not kit.exam and ending is None and not (seen and seen.blanks) and progress(situation) < RUNS:
        meter = Meter()

        def timed(own: Excerpt) -> Capture:
            began, wall = time.process_time(), time.monotonic()
            result = captured(own)
            meter.add(time.process_time() - began, time.monotonic() - wall)
            return result

        mended = mend(
            situation, PRICES, lambda work: cut(work, assignment.classes, assignment.name), timed,
            lambda capture, own: judged(capture, own), lambda one: _worth(one, exercise), meter,
        )  # fmt: skip
        if mended is not None:
            repairs, judgement, excerpt = mended.repairs, mended.judgement, mended.excerpt
    if excerpt is None or judgement is None:
        return Checked(exercise=assignment.name, title=assignment.title, file="", class_name="")
    verdicts = with_blanks(_named(judgement, exercise), seen.blanks if seen else ())
    return Checked(
        exercise=assignment.name, title=assignment.title, file=excerpt.file, class_name=excerpt.class_name,
        lines=() if judgement.unsure else _lines(verdicts, exercise, kit.exam), repairs=repairs,
        notes=(*excerpt.notes, *(seen.notes if seen else ()), *judgement.notes), held=judgement.unsure,
    )  # fmt: skip


def _named(judgement: Judgement, exercise: KitExercise) -> tuple[Verdict, ...]:
    words = unlock(exercise.reference.mistakes, judgement.fingerprint) if judgement.fingerprint else None
    return renamed(judgement.verdicts, Mistake.model_validate_json(words)) if words else judgement.verdicts


def _worth(judgement: Judgement, exercise: KitExercise) -> float:
    found = findings(_named(judgement, exercise), exercise.assignment, "static")
    return sum(finding.points or 0.0 for finding in found)


def _lines(verdicts: Sequence[Verdict], exercise: KitExercise, exam: bool) -> tuple[CheckedLine, ...]:
    left_open = {verdict.check for verdict in verdicts if verdict.open}
    codes = {verdict.check: verdict.code for verdict in verdicts}
    hidden = set()
    if (
        not exercise.reference.answers
        and exercise.assignment.open_design is None
        and codes.get("function") == "other-function"
    ):
        hidden = {"function"}  # equality is not told: nothing is known of it
    return tuple(
        CheckedLine(finding=finding.model_copy(update={"points": None}) if finding.check in left_open else finding,
                    open=finding.check in left_open)
        for finding in findings(verdicts, exercise.assignment, "static")
        if finding.check not in hidden and (not exam or finding.check in EXAM_CHECKS)
    )  # fmt: skip


def _meant(files: Sequence[SourceFile], asked: Sequence[KitExercise]) -> KitExercise | None:
    """The exercise that a file without any of the asked classes is for, by its name and its marks."""
    text = " ".join([file.path for file in files] + [cell.text for file in files for cell in file.cells])
    named = [one for one in asked if one.assignment.name in text.lower()]
    likely = [one for one in asked if f"BLANK {one.assignment.name}-" in text] or named
    return likely[0] if len(likely) == 1 else asked[0] if len(asked) == 1 else None


def _classes(files: Sequence[SourceFile]) -> list[str]:
    words = [line.split() for file in files for cell in file.cells for line in cell.text.splitlines()]
    return [line[1].partition("(")[0].rstrip(":") for line in words if len(line) > 1 and line[0] == "class"]
