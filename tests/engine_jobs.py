"""Jobs for the tests of engines: module-level, so that a worker can import them."""

from __future__ import annotations

import os
import signal
from pathlib import Path


def double(number: int) -> int:
    """An honest job."""
    return 2 * number


def fail(number: int) -> int:
    """A job that raises."""
    raise ValueError(f"no {number}")


def die(_: int) -> int:
    """A job whose process is killed every time."""
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def die_once(marker: str) -> str:
    """A job whose process is killed the first time."""
    if not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


def doubles(asked: list[tuple[int]]) -> list[int | Exception]:
    """Several honest jobs together; 13 fails by itself, 99 takes the process with it."""
    if (99,) in asked:
        os.kill(os.getpid(), signal.SIGKILL)
    return [ValueError("no 13") if number == 13 else 2 * number for (number,) in asked]


def no_device(_: object) -> list[int]:
    """A device that has failed for this process."""
    raise RuntimeError("CUDA error: an illegal memory access was encountered")


def own_process() -> int:
    """Who does the work."""
    return os.getpid()


def threads() -> int:
    """How many threads torch uses in a worker."""
    import torch

    return torch.get_num_threads()


def process_id() -> int:
    """Who does the job."""
    return os.getpid()
