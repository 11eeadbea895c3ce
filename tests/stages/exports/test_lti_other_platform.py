"""The LTI client against a platform that others wrote."""

from __future__ import annotations

from pathlib import Path

import pytest
from lms_servers.other_platform import OtherPlatform

from grader.errors import ScoreRefused, UserError
from grader.stages.exports.lti_client import LtiClient, Score
from grader.stages.exports.lti_keys import new_key
from grader.stages.exports.lti_wire import Registration

LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
PEOPLE = [
    {"user_id": "u1", "name": "홍길동", "lis_person_sourcedid": "20260001", "roles": [LEARNER]},
    {"user_id": "u2", "roles": [LEARNER], "status": "Active"},
    {"user_id": "t", "roles": [LEARNER.replace("Learner", "Instructor")]},
]


def test_another_platform_takes_our_token_request_scores_and_reads(tmp_path: Path) -> None:
    key = new_key(tmp_path / "lti.pem")[0]
    with OtherPlatform(key.public_jwk(), PEOPLE) as platform:
        client = LtiClient(Registration(platform.client_id, platform.token_url, platform.token_url), key)
        assert [(m.user_id, m.number) for m in client.members(platform.members_url)] == [
            ("u1", "20260001"), ("u2", ""),
        ]  # fmt: skip
        item = client.line_item(platform.item_url)
        first = client.newer()
        client.post(item, Score("u1", 43.5, 50, "잘했어요", first))
        client.post(item, Score("u1", 44, 50, "다시", client.newer(first)))
        results = client.results(item, ["u1", "u2"])
        assert {user: (there.score, there.comment) for user, there in results.items()} == {
            "u1": (88.0, "다시")
        }
        with pytest.raises(ScoreRefused, match="409"):
            client.post(item, Score("u1", 10, 50, "", first))


def test_another_platform_refuses_a_key_that_is_not_registered(tmp_path: Path) -> None:
    key, other = new_key(tmp_path / "lti.pem")[0], new_key(tmp_path / "other.pem")[0]
    with OtherPlatform(key.public_jwk(), PEOPLE) as platform:
        client = LtiClient(Registration(platform.client_id, platform.token_url, platform.token_url), other)
        with pytest.raises(UserError, match="does not accept this key"):
            client.line_item(platform.item_url)
