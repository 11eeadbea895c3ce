"""Several networks trained at once on one device, within its memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import nn

from grader.errors import TrainingFault
from grader.networks.layout import draws_numbers, reads_unfilled_memory
from grader.networks.replay import Replay, cost
from grader.records.assignment import Recipe
from grader.records.training import TrainingRecord
from grader.stages.training.data import DataSet
from grader.stages.training.loop import repeatable
from grader.stages.training.steps import Run

AT_ONCE = 8
"""Networks that share the device; more hardly help once it is busy (benchmarks/training.py)."""

_WORKSPACE_BYTES = 512 * 2**20
"""For each network: what libraries take for themselves, and what lies between the blocks."""
_SHARE_OF_MEMORY = 0.8
_FLOAT_BYTES = 4


@dataclass(frozen=True, eq=False)
class Request:
    """A network to be trained; `build` makes it when its turn comes."""

    build: Callable[[], nn.Module]
    recipe: Recipe
    seed: int


class Launcher(Protocol):
    """How the steps of one run get onto the device."""

    per_launch: int
    """Steps."""
    engine: str
    """For the record."""

    def launch(self) -> None:
        """Ask for the next steps, and do not wait for them."""


class Device(Protocol):
    """Where networks are trained; `cuda.Gpu`, or a stand-in on a CPU."""

    device: torch.device

    def free_bytes(self) -> int:
        """Memory that nobody uses."""

    def launcher(self, run: Run) -> Launcher:
        """Make a run ready. Raises torch.OutOfMemoryError."""

    def wait(self) -> None:
        """Until all that was launched is done. Raises RuntimeError if the device has failed."""

    def seed(self, seed: int) -> None:
        """Of what dropout draws."""


def train_together(
    requests: Sequence[Request], data: DataSet, device: Device
) -> list[TrainingRecord | TrainingFault]:
    """Train all networks, as many at once as fit; one result per request, in their order.

    A network that does not fit, or that torch refuses to train, gets a TrainingFault of its own.
    Raises RuntimeError if the device itself has failed: nothing more can be run in this process.

    Args:
        data: on the device already (`DataSet.on`).
    """
    results: dict[int, TrainingRecord | TrainingFault] = {}
    networks = {number: request.build() for number, request in enumerate(requests)}
    for group in list(packed(networks, requests, data, device.free_bytes())):
        chosen = {number: (networks.pop(number), requests[number]) for number in group}
        results |= _group(chosen, data, device)
        if len(group) > 1:
            for number in [n for n in group if n not in results]:  # memory ran out: once more, alone
                results |= _group({number: (requests[number].build(), requests[number])}, data, device)
    return [results[number] for number in range(len(requests))]


def packed(
    networks: dict[int, nn.Module], requests: Sequence[Request], data: DataSet, free_bytes: int
) -> Iterator[list[int]]:
    """Groups of networks that fit together.

    What draws random numbers comes alone: all networks draw from the device's one generator, and
    which numbers a network gets must not depend on its neighbours. So does what reads memory that
    nobody has filled, for which every fresh tensor is filled first.
    """
    group: list[int] = []
    taken = 0
    for number, network in networks.items():
        needs = bytes_needed(network, requests[number].recipe, data)
        alone = (
            not isinstance(network, Replay)
            or draws_numbers(network.graph)
            or reads_unfilled_memory(network.graph)
        )
        full = len(group) == AT_ONCE or taken + needs > _SHARE_OF_MEMORY * free_bytes
        if group and (full or alone):
            yield group
            group, taken = [], 0
        group.append(number)
        taken += needs
        if alone:
            yield group
            group, taken = [], 0
    if group:
        yield group


def bytes_needed(network: nn.Module, recipe: Recipe, data: DataSet) -> int:
    """Memory of one training, from shapes alone: every intermediate tensor and its gradient, and of
    every parameter a copy, a gradient and the optimizer's two."""
    parameters = sum(tensor.numel() for tensor in network.parameters())
    elements = 0
    if isinstance(network, Replay):
        image = data.train_images.shape[1:]
        try:
            elements = cost(network.graph, network.graph.train, image, recipe.batch_size).elements
        except RuntimeError:  # torch has no shape rule for an operator: the trace's own shapes
            program = network.graph.train
            numel = [torch.Size(shape).numel() for node in program.nodes for shape in node.shapes]
            elements = sum(numel) * recipe.batch_size // program.batch
    return _FLOAT_BYTES * (2 * elements + 5 * parameters) + _WORKSPACE_BYTES


def _group(
    chosen: dict[int, tuple[nn.Module, Request]], data: DataSet, device: Device
) -> dict[int, TrainingRecord | TrainingFault]:
    """Results by number; a network for which there was no memory beside the others has none."""
    results: dict[int, TrainingRecord | TrainingFault] = {}
    ready: dict[int, tuple[Run, Launcher]] = {}
    alone = len(chosen) == 1
    began = time.perf_counter()
    with repeatable(next(iter(chosen.values()))[0]):
        for number, (network, request) in chosen.items():
            with _told(results, number, alone, device):
                trainable = network.trainable() if isinstance(network, Replay) else None
                run = Run(network, request.recipe, data, request.seed, trainable)
                run.network.train()
                ready[number] = (run, device.launcher(run))
                device.seed(request.seed)
        # steps of all networks in turn, so that the device always has some of each
        left = {number: run.steps for number, (run, _) in ready.items()}
        while left:
            for number in list(left):
                launcher = ready[number][1]
                launched = False
                with _told(results, number, alone, device):
                    launcher.launch()
                    launched = True
                left[number] -= launcher.per_launch
                if not launched:
                    del left[number], ready[number]
                elif left[number] <= 0:
                    del left[number]
        device.wait()
        seconds = (time.perf_counter() - began) / len(chosen)
        for number, (run, launcher) in ready.items():
            with _told(results, number, alone, device):
                results[number] = run.record(run.steps, seconds, launcher.engine)
    return results


@contextmanager
def _told(
    results: dict[int, TrainingRecord | TrainingFault], number: int, alone: bool, device: Device
) -> Iterator[None]:
    """What torch refuses is this network's fault record, unless the device is gone for all."""
    try:
        yield
    except torch.OutOfMemoryError as error:
        if alone:
            results[number] = TrainingFault(
                f"training stopped: not enough memory on the GPU ({str(error).splitlines()[0]})"
            )
    except RuntimeError as error:
        device.wait()
        results[number] = TrainingFault(f"training stopped: {str(error).splitlines()[0]}")
