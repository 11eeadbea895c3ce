"""`overrides.yaml` in the folder of a run: a person's points, with a reason, in place of the grader's.

    "20231234":
      skip: {points: 92, reason: "정규화만 빠졌음 (이의 신청 11/20)", by: 김조교}
      ca:
        checks:
          function: {points: 30, reason: "the handout can be read so"}
        private: "came to the office hour"

They survive every later run, and are shown as what they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from grader.records.base import Record
from grader.records.findings import CheckName
from grader.records.results import CheckOverride, ExerciseResult, Finding, Override, Results, SubmissionResult
from grader.yaml_file import YamlFile, nearest, read_text

FILE = "overrides.yaml"


class GivenCheck(Record):
    """One check of one exercise of one student."""

    points: float = Field(ge=0)
    reason: str = Field(min_length=1, coerce_numbers_to_str=True)
    by: str = Field(default="", coerce_numbers_to_str=True)


class Given(Record):
    """One exercise of one student: its points as a whole, or those of some of its checks."""

    points: float | None = Field(default=None, ge=0)
    reason: str | None = Field(default=None, min_length=1, coerce_numbers_to_str=True)
    by: str = Field(default="", coerce_numbers_to_str=True)
    checks: dict[CheckName, GivenCheck] = Field(default_factory=dict)
    private: str = Field(default="", coerce_numbers_to_str=True)
    """For course staff: `grader review` shows it, and no page, no results and no export ever does."""

    @model_validator(mode="after")
    def _says_something(self) -> Given:
        if self.points is None and not self.checks and not self.private:
            raise ValueError("points are missing; add them, or checks with points of their own")
        if self.points is not None and self.checks:
            raise ValueError("points and checks exclude each other; keep one of them")
        if self.points is not None and self.reason is None:
            raise ValueError("reason is missing; add it")
        return self


_Form = dict[str, dict[str, Given]]
_FORM: TypeAdapter[_Form] = TypeAdapter(_Form)


@dataclass(frozen=True)
class Overrides:
    """What the file says: student number → exercise → points."""

    file: YamlFile
    given: Mapping[str, Mapping[str, Given]]


def read_overrides(folder: Path) -> Overrides | None:
    """None where there is no such file.

    Raises:
        AssignmentError: the first mistake in the file.
    """
    path = folder / FILE
    if not path.exists():
        return None
    file = YamlFile(path, read_text(path, ""), if_empty=None)
    try:
        return Overrides(file, _FORM.validate_python(file.data))
    except ValidationError as error:
        file.explain(file.first(error.errors(include_url=False)), _Form)


def misnamed(folder: Path) -> tuple[Path, ...]:
    """Files beside it that look as if they were meant to be it."""
    found = (
        path
        for path in folder.glob("*")
        if re.fullmatch(r"overrides?\.(ya?ml|txt|yaml\.txt)", path.name, re.I)
    )
    return tuple(sorted(path for path in found if path.name != FILE))


def with_overrides(results: Results, overrides: Overrides | None) -> Results:
    """The results with these overrides, and none that they had before.

    Raises:
        AssignmentError: an override of somebody, or of an exercise, that is not there, or above the maximum.
    """
    if overrides is not None:
        _check(results, overrides)
    given = overrides.given if overrides else {}
    rows = tuple(
        _with(submission, given.get(submission.student_id, {})) for submission in results.submissions
    )
    return results.model_copy(update={"submissions": rows})


def _check(results: Results, overrides: Overrides) -> None:
    file = overrides.file
    students = {submission.student_id: submission for submission in results.submissions}
    for number, exercises in overrides.given.items():
        if number not in students:
            file.fail(
                (number,),
                f"there is no student {number} in this run",
                "mend the number or take it out; if the file belongs to another class or assignment, "
                "give this one a folder of its own (--out)",
            )
        for name, one in exercises.items():
            if name not in results.run.exercises:
                known = list(results.run.exercises)
                file.fail((number, name), f"there is no exercise {name}", nearest(name, known, "name one of"))
            most = results.run.exercises[name].max_points
            if one.points is not None and one.points > most:
                file.fail(
                    (number, name, "points"),
                    f"{one.points:g} points are more than {name} has ({most:g})",
                    "grade without --profile static, which leaves the training checks out, or lower them"
                    if results.run.profile == "static"
                    else "lower them",
                )
            found = {finding.check: finding for finding in students[number].exercises[name].findings}
            for check, given in one.checks.items():
                where = (number, name, "checks", check)
                if check not in found:
                    file.fail(
                        where,
                        f"{check} was not checked in {name} of {number}",
                        "give the exercise points as a whole",
                    )
                if given.points > found[check].max_points:
                    file.fail(
                        (*where, "points"),
                        f"{given.points:g} points are more than {check} has ({found[check].max_points:g})",
                        "lower them",
                    )


def _with(submission: SubmissionResult, given: Mapping[str, Given]) -> SubmissionResult:
    exercises = {
        name: _replaced(own(result), given.get(name)) for name, result in submission.exercises.items()
    }
    return submission.model_copy(update={"exercises": exercises})


def own(result: ExerciseResult) -> ExerciseResult:
    """What the grader itself said."""
    if result.override is None:
        return result
    findings = tuple(
        finding.model_copy(update={"points": finding.override.points, "override": None})
        if finding.override
        else finding
        for finding in result.findings
    )
    before = {"points": result.override.points, "status": result.override.status, "findings": findings}
    return result.model_copy(update={**before, "override": None})


def _replaced(result: ExerciseResult, given: Given | None) -> ExerciseResult:
    if given is None or (given.points is None and not given.checks):
        return result
    if given.points is not None:
        override = Override(
            reason=given.reason or "", by=given.by, points=result.points, status=result.status
        )
        return result.model_copy(update={"points": given.points, "status": "graded", "override": override})
    findings = tuple(_check_replaced(finding, given.checks.get(finding.check)) for finding in result.findings)
    waits = any(finding.points is None for finding in findings)
    charged = sum(repair.price for repair in result.repairs)
    points = max(0.0, round(sum(finding.points or 0.0 for finding in findings) - charged, 2))
    override = Override(
        reason="; ".join(f"{check}: {one.reason}" for check, one in given.checks.items()),
        by=", ".join(dict.fromkeys(one.by for one in given.checks.values() if one.by)),
        checks=tuple(given.checks),
        points=result.points,
        status=result.status,
    )
    return result.model_copy(
        update={
            "findings": findings,
            "points": None if waits else points,
            "status": "needs_review" if waits else "graded",
            "override": override,
        }
    )


def _check_replaced(finding: Finding, given: GivenCheck | None) -> Finding:
    if given is None:
        return finding
    override = CheckOverride(reason=given.reason, by=given.by, points=finding.points)
    return finding.model_copy(update={"points": given.points, "override": override})
