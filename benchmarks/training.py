"""How fast is training: the slides' own way, this engine, and what the chip could do at best.

    python benchmarks/training.py [--data FOLDER] [--steps 60] [--network base] [--out FILE]

In one run, each in steps per second and seconds for the slides' 20 epochs (10,000 steps of 100 images):
the slides' way (torchvision's CIFAR10 with ToTensor, a DataLoader, a Python loop with the plain module),
this engine for one network and for several at once, and the floor: operations over the measured rate of
matrix products, bytes over the measured bandwidth, whichever is longer. On a CUDA device where torch
finds one (also variants of the engine's constants), else on the CPU (where several networks are several
processes, and the slides' way uses all cores for one).
"""

from __future__ import annotations

import argparse
import datetime
import importlib.util
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from references import references
from torch import Tensor, nn
from torch.nn import functional as F

from grader.authoring.calibrate import machine
from grader.course import default_root
from grader.networks.starting import ready
from grader.pipeline_jobs import keep_freed_memory
from grader.records.assignment import Recipe
from grader.records.graph import ModelGraph
from grader.stages.training import cuda, load, steps
from grader.stages.training.data import DataSet
from grader.stages.training.loop import repeatable
from grader.stages.training.steps import Run
from grader.stages.training.together import Request, train_together
from grader.stages.training.torchvision_import import torchvision_datasets

TWENTY_EPOCHS = 10_000
FULL = Recipe(
    epochs=20, batch_size=100, optimizer="sgd", learning_rate=0.1, start="pytorch", balanced=False,
    test_images="all",
)  # fmt: skip
ROOT = default_root()


def slides_way(module: nn.Module, dataset: Any, device: torch.device, count: int) -> float:
    """Steps per second of the loop on the slides, after a few that are not counted."""
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


def on_gpu(graph: ModelGraph, data: DataSet, device: cuda.Gpu, networks: int) -> tuple[float, str]:
    """Steps per second of all together over whole trainings, test and preparation included."""
    recipe = FULL.model_copy(update={"epochs": max(1, TWENTY_EPOCHS * 100 // len(data.train_labels))})
    requests = [Request(lambda: ready(graph, "pytorch", 0), recipe, seed) for seed in range(networks)]
    began = time.perf_counter()
    results = train_together(requests, data, device)
    spent = time.perf_counter() - began
    for result in results:
        if isinstance(result, Exception):
            raise result
    return networks * recipe.updates(len(data.train_labels)) / spent, results[0].engine  # type: ignore[union-attr]


@contextmanager
def changed(module: Any, name: str, value: object) -> Iterator[None]:
    """A constant of the engine, for one measurement."""
    kept = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, kept)


VARIANTS: dict[str, tuple[Any, str, object]] = {
    "convolutions in float32 (no TF32)": (cuda, "CONVOLUTION_PRECISION", "ieee"),
    "matrix products in float32 (no TF32)": (cuda, "PRODUCT_PRECISION", "ieee"),
    "not channels-last": (steps, "CHANNELS_LAST", {"cpu": False, "cuda": False}),
    "cuDNN times its algorithms": (cuda, "CUDNN_BENCHMARK", True),
    "one step per graph": (cuda, "STEPS_PER_GRAPH", 1),
}


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
    from grader.networks.replay import cost

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


def main() -> None:
    """Print the table, and write it to a file if asked to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", help="a folder with cifar-10-batches-py; else synthetic images")
    parser.add_argument("--network", default="base", choices=["base", "skip", "dense", "ca"])
    parser.add_argument(
        "--steps", type=int, default=60, help="steps to be timed on a CPU and of the slides' way"
    )
    parser.add_argument("--networks", type=int, default=8, help="at once")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    source = options.data or "synthetic"
    data = load(source)
    graph = references((options.network,))[options.network]
    dataset, what = slides_dataset(options.data, data)
    gpu = cuda.Gpu() if cuda.unusable() is None else None
    device = gpu.device if gpu else torch.device("cpu")
    rows: list[tuple[str, float, int]] = []
    notes: list[str] = []

    def row(name: str, rate: float, networks: int = 1) -> None:
        rows.append((name, rate, networks))
        print(f"{name}: {rate:.2f} steps/s", file=sys.stderr, flush=True)

    row("the slides' way", slides_way(plain_module(options.network), dataset, device, options.steps))
    many = f"this engine, {options.networks} networks at once, all together"
    if gpu is not None:
        resident = data.on(device)
        if options.data is None:  # as many images as CIFAR-10 has
            rounds = 50_000 // len(data.train_labels) + 1
            resident = replace(
                resident,
                train_images=resident.train_images.repeat(rounds, 1, 1, 1)[:50_000],
                train_labels=resident.train_labels.repeat(rounds)[:50_000],
            )
        on_gpu(graph, replace(resident, train_images=resident.train_images[:2000],
                              train_labels=resident.train_labels[:2000]), gpu, 1)  # libraries load  # fmt: skip
        rate, engine = on_gpu(graph, resident, gpu, 1)
        notes.append(f"This engine: {engine}.")
        row("this engine, one network", rate)
        row(many, on_gpu(graph, resident, gpu, options.networks)[0], options.networks)
        for name, (module, constant, value) in VARIANTS.items():
            with changed(module, constant, value):
                row(f"… one network, {name}", on_gpu(graph, resident, cuda.Gpu(), 1)[0])
        cuda.Gpu()
    else:
        threads = torch.get_num_threads()
        row("this engine, one network, one thread", on_cpu(graph.model_dump_json(), data, options.steps))
        row(many, several_on_cpu(graph.model_dump_json(), source, options.networks, options.steps // 2), options.networks)  # fmt: skip
        torch.set_num_threads(threads)
    best, how = floor(graph, device)
    row("the floor", best)
    notes.append(f"Floor: {how}.")
    slides = rows[0][1]
    lines = [
        f"# Training: {options.network}, batches of 100, {'GPU' if gpu else 'CPU'}",
        "",
        f"`python benchmarks/training.py`, {datetime.date.today().isoformat()}; "
        f"{gpu.name + '; ' if gpu else ''}{machine()}; torch {torch.__version__}. The slides' way reads {what}"
        f"{'' if gpu else f' and uses {len(os.sched_getaffinity(0))} threads'}; {options.steps} steps were timed.",
        "",
        "| | steps/s | seconds for 20 epochs, per network | times the slides' way |",
        "|---|---|---|---|",
        *(
            f"| {name} | {rate:.2f} | {TWENTY_EPOCHS / rate:.1f} | {rate / slides:.2f} |"
            for name, rate, _ in rows
        ),
        "",
        *notes,
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    if options.out:
        options.out.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
