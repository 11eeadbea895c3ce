"""How often, and after which waits, an LMS that is busy is asked again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from grader.errors import LmsUnavailable

T = TypeVar("T")


@dataclass(frozen=True)
class Patience:
    """Waits double from one try to the next; what the LMS asks for comes first, within limits."""

    tries: int = 7
    first_wait_s: float = 1.0
    longest_wait_s: float = 60.0
    sleep: Callable[[float], None] = time.sleep

    def ask(self, call: Callable[[], T], done: Callable[[], T | None] = lambda: None) -> T:
        """What `call` gives, asked again for as long as it raises `LmsUnavailable`.

        Args:
            done: looks whether a call of unsure outcome did its work; None: it did not.

        Raises:
            LmsUnavailable: the last try's.
        """
        wait_s = self.first_wait_s
        for left in range(self.tries - 1, -1, -1):
            try:
                return call()
            except LmsUnavailable as later:
                if left == 0:
                    raise
                self.sleep(min(max(later.after_s or 0.0, wait_s), self.longest_wait_s))
                wait_s *= 2
                if later.unsure and (found := done()) is not None:
                    return found
        raise AssertionError("no try is left without an answer")


def asked_wait_s(header: str | None) -> float | None:
    """Seconds that a `Retry-After` header asks for: a number, or a date."""
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
