"""An exercise as the workers of a run know it, made without a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from grader.bench import reference_of, whole
from grader.course import Exercise, other_classes, read_course
from grader.marks import blanks_of
from grader.networks.stand_ins import with_borders
from grader.records.repair import Mending
from grader.records.submission import Excerpt
from grader.records.work import Terms
from grader.stages.capture import capture
from grader.stages.capture.ask import Answer


def terms_of(root: Path, name: str, run: Callable[[bytes], Answer]) -> Terms:
    """What judging, blanks and repairs need to know of an exercise.

    Args:
        root: folder that holds `assignments/` and `reference/`.
        run: of a sandbox, in which our own files are traced.

    Raises:
        UserError: a mistake in the exercise's files, or a solution that has no graph.
    """
    exercise = read_course(root, [name])[name]
    assignment = exercise.assignment
    given = assignment.builds_on
    start = read_course(root, [given])[given] if given else exercise
    source = start.solution if given else exercise.template
    traced = capture(_whole(start, source), assignment.input_shape, run)
    marked = None
    if assignment.blanks:
        cells = with_borders(exercise.solution, blanks_of(exercise.solution), assignment.blanks)
        bordered = _whole(exercise, exercise.solution).model_copy(update={"cells": cells})
        marked = reference_of(name, capture(bordered, assignment.input_shape, run)).model_dump_json()
    solution = capture(_whole(exercise, exercise.solution), assignment.input_shape, run)
    return Terms(
        assignment=assignment,
        reference=reference_of(name, solution).model_dump_json(),
        start=traced.graph.model_dump_json() if traced.graph else None,
        template=exercise.template,
        marked=marked,
        others=tuple(sorted(other_classes(root)[name])),
        mending=Mending(),
        prices=exercise.prices.repairs,
    )


def _whole(exercise: Exercise, source: str) -> Excerpt:
    return whole(exercise.assignment.name, exercise.assignment.classes[0], "solution.py", source)
