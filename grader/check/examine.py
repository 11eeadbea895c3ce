"""A file to what the check says of it, by the grader's own stages."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from grader.check.here import capture_here
from grader.check.words import no_such_class, not_python, nothing_in_it
from grader.file_names import suffix
from grader.grading import Grading
from grader.marks import blanks_of
from grader.mender import Meter
from grader.receipts import text_hash
from grader.records.base import Text
from grader.records.findings import Verdict
from grader.records.graph import Capture, Problem
from grader.records.judgement import Judgement
from grader.records.kit import Checked, CheckedLine, Ending, Kit, KitExercise, Report, ToldMistake
from grader.records.prices import Prices
from grader.records.submission import Excerpt, OtherFile, SourceFile, Submission
from grader.records.work import Terms
from grader.stages.excerpts import cut
from grader.stages.judging.sealing import unlock
from grader.stages.reading.handed_in import by_name, source
from grader.stages.scoring import findings
from grader.stages.scoring.naming import renamed, with_blanks
from grader.stages.screening import screen

EXAM_CHECKS = ("loads", "shape")


def examine_file(path: Path, kit: Kit, only: Sequence[str] = (), ending: Ending | None = None) -> Report:
    """Check a `.py` or `.ipynb` file.

    Args:
        only: names of exercises; empty: whatever the file holds.
        ending: how an earlier process with this file ended; then its code is not run again.
    """
    began, now = time.monotonic(), time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    data = path.read_bytes()
    readable = suffix(path.name) in (".py", ".ipynb")
    items = source(path.name, lambda most: data[:most]) if readable else [by_name(path.name)]
    files = tuple(item for item in items if isinstance(item, SourceFile))
    checked: tuple[Checked, ...] = ()
    problem = None
    if files:
        checked, problem = examine(files, kit, only, ending)
    else:
        other = next(item for item in items if isinstance(item, OtherFile))
        problem = nothing_in_it(path.name, other.reason)
    return Report(
        language=kit.language, exam=kit.exam, file=path.name, sha256=text_hash(files[0]) if files else "", checked_on=now,
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
    done = [one for one in found if one is not None]
    if done:
        return tuple(done), None
    if not kit.exam and (likely := _meant(files, asked)) is not None:
        mended = _examined(likely, submission, None, kit, ending)
        if mended is not None:
            return (mended,), None
    broken = next((cell.problem for file in files for cell in file.cells if cell.problem), None)
    wanted = [one.assignment.classes[0] for one in asked]
    return (), not_python(broken) if broken else no_such_class(wanted, _classes(files))


def _examined(
    exercise: KitExercise, submission: Submission, excerpt: Excerpt | None, kit: Kit, ending: Ending | None
) -> Checked | None:
    """What grading says, as far as the kit can know it; None where no class comes into question."""
    assignment = exercise.assignment
    blanks = screen(excerpt, exercise.template).blanks if excerpt else ()
    notes = screen(excerpt, exercise.template).notes if excerpt else ()
    terms = Terms(
        assignment=assignment, reference=exercise.reference, start=exercise.start, template=exercise.template,
        marked=None, prices=exercise.prices.repairs,
        others=tuple(
            sorted(name for one in kit.exercises if one is not exercise for name in one.assignment.classes)
        ),
        # what is not written yet is no slip
        mending=kit.mending.model_copy(update={"mode": "off"}) if blanks or kit.exam or ending else kit.mending,
    )  # fmt: skip

    def ask(own: Excerpt, meter: Meter | None) -> Capture:
        if ending is not None:
            return Capture(problem=Problem(code=ending))
        cpu, wall = time.process_time(), time.monotonic()
        captured = capture_here(own, assignment.input_shape)
        if meter is not None:
            meter.add(time.process_time() - cpu, time.monotonic() - wall)
        return captured

    untouched = bool(blanks) and len(blanks) == len(blanks_of(exercise.template))
    judgement = Grading(terms, submission, ask, untouched, whole_files=False).judged(excerpt)
    if judgement is None:
        return None
    mistake = _mistake(judgement, exercise)
    verdicts = renamed(judgement.verdicts, mistake) if mistake else judgement.verdicts
    verdicts, prices = with_blanks(verdicts, blanks), exercise.prices
    if mistake is not None and mistake.price is not None:
        prices = prices.model_copy(update={"findings": {mistake.code: mistake.price, **prices.findings}})
    return Checked(
        exercise=assignment.name, title=assignment.title, notes=(*notes, *judgement.notes),
        file=excerpt.file if excerpt else submission.files[0].path,
        class_name=excerpt.class_name if excerpt else assignment.classes[0],
        lines=() if judgement.unsure else _lines(verdicts, exercise, prices, mistake is not None, kit.exam), repairs=judgement.repairs,
        held=judgement.unsure,
    )  # fmt: skip


def _mistake(judgement: Judgement, exercise: KitExercise) -> ToldMistake | None:
    words = unlock(exercise.reference.mistakes, judgement.fingerprint) if judgement.fingerprint else None
    return ToldMistake.model_validate_json(words) if words else None


def _lines(
    verdicts: Sequence[Verdict], exercise: KitExercise, prices: Prices, named: bool, exam: bool
) -> tuple[CheckedLine, ...]:
    if exam:
        verdicts = [
            verdict.model_copy(update={"hint": None}) for verdict in verdicts if verdict.check in EXAM_CHECKS
        ]
    # a network that the kit has no words for may be a mistake that only the grading knows by name
    left_open = {
        v.check for v in verdicts
        if v.open or (not named and v.outcome == "failed" and v.check in ("function", "gradients") and v.code != "nothing-added")
    }  # fmt: skip
    # what a mistake costs may be taken from any of the points: none are certain before it is known
    unknown = any(verdict.outcome == "failed" and verdict.check in left_open for verdict in verdicts)
    if unknown:
        prices = prices.model_copy(update={"findings": {}})
    lines = []
    for finding in findings(verdicts, exercise.assignment, "static", prices):
        if exam and finding.check not in EXAM_CHECKS:
            continue
        if _equality_untold(exercise) and (finding.check, finding.code) == ("function", "other-function"):
            continue
        undecided = unknown or finding.check in left_open
        told = finding.model_copy(update={"points": None}) if undecided else finding
        lines.append(CheckedLine(finding=told, open=finding.check in left_open))
    return tuple(lines)


def _equality_untold(exercise: KitExercise) -> bool:
    return not exercise.reference.answers and exercise.assignment.open_design is None


def _meant(files: Sequence[SourceFile], asked: Sequence[KitExercise]) -> KitExercise | None:
    """The exercise that a file without any of the asked classes is for, by its name and its marks."""
    text = " ".join([file.path for file in files] + [cell.text for file in files for cell in file.cells])
    named = [one for one in asked if one.assignment.name in text.lower()]
    likely = [one for one in asked if f"BLANK {one.assignment.name}-" in text] or named
    return likely[0] if len(likely) == 1 else asked[0] if len(asked) == 1 else None


def _classes(files: Sequence[SourceFile]) -> list[str]:
    words = [line.split() for file in files for cell in file.cells for line in cell.text.splitlines()]
    return [line[1].partition("(")[0].rstrip(":") for line in words if len(line) > 1 and line[0] == "class"]
