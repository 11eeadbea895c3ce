"""A sandbox whose guest runs any Python that it is sent, and tells what it found."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import grader
from grader.sandboxes import Limits, ProcessSandbox, Reply

GUEST = Path(grader.__file__).parent / "guest"
SCRIPTED_ANSWER = Path(__file__).with_name("scripted_answer.py")
SECRET = "a-secret-of-the-trusted-side"


@dataclass(frozen=True)
class Found:
    """What a script said, and the error that ended it."""

    said: list[object]
    error: str | None
    reply: Reply


def script_guest(folder: Path) -> Path:
    """Our own guest, but for the part that answers."""
    folder.mkdir()
    for module in GUEST.glob("*.py"):
        if module.name not in ("answer.py", "cpu_only.py", "load.py", "recorder.py"):
            (folder / module.name).symlink_to(module)
    (folder / "answer.py").symlink_to(SCRIPTED_ANSWER)
    return folder


def run(sandbox: ProcessSandbox, script: str, limits: Limits | None = None) -> Reply:
    """The raw reply to a script."""
    return sandbox.run(textwrap.dedent(script).encode(), limits or Limits(wall_s=30))


def ask(sandbox: ProcessSandbox, script: str, limits: Limits | None = None) -> Found:
    """Run a script that is expected to come to its end, and read what it said."""
    reply = run(sandbox, script, limits)
    assert reply.ending == "finished", reply
    heard = json.loads(reply.payload)
    return Found(heard["said"], heard["error"], reply)


def guest_pid(sandbox: ProcessSandbox) -> int:
    """Process id of the forking process."""
    pid = ask(sandbox, "say(os.getppid())").said[0]
    assert isinstance(pid, int)
    return pid


@pytest.fixture(scope="session")
def scripted_guest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a guest that runs scripts."""
    return script_guest(tmp_path_factory.mktemp("guest") / "guest")


@pytest.fixture(scope="session")
def sandbox(scripted_guest: Path) -> Iterator[ProcessSandbox]:
    """A sandbox for all tests of a folder."""
    with ProcessSandbox(scripted_guest, runs_per_guest=10_000) as made:
        yield made
