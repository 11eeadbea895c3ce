"""What every sandbox keeps to: a request goes in, a claim comes out, and nothing else happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, Protocol, Self

from pydantic import Field

from grader.records.base import Record

MiB = 1 << 20

Ending = Literal["finished", "timeout", "memory", "signal", "exit", "too_large", "lockdown"]


class Limits(Record):
    """What one run may take."""

    wall_s: Annotated[float, Field(gt=0)] = 20.0
    cpu_s: Annotated[int, Field(gt=0)] = 20
    memory_bytes: Annotated[int, Field(gt=0)] = 3 << 30
    """Resident, and of address space beyond what the guest starts with."""
    reply_bytes: Annotated[int, Field(gt=0)] = 96 * MiB
    scratch_bytes: Annotated[int, Field(gt=0)] = 64 * MiB
    whole_files: bool = False
    """What most files import at their top is imported before the fork, once for this and all later runs."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back from a run. Everything but `ending` "lockdown" may be the student's doing."""

    payload: bytes
    """A claim, at most `Limits.reply_bytes` long; empty unless `ending` is "finished"."""
    ending: Ending
    """"exit": ended without an answer; "too_large": of reply, scratch folder or threads; "lockdown": our
    own fault, and no student code was run."""
    detail: str
    seconds: float
    """From the fork to the end."""
    cpu_s: float
    """Processor time of the child."""
    peak_bytes: int
    """Resident, including what the guest had before the fork."""


class Sandbox(Protocol):
    """A place where student code may run."""

    name: str

    @property
    def protections(self) -> tuple[str, ...]:
        """What shuts the code in here, for the record of a run."""
        ...

    def run(self, request: bytes, limits: Limits = Limits()) -> Reply:  # noqa: B008  - frozen
        """One run, start to end.

        Raises:
            SandboxFault: the guest failed in a way that no student code explains.
        """
        ...

    def close(self) -> None:
        """End all that was started, and leave nothing behind."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...
