"""Grades, comments and pages into Canvas, against a strict REST server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lms_servers.canvas_rest import TOKEN, CanvasRest, Comment, Work
from lms_servers.serving import Answer, Fault

from grader.errors import LmsUnavailable, ScoreRefused, UserError
from grader.stages.exports.canvas_client import CanvasClient
from grader.stages.exports.patience import Patience

PAGE = "<!doctype html><p>홍길동</p>".encode()


@pytest.fixture
def canvas() -> Iterator[CanvasRest]:
    with CanvasRest([Work(3000 + n, f"학생{n}", f"2026{n:04}", f"s{n}") for n in range(23)]) as server:
        yield server


def client_of(
    canvas: CanvasRest, waits: list[float] | None = None, token: str = TOKEN, **ids: int
) -> CanvasClient:
    patience = Patience(sleep=(waits if waits is not None else []).append)
    return CanvasClient(canvas.url, token, ids.get("course", 7), ids.get("assignment", 4567), patience)


def test_every_student_comes_with_numbers_and_comments(canvas: CanvasRest) -> None:
    canvas.students[3001].comments.append(Comment("잘했어요", [{"display_name": "a.html"}]))
    canvas.students[3001].score, canvas.students[3001].late_deduction = 80.0, 10.0
    client = client_of(canvas)
    assert client.assignment() == ("HW2 CNN", 100.0)
    works = client.works()
    assert [work.number for work in works] == [f"2026{n:04}" for n in range(23)]
    assert works[1].score == 80.0  # as entered, not as a late policy shows it
    assert [(said.text, said.files) for said in works[1].comments] == [("잘했어요", ("a.html",))]
    assert canvas.count("GET .*/submissions$") == 3


def test_grade_comment_and_page_are_written_by_one_request(canvas: CanvasRest) -> None:
    client_of(canvas).give(3002, 87.5, "자동 채점: 87.5", PAGE, "3fa9c1")
    work = canvas.students[3002]
    assert (work.score, work.grades, canvas.writes()) == (87.5, 1, 1)
    [comment] = work.comments
    assert comment.text == "자동 채점: 87.5"
    assert [file["display_name"] for file in comment.files] == ["feedback-3fa9c1.html"]
    assert canvas.contents[comment.files[0]["id"]] == PAGE


def test_what_was_written_is_recognised(canvas: CanvasRest) -> None:
    client = client_of(canvas)
    client.give(3002, 87.5, "자동 채점", PAGE, "3fa9c1")
    work = client.work(3002)
    assert work.shows(87.5, "자동 채점", "3fa9c1") and work.shows(87.5, "", "")
    assert not work.shows(87.0, "자동 채점", "3fa9c1")
    assert not work.shows(87.5, "다른 말", "3fa9c1")
    assert not work.shows(87.5, "자동 채점", "000000")
    assert not client.work(3003).shows(0, "", "")


def test_a_zero_and_a_grade_alone(canvas: CanvasRest) -> None:
    client_of(canvas).give(3002, 0, "", b"", "")
    assert (canvas.students[3002].score, canvas.students[3002].comments) == (0.0, [])
    assert canvas.count("POST") == 0


@pytest.mark.parametrize("answer", [None, Answer(502), Answer(500, "<html>oops")])
def test_a_grade_whose_answer_was_lost_is_not_written_twice(
    canvas: CanvasRest, answer: Answer | None
) -> None:
    canvas.faults.append(Fault("^PUT", answer, worked=True))
    client_of(canvas).give(3002, 87.5, "한 번만", PAGE, "3fa9c1")
    work = canvas.students[3002]
    assert (work.score, work.grades, len(work.comments)) == (87.5, 1, 1)


def test_a_busy_canvas_is_asked_again_after_growing_waits(canvas: CanvasRest) -> None:
    canvas.faults += [
        Fault("^PUT", Answer(403, "403 Forbidden (Rate Limit Exceeded)")),
        Fault("^PUT", Answer(429, {"errors": "x"})),
        Fault("^PUT", Answer(503)),
        Fault("comments/files", Answer(503)),
        Fault("files_api", None),
    ]
    waits: list[float] = []
    client_of(canvas, waits).give(3002, 87.5, "", PAGE, "3fa9c1")
    assert (canvas.students[3002].score, canvas.students[3002].grades) == (87.5, 1)
    assert waits == [1, 2, 1, 2, 4]


def test_patience_ends(canvas: CanvasRest) -> None:
    canvas.faults.append(Fault("GET", Answer(503), times=99))
    waits: list[float] = []
    with pytest.raises(LmsUnavailable, match=r"127\.0\.0\.1:\d+ fails \(HTTP 503\)"):
        client_of(canvas, waits).works()
    assert waits == [1, 2, 4, 8, 16, 32]


def test_a_wrong_token_is_one_sentence(canvas: CanvasRest) -> None:
    with pytest.raises(UserError, match=r"does not accept the token; .*CANVAS_API_TOKEN") as caught:
        client_of(canvas, token="other").works()
    assert "other" not in str(caught.value)


@pytest.mark.parametrize("ids", [{"course": 8}, {"assignment": 1}])
def test_a_wrong_id_is_one_sentence(canvas: CanvasRest, ids: dict[str, int]) -> None:
    with pytest.raises(UserError, match="there is no such assignment; check course and assignment"):
        client_of(canvas, **ids).works()


def test_an_unpublished_assignment_is_said_before_anything_is_sent(canvas: CanvasRest) -> None:
    canvas.published = False
    with pytest.raises(UserError, match="not published"):
        client_of(canvas).assignment()


def test_a_student_who_may_not_grade_is_told(canvas: CanvasRest) -> None:
    unauthorized = Answer(
        401, {"status": "unauthorized", "errors": [{"message": "user not authorized to perform that action"}]}
    )
    canvas.faults.append(Fault("^PUT", unauthorized))
    with pytest.raises(UserError, match=r"may not grade here \(user not authorized"):
        client_of(canvas).give(3002, 1, "", b"", "")


def test_a_closed_column_and_an_unknown_student_are_said_in_canvas_own_words(canvas: CanvasRest) -> None:
    with pytest.raises(ScoreRefused, match="Not Found"):
        client_of(canvas).give(99, 1, "", b"", "")
    canvas.closed = True
    with pytest.raises(ScoreRefused, match="closed grading period"):
        client_of(canvas).give(3002, 1, "", b"", "")
    assert canvas.students[3002].score is None


def test_something_else_listens_there(canvas: CanvasRest) -> None:
    canvas.faults.append(Fault("GET", Answer(200, "<html>Welcome", "text/html"), times=9))
    with pytest.raises(UserError, match="this is no Canvas"):
        client_of(canvas).works()
    nobody = CanvasClient("http://127.0.0.1:9", TOKEN, 7, 4567, Patience(sleep=lambda _: None))
    with pytest.raises(LmsUnavailable, match="cannot be reached"):
        nobody.works()
