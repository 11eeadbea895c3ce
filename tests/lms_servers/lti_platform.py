"""The platform's side of LTI 1.3 Advantage, as Moodle and as Canvas do it: token, line items, scores, results, members.

Strict, and with the traps that the two have: see `_score_moodle` and `_score_canvas`.
"""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from urllib.parse import parse_qs

import jwt
from lms_servers.serving import Answer, Asked, Server, paged

AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"
LINE_ITEM, LINE_ITEM_READ = AGS + "lineitem", AGS + "lineitem.readonly"
RESULT, SCORE = AGS + "result.readonly", AGS + "score"
MEMBERS = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
ALL_SCOPES = (LINE_ITEM, LINE_ITEM_READ, RESULT, SCORE, MEMBERS)
MEDIA = {
    "item": "application/vnd.ims.lis.v2.lineitem+json",
    "items": "application/vnd.ims.lis.v2.lineitemcontainer+json",
    "score": "application/vnd.ims.lis.v1.score+json",
    "results": "application/vnd.ims.lis.v2.resultcontainer+json",
    "members": "application/vnd.ims.lti-nrps.v2.membershipcontainer+json",
}
SUBMISSION = "https://canvas.instructure.com/lti/submission"


@dataclass
class Member:
    """One person of the course."""

    user_id: str
    name: str
    number: str = ""
    email: str = ""
    role: str = "Learner"
    status: str = "Active"
    canvas_id: str = ""
    """Canvas's own id of the user: it is what Canvas's results name, while its members have LTI ids."""


@dataclass
class Grade:
    """What a gradebook's cell holds, and how it came to that."""

    score: float | None = None
    comments: list[str] = field(default_factory=list)
    time: datetime | None = None
    attempts: int = 0
    posts: int = 0


@dataclass
class Column:
    """A line item."""

    label: str
    maximum: float
    closed: bool = False
    attempts_left: int | None = None


class LtiPlatform(Server):
    """A platform with one course (7) and one tool (type 3)."""

    def __init__(
        self, mode: Literal["moodle", "canvas"], public_keys: dict[str, Any], members: list[Member]
    ) -> None:
        super().__init__()
        self.mode, self.keys, self.members = mode, public_keys, members
        self.client_id = "10000000000042" if mode == "canvas" else "aB3xYz9"
        self.permitted: tuple[str, ...] = ALL_SCOPES
        self.token_life_s = 3600.0
        self.page_size = 10
        self.columns = {"11": Column("Week 12", 100.0), "12": Column("Other", 10.0)}
        self.grades: dict[tuple[str, str], Grade] = {}
        self._tokens: dict[str, tuple[float, frozenset[str]]] = {}
        self._assertions: set[str] = set()
        canvas = mode == "canvas"
        self.token_path = "/login/oauth2/token" if canvas else "/mod/lti/token.php"
        self.items_path = "/api/lti/courses/7/line_items" if canvas else "/mod/lti/services.php/7/lineitems"
        self.members_path = (
            "/api/lti/courses/7/names_and_roles"
            if canvas
            else "/mod/lti/services.php/CourseSection/7/bindings/3/memberships"
        )
        self._query = "" if canvas else "?type_id=3"
        self.token_url = self.url + self.token_path
        self.line_items_url = self.url + self.items_path + self._query
        self.members_url = self.url + self.members_path

    def line_item_url(self, item: str) -> str:
        return self.url + self._item_path(item) + self._query

    def writes(self) -> int:
        return self.count(r"^POST .*/scores$")

    def grade(self, user_id: str, item: str = "11") -> Grade:
        return self.grades.setdefault((item, user_id), Grade())

    def forget_tokens(self) -> None:
        """As after a restart of the platform: every token is unknown."""
        self._tokens.clear()

    def _item_path(self, item: str) -> str:
        return f"{self.items_path}/{item}" + ("" if self.mode == "canvas" else "/lineitem")

    # ---------------------------------------------------------------- requests

    def respond(self, asked: Asked) -> Answer:
        if asked.path == self.token_path:
            return self._token(asked)
        if asked.path == self.members_path:
            return self._members(asked)
        if self.mode == "moodle" and asked.query.get("type_id") != ["3"]:
            raise Answer(403, "type_id is missing")
        if asked.path == self.items_path and asked.method == "POST":
            self._allow(asked, {LINE_ITEM}, "item")
            wanted = json.loads(asked.body)
            if not wanted.get("label") or not wanted.get("scoreMaximum", 0) > 0:
                raise Answer(422 if self.mode == "canvas" else 400, {"errors": {"message": "no line item"}})
            made = str(11 + len(self.columns))
            self.columns[made] = Column(wanted["label"], float(wanted["scoreMaximum"]))
            return Answer(201, self._item(made), MEDIA["item"])
        if asked.path == self.items_path:
            self._allow(asked, {LINE_ITEM, LINE_ITEM_READ}, "items")
            items, links = paged(asked, self.url, [self._item(key) for key in self.columns], 1)
            return Answer(200, items, MEDIA["items"], links)
        for item in self.columns:
            path = self._item_path(item)
            if asked.path == path and asked.method == "GET":
                self._allow(asked, {LINE_ITEM, LINE_ITEM_READ}, "item")
                return Answer(200, self._item(item), MEDIA["item"])
            if asked.path == f"{path}/results" and asked.method == "GET":
                return self._results(asked, item)
            if asked.path == f"{path}/scores" and asked.method == "POST":
                return self._score(asked, item)
        raise Answer(404, {"errors": {"type": "not_found"}})

    def _token(self, asked: Asked) -> Answer:
        if (
            asked.method != "POST"
            or asked.header("content-type").split(";")[0] != "application/x-www-form-urlencoded"
        ):
            raise Answer(400, {"error": "invalid_request"})
        form = {name: values[0] for name, values in parse_qs(asked.body.decode("ascii")).items()}
        if form.get("grant_type") != "client_credentials" or form.get("client_assertion_type") != (
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        ):
            raise Answer(400, {"error": "unsupported_grant_type"})
        assertion = form.get("client_assertion", "")
        try:
            head = jwt.get_unverified_header(assertion)
            assert head["alg"] == "RS256", "alg"
            claims = jwt.decode(
                assertion, self.keys[head["kid"]], algorithms=["RS256"], audience=self.token_url, leeway=0,
                options={"require": ["iss", "sub", "aud", "iat", "exp", "jti"]},
            )  # fmt: skip
            assert claims["iss"] == claims["sub"] == self.client_id, "client"
            assert 0 < claims["exp"] - claims["iat"] <= 300, "lives too long"
            assert claims["jti"] not in self._assertions, "used before"
        except (jwt.PyJWTError, KeyError, AssertionError) as problem:
            status = 401 if self.mode == "canvas" else 400
            raise Answer(status, {"error": "invalid_client", "error_description": str(problem)}) from None
        self._assertions.add(claims["jti"])
        asked_for = set(form.get("scope", "").split(" ")) - {""}
        given = asked_for & set(self.permitted)
        if not given or (self.mode == "canvas" and given != asked_for):
            raise Answer(400, {"error": "invalid_scope"})
        token = secrets.token_hex(16)
        self._tokens[token] = (time.monotonic() + self.token_life_s, frozenset(given))
        life = max(1, int(self.token_life_s))
        body = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": life,
            "scope": " ".join(sorted(given)),
        }
        return Answer(200, body)

    def _allow(self, asked: Asked, scopes: set[str], media: str) -> None:
        kind, _, token = asked.header("authorization").partition(" ")
        until, given = self._tokens.get(token, (0.0, frozenset()))
        if kind != "Bearer" or time.monotonic() > until:
            raise Answer(401, {"errors": {"message": "Invalid access token"}})
        if not scopes & given:
            raise Answer(401, {"errors": {"message": "Insufficient permissions"}})
        stated = asked.header("content-type" if asked.method == "POST" else "accept")
        if stated != MEDIA[media]:
            raise Answer(
                400 if asked.method == "POST" else 406, {"errors": {"message": f"media type {stated}"}}
            )

    # ---------------------------------------------------------------- services

    def _item(self, key: str) -> dict[str, Any]:
        column = self.columns[key]
        return {"id": self.line_item_url(key), "label": column.label, "scoreMaximum": column.maximum}

    def _members(self, asked: Asked) -> Answer:
        self._allow(asked, {MEMBERS}, "members")
        found = []
        for member in self.members:
            shown = {"user_id": member.user_id, "status": member.status,
                     "roles": [f"http://purl.imsglobal.org/vocab/lis/v2/membership#{member.role}"]}  # fmt: skip
            optional = {"name": member.name, "email": member.email, "lis_person_sourcedid": member.number}
            found.append(shown | {name: value for name, value in optional.items() if value})
        page, links = paged(asked, self.url, found, self.page_size)
        return Answer(
            200, {"id": self.members_url, "context": {"id": "7"}, "members": page}, MEDIA["members"], links
        )

    def _results(self, asked: Asked, item: str) -> Answer:
        self._allow(asked, {RESULT}, "results")
        found = []
        for (of, user), grade in self.grades.items():
            member = self._member(user)
            wanted = asked.query.get("user_id", [user])[0]
            if of != item or not grade.posts or member is None or wanted not in (user, member.canvas_id):
                continue
            shown = member.canvas_id or user
            result: dict[str, Any] = {"id": f"{self.line_item_url(item)}#{shown}", "userId": shown}
            # Moodle leaves a grade of 0 out: `!empty($grade->finalgrade)`
            if grade.score or (grade.score is not None and self.mode == "canvas"):
                result |= {"resultScore": grade.score, "resultMaximum": self.columns[item].maximum}
                if grade.comments:
                    result["comment"] = grade.comments[-1]
                if self.mode == "moodle" and grade.time:
                    result["timestamp"] = grade.time.isoformat(timespec="seconds")
            found.append(result)
        page, links = paged(asked, self.url, found, self.page_size)
        return Answer(200, page, MEDIA["results"], links)

    def _member(self, user: str) -> Member | None:
        return next((m for m in self.members if user and user in (m.user_id, m.canvas_id)), None)

    def _score(self, asked: Asked, item: str) -> Answer:
        self._allow(asked, {SCORE}, "score")
        try:
            score = json.loads(asked.body.decode("utf-8"))
            when = datetime.fromisoformat(score.get("timestamp", ""))
            assert when.tzinfo is not None
        except (ValueError, AssertionError):
            raise Answer(400, {"errors": {"message": "not a score with a timestamp"}}) from None
        activity = ("Initialized", "Started", "InProgress", "Submitted", "Completed")
        grading = ("NotReady", "Failed", "Pending", "PendingManual", "FullyGraded")
        if (
            not isinstance(score.get("userId"), str)
            or score.get("activityProgress") not in activity
            or score.get("gradingProgress") not in grading
            or isinstance(score.get("scoreGiven", 0), str | bool | None)
            or score.get("scoreGiven", 0) < 0
        ):
            raise Answer(400, {"errors": {"message": "Incorrect score received"}})
        member = self._member(score["userId"])
        post = self._score_canvas if self.mode == "canvas" else self._score_moodle
        return post(score, when, item, member)

    def _score_moodle(
        self, score: dict[str, Any], when: datetime, item: str, member: Member | None
    ) -> Answer:
        if member is None or member.role != "Learner" or "scoreMaximum" not in score:
            raise Answer(400, "Incorrect score received")
        grade, column = self.grade(member.user_id, item), self.columns[item]
        if grade.time is not None and int(grade.time.timestamp()) >= int(when.timestamp()):  # whole seconds
            raise Answer(409, f"Refusing score with an earlier timestamp for item {item}")
        if column.closed:
            raise Answer(500)
        given = score.get("scoreGiven") if score["gradingProgress"] == "FullyGraded" else None
        grade.score = None if given is None else given * column.maximum / score["scoreMaximum"]
        grade.comments = [score["comment"]] if score.get("comment") else []
        grade.time, grade.posts = when, grade.posts + 1
        return Answer(200, "", MEDIA["score"])

    def _score_canvas(
        self, score: dict[str, Any], when: datetime, item: str, member: Member | None
    ) -> Answer:
        if member is None or member.role != "Learner":
            raise Answer(422, {"errors": {"message": "User not found in course or is not a student"}})
        grade, column = self.grade(member.user_id, item), self.columns[item]
        if grade.time is not None and grade.time > when:
            message = f"Provided timestamp of {score['timestamp']} before last updated timestamp"
            raise Answer(400, {"errors": {"message": message}})
        if "scoreGiven" in score and "scoreMaximum" not in score:
            raise Answer(422, {"errors": {"message": "ScoreMaximum not supplied when ScoreGiven present."}})
        if column.closed:
            raise Answer(422, {"errors": {"message": "The grading period of this assignment is closed"}})
        if score.get(SUBMISSION, {}).get("new_submission", True):
            if column.attempts_left is not None and grade.attempts >= column.attempts_left:
                raise Answer(
                    422, {"errors": {"message": "The maximum number of allowed attempts has been reached"}}
                )
            grade.attempts += 1
        accepted = score["gradingProgress"] in ("FullyGraded", "PendingManual") and "scoreGiven" in score
        grade.score = score["scoreGiven"] * column.maximum / score["scoreMaximum"] if accepted else None
        grade.comments += [score["comment"]] if score.get("comment") else []
        grade.time, grade.posts = when, grade.posts + 1
        return Answer(200, {"resultUrl": f"{self.line_item_url(item)}/results/1"}, MEDIA["score"])
