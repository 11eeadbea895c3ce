"""Hostile submissions, a file each, graded in one run with a class of honest ones.

The first line of a file says what it tries, the second what its network deserves: "full" marks (it is
right, and the attack came to nothing) or "less".
"""

from __future__ import annotations

import json
import secrets
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ATTACKS = sorted((HERE / "submissions").glob("*/*.py"))
HONEST = sorted((HERE.parent / "submissions/correct/skip").glob("*.py")) + sorted(
    (HERE.parent / "submissions/broken/skip").glob("*.py")
)
TARGET = Path("/tmp/grader-attack-target")
"""The attacks name it: what lies there must stay as it is, and unread."""
PORT = 47113

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@dataclass
class Run:
    """What came of it."""

    seconds: float
    results: dict[str, Any]
    folder: Path
    log: str
    secret: str = ""
    visitors: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def student(self, number: str) -> dict[str, Any]:
        (found,) = [s for s in self.results["submissions"] if s["student_id"] == number]
        skip: dict[str, Any] = found["exercises"]["skip"]
        return skip


def number(kind: str, place: int) -> str:
    return f"{2031 if kind == 'hostile' else 2032}{place:04d}"


def hand_in(folder: Path, kind: str, files: list[Path]) -> None:
    for place, file in enumerate(files):
        own = folder / number(kind, place)
        own.mkdir(parents=True)
        shutil.copy(file, own / "model.py")


def grade(folder: Path, out: Path) -> Run:
    command = [sys.executable, "-m", "grader", "run", str(folder), "--out", str(out), "--profile", "static",
               "--exercise", "skip", "--isolation", "process", "--jobs", "2"]  # fmt: skip
    began = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, timeout=850, check=False)
    seconds = time.monotonic() - began
    assert done.returncode in (0, 1), done.stderr
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))
    return Run(seconds, results, out, done.stdout + done.stderr)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("alone")
    hand_in(folder / "in", "honest", HONEST)
    return grade(folder / "in", folder / "out")


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("together")
    hand_in(folder / "in", "hostile", ATTACKS)
    hand_in(folder / "in", "honest", HONEST)
    shutil.rmtree(TARGET, ignore_errors=True)
    (TARGET / "out").mkdir(parents=True)
    secret = secrets.token_hex(16)
    (TARGET / "secret.txt").write_text(f"attack-secret {secret}")
    TARGET.chmod(0o755)
    (TARGET / "out").chmod(0o777)
    (TARGET / "secret.txt").chmod(0o666)
    visitors: list[str] = []
    before = traces()
    with socket.create_server(("127.0.0.1", PORT)) as listener:
        watching = threading.Thread(target=count, args=(listener, visitors), daemon=True)
        watching.start()
        run = grade(folder / "in", folder / "out")
    deadline = time.monotonic() + 5
    while (left := sorted(traces() - before)) and time.monotonic() < deadline:
        time.sleep(0.1)
    run.secret, run.visitors, run.left = secret, visitors, left
    yield run
    shutil.rmtree(TARGET)


def count(listener: socket.socket, visitors: list[str]) -> None:
    while True:
        try:
            connection, address = listener.accept()
        except OSError:
            return
        visitors.append(str(address))
        connection.close()


def traces() -> set[str]:
    """Processes of the guest, scratch folders, shared memory, System V objects, mounts."""
    found = {f"/dev/shm/{entry.name}" for entry in Path("/dev/shm").iterdir()}
    for kind in ("shm", "sem", "msg"):
        path = Path(f"/proc/sysvipc/{kind}")
        found |= set(path.read_text().splitlines()[1:]) if path.exists() else set()
    found |= set(Path("/proc/self/mounts").read_text().splitlines())
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                command = (process / "cmdline").read_bytes().decode(errors="replace")
                parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
            except OSError:
                continue
            if "grader/guest" in command and parent == "1":
                found.add(f"process {process.name}: {command}")
    return found


@pytest.mark.parametrize("place", range(len(ATTACKS)), ids=[f"{f.parent.name}/{f.stem}" for f in ATTACKS])
def test_the_score_is_what_the_network_deserves(together: Run, place: int) -> None:
    what, deserves = ATTACKS[place].read_text().splitlines()[:2]
    assert what.startswith("# attack: ") and deserves in ("# deserves: full", "# deserves: less")
    found = together.student(number("hostile", place))
    if deserves == "# deserves: full":
        assert (found["status"], found["points"]) == ("graded", found["max_points"]), found["findings"]
    else:
        assert found["points"] is None or found["points"] < found["max_points"]


def test_there_are_attacks_enough() -> None:
    assert len(ATTACKS) >= 60
    assert {file.parent.name for file in ATTACKS} == {"reading", "forging", "exhausting", "escaping"}


def test_the_honest_get_exactly_what_they_get_alone(alone: Run, together: Run) -> None:
    assert len(HONEST) >= 40
    for place in range(len(HONEST)):
        assert together.student(number("honest", place)) == alone.student(number("honest", place))


def test_nothing_was_read_written_sent_or_left(together: Run) -> None:
    assert (TARGET / "secret.txt").read_text() == f"attack-secret {together.secret}"
    assert (TARGET / "secret.txt").stat().st_mode & 0o777 == 0o666
    assert list((TARGET / "out").iterdir()) == []
    assert together.visitors == []
    assert together.left == []
    for file in together.folder.rglob("*"):
        if file.is_file():
            assert together.secret.encode() not in file.read_bytes(), file
    assert together.secret not in together.log


def test_no_page_runs_what_a_submission_wrote_and_none_names_a_path_of_ours(together: Run) -> None:
    pages = list((together.folder / "students").glob("*.html"))
    assert len(pages) == len(ATTACKS) + len(HONEST)
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "<script" not in text.lower()
        assert str(HERE.parents[1]) not in text and str(together.folder) not in text


def test_it_takes_little_more_than_the_honest_and_the_limits_of_those_that_hang(
    alone: Run, together: Run
) -> None:
    hanging = [f for f in ATTACKS if together.student(number("hostile", ATTACKS.index(f)))["findings"]
               and any(x["code"] == "timeout" for x in together.student(number("hostile", ATTACKS.index(f)))["findings"])]  # fmt: skip
    assert hanging
    # two at a time, 20 s each; and every attack is a submission to be judged itself
    assert together.seconds < alone.seconds + 20 * len(hanging) / 2 + 1.5 * len(ATTACKS) + 60
