"""`course.yaml` → `CourseFile`; every mistake is one sentence with file, line, problem and fix."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from grader.errors import AssignmentError
from grader.records.gradebook import Column, CourseFile
from grader.yaml_file import YamlFile, nearest, read_text


def read_course_file(path: Path) -> CourseFile:
    """What goes into which column.

    Raises:
        AssignmentError: the first mistake in the file.
    """
    file = _read(path)
    try:
        return CourseFile.model_validate(file.data)
    except ValidationError as error:
        file.explain(file.first(error.errors(include_url=False)), CourseFile)


def course_file_of(root: Path) -> CourseFile | None:
    """The course's own file; None where it has none.

    Raises:
        AssignmentError: the first mistake in it.
    """
    path = root / "course.yaml"
    return read_course_file(path) if path.exists() else None


def course_file_if_any(path: Path) -> CourseFile | None:
    """`read_course_file` for those who can do without: None where it is missing or has a mistake."""
    try:
        return read_course_file(path)
    except AssignmentError:
        return None


def column_of(course: CourseFile, wanted: str | None, path: Path) -> Column:
    """The column that is meant: the one named, or the only one.

    Raises:
        AssignmentError: there are several, or none of that title.
    """
    titles = [f"“{column.title}”" for column in course.columns]
    if wanted is None:
        if len(course.columns) > 1:
            raise AssignmentError(
                path, None, f"it has several columns ({', '.join(titles)})", "name one with --column"
            )
        return course.columns[0]
    for column in course.columns:
        if column.title == wanted:
            return column
    raise AssignmentError(
        path, None, f"it has no column “{wanted}”", nearest(f"“{wanted}”", titles, "name one of")
    )


def place_of(course: CourseFile, column: Column, path: Path) -> str:
    """ "course.yaml:4": where a column's title stands."""
    line = _read(path).line(("columns", course.columns.index(column), "title"))
    return f"{path}:{line}"


def _read(path: Path) -> YamlFile:
    return YamlFile(path, read_text(path, "name the LMS's columns there"), "name the LMS's columns there")
