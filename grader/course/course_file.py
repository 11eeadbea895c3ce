"""`course.yaml` → `CourseFile`; every mistake is one sentence with file, line, problem and fix."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import ValidationError

from grader.errors import AssignmentError
from grader.records.gradebook import Column, CourseFile


def read_course_file(path: Path) -> CourseFile:
    """What goes into which column.

    Raises:
        AssignmentError: the first mistake in the file.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise AssignmentError(path, None, "there is no such file", "name the LMS's columns there") from None
    except (OSError, UnicodeDecodeError) as error:
        raise AssignmentError(path, None, f"it cannot be read ({error})", "save it as UTF-8") from None
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise AssignmentError(
            path, mark.line + 1 if mark else None, f"this is not YAML ({getattr(error, 'problem', error)})",
            "look at the colons and the indentation here",
        ) from None  # fmt: skip
    try:
        return CourseFile.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = first["loc"]
        name = ".".join(str(step) for step in where) or "the file"
        raise AssignmentError(
            path,
            _line(text, where),
            f"{name}: {_said(first['msg'])}",
            "mend it as the comments in the file say",
        ) from None


def column_of(course: CourseFile, wanted: str | None, path: Path) -> Column:
    """The column that is meant: the one named, or the only one.

    Raises:
        AssignmentError: there are several, or none of that title.
    """
    titles = ", ".join(f"“{column.title}”" for column in course.columns)
    if wanted is None:
        if len(course.columns) > 1:
            raise AssignmentError(path, None, f"it has several columns ({titles})", "name one with --column")
        return course.columns[0]
    for column in course.columns:
        if column.title == wanted:
            return column
    raise AssignmentError(path, None, f"it has no column “{wanted}”", f"name one of {titles}")


def _said(message: str) -> str:
    return message.removeprefix("Value error, ")


def _line(text: str, where: tuple[str | int, ...]) -> int | None:
    """Line of the value that a location leads to, or of the nearest thing around it."""
    node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    line = node.start_mark.line + 1 if node else None
    for step in where:
        if isinstance(node, yaml.MappingNode):
            pair = next(((k, v) for k, v in node.value if getattr(k, "value", None) == str(step)), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            break
    return line
