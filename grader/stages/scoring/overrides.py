"""`overrides.yaml` in the folder of a run: a person's points, with a reason, in place of the grader's.

    "20231234":
      skip: {points: 92, reason: "정규화만 빠졌음 (이의 신청 11/20)"}

They survive every later run, and are shown as what they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import Field, TypeAdapter, ValidationError

from grader.errors import UserError
from grader.records.base import Record
from grader.records.results import ExerciseResult, Override, Results, SubmissionResult

FILE = "overrides.yaml"


class Given(Record):
    """One exercise of one student."""

    points: float = Field(ge=0)
    reason: str = Field(min_length=1)


Overrides = Mapping[str, Mapping[str, Given]]
_FORM: TypeAdapter[dict[str, dict[str, Given]]] = TypeAdapter(dict[str, dict[str, Given]])


def read_overrides(folder: Path) -> Overrides:
    """Student number → exercise → points; empty where there is no such file.

    Raises:
        UserError: the first mistake in the file.
    """
    path = folder / FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: it cannot be read ({error}); save it as UTF-8") from None
    try:
        # every scalar as text: a student number in digits must keep its leading zeros
        data = yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise UserError(f"{where}: this is not YAML; look at the colons and the indentation here") from None
    try:
        return _FORM.validate_python(data or {})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = " → ".join(str(step) for step in first["loc"])
        raise UserError(
            f"{path}:{_line(text, first['loc'])}: {name}: {first['msg']}; write it as "
            '"20231234": {skip: {points: 92, reason: "why"}}'
        ) from None


def with_overrides(results: Results, overrides: Overrides, folder: Path) -> Results:
    """The results with these overrides, and none that they had before.

    Raises:
        UserError: an override of somebody, or of an exercise, that is not there, or above the maximum.
    """
    left = {number: dict(exercises) for number, exercises in overrides.items()}
    rows = []
    for submission in results.submissions:
        given = left.pop(submission.student_id, {})
        rows.append(_with(submission, given, folder))
    if left:
        number = next(iter(left))
        raise UserError(
            f"{folder / FILE}: there is no student {number} in this run; mend the number, or take it out"
        )
    return results.model_copy(update={"submissions": tuple(rows)})


def _with(submission: SubmissionResult, given: Mapping[str, Given], folder: Path) -> SubmissionResult:
    for name in given:
        if name not in submission.exercises:
            known = ", ".join(submission.exercises)
            raise UserError(
                f"{folder / FILE}: {submission.student_id} has no exercise {name}; name one of {known}"
            )
    exercises = {
        name: _given(submission.student_id, name, own(result), given.get(name), folder)
        for name, result in submission.exercises.items()
    }
    return submission.model_copy(update={"exercises": exercises})


def own(result: ExerciseResult) -> ExerciseResult:
    """What the grader itself said."""
    if result.override is None:
        return result
    before = {"points": result.override.points, "status": result.override.status, "override": None}
    return result.model_copy(update=before)


def _given(
    number: str, name: str, result: ExerciseResult, given: Given | None, folder: Path
) -> ExerciseResult:
    if given is None:
        return result
    if given.points > result.max_points:
        raise UserError(
            f"{folder / FILE}: {number}: {name}: {given.points:g} points are more than the exercise has "
            f"({result.max_points:g}); lower them"
        )
    override = Override(reason=given.reason, points=result.points, status=result.status)
    return result.model_copy(update={"points": given.points, "status": "graded", "override": override})


def _line(text: str, where: tuple[str | int, ...]) -> int:
    """The line of the deepest key on the way that is there."""
    node, line = yaml.compose(text, Loader=yaml.BaseLoader), 1
    for step in where:
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        found = next(((key, value) for key, value in pairs if key.value == str(step)), None)
        if found is None:
            break
        line, node = found[0].start_mark.line + 1, found[1]
    return line
