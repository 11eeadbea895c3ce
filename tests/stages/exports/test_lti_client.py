"""LTI services against strict platforms: Moodle's way and Canvas's way."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lms_servers.lti_platform import LINE_ITEM, MEMBERS, SCORE, Grade, LtiPlatform, Member
from lms_servers.serving import Answer, Fault

from grader.errors import LmsUnavailable, ScoreRefused, UserError
from grader.stages.exports.lti_client import LtiClient, Score
from grader.stages.exports.lti_keys import SigningKey, new_key, read_key
from grader.stages.exports.lti_wire import Registration
from grader.stages.exports.patience import Patience

CLASS = [
    Member(f"user-{n:02}", f"학생{n}", f"2026{n:04}", f"s{n}@x.ac.kr", canvas_id=str(3000 + n))
    for n in range(23)
]
TEACHER = Member("user-90", "조교", "T1", "ta@x.ac.kr", role="Instructor")
GONE = Member("user-91", "휴학생", "20269999", status="Inactive")


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return new_key(tmp_path_factory.mktemp("keys") / "lti.pem")[0]


@pytest.fixture(params=["moodle", "canvas"])
def platform(request: pytest.FixtureRequest, key: SigningKey) -> Iterator[LtiPlatform]:
    people = [
        Member(m.user_id, m.name, m.number, m.email, canvas_id=m.canvas_id if request.param == "canvas" else "")
        for m in CLASS
    ]  # fmt: skip
    public = {key.kid: key.private.public_key()}
    with LtiPlatform(request.param, public, [*people, TEACHER, GONE]) as platform:
        yield platform


def client_of(
    platform: LtiPlatform, key: SigningKey, waits: list[float] | None = None, **more: str
) -> LtiClient:
    slept = waits if waits is not None else []
    registered = Registration(
        more.get("client_id", platform.client_id),
        platform.token_url,
        more.get("audience", platform.token_url),
    )
    return LtiClient(registered, key, Patience(sleep=slept.append))


def score_for(client: LtiClient, user: str, given: float, comment: str = "", **more: object) -> Score:
    return Score(user, given, 50.0, comment, more.get("time") or client.newer())  # type: ignore[arg-type]


def test_all_students_come_and_nobody_else(platform: LtiPlatform, key: SigningKey) -> None:
    members = client_of(platform, key).members(platform.members_url)
    assert [m.number for m in members] == [m.number for m in CLASS]
    assert platform.count("memberships|names_and_roles") == 3  # pages of ten


def test_one_token_per_scope_serves_many_requests(platform: LtiPlatform, key: SigningKey) -> None:
    client = client_of(platform, key)
    for _ in range(4):
        client.line_item(platform.line_item_url("11"))
    assert platform.count(f"POST {platform.token_path}") == 1


def test_a_token_is_renewed_before_it_expires(platform: LtiPlatform, key: SigningKey) -> None:
    platform.token_life_s = 0.2  # told as one second
    client = client_of(platform, key)
    client.line_item(platform.line_item_url("11"))
    tokens = client._wire._tokens
    tokens |= {scope: (token, 0.0) for scope, (token, _) in tokens.items()}  # as after 0.75 s
    client.line_item(platform.line_item_url("11"))
    assert platform.count(f"POST {platform.token_path}") == 2
    assert [status for line, status in platform.log if "line" in line] == [200, 200]


def test_a_token_that_the_platform_forgot_is_replaced(platform: LtiPlatform, key: SigningKey) -> None:
    client = client_of(platform, key)
    client.line_item(platform.line_item_url("11"))
    platform.forget_tokens()
    assert client.line_item(platform.line_item_url("11")).maximum == 100


def test_line_items_come_page_by_page(platform: LtiPlatform, key: SigningKey) -> None:
    found = client_of(platform, key).line_items(platform.line_items_url)
    assert [(item.label, item.maximum) for item in found] == [("Week 12", 100.0), ("Other", 10.0)]
    assert found[0].url == platform.line_item_url("11")


def test_a_column_is_made_once_even_if_the_answer_is_lost(platform: LtiPlatform, key: SigningKey) -> None:
    platform.faults.append(Fault("POST .*line.?items$", None, worked=True))
    made = client_of(platform, key).new_line_item(platform.line_items_url, "12주차", 50)
    assert (made.url, made.maximum) == (platform.line_item_url("13"), 50.0)
    assert [column.label for column in platform.columns.values()] == ["Week 12", "Other", "12주차"]


def test_a_score_arrives_scaled_without_a_new_attempt(platform: LtiPlatform, key: SigningKey) -> None:
    client = client_of(platform, key)
    item = client.line_item(platform.line_item_url("11"))
    client.post(item, score_for(client, "user-03", 43.75, "잘했어요"))
    grade = platform.grade("user-03")
    assert (grade.score, grade.comments, grade.attempts, grade.posts) == (87.5, ["잘했어요"], 0, 1)


def test_results_are_found_whatever_id_the_platform_gives_them(
    platform: LtiPlatform, key: SigningKey
) -> None:
    client = client_of(platform, key)
    item = client.line_item(platform.line_item_url("11"))
    users = [m.user_id for m in CLASS]
    for place, user in enumerate(users[:14]):
        client.post(item, score_for(client, user, 10.0 + place, "점수"))
    found = client.results(item, users)
    assert {user: result.score for user, result in found.items()} == {
        user: 20.0 + 2 * place for place, user in enumerate(users[:14])
    }
    assert {result.comment for result in found.values()} == {"점수"}


def test_two_scores_within_one_second_are_both_taken(platform: LtiPlatform, key: SigningKey) -> None:
    client = client_of(platform, key)
    item = client.line_item(platform.line_item_url("11"))
    first = client.newer()
    client.post(item, score_for(client, "user-01", 10, time=first))
    client.post(item, score_for(client, "user-01", 20, time=client.newer(first)))
    assert platform.grade("user-01").score == 40


def test_an_older_score_is_refused_in_the_platforms_words(platform: LtiPlatform, key: SigningKey) -> None:
    client = client_of(platform, key)
    item = client.line_item(platform.line_item_url("11"))
    client.post(item, score_for(client, "user-01", 10))
    old = score_for(client, "user-01", 20, time=datetime.now(UTC) - timedelta(hours=1))
    with pytest.raises(ScoreRefused, match="timestamp"):
        client.post(item, old)
    assert platform.grade("user-01").score == 20


@pytest.mark.parametrize("answer", [None, Answer(502), Answer(500, "<html>oops")])
def test_a_post_whose_answer_was_lost_is_not_made_twice(
    platform: LtiPlatform, key: SigningKey, answer: Answer | None
) -> None:
    platform.faults.append(Fault("/scores$", answer, worked=True))
    client = client_of(platform, key)
    item = client.line_item(platform.line_item_url("11"))
    client.post(item, score_for(client, "user-05", 25, "한 번만"))
    grade = platform.grade("user-05")
    assert (grade.score, grade.comments, grade.posts) == (50.0, ["한 번만"], 1)


def test_a_zero_whose_answer_was_lost_counts_as_sent(platform: LtiPlatform, key: SigningKey) -> None:
    """Moodle's results leave a zero out."""
    platform.faults.append(Fault("/scores$", None, worked=True))
    client = client_of(platform, key)
    item = client.line_item(platform.line_item_url("11"))
    client.post(item, score_for(client, "user-05", 0))
    assert (platform.grade("user-05").score, platform.grade("user-05").posts) == (0.0, 1)


def test_a_busy_platform_is_asked_again_after_growing_waits(platform: LtiPlatform, key: SigningKey) -> None:
    platform.faults += [
        Fault("/scores$", Answer(429, headers={"Retry-After": "7"})),
        Fault("/scores$", Answer(403, "403 Forbidden (Rate Limit Exceeded)"), nth=1),
        Fault("/scores$", Answer(503), nth=1),
    ]
    waits: list[float] = []
    client = client_of(platform, key, waits)
    item = client.line_item(platform.line_item_url("11"))
    client.post(item, score_for(client, "user-05", 25))
    assert waits == [7.0, 2.0, 4.0]
    assert platform.grade("user-05").posts == 1


def test_patience_ends(platform: LtiPlatform, key: SigningKey) -> None:
    platform.faults.append(Fault("line.?item", Answer(503), times=99))
    waits: list[float] = []
    with pytest.raises(LmsUnavailable, match=r"127\.0\.0\.1:\d+ fails \(HTTP 503\)"):
        client_of(platform, key, waits).line_item(platform.line_item_url("11"))
    assert waits == [1, 2, 4, 8, 16, 32]


def test_what_the_platform_will_not_have_is_one_students_matter(
    platform: LtiPlatform, key: SigningKey
) -> None:
    client = client_of(platform, key)
    item = client.line_item(platform.line_item_url("11"))
    for user in ("nobody", "user-90"):
        with pytest.raises(ScoreRefused, match="HTTP 4"):
            client.post(item, score_for(client, user, 25))
    client.post(item, score_for(client, "user-01", 25))
    assert platform.grade("user-01").score == 50


def test_a_closed_column_is_said(platform: LtiPlatform, key: SigningKey) -> None:
    client = client_of(platform, key)
    item = client.line_item(platform.line_item_url("11"))
    platform.columns["11"].closed = True
    with pytest.raises((ScoreRefused, LmsUnavailable), match=r"closed|HTTP 500"):
        client.post(item, score_for(client, "user-01", 25))
    assert platform.grade("user-01") == Grade()


def test_the_wrong_key_is_one_sentence(platform: LtiPlatform, tmp_path: Path) -> None:
    other = new_key(tmp_path / "other.pem")[0]
    with pytest.raises(UserError, match=r"does not accept this key for client .*register the public half"):
        client_of(platform, other).line_item(platform.line_item_url("11"))


@pytest.mark.parametrize("wrong", ["client_id", "audience"])
def test_a_wrong_registration_is_one_sentence(platform: LtiPlatform, key: SigningKey, wrong: str) -> None:
    with pytest.raises(UserError, match="check client_id and audience"):
        client_of(platform, key, **{wrong: "https://else.where"}).line_item(platform.line_item_url("11"))


def test_a_scope_that_was_not_granted_is_named(platform: LtiPlatform, key: SigningKey) -> None:
    platform.permitted = (LINE_ITEM, MEMBERS)
    client = client_of(platform, key)
    with pytest.raises(UserError, match=r"may not use .*scope/lineitem\.readonly; allow it"):
        client.line_item(platform.line_item_url("11"))
    platform.permitted = (LINE_ITEM + ".readonly",)
    item = client.line_item(platform.line_item_url("11"))
    with pytest.raises(UserError, match=r"may not use .*scope/score; allow it"):
        client.post(item, score_for(client, "user-01", 25))


def test_a_wrong_address_is_one_sentence(platform: LtiPlatform, key: SigningKey) -> None:
    client = client_of(platform, key)
    for url in (platform.line_item_url("99"), platform.url + "/elsewhere?type_id=3"):
        with pytest.raises(UserError, match=r"not_found \(HTTP 404\); check this address"):
            client.line_item(url)
    platform.faults.append(Fault("line.?item", Answer(200, "<html>", "text/html")))
    with pytest.raises(UserError, match="something other than LTI"):
        client.line_item(platform.line_item_url("11"))


def test_a_token_that_serves_nothing_there_is_said(platform: LtiPlatform, key: SigningKey) -> None:
    refusal = Answer(401, {"errors": {"message": "Insufficient permissions"}})
    platform.faults.append(Fault("line.?item", refusal, times=9))
    with pytest.raises(UserError, match=r"refuses it here \(Insufficient permissions\); let the tool use"):
        client_of(platform, key).line_item(platform.line_item_url("11"))
    assert platform.count("POST " + platform.token_path) == 2


def test_an_address_that_moved_is_said(platform: LtiPlatform, key: SigningKey) -> None:
    platform.faults.append(Fault("/scores$", Answer(301, headers={"Location": "https://new.x.ac.kr/"})))
    client = client_of(platform, key)
    item = client.line_item(platform.line_item_url("11"))
    with pytest.raises(UserError, match=r"has moved to https://new\.x\.ac\.kr/"):
        client.post(item, score_for(client, "user-01", 25))


def test_each_request_asks_for_no_more_than_its_scope(platform: LtiPlatform, key: SigningKey) -> None:
    client = client_of(platform, key)
    item = client.line_item(platform.line_item_url("11"))
    client.post(item, score_for(client, "user-01", 25))
    assert [scopes for _, scopes in platform._tokens.values()] == [{LINE_ITEM + ".readonly"}, {SCORE}]


def test_a_clock_that_is_off_is_told_and_followed(key: SigningKey) -> None:
    with LtiPlatform("moodle", {key.kid: key.private.public_key()}, CLASS) as platform:
        registered = Registration(platform.client_id, platform.token_url, platform.token_url)
        behind = LtiClient(registered, key, Patience(), lambda: datetime.now(UTC) - timedelta(minutes=10))
        with pytest.raises(UserError, match=r"clock is -(599|600|601) s off .*set the clock"):
            behind.line_item(platform.line_item_url("11"))
        assert abs(behind.newer() - datetime.now(UTC)) < timedelta(seconds=5)


def test_nothing_listens_there(key: SigningKey) -> None:
    client = LtiClient(
        Registration("1", "http://127.0.0.1:9/token", "x"), key, Patience(sleep=lambda _: None)
    )
    with pytest.raises(LmsUnavailable, match=r"127\.0\.0\.1:9 cannot be reached \(.*refused\)"):
        client.line_item("http://127.0.0.1:9/item")


@pytest.mark.parametrize("url", ["canvas.x.ac.kr/token", "https://"])
def test_an_address_that_is_none_is_one_sentence(key: SigningKey, url: str) -> None:
    with pytest.raises(UserError, match="no web address"):
        LtiClient(Registration("1", url, "x"), key).line_item("https://x")


# ------------------------------------------------------------------------ keys


def test_a_new_key_is_its_owners_alone_and_reads_back(tmp_path: Path) -> None:
    key, jwk, pem = new_key(tmp_path / "keys" / "lti.pem")
    assert (tmp_path / "keys" / "lti.pem").stat().st_mode & 0o777 == 0o600
    assert read_key(tmp_path / "keys" / "lti.pem").kid == key.kid
    shown = json.loads(jwk.read_text())
    assert shown == key.public_jwk() and set(shown) == {"kty", "e", "n", "kid", "alg", "use"}
    assert pem.read_text().startswith("-----BEGIN PUBLIC KEY-----")


def test_openssl_reads_the_key_too(tmp_path: Path) -> None:
    new_key(tmp_path / "lti.pem")
    command = ["openssl", "rsa", "-in", str(tmp_path / "lti.pem"), "-pubout"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said == (tmp_path / "lti.pem.pub.pem").read_text()


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    new_key(tmp_path / "lti.pem")
    before = (tmp_path / "lti.pem").read_bytes()
    with pytest.raises(UserError, match="is there already"):
        new_key(tmp_path / "lti.pem")
    assert (tmp_path / "lti.pem").read_bytes() == before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    new_key(tmp_path / "lti.pem")
    (tmp_path / "lti.pem").chmod(mode)
    with pytest.raises(UserError, match="chmod 600"):
        read_key(tmp_path / "lti.pem")


def test_a_key_inside_a_repository_is_refused(tmp_path: Path) -> None:
    new_key(tmp_path / "repository" / "secret" / "lti.pem")
    (tmp_path / "repository" / ".git").mkdir()
    (tmp_path / "link.pem").symlink_to(tmp_path / "repository" / "secret" / "lti.pem")
    for path in (tmp_path / "repository" / "secret" / "lti.pem", tmp_path / "link.pem"):
        with pytest.raises(UserError, match="lies inside"):
            read_key(path)
    with pytest.raises(UserError, match="lies inside"):
        new_key(tmp_path / "repository" / "new.pem")
    assert not (tmp_path / "repository" / "new.pem").exists()


@pytest.mark.parametrize(
    "data", [b"", b"no key", b"-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\n"]
)
def test_what_is_no_key_is_refused(tmp_path: Path, data: bytes) -> None:
    with os.fdopen(os.open(tmp_path / "lti.pem", os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
        file.write(data)
    with pytest.raises(UserError, match="no private key"):
        read_key(tmp_path / "lti.pem")


def test_a_weak_key_and_a_missing_one_are_refused(tmp_path: Path) -> None:
    subprocess.run(
        ["openssl", "genrsa", "-out", str(tmp_path / "weak.pem"), "1024"], check=True, capture_output=True
    )
    with pytest.raises(UserError, match="2048 bits"):
        read_key(tmp_path / "weak.pem")
    with pytest.raises(UserError, match=r"no such key; make one with .*--new-key"):
        read_key(tmp_path / "nowhere.pem")
