"""A submission as text → how it is graded with ladder, blanks and repairs, through a real sandbox."""

from __future__ import annotations

from functools import cache

from tracing import IMAGE, sandbox

from grader.authoring.terms import terms_of
from grader.course import Exercise, default_root, read_course
from grader.grading import Grading
from grader.mender import Meter
from grader.pipeline_jobs import TRY_S
from grader.records.graph import Capture
from grader.records.judgement import Judgement
from grader.records.repair import Mending
from grader.records.submission import Cell, Excerpt, SourceFile, Submission
from grader.records.work import Terms
from grader.sandboxes import Limits, Reply
from grader.stages.capture import capture
from grader.stages.excerpts import cut
from grader.stages.reading.magics import neutralised
from grader.stages.scoring import charged, findings, graded
from grader.stages.scoring.naming import named


@cache
def course() -> dict[str, Exercise]:
    """All exercises."""
    return read_course(default_root())


@cache
def terms(name: str) -> Terms:
    """An exercise as the workers know it."""
    return terms_of(default_root(), name, sandbox().run)


def handed_in(source: str, path: str = "model.py") -> Submission:
    """One file of one student."""
    cell: Cell = neutralised(path, source)
    return Submission(
        student_id="1", student_name="", files=(SourceFile(path=path, kind="python", cells=(cell,)),)
    )


def grading(source: str, name: str, **mending: object) -> Grading:
    """`grading_of` one file."""
    return grading_of(handed_in(source), name, **mending)


def grading_of(submission: Submission, name: str, **mending: object) -> Grading:
    """Everything that grading one exercise takes, ready to be asked."""
    asked = terms(name).model_copy(update={"mending": Mending.model_validate(mending)})

    def ask(excerpt: Excerpt, meter: Meter | None) -> Capture:
        limits = Limits(whole_files=excerpt.whole is not None)
        if meter is not None:
            limits = limits.model_copy(update={"wall_s": TRY_S, "cpu_s": TRY_S})

        def run(request: bytes) -> Reply:
            reply = sandbox().run(request, limits)
            if meter is not None:
                meter.add(reply.cpu_s, reply.seconds)
            return reply

        return capture(excerpt, IMAGE, run)

    return Grading(asked, submission, ask)


def judged(source: str, name: str, **mending: object) -> Judgement | None:
    """What becomes of a source that is handed in for an exercise."""
    return judged_of(handed_in(source), name, **mending)


def judged_of(submission: Submission, name: str, **mending: object) -> Judgement | None:
    """What becomes of all that a student handed in."""
    found = grading_of(submission, name, **mending)
    return found.judged(cut(found.submission, found.terms.assignment.classes, name))


def percent(judgement: Judgement, name: str) -> float:
    """Points of a static run, in parts of 100."""
    exercise = course()[name]
    known = exercise.catalogue.get(judgement.fingerprint or "", ())
    verdicts = named(judgement.verdicts, known)
    rows = findings(verdicts, exercise.assignment, "static", exercise.prices)
    result = charged(graded(rows, exercise.assignment, "static"), judgement.repairs)
    assert result.points is not None
    return round(100 * result.points / result.max_points, 1)
