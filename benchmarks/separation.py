"""Does the quick recipe tell networks that learn from the images from networks that cannot?

Trains every reference, and crippled copies of the base network, over many seeds, and prints loss and
accuracy of each beside what a network can get without looking at the images.

    python benchmarks/separation.py --data synthetic --seeds 20 --out benchmarks/results
"""

from __future__ import annotations

import argparse
import datetime
import json
import math
import os
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from grader.authoring.calibrate import Build, machine
from grader.course import default_root
from grader.networks.starting import ready
from grader.pipeline import reference_graphs
from grader.records.assignment import Recipe
from grader.records.training import TrainingRecord
from grader.stages.training.data import DataSet, load
from grader.stages.training.loop import train

EXERCISES = ("base", "skip", "dense", "ca")


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


def runs(
    build: Build, recipe: Recipe, data: DataSet, seeds: Sequence[int]
) -> Iterator[tuple[str, str, TrainingRecord]]:
    """(kind, network, record), one seed after the other."""
    wrong = replace(data, train_labels=data.train_labels[torch.randperm(len(data.train_labels))])
    for seed in seeds:
        for exercise in EXERCISES:
            yield "correct", exercise, train(build(exercise, seed), recipe, data, seed)
        for name, cripple in CANNOT_LEARN.items():
            yield "cannot learn", name, train(cripple(build("base", seed)), recipe, data, seed)
        yield "cannot learn", "all frozen", train(build("base", seed), recipe, data, seed, trainable=())
        yield "cannot learn", "random labels", train(build("base", seed), recipe, wrong, seed)
        network = build("base", seed)
        classifier = [p for p in network.parameters() if p.dim() == 2]
        yield "cut in part", "convolutions frozen", train(network, recipe, data, seed, trainable=classifier)


def table(found: dict[tuple[str, str], list[TrainingRecord]], data: str, recipe: Recipe, seeds: int) -> str:
    """Markdown, with what it was made on."""
    lines = [
        f"# Networks that learn and networks that cannot: {data}, quick recipe, {seeds} seeds",
        "",
        f"`python benchmarks/separation.py`, {datetime.date.today().isoformat()}, {machine()}, one process, one "
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


def measure(build: Build, recipe: Recipe, source: str, seeds: int, out: Path | None) -> None:
    """Run everything, print the table, and keep it."""
    torch.manual_seed(0)
    data = load(source)
    found: dict[tuple[str, str], list[TrainingRecord]] = {}
    for kind, name, record in runs(build, recipe, data, range(seeds)):
        found.setdefault((kind, name), []).append(record)
        print(f"{kind:13} {name:28} loss {record.final_loss:.3f} accuracy {record.accuracy:.3f}", flush=True)
    text = table(found, data.name, recipe, seeds)
    print(text)
    if out is not None:
        (out / f"separation-{data.name}.md").write_text(text, encoding="utf-8")
        figures = {
            f"{kind}: {name}": [[round(r.final_loss, 4), round(r.accuracy, 4)] for r in records]
            for (kind, name), records in found.items()
        }
        (out / f"separation-{data.name}.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", default="synthetic", help="synthetic, cifar10 or a folder")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--out", type=Path, help="folder for the table and the figures of every run")
    asked = parser.parse_args()
    traced = reference_graphs(default_root(), EXERCISES, jobs=min(4, os.cpu_count() or 1))
    recipe = traced["base"][0].assignment.recipes["quick"]

    def build(exercise: str, seed: int) -> nn.Module:
        return ready(traced[exercise][1], recipe.start, seed)

    measure(build, recipe, asked.data, asked.seeds, asked.out)


if __name__ == "__main__":
    main()
