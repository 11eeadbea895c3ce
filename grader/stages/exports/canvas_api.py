"""Scores, comments and the students' pages into Canvas, with a person's access token."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from grader.errors import LmsUnavailable, UserError
from grader.records.base import Text
from grader.stages.exports.canvas_client import CanvasClient, Work
from grader.stages.exports.grades import Grade, Order, grades, plain_number
from grader.stages.exports.journal import Entry
from grader.stages.exports.plan import Outcome
from grader.stages.exports.posting import Cell, Wanted, post

TOKEN_VARIABLE = "CANVAS_API_TOKEN"
_EXCUSED = Text(en="excused in Canvas", ko="Canvas에서 면제된 학생이에요")


def export(order: Order) -> Outcome:
    """Post the order's column.

    Raises:
        UserError: what the person running it must fix.
    """
    site, column = order.course.canvas_api, order.column
    if site is None:
        raise UserError("course.yaml: has no section “canvas_api”; docs/lms-api.md says what stands in it")
    if column.title not in site.assignments:
        raise UserError(
            f"course.yaml: canvas_api: assignments does not say which assignment “{column.title}” is; "
            f"write the number in the assignment's address"
        )
    token = os.environ.get(TOKEN_VARIABLE, "").strip()
    if not token:
        raise UserError(
            f"{TOKEN_VARIABLE} is not set; make a token in Canvas under Account > Settings > New Access Token, "
            f"and put it into that environment variable"
        )
    client = CanvasClient(site.url, token, site.course, site.assignments[column.title])
    try:
        title, points = client.assignment()
        if points != column.points:
            raise UserError(
                f"course.yaml: the column “{column.title}” has {column.points:g} points there and "
                f"{points:g} in Canvas (“{title}”); write points: {points:g}"
            )
        pages = order.pages if site.pages else {}
        cells = {
            (student := grade.student.student_id): Wanted(
                None if grade.score is None else float(grade.score),
                _comment(grade, order.language) if site.comments else "",
                hashlib.sha256(pages[student]).hexdigest()[:8] if student in pages else "",
            )
            for grade in grades(order)
            if grade.score is not None or (grade.missing and not grade.student.absent and site.pages)
        }
        gradebook = _CanvasColumn(client, pages)
        return post(order, gradebook, f"canvas-api-{site.url}-{site.assignments[column.title]}", cells)
    except LmsUnavailable as later:
        raise UserError(f"{later}, again and again; repeat the command later") from None


def _comment(grade: Grade, language: str) -> str:
    return grade.held.in_language(language) if grade.held else grade.comment


class _CanvasColumn:
    """A `Gradebook`: an assignment's submissions."""

    def __init__(self, client: CanvasClient, pages: Mapping[str, bytes]) -> None:
        self._client, self._pages = client, pages
        self._users: dict[str, int] = {}

    def find(self, asked: Sequence[tuple[Grade, Wanted]]) -> dict[str, Cell | Text]:
        works = self._client.works()
        by_id = {str(work.user_id): work for work in works}
        by_number = {plain_number(work.number): work for work in works if work.number}
        found: dict[str, Cell | Text] = {}
        for grade, wanted in asked:
            student = grade.student
            work = by_id.get(student.ids.get("canvas", "")) or by_number.get(plain_number(student.student_id))
            if work is None:
                found[student.student_id] = _nobody(bool(by_number))
            elif work.excused:
                found[student.student_id] = _EXCUSED
            else:
                self._users[student.student_id] = work.user_id
                found[student.student_id] = _there(work, wanted)
        return found

    def send(self, student_id: str, wanted: Wanted, before: Entry | None) -> str:
        page = self._pages.get(student_id, b"")
        self._client.give(self._users[student_id], wanted.score, wanted.comment, page, wanted.mark)
        return datetime.now(UTC).isoformat(timespec="milliseconds")


def _there(work: Work, wanted: Wanted) -> Cell:
    """The score, with comment and mark if these very ones are among the comments."""
    if work.shows(wanted.score, wanted.comment, wanted.mark):
        return wanted
    return Cell(None if wanted.score is None else work.score)


def _nobody(shows_numbers: bool) -> Text:
    if shows_numbers:
        return Text(en="no such student number in the course", ko="과목에 없는 학번이에요")
    return Text(
        en="Canvas does not show you student numbers; grade with --roster and the gradebook's CSV",
        ko="Canvas가 학번을 보여 주지 않아요. 성적부 CSV를 --roster로 주고 채점해 주세요",
    )
