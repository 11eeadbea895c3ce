"""The exercises as they lie on disk: `assignments/<name>/` and `reference/<name>/`."""

from grader.course.assignment_file import read_assignment
from grader.course.exercises import (
    Exercise,
    default_root,
    exercise_names,
    other_classes,
    read_course,
    read_solution,
)

__all__ = [
    "Exercise",
    "default_root",
    "exercise_names",
    "other_classes",
    "read_assignment",
    "read_course",
    "read_solution",
]
