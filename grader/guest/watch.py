"""What the forking process does while a child runs: keep the limits that the kernel does not."""

from __future__ import annotations

import os
import resource
import select
import signal
import socket
import stat
import time
from typing import Any

from lockdown import THREADS

EVERY_MS = 25
KILL_S = 10.0
SCRATCH_ENTRIES, SCRATCH_DEPTH = 4000, 12


def until_the_end(
    pid: int, control: socket.socket, limits: dict[str, Any], scratch: str, started: float
) -> dict[str, Any]:
    """Wait for a child, kill it when it takes too much, and report how it ended.

    Raises:
        TimeoutError: it cannot be killed.
    """
    handle = os.pidfd_open(pid)
    poller = select.poll()
    poller.register(handle, select.POLLIN)
    poller.register(control, select.POLLIN)
    reason: tuple[str, str] | None = None
    while True:
        ready = {descriptor for descriptor, _ in poller.poll(EVERY_MS)}
        if handle in ready:
            break
        if control.fileno() in ready:  # "enough", or nobody is there any more
            control.recv(100)
            reason = "exit", "whoever asked has had enough"
        elif time.monotonic() - started > limits["wall_s"]:
            reason = "timeout", f"still running after {limits['wall_s']:g} s"
        else:
            reason = excess(pid, limits, scratch)
        if reason:
            signal.pidfd_send_signal(handle, signal.SIGKILL)
            poller.unregister(control)
            if not poller.poll(KILL_S * 1000):
                raise TimeoutError(f"process {pid} cannot be killed")
            break
    os.close(handle)
    _, status, usage = os.wait4(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    cpu_s = usage.ru_utime + usage.ru_stime
    if reason is None:
        reason = ended(code, cpu_s, limits)
    return {
        "exit": reason[0],
        "code": code,
        "detail": reason[1],
        "seconds": time.monotonic() - started,
        "cpu_s": cpu_s,
        "peak_bytes": usage.ru_maxrss * 1024,
    }


def ended(code: int, cpu_s: float, limits: dict[str, Any]) -> tuple[str, str]:
    """How a child that we did not kill came to its end."""
    if code >= 0:
        return "exit", f"exit status {code}"
    if -code in (signal.SIGXCPU, signal.SIGKILL) and cpu_s > limits["cpu_s"] - 0.1:
        return "timeout", f"more than {limits['cpu_s']} s of processor time"
    return "signal", signal.Signals(-code).name


def excess(pid: int, limits: dict[str, Any], scratch: str) -> tuple[str, str] | None:
    """What a running child has too much of."""
    resident, threads = usage(pid)
    if resident > limits["memory_bytes"]:
        return "memory", f"{resident >> 20} MiB of memory, {limits['memory_bytes'] >> 20} MiB are allowed"
    if threads > THREADS:
        return "too_large", f"more than {THREADS} threads"
    if is_overfull(scratch, limits["scratch_bytes"]):
        return "too_large", "too much in the scratch folder"
    return None


def usage(pid: int) -> tuple[int, int]:
    """Resident bytes and threads; zeros where /proc does not tell, as when the process is just ending."""
    try:
        with open(f"/proc/{pid}/statm") as file:  # noqa: PTH123
            resident = int(file.read().split()[1]) * resource.getpagesize()
        with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123
            return resident, int(file.read().rpartition(")")[2].split()[17])
    except (OSError, IndexError):
        return 0, 0


def is_overfull(folder: str, limit_bytes: int) -> bool:
    """Does a folder hold too many bytes, too many entries, or too deep a nest of folders?"""
    entries, size = 0, 0
    waiting = [(folder, 0)]
    while waiting:
        path, depth = waiting.pop()
        try:
            with os.scandir(path) as listing:
                for entry in listing:
                    entries += 1
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append((entry.path, depth + 1))
                    else:
                        size += entry.stat(follow_symlinks=False).st_blocks * 512
                    if entries > SCRATCH_ENTRIES or size > limit_bytes or depth >= SCRATCH_DEPTH:
                        return True
        except (FileNotFoundError, NotADirectoryError):
            continue  # gone between two looks
        except PermissionError:
            return True  # made so that we cannot look
    return False


def empty(folder: str) -> None:
    """Remove all that is in a folder, however deep it is nested."""
    todo = [folder]
    token, moved = os.urandom(8).hex(), 0  # a name that is not there already
    while todo:
        path = todo.pop()
        os.chmod(path, 0o700)  # noqa: PTH101
        for name in os.listdir(path):  # noqa: PTH208
            inside = f"{path}/{name}"
            if not stat.S_ISDIR(os.lstat(inside).st_mode):
                os.unlink(inside)  # noqa: PTH108
                continue
            # up to the top first, so that no path grows longer than the system allows
            os.chmod(inside, 0o700)  # noqa: PTH101
            moved += 1
            target = f"{folder}/{token}-{moved}"
            os.rename(inside, target)  # noqa: PTH104
            todo.append(target)
        if path != folder:
            os.rmdir(path)  # noqa: PTH106


def remove(folder: str) -> None:
    """Remove a folder and all that is in it."""
    try:
        empty(folder)
        os.rmdir(folder)  # noqa: PTH106
    except FileNotFoundError:
        pass  # somebody else was faster
