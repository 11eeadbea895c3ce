"""The tool's side of LTI 1.3 Assignment and Grade Services 2.0 and Names and Roles 2.0.

What Canvas and Moodle do differently, and what is done about it:

- a score makes a new attempt in Canvas unless its extension says otherwise: it always does;
- anything but `FullyGraded` erases the number in Moodle: nothing else is ever sent;
- a timestamp must be newer, in Moodle by a whole second: `newer` sees to it;
- a line item's address may have a query: `/scores` goes before it;
- results name a user by the LTI id (Moodle) or by Canvas's own id: `results` asks for each one left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from grader.errors import ScoreRefused, UserError
from grader.stages.exports.lti_keys import SigningKey
from grader.stages.exports.lti_wire import Registration, Wire, said
from grader.stages.exports.patience import Patience

_AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"
LINE_ITEM, NEW_LINE_ITEM = _AGS + "lineitem.readonly", _AGS + "lineitem"
RESULT, SCORE = _AGS + "result.readonly", _AGS + "score"
MEMBERS = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
_ITEM = "application/vnd.ims.lis.v2.lineitem+json"
_ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
_SCORE = "application/vnd.ims.lis.v1.score+json"
_RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"
_MEMBERS = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
_SUBMISSION = "https://canvas.instructure.com/lti/submission"


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
    """Talks to one platform.

    Raises `UserError` for what the person running it must fix, `LmsUnavailable` when patience is at an end.
    """

    def __init__(
        self,
        registration: Registration,
        key: SigningKey,
        patience: Patience | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._wire = Wire(registration, key, patience, now)

    def line_item(self, url: str) -> LineItem:
        """One column, by its address."""
        return _line_item(url, self._wire.read(url, LINE_ITEM, _ITEM).json())

    def line_items(self, url: str) -> list[LineItem]:
        """All columns that the tool may see."""
        return [_line_item(url, entry) for page in self._wire.pages(url, LINE_ITEM, _ITEMS) for entry in page]

    def new_line_item(self, url: str, label: str, maximum: float) -> LineItem:
        """Make a column; when the answer is lost, whether it was made is looked up."""

        def there() -> LineItem | None:
            return next((item for item in self.line_items(url) if item.label == label), None)

        def make() -> LineItem:
            body = {"label": label, "scoreMaximum": maximum}
            answer = self._wire.send("POST", url, NEW_LINE_ITEM, _ITEM, body)
            if not answer.ok:
                raise UserError(
                    f"{url}: no column “{label}” can be made: {said(answer)} (HTTP {answer.status_code})"
                )
            return _line_item(url, answer.json())

        return self._wire.patience.ask(make, there)

    def members(self, url: str) -> list[Member]:
        """The course's active students."""
        found = []
        for page in self._wire.pages(url, MEMBERS, _MEMBERS):
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
        moment = max([self._wire.now(), *times])
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def post(self, item: LineItem, score: Score) -> datetime:
        """Write one score; whether a post whose answer was lost has arrived is looked up, not guessed.

        Returns:
            The time that it was stamped with.

        Raises:
            ScoreRefused: this score, not the next one.
        """
        lost = False

        def there() -> bool:
            found = self.result(item, score.user_id)
            return found is not None and holds(
                found, score.given * item.maximum / score.maximum, score.comment
            )

        def arrived() -> datetime | None:
            nonlocal lost
            lost = True
            return score.time if there() else None

        def send(time: datetime) -> datetime:
            body = replace(score, time=time).body()
            answer = self._wire.send("POST", _under(item.url, "scores"), SCORE, _SCORE, body)
            if answer.ok:
                return time
            if answer.status_code == 409 and (lost or there()):
                return time  # refused for being no newer than what we sent ourselves
            if answer.status_code == 409 and time == score.time and self._hidden(item, score.user_id):
                return send(time + timedelta(seconds=2))
            raise ScoreRefused(f"{said(answer)} (HTTP {answer.status_code})")

        return self._wire.patience.ask(lambda: send(score.time), arrived)

    def _hidden(self, item: LineItem, user: str) -> bool:
        """A cell that has a time and shows no score: Moodle's zero, written within this second."""
        there = self.result(item, user)
        return there is not None and there.score is None

    # ------------------------------------------------------------------ requests

    def _results(self, item: LineItem, query: dict[str, str]) -> list[Result]:
        url = _under(item.url, "results", query)
        return [_result(entry) for page in self._wire.pages(url, RESULT, _RESULTS) for entry in page]


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
