"""Canvas's REST API as far as scores go: assignment, submissions in pages, grade, comment, file in three steps."""

from __future__ import annotations

import email
import email.policy
import itertools
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from lms_servers.serving import Answer, Asked, Server, paged

TOKEN = "1234~canvas-token-of-the-teaching-assistant"


@dataclass
class Comment:
    """One submission comment."""

    text: str
    files: list[dict[str, Any]]


@dataclass
class Work:
    """A student's submission of the assignment."""

    user_id: int
    name: str
    number: str
    login: str = ""
    score: float | None = None
    """As entered; a late policy may show less."""
    late_deduction: float = 0.0
    excused: bool = False
    comments: list[Comment] = field(default_factory=list)
    grades: int = 0
    """How often a grade was written."""


class CanvasRest(Server):
    """Canvas with one course (7) and one assignment (4567)."""

    def __init__(self, students: list[Work]) -> None:
        super().__init__()
        self.students = {work.user_id: work for work in students}
        self.maximum = 100.0
        self.page_size = 10
        self.shows_numbers = True
        self.closed = False
        self.published = True
        self.files: dict[int, dict[str, Any]] = {}
        self.contents: dict[int, bytes] = {}
        self._awaited: dict[str, tuple[str, int]] = {}
        self._ids = itertools.count(9001)
        self.base = "/api/v1/courses/7"
        self.assignment = f"{self.base}/assignments/4567"

    def writes(self) -> int:
        return self.count("^PUT ")

    def respond(self, asked: Asked) -> Answer:
        if asked.path == "/files_api":
            return self._upload(asked)
        if asked.header("authorization") != f"Bearer {TOKEN}":
            refused = {"errors": [{"message": "Invalid access token."}]}
            raise Answer(401, refused, headers={"WWW-Authenticate": 'Bearer realm="canvas-lms"'})
        line = (asked.method, asked.path)
        if line == ("GET", self.base):
            return Answer(200, {"id": 7, "name": "Machine learning"})
        if line == ("GET", self.assignment):
            body = {"id": 4567, "course_id": 7, "name": "HW2 CNN", "points_possible": self.maximum,
                    "published": self.published, "grading_type": "points"}  # fmt: skip
            return Answer(200, body)
        if line == ("GET", f"{self.assignment}/submissions"):
            works = [self._shown(work, asked) for work in self.students.values()]
            size = min(self.page_size, int(asked.query.get("per_page", ["10"])[0]))
            page, links = paged(asked, self.url, works, size)
            return Answer(200, page, headers=links)
        head, _, rest = asked.path.removeprefix(f"{self.assignment}/submissions/").partition("/")
        work = self.students.get(int(head)) if head.isdigit() else None
        if work is None:
            raise Answer(404, {"errors": [{"message": "The specified resource does not exist."}]})
        if asked.method == "GET" and not rest:
            return Answer(200, self._shown(work, asked))
        if asked.method == "PUT" and not rest:
            return self._edit(work, asked)
        if asked.method == "POST" and rest == "comments/files":
            return self._announce(asked)
        raise Answer(404, {"errors": [{"message": "The specified resource does not exist."}]})

    def _shown(self, work: Work, asked: Asked) -> dict[str, Any]:
        include = asked.query.get("include[]", [])
        score = None if work.score is None else work.score - work.late_deduction
        shown: dict[str, Any] = {
            "id": 100000 + work.user_id, "assignment_id": 4567, "user_id": work.user_id, "excused": work.excused,
            "score": score, "entered_score": work.score, "grade": None if score is None else str(score),
        }  # fmt: skip
        if "user" in include:
            user = {"id": work.user_id, "name": work.name, "sortable_name": work.name}
            shown["user"] = user | (
                {"sis_user_id": work.number, "login_id": work.login} if self.shows_numbers else {}
            )
        if "submission_comments" in include:
            shown["submission_comments"] = [
                {"id": place, "comment": comment.text, "attachments": comment.files}
                for place, comment in enumerate(work.comments)
            ]
        return shown

    def _edit(self, work: Work, asked: Asked) -> Answer:
        form = parse_qs(asked.body.decode("utf-8"), keep_blank_values=True)
        if self.closed:
            raise Answer(
                403,
                {
                    "status": "unauthorized",
                    "errors": [{"message": "This assignment is in a closed grading period"}],
                },
            )
        if not self.published:
            raise Answer(400, {"errors": [{"message": "assignment is not published"}]})
        grade = form.get("submission[posted_grade]", [None])[0]
        if grade is not None:
            try:
                work.score = float(grade) if grade else None
            except ValueError:
                raise Answer(400, {"errors": [{"message": f"invalid grade {grade}"}]}) from None
            work.grades += 1
        text = form.get("comment[text_comment]", [""])[0]
        ids = [int(value) for value in form.get("comment[file_ids][]", [])]
        if any(file not in self.files or file not in self.contents for file in ids):
            raise Answer(400, {"errors": [{"message": "unknown file_ids"}]})
        if text or ids:
            work.comments.append(Comment(text, [self.files[file] for file in ids]))
        return Answer(200, self._shown(work, asked))

    def _announce(self, asked: Asked) -> Answer:
        form = parse_qs(asked.body.decode("utf-8"))
        name, size = form["name"][0], int(form["size"][0])
        key = f"Key{next(self._ids)}"
        self._awaited[key] = (name, size)
        body = {"upload_url": f"{self.url}/files_api", "upload_params": {"key": key, "filename": name}}
        return Answer(200, body)

    def _upload(self, asked: Asked) -> Answer:
        """The store for files is another service: a token must not reach it, and the file comes last."""
        if asked.header("authorization"):
            raise Answer(400, {"message": "a token was sent to the file store"})
        head = f"Content-Type: {asked.header('content-type')}\r\n\r\n".encode()
        message = email.message_from_bytes(head + asked.body, policy=email.policy.HTTP)
        parts = {part.get_param("name", header="content-disposition"): part for part in message.iter_parts()}  # type: ignore[attr-defined]
        if list(parts)[-1] != "file":
            raise Answer(400, {"message": "the file must be the last part"})
        key = parts["key"].get_content().strip()
        name, size = self._awaited.pop(key, ("", -1))
        data = parts["file"].get_payload(decode=True)
        if len(data) != size:
            raise Answer(400, {"message": f"{len(data)} bytes, {size} announced"})
        file = next(self._ids)
        self.files[file] = {"id": file, "display_name": name, "filename": name, "size": size}
        self.contents[file] = data
        return Answer(201, "while(1);" + json.dumps({**self.files[file], "url": f"{self.url}/files/{file}"}))
