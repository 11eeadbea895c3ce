"""Trusted jobs in processes of this machine, one thread each."""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from grader.engines.lifetime import end_with_the_parent
from grader.errors import GraderFault


@dataclass(frozen=True)
class Job:
    """A call of a module-level function; its arguments and result are plain records or text."""

    key: Hashable
    call: Callable[..., Any]
    args: tuple[Any, ...]


@dataclass
class LocalEngine:
    """A pool of processes that survives the death of one of them.

    When a process dies (killed for memory, say), the jobs that were under way are run again, one at
    a time; a job that kills its process twice while it is alone has a `GraderFault` as its result.

    Args:
        jobs: processes at once.
        preload: modules that are imported once and inherited by every process.
    """

    jobs: int
    preload: tuple[str, ...] = ()
    _pool: ProcessPoolExecutor | None = None
    _pending: dict[Future[Any], Job] = field(default_factory=dict)
    _deaths: Counter[Hashable] = field(default_factory=Counter)
    _alone: list[Job] = field(default_factory=list)

    def __enter__(self) -> LocalEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=kind is None, cancel_futures=True)

    def submit(self, job: Job) -> None:
        """Start a job as soon as a process is free."""
        if self._pool is None:
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload(list(self.preload))
            self._pool = ProcessPoolExecutor(self.jobs, mp_context=context, initializer=_be_a_worker)
        self._pending[self._pool.submit(job.call, *job.args)] = job

    def finished(self) -> Iterator[tuple[Job, Any]]:
        """Jobs as they end, with their result or the exception that ended them, until none is left.

        More jobs may be submitted while this runs.
        """
        while self._pending or self._alone:
            if not self._pending:
                self.submit(self._alone.pop())
            done, _ = wait(self._pending, return_when=FIRST_COMPLETED)
            broken: list[Job] = []
            for future in done:
                job = self._pending.pop(future)
                error = future.exception()
                if isinstance(error, BrokenProcessPool):
                    broken.append(job)
                else:
                    yield job, error if error is not None else future.result()
            if broken:
                yield from self._restart(broken)

    def _restart(self, broken: Sequence[Job]) -> Iterator[tuple[Job, Any]]:
        """A process died: all jobs of the pool are lost, and one of them did it."""
        lost = [*broken, *self._pending.values()]
        self._pending.clear()
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None
        if len(lost) == 1:  # of several, nobody knows whose fault it was
            self._deaths[lost[0].key] += 1
        for job in lost:
            if self._deaths[job.key] == 2:
                yield job, GraderFault("the process that ran it died twice (out of memory?)")
            else:
                self._alone.append(job)


def default_jobs() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0))


def _be_a_worker() -> None:
    """Several processes with one thread each: never several threads on the same few cores."""
    import torch

    end_with_the_parent()

    torch.set_num_threads(1)
