"""Scores, comments and pages into Canvas through the `canvasapi` library.

One request writes grade, comment and page together, so that no half of it can be there; the page is
uploaded before. A page's file name carries a mark of what is in it: what stands in Canvas already says
whether this very page was sent.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import requests
from canvasapi.assignment import Assignment
from canvasapi.course import Course
from canvasapi.exceptions import (
    BadRequest,
    CanvasException,
    Conflict,
    Forbidden,
    InvalidAccessToken,
    RateLimitExceeded,
    ResourceDoesNotExist,
    Unauthorized,
    UnprocessableEntity,
)
from canvasapi.requester import Requester
from canvasapi.submission import Submission
from canvasapi.upload import Uploader
from requests.adapters import HTTPAdapter

from grader.errors import LmsUnavailable, ScoreRefused, UserError
from grader.stages.exports.lms_words import own_words, why_unreachable
from grader.stages.exports.patience import Patience

T = TypeVar("T")
_TIMEOUT_S = (10.0, 120.0)


@dataclass(frozen=True)
class Comment:
    """A comment on a submission, with the names of its files."""

    text: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class Work:
    """A student's submission as it stands in Canvas."""

    user_id: int
    name: str
    number: str
    """`sis_user_id`; empty where the token's owner may not see it."""
    login: str
    score: float | None
    """As entered, before a late policy takes its part."""
    excused: bool
    comments: tuple[Comment, ...]

    def shows(self, score: float | None, comment: str, mark: str) -> bool:
        """Whether score, comment and the page with this mark are there; an empty one need not be."""
        if score is not None and (self.score is None or abs(self.score - score) >= 0.005):
            return False
        return not (comment or mark) or any(
            said.text == (comment or said.text) and (not mark or any(mark in name for name in said.files))
            for said in self.comments
        )


class CanvasClient:
    """Talks to one assignment.

    Raises `UserError` for what the person running it must fix, `LmsUnavailable` when patience is at an end.
    """

    def __init__(
        self, url: str, token: str, course: int, assignment: int, patience: Patience | None = None
    ) -> None:
        self.url, self.patience = url.rstrip("/"), patience or Patience()
        self._where = f"{self.url}/courses/{course}/assignments/{assignment}"
        self._requester = Requester(self.url, token)
        for scheme in ("https://", "http://"):
            self._requester._session.mount(scheme, _Timely())  # canvasapi itself would wait for ever
        self._course = Course(self._requester, {"id": course})
        self._assignment = Assignment(self._requester, {"id": assignment, "course_id": course})

    def assignment(self) -> tuple[str, float]:
        """Title and points possible."""
        found = self._read(lambda: self._course.get_assignment(self._assignment.id))
        if not getattr(found, "published", True):
            raise UserError(f"{self._where}: is not published, and Canvas takes no grades for it; publish it")
        return str(found.name), float(found.points_possible or 0)

    def works(self) -> list[Work]:
        """Every student's submission, handed in or not."""

        def listed() -> list[Submission]:
            return list(self._assignment.get_submissions(include=["user", "submission_comments"]))

        return [_work(entry) for entry in self._read(listed)]

    def work(self, user_id: int) -> Work:
        """One student's submission."""
        return _work(self._read(lambda: self._submission(user_id)))

    def give(self, user_id: int, score: float | None, comment: str, page: bytes, mark: str) -> None:
        """Write a grade with comment and page; whether a lost answer's grade is there is looked up.

        Args:
            score: None leaves the grade as it is.
            page: HTML; empty for none.
            mark: part of the page's file name that says what is in it.

        Raises:
            ScoreRefused: this student's grade, not the next one's.
        """
        more: dict[str, Any] = {"text_comment": comment} if comment else {}
        if page:
            more["file_ids"] = [self._write(lambda: self._upload(user_id, page, mark), lambda: None)]

        def give() -> bool:
            target = Submission(self._requester, self._key(user_id))
            grade = {} if score is None else {"submission": {"posted_grade": f"{score:.10g}"}}
            target.edit(**grade, **({"comment": more} if more else {}))
            return True

        def arrived() -> bool | None:
            return True if self.work(user_id).shows(score, comment, mark if page else "") else None

        self._write(give, arrived)

    # ------------------------------------------------------------------ requests

    def _key(self, user_id: int) -> dict[str, Any]:
        return {"course_id": self._course.id, "assignment_id": self._assignment.id, "user_id": user_id}

    def _submission(self, user_id: int) -> Submission:
        return self._assignment.get_submission(user_id, include=["user", "submission_comments"])

    def _upload(self, user_id: int, page: bytes, mark: str) -> int:
        place = f"courses/{self._course.id}/assignments/{self._assignment.id}/submissions/{user_id}/comments/files"
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"feedback-{mark}.html"
            file.write_bytes(page)
            stored, answer = Uploader(self._requester, place, file, content_type="text/html").start()
        if not stored:
            raise BadRequest(f"the page was not stored: {answer}")
        return int(answer["id"])

    def _write(self, call: Callable[[], T], done: Callable[[], T | None]) -> T:
        def ask() -> T:
            try:
                return self._answered(call)
            except (BadRequest, Forbidden, ResourceDoesNotExist, Conflict, UnprocessableEntity) as error:
                raise ScoreRefused(own_words(error.message)) from None
            except Unauthorized as error:
                raise UserError(
                    f"{self._where}: this token may not grade here ({own_words(error.message)}); use one of somebody who may"
                ) from None

        return self.patience.ask(ask, done)

    def _read(self, call: Callable[[], T]) -> T:
        def ask() -> T:
            try:
                return self._answered(call)
            except ResourceDoesNotExist:
                raise UserError(
                    f"{self._where}: there is no such assignment; check course and assignment in course.yaml"
                ) from None
            except (Unauthorized, Forbidden) as error:
                raise UserError(
                    f"{self._where}: this token may not read the submissions ({own_words(error.message)}); "
                    f"use one of a teacher or teaching assistant of this course"
                ) from None
            except CanvasException as error:
                raise UserError(
                    f"{self._where}: {own_words(error.message)}; check canvas_api in course.yaml"
                ) from None

        return self.patience.ask(ask)

    def _answered(self, call: Callable[[], T]) -> T:
        """Canvas's exceptions sorted: ask later, the person's to fix, or (passed on) the caller's to name."""
        host = self.url.split("://")[-1]
        try:
            return call()
        except InvalidAccessToken:
            raise UserError(
                f"{self.url}: does not accept the token; make a new one under Account > Settings > New Access Token "
                f"and put it into CANVAS_API_TOKEN"
            ) from None
        except RateLimitExceeded:
            raise LmsUnavailable(f"{host} asks us to wait (HTTP 429)", unsure=False) from None
        except Forbidden as error:
            if "rate limit" in str(error).lower():
                raise LmsUnavailable(f"{host} asks us to wait (HTTP 403)", unsure=False) from None
            raise
        except (requests.exceptions.JSONDecodeError, requests.exceptions.InvalidURL):
            raise UserError(f"{self.url}: this is no Canvas; check canvas_api: url in course.yaml") from None
        except requests.exceptions.SSLError:
            raise UserError(f"{self.url}: its certificate is not trusted; check the address") from None
        except requests.RequestException as error:
            raise LmsUnavailable(f"{host} cannot be reached ({why_unreachable(error)})") from None
        except CanvasException as error:
            if "status code 5" in str(error):
                raise LmsUnavailable(f"{host} fails (HTTP {str(error)[-3:]})") from None
            raise


class _Timely(HTTPAdapter):
    """Gives up on a server that says nothing."""

    def send(self, request: Any, *rest: Any, **more: Any) -> requests.Response:
        more["timeout"] = more.get("timeout") or _TIMEOUT_S
        return super().send(request, *rest, **more)


def _work(entry: Submission) -> Work:
    user = getattr(entry, "user", None) or {}
    comments = tuple(
        Comment(
            str(said.get("comment") or ""),
            tuple(str(file["display_name"]) for file in said.get("attachments") or ()),
        )
        for said in getattr(entry, "submission_comments", None) or ()
    )
    score = getattr(entry, "entered_score", None)
    return Work(
        user_id=int(entry.user_id),
        name=str(user.get("name") or ""),
        number=str(user.get("sis_user_id") or ""),
        login=str(user.get("login_id") or ""),
        score=None if score is None else float(score),
        excused=bool(getattr(entry, "excused", False)),
        comments=comments,
    )
