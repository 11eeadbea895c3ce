"""How far a run has come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Progress:
    """What the person sees while it runs: called with the step, how many are done, of how many."""

    report: Callable[[str, int, int], None] = lambda step, done, total: None
    counts: dict[str, list[int]] = field(default_factory=dict)

    def add(self, step: str, count: int = 1) -> None:
        """More work of this kind is known."""
        self.counts.setdefault(step, [0, 0])[1] += count
        self.report(step, *self.counts[step])

    def done(self, step: str) -> None:
        """One piece of it is finished."""
        self.counts.setdefault(step, [0, 0])[0] += 1
        self.report(step, *self.counts[step])
