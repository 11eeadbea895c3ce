"""Trusted jobs in the process that owns the GPU; none is needed to test how they are handed out."""

from __future__ import annotations

import os

import engine_jobs
import pytest

from grader.engines.gpu import GpuEngine
from grader.engines.local import Job
from grader.errors import GraderFault


def jobs(*numbers: int) -> list[Job]:
    return [Job(number, engine_jobs.double, (number,)) for number in numbers]


def test_what_waits_is_done_together_and_more_may_be_submitted_meanwhile() -> None:
    with GpuEngine(engine_jobs.doubles) as engine:
        assert engine.ask(engine_jobs.own_process) != os.getpid()
        assert list(engine.ready()) == []
        for job in jobs(0, 1, 2, 13):
            engine.submit(job)
        found = {}
        for job, result in engine.finished():
            found[job.key] = result
            if job.key == 0:
                engine.submit(jobs(21)[0])
    assert isinstance(found.pop(13), ValueError)
    assert found == {0: 0, 1: 2, 2: 4, 21: 42}


def test_a_job_that_kills_the_process_costs_no_other_job_its_result() -> None:
    with GpuEngine(engine_jobs.doubles) as engine:
        for job in jobs(5, 99, 6, 7):
            engine.submit(job)
        found = {job.key: result for job, result in engine.finished()}
    assert isinstance(found[99], GraderFault) and "failed twice" in str(found.pop(99))
    assert found == {5: 10, 6: 12, 7: 14}


def test_a_device_that_fails_is_our_fault_with_the_first_line_of_what_it_said() -> None:
    with GpuEngine(engine_jobs.no_device) as engine:
        engine.submit(jobs(1)[0])
        ((_, fault),) = engine.finished()
    assert isinstance(fault, GraderFault)
    assert str(fault) == (
        "the process with the GPU failed twice on it (CUDA error: an illegal memory access was encountered)"
    )


@pytest.mark.parametrize("most", [1, 2])
def test_no_more_jobs_than_allowed_are_done_at_once(most: int) -> None:
    with GpuEngine(engine_jobs.doubles, most=most) as engine:
        for job in jobs(1, 2, 3, 4, 5):
            engine.submit(job)
        assert engine._running is not None and len(engine._running[1]) == 1
        found = [job.key for job, _ in engine.finished()]
    assert sorted(found) == [1, 2, 3, 4, 5]
