"""Does the quick recipe tell networks that learn from the images from networks that cannot?

Trains every reference, and crippled copies of the references in turn, over many seeds, and prints loss and
accuracy of each beside what a network can get without looking at the images, and how the two checks judge.

    python benchmarks/separation.py --data synthetic --seeds 20 --jobs 2 --out benchmarks/results

About 20 minutes on two cores: 20 seeds of 12 trainings, 9 seconds each.
"""

from __future__ import annotations

import argparse
import datetime
import json
import math
import os
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import torch
from references import EXERCISES, references
from torch import Tensor, nn
from torch.nn import functional as F

from grader.authoring.calibrate import Build, machine
from grader.course import default_root, read_course
from grader.networks.starting import network_of
from grader.pipeline_jobs import keep_freed_memory
from grader.records.assignment import Calibration, Recipe
from grader.records.training import TrainingRecord
from grader.stages.training import calibration_for, judge_accuracy, judge_learning
from grader.stages.training.data import DataSet, load
from grader.stages.training.loop import train


class Crippled(nn.Module):
    """A network with something done to its images or outputs."""

    def __init__(
        self,
        inner: nn.Module,
        before: Callable[[Tensor], Tensor] = lambda images: images,
        after: Callable[[Tensor], Tensor] = lambda outputs: outputs,
    ) -> None:
        super().__init__()
        self.inner, self.before, self.after = inner, before, after

    def forward(self, images: Tensor) -> Tensor:
        return self.after(self.inner(self.before(images)))


class Constant(nn.Module):
    """Ten numbers, whatever the image is; they are trained."""

    def __init__(self) -> None:
        super().__init__()
        self.outputs = nn.Parameter(torch.zeros(10))

    def forward(self, images: Tensor) -> Tensor:
        return self.outputs.expand(len(images), 10)


CANNOT_LEARN: dict[str, Callable[[nn.Module], nn.Module]] = {
    "images multiplied by 0": lambda network: Crippled(network, before=lambda images: images * 0),
    "outputs detached": lambda network: Crippled(network, after=lambda outputs: outputs.detach()),
    "outputs clipped to 0 (dead)": lambda network: Crippled(network, after=lambda y: F.relu(-y.abs())),
    "random outputs": lambda network: Crippled(network, after=lambda y: torch.randn_like(y)),
    "constant outputs": lambda network: Constant(),
}


class Measured(NamedTuple):
    """One training."""

    kind: str
    name: str
    exercise: str
    """The reference that it is, or was made from."""
    record: TrainingRecord


def runs_of(build: Build, recipe: Recipe, data: DataSet, seed: int) -> list[Measured]:
    """Every kind of network with one seed; what is crippled was the references in turn."""
    torch.manual_seed(seed)
    wrong = replace(data, train_labels=data.train_labels[torch.randperm(len(data.train_labels))])
    found = [
        Measured("correct", exercise, exercise, train(build(exercise, seed), recipe, data, seed))
        for exercise in EXERCISES
    ]
    victim = EXERCISES[seed % len(EXERCISES)]

    def add(kind: str, name: str, network: nn.Module, images: DataSet = data, **more: Any) -> None:
        found.append(Measured(kind, name, victim, train(network, recipe, images, seed, **more)))

    for name, cripple in CANNOT_LEARN.items():
        add("cannot learn", name, cripple(build(victim, seed)))
    add("cannot learn", "all frozen", build(victim, seed), trainable=())
    add("cannot learn", "random labels", build(victim, seed), wrong)
    network = build(victim, seed)
    add(
        "cut in part",
        "convolutions frozen",
        network,
        trainable=[p for p in network.parameters() if p.dim() == 2],
    )
    return found


_data: list[DataSet] = []
"""In a worker process: read once."""


def _open(source: str) -> None:
    keep_freed_memory()
    torch.set_num_threads(1)
    _data.append(load(source))


def _seed(build: Build, recipe: Recipe, seed: int) -> list[Measured]:
    return runs_of(build, recipe, _data[0], seed)


def runs(build: Build, recipe: Recipe, source: str, seeds: int, jobs: int) -> Iterator[list[Measured]]:
    """What each seed measured, in their order."""
    with ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_open, initargs=(source,)) as pool:
        yield from pool.map(_seed, [build] * seeds, [recipe] * seeds, range(seeds))


def judged(measured: Sequence[Measured], thresholds: Mapping[str, Calibration]) -> list[str]:
    """How the two checks judge, against the shipped thresholds of the reference that each was made from."""
    lines = []
    for check, judge in (("learning", judge_learning), ("accuracy", judge_accuracy)):
        for kind, right in (("correct", "passed"), ("cannot learn", "failed")):
            outcomes = [
                judge(m.record, thresholds[m.exercise], False).outcome for m in measured if m.kind == kind
            ]
            lines.append(
                f"- `{check}`, shipped thresholds: {outcomes.count(right)} of {len(outcomes)} that are "
                f"“{kind}” {right}; errors: {len(outcomes) - outcomes.count(right)}."
            )
    return lines


def table(
    found: dict[tuple[str, str], list[TrainingRecord]], data: str, recipe: Recipe, seeds: int, jobs: int
) -> str:
    """Markdown, with what it was made on."""
    lines = [
        f"# Networks that learn and networks that cannot: {data}, quick recipe, {seeds} seeds",
        "",
        f"`python benchmarks/separation.py`, {datetime.date.today().isoformat()}, {machine()}, {jobs} processes of one "
        f"thread, torch {torch.__version__}. Recipe: {recipe.model_dump_json()}",
        "",
        f"Loss: mean over the last tenth of the steps; a network that ignores the images cannot get below "
        f"{math.log(10):.3f}. Accuracy: on {recipe.test_images} test images; guessing gives 0.100.",
        "",
        "| | network | loss, mean ± spread | lowest | highest | accuracy, mean ± spread | lowest | highest | s per run |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for (kind, name), records in found.items():
        cells = [kind, name]
        for figures in ([r.final_loss for r in records], [r.accuracy for r in records]):
            cells += [
                f"{statistics.fmean(figures):.3f} ± {statistics.stdev(figures):.3f}",
                f"{min(figures):.3f}",
                f"{max(figures):.3f}",
            ]
        lines.append(f"| {' | '.join(cells)} | {statistics.fmean(r.seconds for r in records):.1f} |")
    of = {
        kind: [r for (k, _), rs in found.items() if k == kind for r in rs]
        for kind in ("correct", "cannot learn")
    }
    good, bad = of["correct"], of["cannot learn"]
    lines += [
        "",
        f"Highest loss of a correct network: {max(r.final_loss for r in good):.3f}; lowest of one that cannot "
        f"learn: {min(r.final_loss for r in bad):.3f}. Lowest accuracy of a correct network: "
        f"{min(r.accuracy for r in good):.3f}; highest of one that cannot learn: {max(r.accuracy for r in bad):.3f}.",
    ]
    return "\n".join(lines) + "\n"


def measure(
    build: Build,
    recipe: Recipe,
    source: str,
    seeds: int,
    jobs: int,
    out: Path | None,
    thresholds: Mapping[str, Calibration],
) -> None:
    """Run everything, print the table, and keep it."""
    measured: list[Measured] = []
    for number, of_seed in enumerate(runs(build, recipe, source, seeds, jobs)):
        measured += of_seed
        print(f"seed {number}", flush=True)
        for m in of_seed:
            print(f"{m.kind:13} {m.name:28} loss {m.record.final_loss:.3f} accuracy {m.record.accuracy:.3f}")
    found: dict[tuple[str, str], list[TrainingRecord]] = {}
    for m in measured:
        found.setdefault((m.kind, m.name), []).append(m.record)
    name = load(source).name
    text = table(found, name, recipe, seeds, jobs)
    if thresholds:
        text += "\n" + "\n".join(judged(measured, thresholds)) + "\n"
    print(text)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / f"separation-{name}.md").write_text(text, encoding="utf-8")
        figures = {
            f"{kind}: {label}": [[round(r.final_loss, 4), round(r.accuracy, 4)] for r in records]
            for (kind, label), records in found.items()
        }
        (out / f"separation-{name}.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")


def main() -> None:
    """Trace, train, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", default="synthetic", help="synthetic, cifar10 or a folder")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), help="processes at once")
    parser.add_argument("--steps", type=int, help="instead of the recipe's, to try the script")
    parser.add_argument("--out", type=Path, help="folder for the table and the figures of every run")
    asked = parser.parse_args()
    course = read_course(default_root(), EXERCISES)
    recipe, data = course["base"].assignment.recipes["quick"], load(asked.data).name
    thresholds = {
        name: calibration_for(name, exercise.calibrations, "quick", recipe, data, asked.data)
        for name, exercise in course.items()
    }
    if asked.steps:
        recipe, thresholds = recipe.model_copy(update={"steps": asked.steps}), {}
    starts = {name: (graph.model_dump_json(), recipe.start) for name, graph in references(EXERCISES).items()}
    measure(partial(network_of, starts), recipe, asked.data, asked.seeds, asked.jobs, asked.out, thresholds)


if __name__ == "__main__":
    main()
