"""The tool's side of LTI 1.3 Assignment and Grade Services 2.0 and Names and Roles 2.0.

What Canvas and Moodle do differently, and what is done about it:

- a score makes a new attempt in Canvas unless its extension says otherwise: it always does;
- anything but `FullyGraded` erases the number in Moodle: nothing else is ever sent;
- a timestamp must be newer, in Moodle by a whole second: `newer` sees to it;
- a line item's address may have a query: `/scores` goes before it;
- results name a user by the LTI id (Moodle) or by Canvas's own id: `results` asks for each one left.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import jwt
import requests

from grader.errors import GraderError, UserError
from grader.stages.exports.lms_words import own_words, why_unreachable
from grader.stages.exports.lti_keys import SigningKey
from grader.stages.exports.patience import Later, Patience, asked_wait_s

_AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"
LINE_ITEM, RESULT, SCORE = _AGS + "lineitem.readonly", _AGS + "result.readonly", _AGS + "score"
MEMBERS = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
_ITEM = "application/vnd.ims.lis.v2.lineitem+json"
_ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
_SCORE = "application/vnd.ims.lis.v1.score+json"
_RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"
_MEMBERS = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
_SUBMISSION = "https://canvas.instructure.com/lti/submission"
_TIMEOUT_S = (10.0, 60.0)
_CLOCKS_AGREE_S = 2.0
"""The `Date` header counts whole seconds, and an answer takes a moment."""


class ScoreRefused(GraderError):
    """The platform will not have this one score; the sentence says why, in its words."""


@dataclass(frozen=True)
class Registration:
    """How the platform knows the tool."""

    client_id: str
    token_url: str
    audience: str
    """Who the signed request is for; the token URL unless the platform says otherwise."""


@dataclass(frozen=True)
class LineItem:
    """A gradebook column."""

    url: str
    label: str
    maximum: float


@dataclass(frozen=True)
class Member:
    """Someone in the course; empty where the platform withholds it."""

    user_id: str
    name: str
    email: str
    number: str
    """`lis_person_sourcedid`, often the student number."""


@dataclass(frozen=True)
class Result:
    """What the platform says stands in a cell; Moodle gives no score for 0."""

    user_id: str
    score: float | None
    comment: str
    time: datetime | None


@dataclass(frozen=True)
class Score:
    """What is posted."""

    user_id: str
    given: float
    maximum: float
    comment: str
    time: datetime

    def body(self) -> dict[str, Any]:
        """As it goes over the wire."""
        return {
            "userId": self.user_id,
            "scoreGiven": self.given,
            "scoreMaximum": self.maximum,
            **({"comment": self.comment} if self.comment else {}),
            "timestamp": self.time.isoformat(timespec="milliseconds"),
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            _SUBMISSION: {"new_submission": False},
        }


class LtiClient:
    """Talks to one platform; tokens are kept until shortly before they expire.

    Raises `UserError` for what the person running it must fix, `Later` when patience is at an end.
    """

    def __init__(
        self,
        registration: Registration,
        key: SigningKey,
        patience: Patience | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.registration, self.key, self.patience = registration, key, patience or Patience()
        self._now, self._ahead = now, timedelta()
        self._session = requests.Session()
        self._tokens: dict[str, tuple[str, float]] = {}

    def line_item(self, url: str) -> LineItem:
        """One column, by its address."""
        return _line_item(url, self._read(url, LINE_ITEM, _ITEM).json())

    def line_items(self, url: str) -> list[LineItem]:
        """All columns that the tool may see."""
        return [_line_item(url, entry) for page in self._pages(url, LINE_ITEM, _ITEMS) for entry in page]

    def members(self, url: str) -> list[Member]:
        """The course's active students."""
        found = []
        for page in self._pages(url, MEMBERS, _MEMBERS):
            for entry in page.get("members", []):
                student = any(str(role).endswith(("#Learner", "/Learner")) or role == "Learner"
                              for role in entry.get("roles", []))  # fmt: skip
                if student and entry.get("status", "Active") == "Active":
                    words = (entry.get(name) or "" for name in ("name", "email", "lis_person_sourcedid"))
                    found.append(Member(str(entry["user_id"]), *map(str, words)))
        return found

    def results(self, item: LineItem, users: Sequence[str]) -> dict[str, Result]:
        """What stands in the column, by the ids in `users`."""
        found = {result.user_id: result for result in self._results(item, {})}
        if set(found) - set(users):  # the platform names people by other ids here
            for user in set(users) - set(found):
                if theirs := self._results(item, {"user_id": user}):
                    found[user] = theirs[0]
        return {user: found[user] for user in users if user in found}

    def result(self, item: LineItem, user: str) -> Result | None:
        """What stands in one cell."""
        theirs = self._results(item, {"user_id": user})
        return theirs[0] if theirs else None

    def newer(self, *earlier: datetime | None) -> datetime:
        """A time for a score: the platform's now, a whole second past any `earlier`."""
        times = [time.replace(microsecond=0) + timedelta(seconds=1) for time in earlier if time is not None]
        moment = max([self._now() + self._ahead, *times])
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def post(self, item: LineItem, score: Score) -> None:
        """Write one score; whether a post whose answer was lost has arrived is looked up, not guessed.

        Raises:
            ScoreRefused: this score, not the next one.
        """

        doubtful = False

        def arrived() -> bool | None:
            nonlocal doubtful
            doubtful = True
            there = self.result(item, score.user_id)
            return (
                True
                if there and holds(there, score.given * item.maximum / score.maximum, score.comment)
                else None
            )

        def send() -> bool:
            answer = self._send("POST", _under(item.url, "scores"), SCORE, _SCORE, score.body())
            if answer.status_code == 409 and (doubtful or arrived()):
                return True  # refused for being no newer than what we sent ourselves
            if not answer.ok:
                raise ScoreRefused(f"{_said(answer)} (HTTP {answer.status_code})")
            return True

        self.patience.ask(send, arrived)

    # ------------------------------------------------------------------ requests

    def _results(self, item: LineItem, query: dict[str, str]) -> list[Result]:
        url = _under(item.url, "results", query)
        return [_result(entry) for page in self._pages(url, RESULT, _RESULTS) for entry in page]

    def _pages(self, url: str, scope: str, media: str) -> Iterator[Any]:
        following: str | None = url
        while following:
            answer = self._read(following, scope, media)
            yield answer.json()
            following = answer.links.get("next", {}).get("url")

    def _read(self, url: str, scope: str, media: str) -> requests.Response:
        def ask() -> requests.Response:
            answer = self._send("GET", url, scope, media)
            if not answer.ok:
                raise UserError(
                    f"{url}: {_said(answer)} (HTTP {answer.status_code}); check this address in course.yaml"
                )
            try:
                answer.json()
            except ValueError:
                raise UserError(
                    f"{url}: answers with something other than LTI; check this address in course.yaml"
                ) from None
            return answer

        return self.patience.ask(ask)

    def _send(self, method: str, url: str, scope: str, media: str, body: Any = None) -> requests.Response:
        """One request; a token that the platform no longer knows is replaced once."""
        for last in (False, True):
            header = {"Authorization": f"Bearer {self._token(scope)}"}
            header["Content-Type" if method == "POST" else "Accept"] = media
            answer = self._over_the_wire(method, url, headers=header, json=body)
            if answer.status_code != 401:
                return answer
            self._tokens.pop(scope, None)
            if last:
                raise UserError(
                    f"{url}: the platform gave a token and refuses it here ({_said(answer)}); "
                    f"let the tool use {scope} there, or check this address in course.yaml"
                )
        raise AssertionError("the second refusal is the last")

    def _token(self, scope: str) -> str:
        token, until = self._tokens.get(scope, ("", 0.0))
        if time.monotonic() < until:
            return token
        seconds = int(self._now().timestamp())
        claims = {
            "iss": self.registration.client_id,
            "sub": self.registration.client_id,
            "aud": self.registration.audience,
            "iat": seconds,
            "exp": seconds + 60,
            "jti": uuid.uuid4().hex,
        }
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": jwt.encode(claims, self.key.private, "RS256", headers={"kid": self.key.kid}),
            "scope": scope,
        }
        url = self.registration.token_url
        asked = time.monotonic()
        answer = self._over_the_wire("POST", url, data=form, headers={"Accept": "application/json"})
        try:
            given = answer.json()
            if not isinstance(given, dict):
                raise ValueError
        except ValueError:
            raise UserError(
                f"{url}: no token service (HTTP {answer.status_code}); check token_url in course.yaml"
            ) from None
        if not answer.ok or "access_token" not in given:
            raise UserError(f"{url}: {self._why_no_token(given, scope)}")
        if scope not in str(given.get("scope", scope)).split():
            raise UserError(f"{url}: {self._why_no_token({'error': 'invalid_scope'}, scope)}")
        life_s = float(given.get("expires_in", 60))
        self._tokens[scope] = (str(given["access_token"]), asked + life_s - min(30.0, life_s / 4))
        return self._tokens[scope][0]

    def _why_no_token(self, given: dict[str, Any], scope: str) -> str:
        error = str(given.get("error", "no token"))
        if error == "invalid_scope":
            return f"the tool may not use {scope}; allow it where the tool is registered"
        if abs(self._ahead.total_seconds()) > 30:
            return (
                f"no token ({error}), and this machine's clock is {-self._ahead.total_seconds():+.0f} s off "
                f"the platform's; set the clock"
            )
        said = f": {given['error_description']}" if given.get("error_description") else ""
        return (
            f"the platform does not accept this key for client {self.registration.client_id} ({error}{said}); "
            f"register the public half of the key, and check client_id and audience in course.yaml"
        )

    def _over_the_wire(self, method: str, url: str, **more: Any) -> requests.Response:
        try:
            answer = self._session.request(
                method, url, timeout=_TIMEOUT_S, allow_redirects=method == "GET", **more
            )
        except requests.exceptions.SSLError as error:
            raise UserError(
                f"{url}: its certificate is not trusted ({why_unreachable(error)}); check the address"
            ) from None
        except (
            requests.exceptions.MissingSchema,
            requests.exceptions.InvalidURL,
            requests.exceptions.InvalidSchema,
        ):
            raise UserError(f"{url}: no web address; write it with https:// in course.yaml") from None
        except requests.RequestException as error:
            raise Later(f"{_host(url)} cannot be reached ({why_unreachable(error)})") from None
        self._set_clock(answer)
        if answer.is_redirect:
            raise UserError(f"{url}: has moved to {answer.headers['Location']}; write that into course.yaml")
        if answer.status_code == 429 or (answer.status_code == 403 and "rate limit" in answer.text.lower()):
            raise Later(f"{_host(url)} asks us to wait (HTTP {answer.status_code})",
                        asked_wait_s(answer.headers.get("Retry-After")), unsure=False)  # fmt: skip
        if answer.status_code >= 500:
            raise Later(f"{_host(url)} fails (HTTP {answer.status_code})",
                        asked_wait_s(answer.headers.get("Retry-After")))  # fmt: skip
        return answer

    def _set_clock(self, answer: requests.Response) -> None:
        try:
            ahead = parsedate_to_datetime(answer.headers["Date"]) - self._now()
        except (KeyError, ValueError, TypeError):
            return
        self._ahead = ahead if abs(ahead.total_seconds()) > _CLOCKS_AGREE_S else timedelta()


def holds(there: Result, score: float, comment: str) -> bool:
    """Whether a cell shows this score and comment, as far as the platform shows comments."""
    return there.score is not None and abs(there.score - score) < 0.005 and there.comment in ("", comment)


def _line_item(url: str, entry: Any) -> LineItem:
    try:
        return LineItem(str(entry["id"]), str(entry["label"]), float(entry["scoreMaximum"]))
    except (KeyError, TypeError, ValueError):
        raise UserError(f"{url}: this is no line item; check this address in course.yaml") from None


def _result(entry: dict[str, Any]) -> Result:
    score, stamp = entry.get("resultScore"), entry.get("timestamp")
    try:
        time = datetime.fromisoformat(stamp) if stamp else None
    except ValueError:
        time = None
    aware = time if time is None or time.tzinfo else time.replace(tzinfo=UTC)
    return Result(
        str(entry["userId"]), None if score is None else float(score), str(entry.get("comment") or ""), aware
    )


def _under(url: str, service: str, query: dict[str, str] | None = None) -> str:
    """`…/lineitem?type_id=3` → `…/lineitem/scores?type_id=3`."""
    parts = urlsplit(url)
    whole = "&".join(filter(None, [parts.query, urlencode(query or {})]))
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{service}", query=whole))


def _said(answer: requests.Response) -> str:
    return own_words(answer.text) or answer.reason or "no reason given"


def _host(url: str) -> str:
    return urlsplit(url).netloc
