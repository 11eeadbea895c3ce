"""`results.json`, version 1: the product. Reports and exports only read it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from grader.records.assignment import Measured
from grader.records.base import Language, Record, Text
from grader.records.deadline import Deadline, Lateness
from grader.records.drawing import Drawing
from grader.records.findings import CheckName, Flag, LayerRow, Outcome, Place
from grader.records.repair import Repair
from grader.records.roster import Unmatched
from grader.records.submission import JoinedBy, Layout

SCHEMA_VERSION = 1


class CheckOverride(Record):
    """A person's points for one check in place of the grader's."""

    reason: str
    by: str = ""
    """Who decided; empty where nobody signed."""
    points: float | None
    """What the grader gave; None where it could not judge."""


class Finding(Record):
    """One check of one exercise, with its points."""

    check: CheckName
    outcome: Outcome
    points: float | None
    """None for a `grader_error`: it waits for a person."""
    max_points: float
    code: str
    message: Text
    hint: Text | None = None
    place: Place | None = None
    layers: tuple[LayerRow, ...] = ()
    details: str = ""
    override: CheckOverride | None = None
    """Set where `points` are a person's."""


class Override(Record):
    """A person's points in place of the grader's."""

    reason: str
    by: str = ""
    """Who decided; empty where nobody signed."""
    checks: tuple[CheckName, ...] = ()
    """The checks whose points are a person's, where not the exercise's as a whole are."""
    points: float | None
    """What the grader gave; None where it could not judge."""
    status: Literal["graded", "missing", "needs_review"]
    """What the grader said."""


class Curve(Record):
    """A training run as a picture shows it."""

    updates: tuple[int, ...]
    """Where the losses were taken: updates made by then."""
    losses: tuple[float, ...]
    """Mean training loss since the place before."""
    accuracy: float
    """Share of the test images that are right at the end; 0 when it diverged."""
    test_images: int


class Calibrated(Record):
    """What a correct network reaches with this recipe on this data."""

    accuracy: Measured
    loss: Measured


class ExerciseResult(Record):
    """One exercise of one student."""

    status: Literal["graded", "missing", "needs_review"]
    points: float | None
    """None when `needs_review`."""
    max_points: float
    file: str | None = None
    """Which of the student's files was graded."""
    class_name: str | None = None
    fingerprint: str | None = None
    training: str | None = None
    """Whose training run served: "own run", or "shared with 20231234"."""
    drawing: str | None = None
    """Key of `Results.drawings`."""
    curve: str | None = None
    """Key of `Results.curves`."""
    reason: Text | None = None
    """Why it is missing or needs a person."""
    notes: tuple[Text, ...] = ()
    findings: tuple[Finding, ...] = ()
    repairs: tuple[Repair, ...] = ()
    """What was mended before it was judged, each with its price in points, which `points` are less by."""
    flags: tuple[Flag, ...] = ()
    """What looks like an attack on the grader; it costs no points."""
    override: Override | None = None
    """Set where `points` are a person's (`overrides.yaml`)."""
    question: Text | None = None
    """What whoever grades has to decide although there are points: which of several files counts."""

    @property
    def asked(self) -> Text | None:
        """The question, while no person has answered it."""
        return self.question if self.override is None else None


class SubmissionResult(Record):
    """One student."""

    student_id: str
    student_name: str
    files: tuple[str, ...]
    other_files: dict[str, Text] = Field(default_factory=dict)
    """Files that are no submission, with the reason."""
    late: bool
    """After the deadline where that is known, else as the LMS says."""
    section: str = ""
    """Of the class list."""
    submitted: datetime | None = None
    """As the LMS says."""
    lateness: Lateness | None = None
    """None where the course has no deadline, or nothing was handed in."""
    draft: bool = False
    """Saved in the LMS, never handed in."""
    exercises: dict[str, ExerciseResult]
    ids: dict[str, str] = Field(default_factory=dict)
    """What the LMS calls the student: `canvas`, `moodle`, `gradescope`, `login`, `email`."""
    source: str = ""
    """The file or folder as it came, the first where there are several."""
    joined_by: JoinedBy | None = None
    """What joined it to the class list."""
    unmatched: Unmatched | None = None
    """Why the class list has nobody for it; such scores go to no LMS."""
    batch: str = ""
    """Tells which folder of submissions it came from."""
    content: str = ""
    """A hash of all that was handed in; empty where nothing was."""

    @property
    def marked_late(self) -> bool:
        """The LMS's own word, whatever the course's deadline says."""
        return self.lateness.marked if self.lateness else self.late

    @property
    def absent(self) -> bool:
        """Nothing was handed in."""
        return not self.files and not self.other_files

    @property
    def ungradable(self) -> bool:
        """Something was handed in, and nothing in it is an exercise: a person should have a look."""
        return not self.absent and all(result.status == "missing" for result in self.exercises.values())


class ExerciseInfo(Record):
    """What a page needs to know of an exercise."""

    title: Text
    max_points: float
    classes: tuple[str, ...] = ()
    """Class names that are looked for; told to whoever handed in none of them."""
    calibrated: Calibrated | None = None
    """What its thresholds rest on; None where there are none, or nothing was trained."""
    start_curve: str | None = None
    """Key of the curve of the network that students start from, where somebody's was trained."""


class RunInfo(Record):
    """How the run was made."""

    profile: str
    data: str
    device: str
    trainings: int
    """Distinct networks whose training these results rest on."""
    seconds: float
    grader_version: str
    torch_version: str
    isolation: str
    """What locks student code in: "landlock, seccomp, rlimits, …"."""
    exercises: dict[str, ExerciseInfo]
    uncalibrated: tuple[str, ...] = ()
    """Exercises that were judged without thresholds, each with the command that makes them."""
    layout: Layout = "files"
    """Who laid the submissions out."""
    kept: tuple[str, ...] = ()
    """Students whose results an earlier run left in the folder and this one did not grade again."""
    roster: str = ""
    """File name of the class list; empty where none was given."""
    deadline: Deadline | None = None
    """By which lateness was counted."""
    language: Language = "ko"
    """Of the pages."""


class Results(Record):
    """The whole run."""

    schema_version: Literal[1] = 1
    run: RunInfo
    submissions: tuple[SubmissionResult, ...]
    strays: dict[str, Text] = Field(default_factory=dict)
    """Files beside the students' that name nobody, with what they are."""
    drawings: dict[str, Drawing] = Field(default_factory=dict)
    """Equal networks with equal names of layers have one."""
    curves: dict[str, Curve] = Field(default_factory=dict)
    """One per training run."""

    def in_doubt(self) -> dict[str, tuple[str, ...]]:
        """By student number: who handed in nothing so far, and the unsettled submissions that may be theirs."""
        found: dict[str, tuple[str, ...]] = {}
        absent = {one.student_id for one in self.submissions if one.absent}
        for submission in self.submissions:
            for person in submission.unmatched.candidates if submission.unmatched else ():
                if person.student_id in absent:
                    found[person.student_id] = (*found.get(person.student_id, ()), submission.source)
        return found
