"""`course.yaml`: every mistake has one sentence with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course import default_root
from grader.course.course_file import column_of, place_of, read_course_file
from grader.errors import AssignmentError

GOOD = """\
columns:
  - title: Lab 12
    exercises: [skip, dense]
    points: 100
  - title: Lab 13
    exercises: [ca]
    points: 10
decimals: 2
"""


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "course.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_the_shipped_file_is_in_order() -> None:
    assert read_course_file(default_root() / "course.yaml").columns


def test_the_place_of_a_column_is_the_line_of_its_title(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    course = read_course_file(path)
    assert [place_of(course, column, path) for column in course.columns] == [f"{path}:2", f"{path}:5"]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("points: 10\n", "point: 10\n", ":7: unknown key columns[1].point; did you mean points?"),
        ("    points: 100\n", "", ":2: columns[0].points is missing; add it"),
        ("points: 100", "points: many", ':4: columns[0].points must be a number, not "many"; write a number such as'),
        ("points: 100", "points: 0", ":4: columns[0].points must be above 0, not 0; correct the number"),
        ("exercises: [ca]", "exercises: []", ":6: columns[1].exercises is empty; fill it in"),
        ("exercises: [ca]", "exercises: ca", ':6: columns[1].exercises must be a list, not "ca"; write it in brackets'),
        ("title: Lab 12", "title: 12", ":2: columns[0].title must be text, not 12; put it in quotes"),
        ("Lab 13", "Lab 12", "two columns have the same title; give each its own"),
        ("decimals: 2", "decimals: 3", ":8: decimals must be 2 or less, not 3; correct the number"),
        ("decimals: 2", "decimal: 2", ":8: unknown key decimal; did you mean decimals?"),
        ("decimals: 2", "decimals: 2\ndecimals: 1", ":9: decimals stands here again (first in line 8); delete one"),
        ("    points: 10\n", "    points: 10\n    points: 20\n",
         ":8: columns[1].points stands here again (first in line 7); delete one"),
        ("decimals: 2", "lti: {platform: blackboard}", ':8: lti.platform cannot be "blackboard"; it may be canvas, moodle'),
        ("decimals: 2", "run: {deadline: {at: 2026-11-27, zone: Asia/Seoul}}",
         ":8: run.deadline.at: the time of day is missing; write it like 2026-11-27 23:59"),
        ("decimals: 2", "run: {deadline: {at: tomorrow, zone: Asia/Seoul}}",
         ':8: run.deadline.at must be a day and a time of day, not "tomorrow"; write it like 2026-11-27 23:59'),
        ("decimals: 2", "run: {deadline: {at: 2026-11-27 23:59, zone: Korea/Seoul}}",
         ":8: run.deadline.zone: there is no time zone Korea/Seoul; write one such as Asia/Seoul"),
        ("decimals: 2", "run: {deadline: {at: 2026-11-27 23:59}}", ":8: run.deadline.zone is missing; add it"),
        ("decimals: 2", "run: {deadline: {at: 2026-11-27 23:59, zone: Asia/Seoul, extensions: {'1': 2026-11-30}}}",
         ":8: run.deadline.extensions.1: the time of day is missing"),
        ("columns:", "columns", "this is not YAML"),
        (GOOD, "", "the file is empty; name the LMS's columns there"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    path = written(tmp_path, GOOD.replace(old, new))
    with pytest.raises(AssignmentError) as caught:
        read_course_file(path)
    assert str(caught.value).startswith(str(path)) and sentence in str(caught.value)


def test_a_file_in_another_encoding_and_none_at_all_are_one_sentence(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD.replace("Lab 12", "실습").encode("cp949"))
    with pytest.raises(AssignmentError, match=r":2: this is not UTF-8 text; save the file as UTF-8"):
        read_course_file(path)
    with pytest.raises(AssignmentError, match="there is no such file; name the LMS's columns there"):
        read_course_file(tmp_path / "nowhere.yaml")


def test_a_title_that_is_not_there_suggests_the_nearest(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    course = read_course_file(path)
    with pytest.raises(AssignmentError, match=r"it has no column “Lab 14”; did you mean “Lab 1[23]”"):
        column_of(course, "Lab 14", path)
    with pytest.raises(AssignmentError, match=r"it has several columns .*; name one with --column"):
        column_of(course, None, path)
