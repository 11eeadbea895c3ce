"""Trusted jobs in processes of this machine."""

from __future__ import annotations

from pathlib import Path

import engine_jobs

from grader.engines.local import Job, LocalEngine
from grader.errors import GraderFault


def test_results_come_with_their_jobs_and_more_jobs_may_be_submitted_meanwhile() -> None:
    with LocalEngine(2) as engine:
        for number in range(4):
            engine.submit(Job(number, engine_jobs.double, (number,)))
        found = {}
        for job, result in engine.finished():
            found[job.key] = result
            if job.key == 3:
                engine.submit(Job("late", engine_jobs.double, (21,)))
    assert found == {0: 0, 1: 2, 2: 4, 3: 6, "late": 42}


def test_an_exception_is_the_jobs_result() -> None:
    with LocalEngine(1) as engine:
        engine.submit(Job("bad", engine_jobs.fail, (7,)))
        ((_, result),) = engine.finished()
    assert isinstance(result, ValueError) and str(result) == "no 7"


def test_a_job_that_kills_its_process_costs_no_other_job_its_result(tmp_path: Path) -> None:
    with LocalEngine(2) as engine:
        engine.submit(Job("killer", engine_jobs.die, (0,)))
        engine.submit(Job("unlucky", engine_jobs.die_once, (str(tmp_path / "marker"),)))
        for number in range(4):
            engine.submit(Job(number, engine_jobs.double, (number,)))
        found = {job.key: result for job, result in engine.finished()}
    assert isinstance(found.pop("killer"), GraderFault)
    assert found == {"unlucky": "done", 0: 0, 1: 2, 2: 4, 3: 6}


def test_a_worker_uses_one_thread() -> None:
    with LocalEngine(1) as engine:
        engine.submit(Job("threads", engine_jobs.threads, ()))
        ((_, result),) = engine.finished()
    assert result == 1
