"""The trusted side: whatever happens to the guest, a run ends, and nothing is left behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sandboxes.scripted import GUEST, SCRIPTED_ANSWER, ask, guest_pid, run

from grader.errors import SandboxFault, SandboxUnavailable
from grader.sandboxes import SANDBOXES, Limits, ProcessSandbox, process
from grader.sandboxes.probe import Offers, probe, require


@pytest.fixture
def fresh(scripted_guest: Path) -> Iterator[ProcessSandbox]:
    with ProcessSandbox(scripted_guest) as made:
        yield made


@pytest.fixture
def private(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where sandboxes started from now on have their folders."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def comes_true(condition: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def children_of(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True).stdout
    return [int(word) for word in listed.split()]


def test_every_sandbox_of_the_table_can_be_had() -> None:
    assert {"process": ProcessSandbox} == SANDBOXES


def test_the_protections_are_named(sandbox: ProcessSandbox) -> None:
    assert {"seccomp allow-list", "no_new_privs", "resource limits", "no capabilities"} <= set(
        sandbox.protections
    )
    assert any(p.startswith("Landlock ABI") for p in sandbox.protections)


def test_a_guest_is_replaced_after_its_number_of_runs(scripted_guest: Path) -> None:
    with ProcessSandbox(scripted_guest, runs_per_guest=2) as sandbox:
        pids = [guest_pid(sandbox) for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]
    assert not any(is_alive(pid) for pid in pids)


def test_a_guest_that_was_killed_is_a_fault_of_ours_and_the_next_run_has_a_new_one(
    fresh: ProcessSandbox, private: Path
) -> None:
    pid = guest_pid(fresh)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(SandboxFault, match="the guest"):
        run(fresh, "say(1)")
    assert list(private.iterdir()) == []
    assert guest_pid(fresh) != pid


def test_a_guest_killed_in_the_middle_takes_its_child_along(fresh: ProcessSandbox, private: Path) -> None:
    pid = guest_pid(fresh)
    faults: list[str] = []

    def endless() -> None:
        try:
            run(fresh, "os.makedirs('/'.join(['d'] * 11)); open('f', 'w').write('x')\nwhile True: pass")
        except SandboxFault as fault:
            faults.append(str(fault))

    thread = threading.Thread(target=endless)
    thread.start()
    assert comes_true(lambda: bool(children_of(pid)))
    child = children_of(pid)[0]
    os.kill(pid, signal.SIGKILL)
    thread.join(20)
    assert len(faults) == 1
    assert comes_true(lambda: not is_alive(child))
    assert list(private.iterdir()) == []


def test_a_guest_that_hangs_is_a_fault_of_ours(
    fresh: ProcessSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "GRACE_S", 0.5)
    pid = guest_pid(fresh)
    os.kill(pid, signal.SIGSTOP)
    started = time.monotonic()
    with pytest.raises(SandboxFault, match="did not report the end"):
        run(fresh, "say(1)", Limits(wall_s=0.5))
    assert time.monotonic() - started < 15
    assert not is_alive(pid)
    assert ask(fresh, "say(1)").said == [1]


def test_closing_ends_the_guest_and_removes_its_folder(scripted_guest: Path, private: Path) -> None:
    with ProcessSandbox(scripted_guest) as sandbox:
        pid = guest_pid(sandbox)
        run(sandbox, "os.mkdir('left'); os.mkdir('left/behind')")
        assert len(list(private.iterdir())) == 1
    assert not is_alive(pid)
    assert list(private.iterdir()) == []


def test_nothing_is_left_when_whoever_started_the_sandbox_is_killed(
    scripted_guest: Path, tmp_path: Path
) -> None:
    script = textwrap.dedent(
        f"""
        import os, signal, threading, time
        from pathlib import Path
        from grader.sandboxes import ProcessSandbox
        sandbox = ProcessSandbox(Path({str(scripted_guest)!r}))
        print(sandbox.run(b"say(os.getppid())").payload.decode(), flush=True)
        threading.Thread(target=sandbox.run, args=(b"open('f', 'w').write('x')\\nwhile True: pass",)).start()
        time.sleep(1)
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    killed = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert killed.returncode == -signal.SIGKILL
    pid = json.loads(killed.stdout)["said"][0]
    assert comes_true(lambda: not is_alive(pid))
    assert comes_true(lambda: not list(tmp_path.iterdir()))


@pytest.mark.parametrize(
    ("lock", "without", "told"),
    [
        ("landlock.py", "def restrict(rules):\n    pass\n", "files are in reach"),
        ("syscall_filter.py", "def program(machine, pid):\n    import struct\n    return struct.pack('=HBBI', 6, 0, 0, 0x7FFF0000)\n",
         "the network is in reach"),
        ("kernel.py", "def clear_capabilities():\n    raise OSError(1, 'no')\n", "PermissionError"),
    ],
)  # fmt: skip
def test_no_code_runs_where_a_lock_does_not_shut(tmp_path: Path, lock: str, without: str, told: str) -> None:
    guest = tmp_path / "guest"
    guest.mkdir()
    for module in ("__main__", "kernel", "landlock", "lockdown", "syscall_filter", "watch"):
        shutil.copy(GUEST / f"{module}.py", guest)
    shutil.copy(SCRIPTED_ANSWER, guest / "answer.py")
    witness = tmp_path / "witness"
    with (guest / lock).open("a") as file:
        file.write(without)
    with ProcessSandbox(guest) as sandbox:
        reply = run(sandbox, f"open({str(witness)!r}, 'w').write('ran')\nraw_reply = b'ran'")
    assert (reply.ending, reply.payload) == ("lockdown", b"")
    assert told in reply.detail
    assert not witness.exists()


def test_a_guest_that_cannot_start_is_a_fault_with_its_last_words(tmp_path: Path, private: Path) -> None:
    guest = tmp_path / "broken guest"
    guest.mkdir()
    for module in ("__main__", "kernel", "landlock", "lockdown", "syscall_filter", "watch"):
        shutil.copy(GUEST / f"{module}.py", guest)
    (guest / "answer.py").write_text("def warm(): raise RuntimeError('no torch today')\nanswer = None\n")
    with ProcessSandbox(guest) as sandbox, pytest.raises(SandboxFault, match="no torch today"):
        run(sandbox, "say(1)")
    assert [path.name for path in private.iterdir()] == ["broken guest"]


def test_a_sandbox_is_not_bound_to_the_thread_that_started_it(scripted_guest: Path) -> None:
    with ProcessSandbox(scripted_guest) as sandbox:
        pids: list[int] = []
        thread = threading.Thread(target=lambda: pids.append(guest_pid(sandbox)))
        thread.start()
        thread.join()
        time.sleep(0.2)
        assert guest_pid(sandbox) == pids[0]


def test_this_machine_is_probed() -> None:
    offers = probe()
    assert offers.problem() is None
    assert offers.machine == os.uname().machine
    assert offers.root == (os.geteuid() == 0)


@pytest.mark.parametrize(
    ("lacking", "sentence"),
    [({"landlock_abi": 0}, "files cannot be hidden"), ({"seccomp": False}, "the network cannot be cut")],
)
def test_a_machine_without_locks_is_refused_with_a_way_out(
    monkeypatch: pytest.MonkeyPatch, lacking: dict[str, object], sentence: str
) -> None:
    whole = Offers(machine="x86_64", landlock_abi=7, seccomp=True, root=False, namespaces=())
    assert whole.problem() is None
    poor = whole.model_copy(update=lacking)
    monkeypatch.setattr("grader.sandboxes.probe.probe", lambda _: poor)
    with pytest.raises(SandboxUnavailable, match=f"{sentence}.*run the grader in a container"):
        require()
