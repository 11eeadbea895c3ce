"""Trusted jobs in the one process that owns the GPU, several at once."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from grader.engines.lifetime import end_with_the_parent
from grader.engines.local import Job
from grader.errors import GraderFault, UserError

Group = tuple[Job, ...]


@dataclass
class GpuEngine:
    """A process of its own, started fresh (a forked child cannot use CUDA), that is given all that waits.

    When the process dies or the device fails, the jobs that were under way are run again in a new
    process, one at a time; a job that fails so twice while it is alone has a `GraderFault` as its result.

    Args:
        call: module-level function from the arguments of several jobs to their results, each a
            result or an exception; an exception that it raises means that the process is of no more use.
        most: jobs handed over at once, two groups of what trains together, so that the second is made ready
            while the first runs; what they found is handed on, and written, before the next ones end.
    """

    call: Callable[[Sequence[tuple[Any, ...]]], list[Any]]
    most: int = 16
    _pool: ProcessPoolExecutor | None = None
    _running: tuple[Future[list[Any]], Group] | None = None
    _waiting: list[Job] = field(default_factory=list)
    _alone: list[Job] = field(default_factory=list)
    _failures: Counter[Hashable] = field(default_factory=Counter)

    def __enter__(self) -> GpuEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close(wait=kind is None)

    def ask(self, call: Callable[[], Any]) -> Any:
        """What a function says in that process; raises what it raises."""
        return self._process().submit(call).result()

    def submit(self, job: Job) -> None:
        """Start a job as soon as the process is free, together with others."""
        self._waiting.append(job)
        self._start()

    def ready(self) -> Iterator[tuple[Job, Any]]:
        """Jobs that have ended by now, with their result or the exception that ended them."""
        while self._running is not None and self._running[0].done():
            yield from self._collect()

    def finished(self) -> Iterator[tuple[Job, Any]]:
        """Jobs as they end, until none is left."""
        while self._running is not None:
            yield from self._collect()

    def _start(self) -> None:
        if self._running is not None:
            return
        if self._waiting:
            group, self._waiting = tuple(self._waiting[: self.most]), self._waiting[self.most :]
        elif self._alone:
            group = (self._alone.pop(),)
        else:
            return
        self._running = (self._process().submit(self.call, [job.args for job in group]), group)

    def _collect(self) -> Iterator[tuple[Job, Any]]:
        """Wait for the group that is under way, and start the next one before its results are used."""
        assert self._running is not None
        future, group = self._running
        error = future.exception()
        self._running = None
        results: list[tuple[Job, Any]] = []
        if error is None:
            results = list(zip(group, future.result(), strict=True))
        elif isinstance(error, UserError):
            results = [(job, error) for job in group]
        else:
            results = self._again(group, error)
        self._start()
        yield from results

    def _again(self, group: Group, error: BaseException) -> list[tuple[Job, Any]]:
        self._close(wait=False)
        if len(group) > 1:  # of several, nobody knows whose fault it was
            self._alone += group
            return []
        (job,) = group
        self._failures[job.key] += 1
        if self._failures[job.key] < 2:
            self._alone.append(job)
            return []
        said = (str(error).splitlines() or [type(error).__name__])[0]
        return [(job, GraderFault(f"the process with the GPU failed twice on it ({said})"))]

    def _process(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                1, mp_context=multiprocessing.get_context("spawn"), initializer=end_with_the_parent
            )
        return self._pool

    def _close(self, wait: bool) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=wait, cancel_futures=True)
            self._pool = None
