"""`grader export --to lti`: a run's scores against platforms of both kinds, with everything that can go wrong on the way."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from graded_class import COURSE, write_run
from lms_servers.lti_platform import AGS, ALL_SCOPES, LtiPlatform, Member
from lms_servers.serving import Answer, Fault
from typer.testing import CliRunner

from grader.cli.main import app
from grader.errors import UserError
from grader.stages.exports.lti_keys import SigningKey, new_key

GRADER = str(Path(sys.executable).with_name("grader"))
STUDENTS = 14


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> tuple[SigningKey, Path]:
    path = tmp_path_factory.mktemp("keys") / "lti.pem"
    return new_key(path)[0], path


@pytest.fixture(params=["moodle", "canvas"])
def platform(request: pytest.FixtureRequest, key_file: tuple[SigningKey, Path]) -> Iterator[LtiPlatform]:
    canvas = request.param == "canvas"
    people = [
        Member(
            f"u{n}", f"학생{n}", str(20260001 + n), f"s{n}@x.ac.kr", canvas_id=str(3000 + n) if canvas else ""
        )
        for n in range(STUDENTS)
    ]
    key = key_file[0]
    with LtiPlatform(request.param, {key.kid: key.private.public_key()}, people) as platform:
        yield platform


class Class:
    """A run, a course.yaml for the platform, and the command on both."""

    def __init__(self, folder: Path, platform: LtiPlatform, key: Path) -> None:
        self.folder, self.platform, self.key = folder, platform, key
        self.run = write_run(folder / "grading", STUDENTS)
        self.course = folder / "course" / "course.yaml"
        self.course.parent.mkdir()
        self.write()

    def write(self, columns: str = COURSE, **more: Any) -> None:
        fields = {"platform": self.platform.mode, "url": self.platform.url, "course": 7,
                  "client_id": self.platform.client_id, "deployment_id": 3, **more}  # fmt: skip
        lines = "".join(f"  {name}: {value}\n" for name, value in fields.items() if value is not None)
        self.course.write_text(f"{columns}lti:\n{lines}", "utf-8")

    def command(self, *words: str) -> list[str]:
        return [
            GRADER,
            "export",
            str(self.run),
            "--to",
            "lti",
            "--course",
            str(self.course),
            "--lang",
            "en",
            *words,
        ]

    def environment(self) -> dict[str, str]:
        return {**os.environ, "GRADER_LTI_KEY": str(self.key), "COLUMNS": "200"}

    def export(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words),
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def scores(self) -> dict[str, float | None]:
        return {user: grade.score for (_, user), grade in self.platform.grades.items() if grade.posts}


@pytest.fixture
def course(tmp_path: Path, platform: LtiPlatform, key_file: tuple[SigningKey, Path]) -> Class:
    return Class(tmp_path, platform, key_file[1])


EXPECTED = {f"u{n}": 1.5 * n for n in range(STUDENTS)}


def test_every_score_arrives_once_and_a_repetition_sends_nothing(course: Class) -> None:
    ended = course.export()
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert course.scores() == EXPECTED
    again = course.export()
    assert again.returncode == 0, again.stdout + again.stderr
    assert course.platform.writes() == STUDENTS
    grades = [grade for grade in course.platform.grades.values() if grade.posts]
    assert {(grade.posts, grade.attempts, len(grade.comments)) for grade in grades} == {(1, 0, 1)}
    assert course.platform.grade("u4").comments == ["skip 6/100 · dense 6/100"]
    assert f"same {STUDENTS}" in again.stdout


def test_a_repetition_without_the_journal_sends_nothing_but_moodles_zero(course: Class) -> None:
    """Moodle's results leave a zero out, so that only the journal knows of it."""
    course.export()
    for file in (course.run / "exports").iterdir():
        file.unlink()
    assert course.export().returncode == 0
    # and once more where an answer is late: nothing there says that it has arrived
    zeros = course.platform.writes() - STUDENTS
    assert zeros in ((1, 2) if course.platform.mode == "moodle" else (0,))
    assert course.scores() == EXPECTED


def test_a_dry_run_shows_what_would_change_and_sends_nothing(course: Class) -> None:
    ended = course.export("--dry-run")
    assert ended.returncode == 0, ended.stderr
    assert course.platform.writes() == 0 and not (course.run / "exports").exists()
    assert re.search(r"20260005 +학생4 +6 +new", ended.stdout)
    assert "Dry run" in ended.stdout


def test_only_what_is_graded_and_known_is_sent(course: Class) -> None:
    reason = {"en": "odd", "ko": "이상해요"}
    write_run(
        course.run,
        STUDENTS + 1,  # one more than the LMS knows
        s20260002={"skip": {"status": "needs_review", "points": None, "reason": reason}},
        s20260003={
            "skip": {"status": "missing", "points": 0.0},
            "dense": {"status": "missing", "points": 0.0},
        },
        s20260004={"unmatched": {"reason": reason, "candidates": []}},
        s20260005={"student_id": "20260006"},
        s20260008={"skip": {"status": "needs_review", "points": None, "reason": reason}},
    )
    (course.run / "overrides.yaml").write_text("20260008: {skip: {points: 60, reason: x}}", "utf-8")
    ended = course.export()
    assert ended.returncode == 1, ended.stdout + ended.stderr
    kept_back = ("u1", "u2", "u3", "u4", "u5")
    assert course.scores() == {u: s for u, s in EXPECTED.items() if u not in kept_back} | {"u7": 35.25}
    for number, words in {
        "20260002": "needs a person: skip",
        "20260003": "nothing to grade in what was handed in: lab.py",
        "20260004": "not in the class list",
        "20260006": "two submissions have this student number",
        "20260015": "no such student number in the course",
    }.items():
        assert re.search(rf"{number} .*{words}", ended.stdout), ended.stdout


def test_a_student_without_a_number_in_the_lms_is_found_by_e_mail_and_never_by_name(course: Class) -> None:
    course.platform.members[4].number = course.platform.members[5].number = ""
    course.platform.members[5].email = ""
    ended = course.export()
    assert ended.returncode == 1
    assert set(EXPECTED) - set(course.scores()) == {"u5"}
    assert re.search(r"20260006 .*the same name there: \?", ended.stdout)


def test_a_new_run_sends_what_is_new_and_keeps_what_was_changed_by_hand(course: Class) -> None:
    course.export()
    course.platform.grade("u3").score = 99.0
    write_run(
        course.run, STUDENTS, s20260003={"skip": {"points": 50.0}}, s20260004={"skip": {"points": 60.0}}
    )
    ended = course.export()
    assert ended.returncode == 1
    assert course.scores() == {**EXPECTED, "u2": 26.5, "u3": 99.0}
    assert course.platform.writes() == STUDENTS + 1
    assert re.search(
        r"20260004 .*somebody changed it in the LMS to 99; to send 32.25 all the same, clear it", ended.stdout
    )
    course.platform.grade("u3").score = None
    assert course.export().returncode == 0
    assert course.scores()["u3"] == 32.25


def test_what_arrived_without_being_noted_is_told_from_a_change_by_hand_later(course: Class) -> None:
    course.export()
    for file in (course.run / "exports").iterdir():
        file.unlink()
    course.export()
    course.platform.grade("u3").score = 99.0
    assert course.export().returncode == 1
    assert course.scores()["u3"] == 99.0


KILLS: dict[str, Callable[[int], Fault]] = {
    "before the first score": lambda _: Fault("/scores$", nth=1),
    "before a score in the middle": lambda _: Fault("/scores$", nth=6),
    "after the LMS wrote it, before the answer": lambda _: Fault("/scores$", nth=7, worked=True),
    "after the LMS wrote the zero": lambda _: Fault("/scores$", nth=1, worked=True),
    "after the last": lambda _: Fault("/scores$", nth=STUDENTS, worked=True),
    "while the class list is read": lambda _: Fault("memberships|names_and_roles", nth=2),
    "while it asks for a token to write": lambda _: Fault("^POST .*token", nth=4),
}


@pytest.mark.parametrize("point", KILLS)
def test_killed_and_repeated_each_student_has_one_right_score(course: Class, point: str) -> None:
    fault = KILLS[point](0)
    course.platform.faults.append(fault)
    running = subprocess.Popen(
        course.command(), env=course.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    fault.act = lambda: os.kill(running.pid, signal.SIGKILL)
    assert running.wait(60) == -signal.SIGKILL
    ended = course.export()
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert course.scores() == EXPECTED
    grades = {user: grade for (_, user), grade in course.platform.grades.items() if grade.posts}
    assert {(grade.attempts, len(grade.comments)) for grade in grades.values()} == {(0, 1)}
    resent = {user for user, grade in grades.items() if grade.posts != 1}
    # a zero that Moodle does not show is written again, over itself
    assert resent == (
        {"u0"} if course.platform.mode == "moodle" and point == "after the LMS wrote the zero" else set()
    )


def test_a_platform_that_fails_for_good_says_how_far_it_got(
    course: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.stages.exports.patience.Patience.ask", _impatient)
    course.platform.faults.append(Fault("/scores$", Answer(503), nth=5, times=99))
    result = CliRunner().invoke(app, course.command()[1:], env=course.environment())
    assert isinstance(result.exception, UserError)
    assert re.search(r"fails \(HTTP 503\), again and again; 4 scores were sent just now, and the same command goes on",
                     str(result.exception))  # fmt: skip
    course.platform.faults.clear()
    assert course.export().returncode == 0
    assert course.scores() == EXPECTED and course.platform.writes() == STUDENTS + 1


def test_a_closed_column_is_one_sentence(course: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.stages.exports.patience.Patience.ask", _impatient)
    course.platform.columns["11"].closed = True
    result = CliRunner().invoke(app, course.command()[1:], env=course.environment())
    assert course.scores() == {}
    if course.platform.mode == "moodle":
        assert "a column that is locked in Moodle answers so; 0 scores were sent" in str(result.exception)
    else:
        assert result.exit_code == 1 and "is closed (HTTP 422)" in " ".join(result.output.split())


def _impatient(self: Any, call: Callable[[], Any], done: Callable[[], Any] = lambda: None) -> Any:
    return call()


def test_a_score_that_the_lms_refuses_does_not_keep_the_others_back(course: Class) -> None:
    refusal = Answer(
        422 if course.platform.mode == "canvas" else 400, {"errors": {"message": "Incorrect score"}}
    )
    course.platform.faults.append(Fault("/scores$", refusal, nth=3))
    ended = course.export()
    assert ended.returncode == 1
    assert set(EXPECTED) - set(course.scores()) == {"u2"}
    assert re.search(r"20260003 .*the LMS refuses it: Incorrect score \(HTTP 4", ended.stdout)
    assert course.export().returncode == 0
    assert course.scores() == EXPECTED


def test_a_missing_column_is_named_or_made(course: Class) -> None:
    course.write(COURSE.replace("Week 12", "12주차"))
    ended = course.export()
    assert ended.returncode == 2
    assert (
        "there is no column “12주차” among those that the tool may see (“Week 12”, “Other”)" in ended.stderr
    )
    course.write(COURSE.replace("Week 12", "12주차"), make_columns="true")
    assert course.export("--dry-run").returncode == 0
    assert len(course.platform.columns) == 2
    assert course.export().returncode == course.export().returncode == 0
    assert [column.label for column in course.platform.columns.values()] == ["Week 12", "Other", "12주차"]
    assert {
        grade.score for (item, _), grade in course.platform.grades.items() if item == "13" and grade.posts
    } == set(EXPECTED.values())


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"client_id": "wrong"}, r"does not accept this key for client wrong"),
        ({"course": 8}, r"HTTP 40[34]\); check this address in course.yaml"),
        (
            {"url": "http://lms.example.ac.kr"},
            r"course.yaml:7: lti.url: write the LMS's address with https://",
        ),
        ({"platform": "moodle", "deployment_id": None}, r"lti: Moodle needs deployment_id too"),
        (
            {"platform": "blackboard"},
            r"course.yaml:6: lti.platform cannot be \"blackboard\"; it may be canvas, moodle",
        ),
    ],
)
def test_a_slip_in_course_yaml_is_one_sentence(course: Class, fields: dict[str, Any], sentence: str) -> None:
    course.write(**fields)
    ended = course.export()
    assert ended.returncode == 2
    assert re.search(sentence, ended.stderr), ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def test_points_that_differ_from_the_lms_are_one_sentence(course: Class) -> None:
    course.write(COURSE.replace("points: 100", "points: 50"))
    ended = course.export()
    assert (
        ended.returncode == 2 and "has 50 points there and 100 in the LMS; write points: 100" in ended.stderr
    )


def test_without_a_key_or_permission_nothing_is_sent(course: Class) -> None:
    environment = {name: value for name, value in course.environment().items() if name != "GRADER_LTI_KEY"}
    ended = subprocess.run(course.command(), env=environment, capture_output=True, text=True, check=False)
    assert (
        ended.returncode == 2
        and "no key to sign with; name it with --key or in GRADER_LTI_KEY" in ended.stderr
    )
    course.platform.permitted = tuple(scope for scope in ALL_SCOPES if scope != AGS + "score")
    ended = course.export("--key", str(course.key))
    assert (
        ended.returncode == 2
        and "the tool may not use https://purl.imsglobal.org/spec/lti-ags/scope/score" in ended.stderr
    )


def test_a_new_key_is_made_by_the_command_line(tmp_path: Path) -> None:
    made = subprocess.run(
        [GRADER, "export", "--to", "lti", "--new-key", str(tmp_path / "lti.pem"), "--lang", "en"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "lti.pem",
        "lti.pem.jwk.json",
        "lti.pem.pub.pem",
    ]
    assert "PRIVATE" not in made.stdout and '"kty": "RSA"' in made.stdout
