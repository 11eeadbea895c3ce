"""The runs behind the slides' table: base, skip, dense and ca by the slides' protocol, over several seeds.

    python benchmarks/slides_runs.py FOLDER --data DATA [--gpu] [--seeds 2] [--exercise NAME]

Each run is stored as FOLDER/<exercise>-<seed>.json when it has ended, and is not made again; slides_table.py
reads them. With --gpu all seeds of an exercise are trained together. On a CPU (one thread, one run after
another, about half an hour each on a core that has nothing else to do) every epoch is kept under
FOLDER/unfinished: a script that was stopped goes on there, with the same numbers to the bit.
"""

from __future__ import annotations

import argparse
import datetime
import platform
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import torch
from devices import described, few, opened
from references import EXERCISES, references
from safetensors.torch import load_file, save_file

from grader.authoring.calibrate import machine
from grader.course import default_root, read_course
from grader.errors import TrainingFault
from grader.networks.replay import Replay
from grader.networks.starting import ready
from grader.pipeline_jobs import keep_freed_memory
from grader.records.assignment import Recipe
from grader.records.base import Record
from grader.records.graph import ModelGraph
from grader.records.training import TrainingRecord
from grader.stages.training import DataSet, load
from grader.stages.training.loop import one_thread, repeatable
from grader.stages.training.steps import Run
from grader.stages.training.together import Device, Request, train_together


class SlidesRun(Record):
    """One training by the slides' protocol, and where it was made."""

    exercise: str
    seed: int
    """Of the starting weights and of the order of the images."""
    recipe: Recipe
    data: str
    notes: tuple[str, ...]
    """What is special about the images."""
    machine: str
    python: str
    torch: str
    made_on: str
    record: TrainingRecord


def stored(folder: Path) -> list[SlidesRun]:
    """All runs in a folder, by exercise in the course's order and seed."""
    runs = [SlidesRun.model_validate_json(file.read_bytes()) for file in folder.glob("*-*.json")]
    return sorted(runs, key=lambda run: (EXERCISES.index(run.exercise), run.seed))


def store(
    folder: Path, exercise: str, seed: int, recipe: Recipe, data: DataSet, where: str, record: TrainingRecord
) -> None:
    """Write one run; all of the file or nothing."""
    run = SlidesRun(
        exercise=exercise, seed=seed, recipe=recipe, data=data.name, notes=tuple(n.en for n in data.notes),
        machine=where, python=platform.python_version(), torch=torch.__version__, made_on=datetime.date.today().isoformat(), record=record,
    )  # fmt: skip
    fresh = folder / f"{exercise}-{seed}.tmp"
    fresh.write_text(run.model_dump_json(), encoding="utf-8")
    fresh.replace(fresh.with_suffix(".json"))


def resumed(
    network: Replay,
    recipe: Recipe,
    data: DataSet,
    seed: int,
    kept: Path,
    tell: Callable[[int, float], None] = lambda epoch, loss: None,
) -> TrainingRecord:
    """Train as `loop.train` does, from the last epoch in the file `kept` if it is there.

    Args:
        tell: called after each epoch with its number (from 1) and its mean loss.
    """
    assert recipe.optimizer == "sgd"  # a file holds nothing of an optimizer
    with one_thread(), repeatable(network), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        run = Run(network, recipe, data, seed, network.trainable())
        run.network.train()
        done, seconds = 0, 0.0
        if kept.exists():
            saved = load_file(kept)
            losses, seconds = saved.pop("losses"), saved.pop("seconds").item()
            run.rewind([saved[str(k)] for k in range(len(saved))], losses)
            done = len(losses)
        epoch = recipe.updates_per_epoch(len(data.train_labels))
        while done < run.steps:
            began = time.perf_counter()
            for _ in range(epoch):
                run.step()
            done += epoch
            seconds += time.perf_counter() - began
            state = {str(k): tensor.contiguous() for k, tensor in enumerate(run.state())}
            kept.parent.mkdir(parents=True, exist_ok=True)
            fresh = kept.with_suffix(".tmp")
            save_file(
                {**state, "losses": run.losses[:done], "seconds": torch.tensor(seconds, dtype=torch.float64)},
                fresh,
            )
            fresh.replace(kept)
            tell(done // epoch, float(run.losses[done - epoch : done].mean()))
        return run.record(done, seconds, "cpu")


def on_gpu(
    graph: ModelGraph,
    exercise: str,
    recipe: Recipe,
    seeds: Sequence[int],
    data: DataSet,
    device: Device,
    folder: Path,
) -> None:
    """Train and store what is missing of one exercise, all seeds at once."""
    missing = [seed for seed in seeds if not (folder / f"{exercise}-{seed}.json").exists()]
    requests = [Request(partial(ready, graph, recipe.start, seed), recipe, seed) for seed in missing]
    for seed, record in zip(missing, train_together(requests, data, device), strict=True):
        if isinstance(record, TrainingFault):
            raise record
        store(folder, exercise, seed, recipe, data, described(device), record)
        print(
            f"{exercise}, seed {seed}: {record.seconds:.2f} s, accuracy {record.accuracy:.4f}, {record.engine}",
            flush=True,
        )


def on_cpu(graph: ModelGraph, exercise: str, recipe: Recipe, seed: int, data: DataSet, folder: Path) -> None:
    """Train and store one run, if it is missing."""
    if (folder / f"{exercise}-{seed}.json").exists():
        return
    kept, began = folder / "unfinished" / f"{exercise}-{seed}.safetensors", time.perf_counter()

    def tell(epoch: int, loss: float) -> None:
        print(
            f"{exercise}, seed {seed}: epoch {epoch}, loss {loss:.4f}, {time.perf_counter() - began:.0f} s",
            flush=True,
        )

    record = resumed(ready(graph, recipe.start, seed), recipe, data, seed, kept, tell)
    store(folder, exercise, seed, recipe, data, machine(), record)
    kept.unlink()
    print(f"{exercise}, seed {seed}: accuracy {record.accuracy:.4f}", flush=True)


def main() -> None:
    """Make what is missing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", default="cifar10")
    parser.add_argument("--seeds", type=int, default=2, help="with --gpu: a multiple of eight")
    parser.add_argument("--exercise", choices=EXERCISES, action="append", help="default: all")
    parser.add_argument("--epochs", type=int, help="instead of 20, to try the script")
    parser.add_argument("--gpu", action="store_true")
    parser.add_argument("--dry-run", action="store_true", help="with --gpu: few images, on the CPU")
    options = parser.parse_args()
    keep_freed_memory()
    options.folder.mkdir(parents=True, exist_ok=True)
    names, data, seeds = options.exercise or list(EXERCISES), load(options.data), range(options.seeds)
    graphs, course, recipes = references(names), read_course(default_root(), list(EXERCISES)), {}
    for name in names:
        recipes[name] = course[name].assignment.recipes["full"]
        if options.epochs:
            recipes[name] = recipes[name].model_copy(update={"epochs": options.epochs})
    if options.gpu:
        device = opened(options.dry_run)
        resident = (few(data) if options.dry_run else data).on(device.device)
        for name in names:
            on_gpu(graphs[name], name, recipes[name], seeds, resident, device, options.folder)
    else:
        for seed in seeds:
            for name in names:
                on_cpu(graphs[name], name, recipes[name], seed, data, options.folder)


if __name__ == "__main__":
    main()
