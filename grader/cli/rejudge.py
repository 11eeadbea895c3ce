"""`grader rejudge`: the settings of a run, for judging it once more."""

from __future__ import annotations

from pathlib import Path

from grader.bench import Settings
from grader.course import default_root
from grader.engines.local import default_jobs
from grader.errors import UserError
from grader.stages.reports import read_results


def settings_of(run: Path, out: Path, gpu: bool, data: str | None, jobs: int | None) -> Settings:
    """As the run was made.

    Raises:
        UserError: there is no such run, it is to be overwritten, or its data set has to be named.
    """
    before = read_results(run / "results.json").run
    if out.resolve() == run.resolve():
        raise UserError(
            f"--out {out} is the run itself; give another folder, so that the two can be compared"
        )
    if data is None and before.profile != "static" and before.data not in ("synthetic", "cifar10"):
        raise UserError(f"{run} was graded with the data of a folder; name it with --data")
    return Settings(
        submissions=run,
        out=out,
        course=default_root(),
        exercises=tuple(before.exercises),
        profile=before.profile,
        gpu=gpu,
        data=data or (before.data if before.data == "cifar10" else "synthetic"),
        jobs=jobs or default_jobs(),
        language=before.language,
        again=True,
    )
