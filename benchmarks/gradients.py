"""Are the GPU's gradients right? The first step of base, skip, dense and ca, compared with a CPU's.

    python benchmarks/gradients.py FOLDER --data DATA [--images 100] [--dry-run]

cuDNN has shipped kernels with wrong gradients for a generation of chips (PyTorch's issue 150700), which no
loss curve shows. Each network is compared fused and plain, in TF32 and in float32: cosine and ratio of
norms of every parameter's gradient, against the same step on the CPU in float64. Writes
FOLDER/gradients.json and, from the profiler, FOLDER/kernels.json: which kernels five launches of base
consist of. Ends with 1 if a cosine is below 0.999.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from devices import described, opened
from references import EXERCISES, references
from torch.nn import functional
from torch.profiler import ProfilerActivity, profile

from grader.course import default_root, read_course
from grader.networks.replay import Replay
from grader.networks.starting import ready
from grader.networks.weights import fill, natural, slots_of
from grader.records.graph import ModelGraph
from grader.stages.training import DataSet, load
from grader.stages.training.fused import Fused
from grader.stages.training.loop import repeatable
from grader.stages.training.steps import Run
from grader.stages.training.together import Device

COSINE = 0.999
"""Least, for every parameter."""

LAUNCHES = 5
"""That the table of kernels counts."""


def first_gradients(
    graph: ModelGraph, data: DataSet, images: int, fused: Fused | None
) -> dict[str, torch.Tensor]:
    """Gradients of the first step, by parameter, on the CPU."""
    recipe = read_course(default_root(), ["base"])["base"].assignment.recipes["full"]
    recipe = recipe.model_copy(update={"batch_size": images, "start": "he"})
    network = ready(graph, recipe.start, 0)
    run = Run(network, recipe, data, 0, network.trainable(), fused)
    run.network.train()
    run.optimizer = torch.optim.SGD(network.parameters(), lr=0.0)  # the step is taken, the weights stay
    run.step()
    return {name: p.grad.double().cpu() for name, p in network.named_parameters() if p.grad is not None}


def expected(graph: ModelGraph, data: DataSet, images: int) -> dict[str, torch.Tensor]:
    """The same in float64 on the CPU, from the plain network."""
    network, slots = Replay(graph, torch.float64).train(), slots_of(graph)
    fill(network, slots, natural(slots), "he", 0)
    recipe = read_course(default_root(), ["base"])["base"].assignment.recipes["full"]
    run = Run(ready(graph, "he", 0), recipe.model_copy(update={"batch_size": images}), data, 0)
    batch = run.first_batch()
    with torch.no_grad():  # the very numbers that are trained from, not their float64 neighbours
        for own, trained in zip(network.parameters(), run.network.parameters(), strict=True):
            own.copy_(trained)
    outputs = network(data.train_images[batch].double().div(255))
    functional.cross_entropy(outputs, data.train_labels[batch]).backward()
    return {name: p.grad for name, p in network.named_parameters() if p.grad is not None}


def compared(found: dict[str, torch.Tensor], right: dict[str, torch.Tensor]) -> list[dict[str, object]]:
    """Cosine and ratio of norms, by parameter."""
    rows = []
    for name, gradient in right.items():
        own = found[name]
        cosine = functional.cosine_similarity(own.flatten(), gradient.flatten(), dim=0)
        rows.append({"parameter": name, "shape": list(gradient.shape), "cosine": cosine.item(),
                     "norms": (own.norm() / gradient.norm()).item()})  # fmt: skip
    return rows


@contextmanager
def precision(name: str) -> Iterator[None]:
    """ "tf32" or "ieee", for convolutions and products."""
    settings = torch.backends.cudnn.conv, torch.backends.cuda.matmul
    before = [setting.fp32_precision for setting in settings]
    for setting in settings:
        setting.fp32_precision = name
    try:
        yield
    finally:
        for setting, kept in zip(settings, before, strict=True):
            setting.fp32_precision = kept


def kernels(graph: ModelGraph, data: DataSet, device: Device, images: int) -> list[dict[str, object]]:
    """What five launches consist of: calls and microseconds of every kernel, the longest first."""
    recipe = read_course(default_root(), ["base"])["base"].assignment.recipes["full"]
    network = ready(graph, "he", 0)
    run = Run(
        network,
        recipe.model_copy(update={"batch_size": images}),
        data,
        0,
        network.trainable(),
        device.fused(0),
    )
    run.network.train()
    launcher = device.launcher(run, 0)
    on_gpu = device.device.type == "cuda"
    launcher.launch()
    device.wait()
    with profile(activities=[ProfilerActivity.CUDA if on_gpu else ProfilerActivity.CPU]) as profiled:
        for _ in range(LAUNCHES):
            launcher.launch()
        device.wait()
    rows = []
    for event in profiled.key_averages():
        spent = event.self_device_time_total if on_gpu else event.self_cpu_time_total
        if spent > 0:
            rows.append({"kernel": event.key, "calls": event.count, "us": spent})
    steps = LAUNCHES * launcher.per_launch
    return [
        {"steps": steps, "engine": launcher.engine},
        *sorted(rows, key=lambda row: -float(str(row["us"]))),
    ]


def main() -> int:
    """Compare, profile, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", default="synthetic")
    parser.add_argument("--images", type=int, default=100, help="in a batch")
    parser.add_argument("--dry-run", action="store_true")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    device, data = opened(options.dry_run), load(options.data)
    resident, graphs = data.on(device.device), references()
    result: dict[str, object] = {
        "device": described(device),
        "torch": torch.__version__,
        "plain": device.plain,
    }  # type: ignore[attr-defined]
    worst, rows = 1.0, []
    for name in EXERCISES:
        right = expected(graphs[name], data, options.images)
        for how in ("tf32", "ieee"):
            for fused in (device.fused(0), None):
                with precision(how), repeatable(Replay(graphs[name])):
                    found = compared(first_gradients(graphs[name], resident, options.images, fused), right)
                device.wait()
                lowest = min(float(str(row["cosine"])) for row in found)
                worst = min(worst, lowest)
                rows.append(
                    {"network": name, "precision": how, "fused": fused is not None, "parameters": found}
                )
                print(
                    f"{name}, {how}, {'fused' if fused else 'plain'}: lowest cosine {lowest:.6f}", flush=True
                )
                (options.folder / "gradients.json").write_text(json.dumps({**result, "rows": rows}), "utf-8")
    table = kernels(graphs["base"], resident, device, options.images)
    (options.folder / "kernels.json").write_text(json.dumps(table), "utf-8")
    return int(not worst >= COSINE)


if __name__ == "__main__":
    sys.exit(main())
