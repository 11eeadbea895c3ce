"""Train the references over many seeds, and store thresholds with their evidence."""

from __future__ import annotations

import datetime
import itertools
import os
import platform
import statistics
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from pydantic import TypeAdapter

from grader import __version__
from grader.authoring.thresholds import (
    MISS_PROBABILITY,
    critical_correlation,
    looks_normal,
    lower_threshold,
    plot_correlation,
    prediction_factor,
    upper_threshold,
)
from grader.course.exercises import read_calibrations
from grader.errors import CalibrationError, TrainingFault
from grader.pipeline_jobs import keep_freed_memory
from grader.records.assignment import Assignment, Calibration, Recipe
from grader.records.training import TrainingRecord
from grader.stages.training.data import DataSet, load
from grader.stages.training.loop import train
from grader.stages.training.verdicts import BLIND_LOSS, BLIND_MARGIN, CHANCE

if TYPE_CHECKING:
    from grader.stages.training.cuda import Gpu

Build = Callable[[str, int], torch.nn.Module]
"""(exercise, seed) -> its reference network with the starting weights of that seed. Pickled by name."""

Progress = Callable[[str, int, TrainingRecord], None]
"""Called after each run with the exercise, the seed and what was measured."""

ACCURACY_MARGIN = 0.05
"""How far above chance an accuracy threshold must lie: seven standard errors with 2,000 images."""

_FILE = TypeAdapter(tuple[Calibration, ...])


def calibrate_course(
    assignments: Sequence[Assignment],
    profile: str,
    source: str,
    seeds: Sequence[int],
    build: Build,
    reference: Path,
    *,
    jobs: int = 1,
    gpu: bool = False,
    progress: Progress | None = None,
    today: datetime.date | None = None,
) -> dict[str, Calibration]:
    """Calibrate each exercise and store it in `reference/<name>/calibration.json`, one by one.

    Raises DataError for an unusable `source`, UserError where `gpu` is asked for and there is none, and
    CalibrationError where a recipe cannot tell a correct network from one that learned nothing; what
    was finished before stays stored.

    Args:
        jobs: processes at once on a CPU.
        gpu: train on the CUDA device instead, in a process of its own.
    """
    data = load(source)
    where = machine()
    if gpu:
        where = f"{gpu_name(source)}; {where}"
    made: dict[str, Calibration] = {}
    for assignment in assignments:
        recipe = assignment.recipes[profile]
        records = []
        runs = (
            gpu_runs(build, assignment.name, recipe, source, seeds)
            if gpu
            else cpu_runs(build, assignment.name, recipe, data, source, seeds, jobs)
        )
        for seed, record in zip(seeds, runs, strict=True):
            records.append(record)
            if progress is not None:
                progress(assignment.name, seed, record)
        calibration = summarize(
            assignment.name, profile, recipe, data.name, seeds, records, today or datetime.date.today(), where
        )
        store(reference / assignment.name / "calibration.json", calibration)
        made[assignment.name] = calibration
    return made


def summarize(
    exercise: str,
    profile: str,
    recipe: Recipe,
    data: str,
    seeds: Sequence[int],
    records: Sequence[TrainingRecord],
    today: datetime.date,
    where: str = "",
) -> Calibration:
    """Thresholds from one record per seed (at least 5).

    Raises TrainingFault where a reference diverged, CalibrationError where the thresholds do not
    lie clearly between correct and blind networks.
    """
    if len(records) < 5:
        raise CalibrationError(f"{len(records)} seeds are too few for a threshold; use --seeds 10 or more")
    if diverged := [seed for seed, record in zip(seeds, records, strict=True) if record.diverged]:
        raise TrainingFault(f"{exercise} diverged under the {profile} recipe with seed {diverged[0]}")
    accuracies, losses = ([getattr(r, name) for r in records] for name in ("accuracy", "final_loss"))
    accuracy, loss = lower_threshold(accuracies), upper_threshold(losses)
    for name, found, limit, close in (
        ("accuracy", accuracy, CHANCE + ACCURACY_MARGIN, accuracy.threshold < CHANCE + ACCURACY_MARGIN),
        ("loss", loss, BLIND_LOSS - BLIND_MARGIN, loss.threshold > BLIND_LOSS - BLIND_MARGIN),
    ):
        if close:
            raise CalibrationError(
                f"the {profile} recipe of {exercise} does not tell correct networks from blind ones on "
                f"{data}: the {name} threshold would be {found.threshold:.3f} (mean {found.mean:.3f}, spread "
                f"{found.spread:.3f}), the limit is {limit:.3f}; give the recipe more steps"
            )
    return Calibration(
        profile=profile,
        data=data,
        recipe=recipe,
        accuracy=accuracy,
        loss=loss,
        seeds=tuple(seeds),
        miss_probability=MISS_PROBABILITY,
        assumption=_assumption(accuracies, losses),
        machine=where or machine(),
        versions={"python": platform.python_version(), "torch": torch.__version__, "grader": __version__},
        seconds_per_run=statistics.fmean(record.seconds for record in records),
        made_on=today.isoformat(),
    )


def store(path: Path, calibration: Calibration) -> None:
    """Add to the file, in place of what it has for the same profile and data."""
    others = [
        known
        for known in read_calibrations(path)
        if (known.profile, known.data) != (calibration.profile, calibration.data)
    ]
    entries = sorted([*others, calibration], key=lambda entry: (entry.profile, entry.data))
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".tmp")
    fresh.write_bytes(_FILE.dump_json(tuple(entries), indent=2) + b"\n")
    fresh.replace(path)


def machine() -> str:
    """Processor, cores and system, for the record."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return f"{model or platform.machine()}, {os.cpu_count()} cores, {platform.system()}"


def cpu_runs(
    build: Build, exercise: str, recipe: Recipe, data: DataSet, source: str, seeds: Sequence[int], jobs: int
) -> Iterator[TrainingRecord]:
    """One record per seed, in their order."""
    if jobs == 1:
        for seed in seeds:
            yield train(build(exercise, seed), recipe, data, seed)
        return
    # not fork: a child of a process that has computed on several threads hangs (OpenMP)
    with ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_open, initargs=(source,)) as pool:
        same = [itertools.repeat(item) for item in (build, exercise, recipe)]
        yield from pool.map(_run, *same, seeds)


def gpu_runs(
    build: Build, exercise: str, recipe: Recipe, source: str, seeds: Sequence[int]
) -> list[TrainingRecord]:
    """One record per seed, trained together on the GPU, in a process of its own.

    Raises UserError where there is no GPU that works, TrainingFault where a run did not end.
    """
    with _gpu_process(source) as pool:
        return pool.submit(_run_together, build, exercise, recipe, tuple(seeds)).result()


def gpu_name(source: str) -> str:
    """What the GPU calls itself. Raises UserError where there is none that works."""
    with _gpu_process(source) as pool:
        return pool.submit(_name).result()


def _gpu_process(source: str) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, get_context("spawn"), initializer=_note, initargs=(source,))


_sources: list[str] = []
"""In the process with the GPU: what `--data` says."""


def _note(source: str) -> None:
    _sources.append(source)


def _gpu() -> Gpu:
    from grader.stages.training.cuda import Gpu

    return Gpu()


def _name() -> str:
    return _gpu().name


def _run_together(
    build: Build, exercise: str, recipe: Recipe, seeds: tuple[int, ...]
) -> list[TrainingRecord]:
    from grader.stages.training.together import Request, train_together

    gpu = _gpu()
    requests = [Request(partial(build, exercise, seed), recipe, seed) for seed in seeds]
    records = []
    for result in train_together(requests, load(_sources[0]).on(gpu.device), gpu):
        if isinstance(result, TrainingFault):
            raise result
        records.append(result)
    return records


_opened: list[DataSet] = []
"""In a worker process: the data set, read once."""


def _open(source: str) -> None:
    keep_freed_memory()
    _opened.append(load(source))


def _run(build: Build, exercise: str, recipe: Recipe, seed: int) -> TrainingRecord:
    return train(build(exercise, seed), recipe, _opened[0], seed)


def _assumption(accuracies: Sequence[float], losses: Sequence[float]) -> str:
    n = len(accuracies)
    odd = [name for name, x in (("accuracy", accuracies), ("loss", losses)) if not looks_normal(x)]
    return (
        "normal over seeds; each threshold is a one-sided prediction bound, mean and "
        f"{prediction_factor(n):.2f} spreads (Student t, {n - 1} degrees of freedom). Probability-plot "
        f"correlation: accuracy {plot_correlation(accuracies):.3f}, loss {plot_correlation(losses):.3f}; "
        f"95 of 100 normal samples of {n} exceed {critical_correlation(n):.3f}. "
        + (
            f"Not borne out for {' and '.join(odd)}: there, the worst seed and one spread if that is laxer."
            if odd
            else "Borne out."
        )
    )
