"""A sandbox out of processes alone: one warm guest, and a locked-down fork of it for every run."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Self

from grader.errors import SandboxFault
from grader.sandboxes.base import Ending, Limits, Reply
from grader.sandboxes.probe import GUEST, require

RUNS_PER_GUEST = 200
START_S = 300.0
GRACE_S = 20.0
"""How much longer than a run may take the guest may need to report its end."""
CHUNK = 1 << 20
FEW_PAGE_FAULTS = ":".join(
    f"glibc.malloc.{name}={value}"
    for name, value in {"hugetlb": 1, "mmap_threshold": 1 << 30, "trim_threshold": 1 << 30}.items()
)
"""Large tensors in huge pages where the kernel has them, and freed memory kept: a quarter of a run's time
goes into page faults otherwise."""
REMOVE = "import sys; sys.path.insert(0, sys.argv[1]); import watch; watch.remove(sys.argv[2])"


class ProcessSandbox:
    """One guest, one run at a time; several threads may share it and wait for each other.

    Args:
        answers: name of the module that answers in place of the guest's own, and the folder of its package.

    The guest starts at the first run (or at `start`) and is replaced after `runs_per_guest` runs, and
    whenever something about it looks odd.

    Raises:
        SandboxUnavailable: this machine cannot hide files or cut the network.
    """

    name = "process"

    def __init__(
        self, guest: Path = GUEST, runs_per_guest: int = RUNS_PER_GUEST, answers: tuple[str, ...] = ()
    ) -> None:
        require(guest)
        self._folder, self._runs_per_guest, self._answers = guest, runs_per_guest, answers
        self._guest: _Guest | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Let the guest warm up; returns at once."""
        with self._lock:
            self._started()

    @property
    def protections(self) -> tuple[str, ...]:
        """What shuts the code in; waits for the guest to be warm.

        Raises:
            SandboxFault: it does not get there.
        """
        with self._lock:
            return self._started().protections()

    def run(self, request: bytes, limits: Limits = Limits(), file: int | None = None) -> Reply:  # noqa: B008  - frozen
        """One run, start to end; `file` is a descriptor, open for reading, that the child gets beside the request.

        Raises:
            SandboxFault: the guest failed in a way that no student code explains.
        """
        with self._lock:
            guest = self._started()
            try:
                reply = guest.run(request, limits, file)
            except BaseException:
                self._stop()
                raise
            if reply.ending == "lockdown" or reply.detail == "SIGSYS" or guest.runs >= self._runs_per_guest:
                self._stop()
            return reply

    def close(self) -> None:
        """End the guest and remove its folder."""
        with self._lock:
            self._stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _started(self) -> _Guest:
        if self._guest is None:
            self._guest = _Guest(self._folder, self._answers)
        return self._guest

    def _stop(self) -> None:
        if self._guest is not None:
            self._guest.stop()
        self._guest = None


class _Guest:
    """One forking process, seen from outside."""

    def __init__(self, folder: Path, answers: tuple[str, ...]) -> None:
        self.runs = 0
        self._folder = folder
        self._ready: dict[str, Any] | None = None
        self._private = Path(tempfile.mkdtemp(prefix="grader-"))
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  - closed in stop
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        scratch = str(self._private / "scratch")
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-B", str(folder), str(self._private), *answers],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                # the environment can be read by the student's code, so nothing of ours is in it
                env={
                    "LANG": "C.UTF-8",
                    "HOME": scratch,
                    "USER": "guest",  # torch 2.11 asks for a name at a backward pass; the guest may look up none
                    "TMPDIR": scratch,
                    "CUDA_VISIBLE_DEVICES": "",
                    "MALLOC_ARENA_MAX": "2",  # else every thread reserves 64 MiB of address space
                    "GLIBC_TUNABLES": FEW_PAGE_FAULTS,
                },
                cwd="/",
                start_new_session=True,  # Ctrl-C is for us, not for the guest
            )

    def protections(self) -> tuple[str, ...]:
        """What the guest says of its locks, once it is warm."""
        self._wait_until_ready()
        assert self._ready is not None
        return (f"Landlock ABI {self._ready['landlock_abi']}", "seccomp allow-list", "no_new_privs",
                "resource limits", "no capabilities", *self._ready["walls"])  # fmt: skip

    def run(self, request: bytes, limits: Limits, file: int | None) -> Reply:
        """One run; any exception leaves this guest unfit for another."""
        self._wait_until_ready()
        self.runs += 1
        reply_out, reply_in = os.pipe()
        with contextlib.suppress(OSError):  # over the user's own limit: the usual 64 KiB do as well
            fcntl.fcntl(reply_in, fcntl.F_SETPIPE_SZ, CHUNK)
        try:
            try:
                asked = _memory_file(request)
                try:
                    beside = [] if file is None else [file]
                    socket.send_fds(
                        self._control, [limits.model_dump_json().encode()], [asked, reply_in, *beside]
                    )
                finally:
                    os.close(asked)
            except OSError as error:
                raise SandboxFault(f"the guest took no request: {error}; {self._complaint()}") from error
            finally:
                os.close(reply_in)
            return self._collect(reply_out, limits)
        finally:
            with contextlib.suppress(OSError):
                os.close(reply_out)

    def stop(self) -> None:
        """End the process, and remove what it leaves."""
        self._control.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()
        if self._private.exists():  # the guest was killed; its folder may be nested deeper than rmtree can go
            subprocess.run(
                [sys.executable, "-I", "-B", "-c", REMOVE, str(self._folder), str(self._private)], env={}
            )

    def _collect(self, reply_out: int, limits: Limits) -> Reply:
        """Read the reply while it comes, until the guest reports the end of the run."""
        os.set_blocking(reply_out, False)
        deadline = time.monotonic() + limits.wall_s + GRACE_S
        payload, too_large = bytearray(), False
        poller = select.poll()
        poller.register(reply_out, select.POLLIN)
        poller.register(self._control, select.POLLIN)
        while True:
            ready = dict(poller.poll(max(0.0, deadline - time.monotonic()) * 1000))
            if not ready:
                raise SandboxFault(f"the guest did not report the end of a run; {self._complaint()}")
            if reply_out in ready and not _read_some(reply_out, payload, limits.reply_bytes + 1):
                poller.unregister(reply_out)
            if len(payload) > limits.reply_bytes and not too_large:
                too_large = True
                poller.unregister(reply_out)
                with contextlib.suppress(OSError):
                    self._control.send(b"enough")
            if self._control.fileno() in ready:
                break
        report = self._receive()
        if not too_large:  # what was still in the pipe; nobody can write to it any more
            _read_all(reply_out, payload, limits.reply_bytes + 1)
            too_large = len(payload) > limits.reply_bytes
        ending: Ending = "too_large" if too_large else report["exit"]
        detail = f"the reply has more than {limits.reply_bytes} bytes" if too_large else report["detail"]
        return Reply(
            payload=bytes(payload) if ending == "finished" else b"",
            ending=ending,
            detail=detail,
            seconds=report["seconds"],
            cpu_s=report["cpu_s"],
            peak_bytes=report["peak_bytes"],
        )

    def _wait_until_ready(self) -> None:
        if self._ready is None:
            self._control.settimeout(START_S)
            try:
                self._ready = self._receive()
            except TimeoutError:
                raise SandboxFault(
                    f"the guest was not ready after {START_S:g} s; {self._complaint()}"
                ) from None

    def _receive(self) -> dict[str, Any]:
        """The guest's next message; it writes them alone, students cannot."""
        try:
            message = self._control.recv(1 << 16)
        except ConnectionError:
            message = b""
        if not message:
            raise SandboxFault(f"the guest died; {self._complaint()}")
        received: dict[str, Any] = json.loads(message)
        return received

    def _complaint(self) -> str:
        """The last thing that the guest wrote on standard error."""
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return f"its last words: {lines[-1]}" if lines else "it left no words"


def _memory_file(content: bytes) -> int:
    """A descriptor to read `content` from; unlike a pipe, it needs nobody to write at the other end."""
    descriptor = os.memfd_create("request")
    with open(descriptor, "wb", closefd=False) as file:
        file.write(content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _read_some(descriptor: int, into: bytearray, at_most: int) -> bool:
    """Append what is there, up to `at_most` bytes in all; False at the end."""
    try:
        chunk = os.read(descriptor, min(CHUNK, at_most - len(into)))
    except BlockingIOError:
        return True
    into += chunk
    return bool(chunk)


def _read_all(descriptor: int, into: bytearray, at_most: int) -> None:
    """Append what is left in a pipe that nobody writes to."""
    while len(into) < at_most:
        before = len(into)
        if not _read_some(descriptor, into, at_most) or len(into) == before:
            return
