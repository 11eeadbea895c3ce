"""What this machine offers to shut student code in."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from grader.errors import SandboxFault, SandboxUnavailable
from grader.records.base import Record

GUEST = Path(__file__).parents[1] / "guest"
"""Code that runs beside the student's; started as a program, never imported."""


class Offers(Record):
    """Protections of this machine, for a process of this user."""

    machine: str
    """As `uname -m` has it."""
    landlock_abi: int
    """0: no Landlock."""
    seccomp: bool
    """The kernel filters system calls, and there is a table for this machine."""
    root: bool
    namespaces: tuple[str, ...]

    def problem(self) -> str | None:
        """Why student code must not run here, and the way out; None: it may."""
        if not self.landlock_abi:
            return (
                "files cannot be hidden from student code on this machine (no Landlock in the kernel); "
                "run the grader in a container on Linux 5.13 or newer"
            )
        if not self.seccomp:
            return (
                "the network cannot be cut from student code on this machine "
                f"(no seccomp filter for {self.machine}); run the grader in a container on x86-64 or arm64 Linux"
            )
        return None


def probe(guest: Path = GUEST) -> Offers:
    """Ask a new process what it could do to itself.

    Raises:
        SandboxUnavailable: this is no Linux at all.
        SandboxFault: the question itself failed.
    """
    if sys.platform != "linux":
        raise SandboxUnavailable("student code can only be shut in on Linux; run the grader in a container")
    answer = subprocess.run(
        [sys.executable, "-I", "-B", "-c", PROBE, str(guest)],
        capture_output=True,
        text=True,
        timeout=60,
        env={},
    )
    if answer.returncode != 0:
        raise SandboxFault(f"this machine cannot be probed: {answer.stderr.strip()[-500:]}")
    return Offers.model_validate(json.loads(answer.stdout))


PROBE = (
    "import json, sys; sys.path.insert(0, sys.argv[1]); import lockdown; print(json.dumps(lockdown.offers()))"
)


def require(guest: Path = GUEST) -> Offers:
    """The offers of a machine that is fit to run student code.

    Raises:
        SandboxUnavailable: it is not.
    """
    offers = probe(guest)
    if problem := offers.problem():
        raise SandboxUnavailable(problem)
    return offers
