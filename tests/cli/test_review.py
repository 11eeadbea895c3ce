"""`grader review` from the terminal: the address, and the exit code at the end."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from graded_class import write_run


def opened(folder: Path) -> tuple[subprocess.Popen[str], str]:
    running = subprocess.Popen(
        [sys.executable, "-u", "-m", "grader", "review", str(folder), "--by", "Kim"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert running.stdout is not None
    for line in running.stdout:
        if found := re.search(r"http://127\.0\.0\.1:\d+/\?token=\S+", line):
            return running, found[0]
    raise AssertionError(running.communicate()[1])


def test_finishing_on_the_page_ends_it_with_0_where_nothing_waits(tmp_path: Path) -> None:
    running, address = opened(write_run(tmp_path, 3))
    with requests.Session() as client:
        home = client.get(address, timeout=60).url
        ended = client.post(home + "finish", headers={"Origin": home.rstrip("/")}, timeout=60)
    assert ended.status_code == 200
    running.communicate(timeout=60)
    assert running.returncode == 0


def test_stopping_it_while_something_waits_ends_it_with_1_and_says_what(tmp_path: Path) -> None:
    waits = {"skip": {"status": "needs_review", "points": None, "reason": {"en": "odd", "ko": "이상함"}}}
    running, address = opened(write_run(tmp_path, 3, s20260002=waits))
    assert requests.get(address, timeout=60).status_code == 200
    running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=60)
    assert running.returncode == 1 and "20260002 학생1, skip: 이상함" in said


def test_a_folder_without_a_run_is_one_sentence(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "grader", "review", str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 2 and "grade first" in ended.stderr and "Traceback" not in ended.stderr


@pytest.mark.parametrize("command", ["compare", "rejudge", "review"])
def test_each_command_explains_itself(command: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "grader", command, "--help"],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert ended.returncode == 0 and "Usage" in ended.stdout
