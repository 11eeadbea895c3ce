"""Shuts a freshly forked child in. What comes after `lock` returns may be anybody's code."""

from __future__ import annotations

import errno
import fcntl
import os
import platform
import resource
import signal
import socket
from typing import Any

import kernel
import landlock
import syscall_filter

REQUEST, REPLY, RULES, WORD, FILE = 3, 4, 5, 6, 7
"""Descriptors in the child: what it reads, what it writes, the Landlock rules, the pipe on which it gives
its word that the locks are shut, and a file that goes with the request, if one does. Rules and pipe are
closed before anybody's code runs."""

OPEN_FILES = 128
THREADS = 128
FIRST_UID = 0x70000000
"""User ids from here on belong to nobody: above the containers' ranges, below the sign bit."""

NEW_NETWORK, NEW_IPC, NEW_USER = 0x40000000, 0x08000000, 0x10000000  # CLONE_NEW*


class NotShutError(Exception):
    """A lock that this machine offers did not hold."""


def arrange_descriptors(request: int, reply: int, rules: int, word: int, file: int | None = None) -> None:
    """Leave open nothing but these, under their own numbers, and /dev/null as 0, 1 and 2."""
    nothing = os.open("/dev/null", os.O_RDWR)
    wanted = {0: nothing, 1: nothing, 2: nothing, REQUEST: request, REPLY: reply, RULES: rules, WORD: word}
    if file is not None:
        wanted[FILE] = file
    aside = {number: fcntl.fcntl(open_, fcntl.F_DUPFD, FILE + 1) for number, open_ in wanted.items()}
    for number, descriptor in aside.items():
        os.dup2(descriptor, number, inheritable=False)
    os.closerange(max(wanted) + 1, os.sysconf("SC_OPEN_MAX"))


def limit_resources(limits: dict[str, Any], has_own_uid: bool) -> None:
    """rlimits; the address space is what the forking process has, and `memory_bytes` more."""
    with open("/proc/self/statm") as statm:  # noqa: PTH123
        pages = int(statm.read().split()[0])
    wanted = {
        resource.RLIMIT_AS: pages * resource.getpagesize() + limits["memory_bytes"],
        resource.RLIMIT_CPU: limits["cpu_s"],
        resource.RLIMIT_FSIZE: limits["scratch_bytes"],
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_SIGPENDING: 128,
        resource.RLIMIT_RTPRIO: 0,
        resource.RLIMIT_NICE: 0,
    }
    if has_own_uid:  # the count is the whole uid's: a shared one would starve its other processes
        wanted[resource.RLIMIT_NPROC] = THREADS
    for what, value in wanted.items():
        hard = resource.getrlimit(what)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(what, (value, value))


def drop_privileges(uid: int | None) -> None:
    """Become `uid` (None: stay who we are), and give up every capability in any case."""
    if uid is not None:
        os.setgroups([])
    try:
        kernel.prctl(kernel.PR_CAP_AMBIENT, kernel.PR_CAP_AMBIENT_CLEAR_ALL)
        for capability in range(64):
            if kernel.prctl(kernel.PR_CAPBSET_READ, capability):
                kernel.prctl(kernel.PR_CAPBSET_DROP, capability)
    except OSError as error:
        # EINVAL: past the kernel's last one. EPERM: not ours to drop, and without execve of no use
        if error.errno not in (errno.EINVAL, errno.EPERM):
            raise
    if uid is not None:
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    kernel.clear_capabilities()
    if kernel.capabilities():
        raise NotShutError("capabilities are left")
    if uid is not None and os.getresuid() != (uid, uid, uid):
        raise NotShutError("the user id is still the old one")


def lock(limits: dict[str, Any], uid: int | None, zygote: int) -> None:
    """Shut every lock, in the one order that works, and try two of them.

    Raises:
        NotShutError, OSError: one of them is open; nobody's code may run.
    """
    os.setsid()
    limit_resources(limits, uid is not None)
    drop_privileges(uid)
    # a change of user resets these two, so they come after it
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    if os.getppid() != zygote:
        raise NotShutError("the parent is gone")
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    landlock.restrict(RULES)
    os.close(RULES)
    kernel.set_seccomp_filter(syscall_filter.program(platform.machine(), os.getpid()))
    expect_refusal("files are in reach", lambda: os.listdir("/"))  # noqa: PTH208
    expect_refusal("the network is in reach", socket.socket)


def expect_refusal(what: str, attempt: Any) -> None:
    """A lock that nobody has rattled at is only believed to be shut."""
    try:
        attempt()
    except PermissionError:
        return
    raise NotShutError(what)


def leave_namespaces() -> list[str]:
    """Give this process, and all that it forks, a network without interfaces and System V objects of
    their own, where the machine allows it; the names of what was gained.

    The seccomp filter denies both already: this is a second wall, so it may be missing.
    """
    if os.geteuid() == 0:
        try:
            kernel.unshare(NEW_NETWORK | NEW_IPC)
        except OSError:
            return []
        return ["network namespace"]
    uid, gid = os.getuid(), os.getgid()
    try:
        kernel.unshare(NEW_USER | NEW_NETWORK | NEW_IPC)
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", f"{uid} {uid} 1"),
            ("gid_map", f"{gid} {gid} 1"),
        ):
            with open(f"/proc/self/{name}", "w") as file:  # noqa: PTH123
                file.write(text)
    except OSError:
        return []
    return ["user namespace", "network namespace"]


def offers() -> dict[str, Any]:
    """What this machine offers."""
    try:
        kernel.prctl(kernel.PR_GET_SECCOMP)
        seccomp = True
    except OSError:
        seccomp = False
    return {
        "machine": platform.machine(),
        "landlock_abi": landlock.abi(),
        "seccomp": seccomp and platform.machine() in syscall_filter.NUMBERS,
        "root": os.geteuid() == 0,
        "namespaces": leave_namespaces(),
    }
