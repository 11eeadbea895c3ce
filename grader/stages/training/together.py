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
from grader.stages.training.fused import Fused
from grader.stages.training.loop import REFUSALS, repeatable
from grader.stages.training.steps import Run, order

Results = dict[int, TrainingRecord | TrainingFault]
"""By the request's number."""

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

    def fused(self, slot: int) -> Fused | None:
        """How layers are fused here; None: they are not."""

    def launcher(self, run: Run, slot: int) -> Launcher:
        """Make a run ready. Raises torch.OutOfMemoryError, and RuntimeError where a fused run is refused.

        Args:
            slot: 0 … AT_ONCE - 1, another for each run of a group.
        """

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
    results: Results = {}
    groups = packed(requests, data, device.free_bytes(), results)
    group = next(groups, None)
    while group is not None:
        numbers = list(group)
        with repeatable(next(iter(group.values()))):
            running = _launched(group, requests, data, device, results)
            group = next(groups, None)  # made ready while the device is busy
            doubtful = running.collect(results)
        del running  # and its memory
        for number in numbers:
            if number not in results:  # memory ran out beside others
                doubtful += _alone(number, requests, data, device, results)
        for number in doubtful:
            _alone(number, requests, data, device, results, fuse=False)
    return [results[number] for number in range(len(requests))]


def _alone(
    number: int,
    requests: Sequence[Request],
    data: DataSet,
    device: Device,
    results: Results,
    fuse: bool = True,
) -> list[int]:
    """Train one network again, beside no other; its number if that diverged with fused layers."""
    (group,) = packed([requests[number]], data, device.free_bytes(), results, first=number)
    with repeatable(group[number]):
        return _launched(group, requests, data, device, results, fuse).collect(results)


def packed(
    requests: Sequence[Request], data: DataSet, free_bytes: int, results: Results, first: int = 0
) -> Iterator[dict[int, nn.Module]]:
    """Networks by number, in groups that fit together; each is built when its group is asked for.

    What draws random numbers comes alone: all networks draw from the device's one generator, and
    which numbers a network gets must not depend on its neighbours. So does what reads memory that
    nobody has filled, for which every fresh tensor is filled first.

    Args:
        results: where a network that cannot be built has its fault.
        first: number of the first request.
    """
    group: dict[int, nn.Module] = {}
    taken = 0
    for number, request in enumerate(requests, first):
        try:
            network = request.build()
            needs = bytes_needed(network, request.recipe, data)
            order(data, request.recipe, request.seed)
        except REFUSALS as error:
            results[number] = _fault(error)
            continue
        alone = (
            not isinstance(network, Replay)
            or draws_numbers(network.graph)
            or reads_unfilled_memory(network.graph)
        )
        full = len(group) == AT_ONCE or taken + needs > _SHARE_OF_MEMORY * free_bytes
        if group and (full or alone):
            yield group
            group, taken = {}, 0
        group[number] = network
        taken += needs
        if alone:
            yield group
            group, taken = {}, 0
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


@dataclass(frozen=True)
class _Running:
    """A group whose steps have all been asked for."""

    ready: dict[int, tuple[Run, Launcher]]
    device: Device
    alone: bool
    began: float

    def collect(self, results: Results) -> list[int]:
        """Wait for the device, test the networks, and note what was found.

        Returns the numbers of those that diverged with fused layers: before it is said of a network, it
        has to show when it is trained as it was traced.
        """
        self.device.wait()
        seconds = (time.perf_counter() - self.began) / max(1, len(self.ready))
        for number, (run, launcher) in self.ready.items():
            with _told(results, number, self.alone, self.device):
                results[number] = run.record(run.steps, seconds, launcher.engine)
        return [
            number
            for number, (run, _) in self.ready.items()
            if run.fused is not None
            and isinstance(record := results.get(number), TrainingRecord)
            and record.diverged
        ]


def _launched(
    group: dict[int, nn.Module],
    requests: Sequence[Request],
    data: DataSet,
    device: Device,
    results: Results,
    fuse: bool = True,
) -> _Running:
    """The group on its way; a network for which there was no memory beside the others is left out."""
    ready: dict[int, tuple[Run, Launcher]] = {}
    running = _Running(ready, device, len(group) == 1, time.perf_counter())
    for slot, (number, network) in enumerate(group.items()):
        with _told(results, number, running.alone, device):
            fused = device.fused(slot) if fuse else None
            ready[number] = _ready(network, requests[number], data, device, slot, fused)
            device.seed(requests[number].seed)
    # steps of all networks in turn, so that the device always has some of each
    left = {number: run.steps for number, (run, _) in ready.items()}
    while left:
        for number in list(left):
            launcher = ready[number][1]
            launched = False
            with _told(results, number, running.alone, device):
                launcher.launch()
                launched = True
            left[number] -= launcher.per_launch
            if not launched:
                del left[number], ready[number]
            elif left[number] <= 0:
                del left[number]
    return running


def _ready(
    network: nn.Module, request: Request, data: DataSet, device: Device, slot: int, fused: Fused | None
) -> tuple[Run, Launcher]:
    """A run and its launcher: fused, or as the network was traced where torch refuses to fuse it."""
    if fused is not None:
        try:
            return _as_run(network, request, data, device, slot, fused)
        except torch.OutOfMemoryError:
            raise
        except REFUSALS:
            device.wait()
            network = request.build()
    return _as_run(network, request, data, device, slot, None)


def _as_run(
    network: nn.Module, request: Request, data: DataSet, device: Device, slot: int, fused: Fused | None
) -> tuple[Run, Launcher]:
    trainable = network.trainable() if isinstance(network, Replay) else None
    run = Run(network, request.recipe, data, request.seed, trainable, fused)
    run.network.train()
    return run, device.launcher(run, slot)


@contextmanager
def _told(results: Results, number: int, alone: bool, device: Device) -> Iterator[None]:
    """What torch refuses is this network's fault record, unless the device is gone for all."""
    try:
        yield
    except torch.OutOfMemoryError as error:
        if alone:
            results[number] = TrainingFault(
                f"training stopped: not enough memory on the GPU ({_first_line(error)})"
            )
    except REFUSALS as error:
        device.wait()
        results[number] = _fault(error)


def _fault(error: Exception) -> TrainingFault:
    return TrainingFault(f"training stopped: {_first_line(error)}")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
