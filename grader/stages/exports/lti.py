"""Scores into Canvas or Moodle by LTI 1.3 Assignment and Grade Services."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from grader.errors import LmsUnavailable, UserError
from grader.records.base import Text
from grader.records.lms_sites import LtiSite
from grader.stages.exports.grades import Grade, Order, grades
from grader.stages.exports.journal import Entry
from grader.stages.exports.lti_client import LineItem, LtiClient, Member, Result, Score
from grader.stages.exports.lti_keys import read_key
from grader.stages.exports.lti_people import join
from grader.stages.exports.lti_wire import Registration
from grader.stages.exports.plan import Outcome
from grader.stages.exports.posting import Cell, Wanted, post

KEY_VARIABLE = "GRADER_LTI_KEY"


def export(order: Order) -> Outcome:
    """Post the order's column.

    Raises:
        UserError: what the person running it must fix.
    """
    site = order.course.lti
    if site is None:
        raise UserError("course.yaml: has no section “lti”; docs/lms-api.md says what stands in it")
    key = order.key or (Path(os.environ[KEY_VARIABLE]) if os.environ.get(KEY_VARIABLE) else None)
    if key is None:
        raise UserError(
            f"no key to sign with; name it with --key or in {KEY_VARIABLE}, or make one with --new-key FILE"
        )
    token = site.token_url()
    client = LtiClient(Registration(site.client_id, token, token), read_key(key))
    cells = {
        grade.student.student_id: Wanted(float(grade.score), grade.comment)
        for grade in grades(order)
        if grade.score is not None
    }
    try:
        gradebook = _LtiColumn(client, site, order)
        return post(order, gradebook, f"lti-{site.url}-{site.course}-{order.column.title}", cells)
    except LmsUnavailable as later:
        raise UserError(f"{later}, again and again; repeat the command later") from None


class _LtiColumn:
    """A `Gradebook`: a line item, with the platform's ids of the students."""

    def __init__(self, client: LtiClient, site: LtiSite, order: Order) -> None:
        self._client, self._site, self._order = client, site, order
        self._item = self._column()
        self._users: dict[str, Member] = {}
        self._results: dict[str, Result] = {}

    def find(self, asked: Sequence[tuple[Grade, Wanted]]) -> dict[str, Cell | Text]:
        students = [grade.student for grade, _ in asked]
        self._users, nobody = join(students, self._client.members(self._site.members_url()))
        if self._item is not None:
            users = [member.user_id for member in self._users.values()]
            self._results = self._client.results(self._item, users)
        found: dict[str, Cell | Text] = dict(nobody)
        for student, member in self._users.items():
            there = self._results.get(member.user_id)
            found[student] = Cell(there.score, there.comment) if there else Cell(None)
        return found

    def send(self, student_id: str, wanted: Wanted, before: Entry | None) -> str:
        user = self._users[student_id].user_id
        if self._item is None:
            column = self._order.column
            self._item = self._client.new_line_item(self._site.line_items_url(), column.title, column.points)
        assert wanted.score is not None  # no page goes this way, so none goes without a score
        there = self._results.get(user)
        time = self._client.newer(
            there.time if there else None, datetime.fromisoformat(before.time) if before else None
        )
        score = Score(user, wanted.score, self._item.maximum, wanted.comment, time)
        return self._client.post(self._item, score).astimezone(UTC).isoformat(timespec="milliseconds")

    def _column(self) -> LineItem | None:
        """The line item of the column's title; None if it is yet to be made."""
        wanted, items = self._order.column, self._client.line_items(self._site.line_items_url())
        same = [item for item in items if item.label == wanted.title]
        if len(same) > 1:
            raise UserError(f"the LMS has {len(same)} columns “{wanted.title}”; rename one there")
        if not same and not self._site.make_columns:
            seen = ", ".join(f"“{item.label}”" for item in items) or "none at all"
            raise UserError(
                f"there is no column “{wanted.title}” among those that the tool may see ({seen}); "
                f"name one of them in course.yaml, or write make_columns: true"
            )
        if same and same[0].maximum != wanted.points:
            raise UserError(
                f"course.yaml: the column “{wanted.title}” has {wanted.points:g} points there and "
                f"{same[0].maximum:g} in the LMS; write points: {same[0].maximum:g}"
            )
        return same[0] if same else None
