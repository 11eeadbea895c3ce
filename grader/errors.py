"""Everything that this project raises on purpose.

    GraderError
    ├── UserError                 whoever runs the grader must fix something (exit code 2)
    │   ├── AssignmentError       a mistake in a file that an instructor or assistant writes
    │   ├── SubmissionsError      the submissions folder or archive cannot be used
    │   ├── DataError             the data set cannot be used
    │   ├── CalibrationError      no thresholds for this exercise, recipe and data set
    │   └── SandboxUnavailable    this machine cannot lock student code in
    ├── LmsUnavailable            an LMS is busy, broken for the moment or out of reach: asked again
    ├── ScoreRefused              an LMS will not have one student's score
    └── GraderFault               our own fault: the submission waits for a person, no point is lost
        ├── SandboxFault          the guest died or answered in a way that no submission explains
        └── TrainingFault         a training run ended in a way that no submission explains

A student's mistake is never an exception here: it is a finding (`grader.records.findings`).
"""

from __future__ import annotations

from pathlib import Path


class GraderError(Exception):
    """Base of all errors below; `str()` is one sentence."""


class UserError(GraderError):
    """The person running the grader must fix something; the sentence says what and where."""


class AssignmentError(UserError):
    """A mistake in a person's file: which file and line, what is wrong, how to mend it."""

    def __init__(self, file: Path | str, line: int | None, problem: str, fix: str) -> None:
        self.file, self.line, self.problem, self.fix = str(file), line, problem, fix
        where = f"{file}:{line}" if line else str(file)
        super().__init__(f"{where}: {problem}; {fix}")


class SubmissionsError(UserError):
    """The folder or archive of submissions cannot be used."""


class DataError(UserError):
    """The data set cannot be used."""


class CalibrationError(UserError):
    """No thresholds are stored for this exercise, recipe and data set."""


class SandboxUnavailable(UserError):
    """This machine offers no way to hide files from student code or to cut its network."""


class LmsUnavailable(GraderError):
    """An LMS is busy, broken for the moment, or out of reach: ask again.

    Args:
        problem: what happened, without a full stop.
        after_s: how long it asked us to wait, or None.
        unsure: what was asked may have been done all the same.
    """

    def __init__(self, problem: str, after_s: float | None = None, unsure: bool = True) -> None:
        self.after_s, self.unsure = after_s, unsure
        super().__init__(problem)


class ScoreRefused(GraderError):
    """An LMS will not have this one student's score; the sentence says why, in its words."""


class GraderFault(GraderError):
    """Our own fault; whatever was being graded waits for a person."""


class SandboxFault(GraderFault):
    """The guest died or answered in a way that no submission explains."""


class TrainingFault(GraderFault):
    """A training run ended in a way that no submission explains."""
