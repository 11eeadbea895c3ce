"""One measurement of training, in a process of its own; see training.py, which asks for them.

    python benchmarks/measure.py WHAT [--data FOLDER] [--network base] [--networks 8] [--steps 200] [--dry-run]

Prints one line of JSON. In a process of its own, since cuDNN and cuBLAS keep what they have chosen, and
what is set for one measurement must not be there in the next.
"""

from __future__ import annotations

import argparse
import importlib.util
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from devices import DryRun, few
from references import references
from torch import Tensor, nn
from torch.nn import functional as F

from grader.course import default_root
from grader.errors import TrainingFault
from grader.networks.replay import cost
from grader.networks.starting import ready
from grader.pipeline_jobs import keep_freed_memory
from grader.records.assignment import Recipe
from grader.records.base import Record
from grader.records.graph import ModelGraph
from grader.stages.training import cuda, cuda_graph, load, steps
from grader.stages.training.data import DataSet
from grader.stages.training.loop import repeatable
from grader.stages.training.steps import Run
from grader.stages.training.together import Device, Request, train_together
from grader.stages.training.torchvision_import import torchvision_datasets

TWENTY_EPOCHS = 10_000
FULL = Recipe(
    epochs=20, batch_size=100, optimizer="sgd", learning_rate=0.1, start="pytorch", balanced=False,
    test_images="all",
)  # fmt: skip
ROOT = default_root()


class Measurement(Record):
    """How fast something was."""

    what: str
    steps_per_s: float
    """Of all networks together."""
    networks: int = 1
    note: str = ""


@dataclass(frozen=True)
class Variant:
    """This engine with something changed."""

    says: str
    change: Callable[[], object]


VARIANTS = {
    "plain": Variant("layers not fused", lambda: setattr(cuda, "FUSED", False)),
    "ieee-convolutions": Variant(
        "convolutions in float32 (no TF32)", lambda: setattr(cuda, "CONVOLUTION_PRECISION", "ieee")
    ),
    "ieee-products": Variant(
        "matrix products in float32 (no TF32)", lambda: setattr(cuda, "PRODUCT_PRECISION", "ieee")
    ),
    "channels-first": Variant("not channels-last", lambda: steps.CHANNELS_LAST.update(cuda=False)),
    "timed": Variant("cuDNN times its algorithms", lambda: setattr(cuda, "CUDNN_BENCHMARK", True)),
    "one-step": Variant("one step per graph", lambda: setattr(cuda_graph, "STEPS_PER_GRAPH", 1)),
    "connections-8": Variant(
        "CUDA_DEVICE_MAX_CONNECTIONS 8, CUDA's default",
        lambda: os.environ.update(CUDA_DEVICE_MAX_CONNECTIONS="8"),
    ),
}


def slides_way(module: nn.Module, dataset: Any, device: torch.device, count: int) -> float:
    """Steps per second of the loop on the slides, under torch's own settings, after a few that are not counted."""
    loader = torch.utils.data.DataLoader(dataset, batch_size=100, shuffle=True)
    module = module.to(device).train()
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
    began, done = 0.0, -3
    while True:
        for images, labels in loader:
            if done == 0:
                _wait(device)
                began = time.perf_counter()
            images, labels = images.to(device), labels.to(device)
            optimizer.zero_grad()
            loss = F.cross_entropy(module(images), labels)
            loss.backward()
            optimizer.step()
            loss.item()  # the slides add up the loss of every step
            done += 1
            if done == count:
                _wait(device)
                return count / (time.perf_counter() - began)


class Wrapped(torch.utils.data.Dataset[tuple[Tensor, int]]):
    """Images that are no CIFAR-10, handed out as torchvision hands out CIFAR-10: PIL, then ToTensor."""

    def __init__(self, data: DataSet) -> None:
        from PIL import Image

        transforms = _transforms()
        self.pictures = [Image.fromarray(i.permute(1, 2, 0).numpy()) for i in data.train_images]
        self.labels, self.transform = data.train_labels.tolist(), transforms.ToTensor()

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, number: int) -> tuple[Tensor, int]:
        return self.transform(self.pictures[number]), self.labels[number]


def slides_dataset(source: str | None, data: DataSet) -> tuple[Any, str]:
    """The data set of the slides' way, and what it is."""
    datasets, transforms = torchvision_datasets(), _transforms()
    if source is None:
        return Wrapped(data), "synthetic images wrapped as a torchvision data set"
    folder = Path(source)
    parent = folder.parent if folder.name == "cifar-10-batches-py" else folder
    # re-encoded images have other checksums, which torchvision would refuse
    kept = datasets.CIFAR10._check_integrity, datasets.CIFAR10._load_meta
    datasets.CIFAR10._check_integrity, datasets.CIFAR10._load_meta = lambda self: True, lambda self: None
    try:
        return datasets.CIFAR10(parent, train=True, transform=transforms.ToTensor()), "CIFAR-10"
    finally:
        datasets.CIFAR10._check_integrity, datasets.CIFAR10._load_meta = kept


def _transforms() -> Any:
    torchvision_datasets()
    return importlib.import_module("torchvision.transforms")


def plain_module(name: str) -> nn.Module:
    """The reference as a student would write it."""
    file = ROOT / "reference" / name / "solution.py"
    spec = importlib.util.spec_from_file_location(f"solution_{name}", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    wanted = {"base": "VGG", "skip": "VGG_SKIP", "dense": "VGG_DENSE", "ca": "VGG_CA"}[name]
    return getattr(module, wanted)()  # type: ignore[no-any-return]


# -- this engine on a CPU ---------------------------------------------------------------------------


def on_cpu(graph: str, data: DataSet, count: int) -> float:
    """Steps per second of one network, one thread."""
    torch.set_num_threads(1)
    keep_freed_memory()
    network = ready(ModelGraph.model_validate_json(graph), "pytorch", 0)
    recipe = FULL.model_copy(update={"epochs": None, "steps": count + 3})
    with repeatable(network):
        run = Run(network, recipe, data, 0, network.trainable())
        run.network.train()
        for _ in range(3):
            run.step()
        began = time.perf_counter()
        for _ in range(count):
            run.step()
            run.losses[-1].item()
    return count / (time.perf_counter() - began)


def _on_cpu_of(graph: str, source: str, count: int, barrier_at: float) -> float:
    data = load(source)
    time.sleep(max(0.0, barrier_at - time.time()))
    return on_cpu(graph, data, count)


def several_on_cpu(graph: str, source: str, networks: int, count: int) -> float:
    """Steps per second of all together: as many processes as there are cores."""
    cores = len(os.sched_getaffinity(0))
    with ProcessPoolExecutor(cores, multiprocessing.get_context("spawn")) as pool:
        begin = time.time() + 15  # the imports of all processes are over by then
        rates = list(
            pool.map(
                _on_cpu_of, [graph] * networks, [source] * networks, [count] * networks, [begin] * networks
            )
        )
    return statistics.fmean(rates) * min(cores, networks)


# -- this engine on a GPU ---------------------------------------------------------------------------


def on_device(graph: ModelGraph, data: DataSet, device: Device, networks: int, count: int) -> Measurement:
    """Whole trainings of so many steps, test and preparation included, after a short one."""

    def trained(recipe: Recipe, several: int) -> tuple[float, str]:
        began = time.perf_counter()
        asked = [Request(partial(ready, graph, "pytorch", 0), recipe, seed) for seed in range(several)]
        results = train_together(asked, data, device)
        for result in results:
            if isinstance(result, TrainingFault):
                raise result
        return time.perf_counter() - began, results[0].engine  # type: ignore[union-attr]

    recipe = FULL.model_copy(update={"epochs": None, "steps": count})
    trained(recipe.model_copy(update={"steps": min(200, count), "test_images": 100}), 1)  # libraries load
    seconds, engine = trained(recipe, networks)
    why = getattr(device, "plain", None)
    return Measurement(
        what="", steps_per_s=networks * count / seconds, networks=networks,
        note=engine + (f" (not fused: {why})" if why else ""),
    )  # fmt: skip


def as_many_as_cifar10(data: DataSet) -> DataSet:
    """The images repeated until there are 50,000."""
    rounds = 50_000 // len(data.train_labels) + 1
    return replace(
        data,
        train_images=data.train_images.repeat(rounds, 1, 1, 1)[:50_000],
        train_labels=data.train_labels.repeat(rounds)[:50_000],
    )


# -- the floor --------------------------------------------------------------------------------------


def best_of(call: Callable[[], object], device: torch.device, times: int = 5) -> float:
    """Seconds, the fastest of several, after two that are not counted."""
    found = []
    for _ in range(times + 2):
        _wait(device)
        began = time.perf_counter()
        call()
        _wait(device)
        found.append(time.perf_counter() - began)
    return min(found[2:])


def floor(graph: ModelGraph, device: torch.device) -> tuple[float, str]:
    """Steps per second that the chip allows: three products per layer and step (forward, gradients of
    input and weight), and every intermediate number written and read once forward and once backward."""
    size = 8192 if device.type == "cuda" else 1536
    a, b = torch.rand(size, size, device=device), torch.rand(size, size, device=device)
    rate = 2 * size**3 / best_of(lambda: a @ b, device)
    big = torch.rand((1 << 30 if device.type == "cuda" else 1 << 26) // 4, device=device)
    other = torch.empty_like(big)
    bandwidth = 2 * big.numel() * 4 / best_of(lambda: other.copy_(big), device)
    needs = cost(graph, graph.train, (3, 32, 32), 100)
    weights = sum(torch.Size(v.shape).numel() for v in graph.values if v.kind == "parameter")
    operations = 3 * 2 * needs.multiplications
    traffic = 4 * (4 * needs.elements + 4 * weights)
    seconds = max(operations / rate, traffic / bandwidth)
    return 1 / seconds, (
        f"{operations / 1e9:.1f} GFLOP a step at {rate / 1e12:.2f} TFLOP/s: {operations / rate * 1e3:.2f} ms; "
        f"{traffic / 1e6:.0f} MB at {bandwidth / 1e9:.0f} GB/s: {traffic / bandwidth * 1e3:.2f} ms"
    )


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize()


def measured(options: argparse.Namespace) -> Measurement:
    """What was asked for."""
    what, count = options.what, options.steps
    if what in VARIANTS:
        VARIANTS[what].change()
    data, graph = load(options.data or "synthetic"), references((options.network,))[options.network]
    if options.dry_run:
        data = few(data)
    there = not options.dry_run and torch.cuda.is_available()  # CUDA itself starts later, with its settings
    device = torch.device("cuda" if there else "cpu")
    if what == "slides":  # before anything of ours is set
        dataset, read = slides_dataset(options.data, data)
        rate = slides_way(plain_module(options.network), dataset, device, count)
        return Measurement(what=what, steps_per_s=rate, note=read)
    if what == "floor":
        rate, how = floor(graph, device)
        return Measurement(what=what, steps_per_s=rate, note=how)
    if there or options.dry_run:
        used: Device = DryRun() if options.dry_run else cuda.Gpu()
        resident = (data if options.data or options.dry_run else as_many_as_cifar10(data)).on(used.device)
        found = on_device(graph, resident, used, options.networks, count)
        return found.model_copy(update={"what": what})
    if options.networks == 1:
        return Measurement(
            what=what, steps_per_s=on_cpu(graph.model_dump_json(), data, count), note="one thread"
        )
    rate = several_on_cpu(graph.model_dump_json(), options.data or "synthetic", options.networks, count)
    return Measurement(what=what, steps_per_s=rate, networks=options.networks, note="one process per core")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["slides", "engine", "floor", *VARIANTS])
    parser.add_argument("--data", help="a folder with cifar-10-batches-py; else synthetic images")
    parser.add_argument("--network", default="base", choices=["base", "skip", "dense", "ca"])
    parser.add_argument("--networks", type=int, default=1, help="at once")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--dry-run", action="store_true")
    options = parser.parse_args()
    sys.stdout.write(measured(options).model_dump_json() + "\n")


if __name__ == "__main__":
    main()
