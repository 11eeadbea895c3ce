"""One network's training as steps that need nothing from the host: the same code on a CPU and in a CUDA graph."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from grader.networks.layout import channels_last
from grader.networks.replay import Replay
from grader.records.assignment import Recipe
from grader.records.training import CLASSES, TrainingRecord
from grader.stages.training.data import DataSet
from grader.stages.training.fused import Fused

CHANNELS_LAST = {"cpu": True, "cuda": True}
"""Whether images and layers lie channels-last where the network allows it. On a CPU a sixth to a quarter
less time per step (docs/decisions/0007-training-engine.md)."""

_TEST_CHUNK = 100
"""Images at once in evaluation on a CPU: 1.7 times as fast as 250 or 500."""


class Run:
    """A network, its optimizer and all that its steps read and write, on the data's device.

    Args:
        network: trained in place, from the weights that it has; float images N×3×32×32 in [0, 1] to
            outputs N×10.
        trainable: what the optimizer updates; None: every parameter that requires a gradient.
        fused: how to run it in fewer kernels; None: as it was traced.
    """

    def __init__(
        self,
        network: nn.Module,
        recipe: Recipe,
        data: DataSet,
        seed: int,
        trainable: Sequence[Tensor] | None = None,
        fused: Fused | None = None,
    ) -> None:
        device = data.train_images.device
        self.network, self.recipe, self.data, self.device = network.to(device), recipe, data, device
        last = CHANNELS_LAST[device.type] and isinstance(network, Replay) and channels_last(network)
        self.layout = torch.channels_last if last else torch.contiguous_format
        self.fused = fused if isinstance(network, Replay) else None
        if self.fused is not None:
            assert isinstance(network, Replay)
            self.fused.rewrite(network)
        if trainable is None:
            trainable = [p for p in network.parameters() if p.requires_grad]
        # moving a network keeps its parameters' identities, but not on every device
        assert all(parameter.device == device for parameter in trainable)
        self.steps = recipe.updates(len(data.train_labels))
        self._order = order(data, recipe, seed)
        self._rates: Tensor | None = None
        self._rate: float | Tensor = recipe.learning_rate
        if recipe.schedule == "linear":
            number = torch.float64 if device.type == "cpu" else torch.float32  # what the fused kernels read
            rates = [recipe.learning_rate * (1 - step / self.steps) for step in range(self.steps)]
            self._rates = torch.tensor(rates, dtype=number, device=device)
            self._rate = self._rates[0].clone()
        self.optimizer = self._optimizer(trainable)
        self._position = torch.zeros(1, dtype=torch.int64, device=device)
        self._numbers = torch.arange(self.steps, device=device)
        self.losses = torch.zeros(self.steps, device=device)

    def _optimizer(self, parameters: Sequence[Tensor]) -> torch.optim.Optimizer | None:
        """None where there is nothing to train."""
        if not parameters:
            return None
        if self.recipe.optimizer == "adam":
            on_gpu = self.device.type == "cuda"
            return torch.optim.Adam(parameters, lr=self._rate, fused=True, capturable=on_gpu)
        return torch.optim.SGD(parameters, lr=self._rate, fused=True)

    def step(self) -> None:
        """The next batch: forward, loss, backward, update. Nothing is read by the host."""
        batch = self._order.index_select(0, self._position).flatten()
        outputs = self.network(self._images(batch))
        loss = F.cross_entropy(outputs, self.data.train_labels.index_select(0, batch))
        # not index_copy_: its deterministic form on a GPU sorts
        torch.where(self._numbers == self._position, loss.detach(), self.losses, out=self.losses)
        if self.optimizer is not None and loss.requires_grad:
            if self._rates is not None:
                assert isinstance(self._rate, Tensor)
                self._rate.copy_(self._rates.index_select(0, self._position)[0])
            self.optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            if self.fused is not None:
                self.fused.join()
            self.optimizer.step()
        self._position += 1

    def first_batch(self) -> Tensor:
        """Numbers of the images of the first step."""
        return self._order[0]

    def _images(self, batch: Tensor) -> Tensor:
        """Training images by number."""
        if self.fused is None:
            return floats(self.data.train_images.index_select(0, batch), self.layout)
        return (
            self.data.pixels.index_select(0, batch).permute(0, 3, 1, 2).contiguous(memory_format=self.layout)
        )

    def state(self) -> list[Tensor]:
        """What steps change in the network."""
        return [tensor.detach() for tensor in (*self.network.parameters(), *self.network.buffers())]

    def rewind(self, state: Sequence[Tensor], losses: Tensor | None = None) -> None:
        """As before the first step: the network's `state`, a fresh optimizer, no losses. In place.

        Args:
            losses: of the steps done so far, to go on after them; only right for an optimizer that keeps
                nothing between steps (SGD).
        """
        for tensor, before in zip(self.state(), state, strict=True):
            tensor.copy_(before)
        if self.optimizer is not None:
            for kept in self.optimizer.state.values():
                for tensor in kept.values():
                    tensor.zero_()
            self.optimizer.zero_grad()
        self.losses.zero_()
        self._position.zero_()
        if losses is not None:
            self.losses[: len(losses)] = losses
            self._position += len(losses)

    @torch.no_grad()
    def accuracy(self) -> float | None:
        """Share of the recipe's test images that come out right; None if an output is not finite."""
        self.network.eval()
        count = self.recipe.tested(len(self.data.test_labels))
        chunk = _TEST_CHUNK if self.device.type == "cpu" else 2 * self.recipe.batch_size
        right = torch.zeros((), dtype=torch.int64, device=self.device)
        finite = torch.ones((), dtype=torch.bool, device=self.device)
        for first in range(0, count, chunk):
            part = slice(first, min(first + chunk, count))
            outputs = self.network(floats(self.data.test_images[part], self.layout))
            finite &= outputs.isfinite().all()
            right += (outputs.argmax(1) == self.data.test_labels[part]).sum()
        return int(right) / count if bool(finite) else None

    def record(self, done: int, seconds: float, engine: str) -> TrainingRecord:
        """What was measured after `done` steps; tests the network if all its losses are finite."""
        losses = self.losses[:done].tolist()
        good = next((k for k, loss in enumerate(losses) if not math.isfinite(loss)), done)
        losses = losses[:good]
        accuracy = self.accuracy() if good == self.steps else None
        epoch = self.recipe.updates_per_epoch(len(self.data.train_labels))
        return TrainingRecord(
            losses=tuple(losses),
            final_loss=math.inf if accuracy is None else _mean(losses[-max(1, len(losses) // 10) :]),
            accuracy=accuracy or 0.0,
            test_images=self.recipe.tested(len(self.data.test_labels)),
            steps=len(losses),
            seconds=seconds,
            diverged=accuracy is None,
            epoch_losses=tuple(
                _mean(losses[start : start + epoch]) for start in range(0, len(losses) - epoch + 1, epoch)
            )
            if self.recipe.epochs
            else (),
            engine=engine,
        )


def floats(pixels: Tensor, layout: torch.memory_format = torch.contiguous_format) -> Tensor:
    """Bytes to floats in [0, 1]."""
    return pixels.to(torch.float32, memory_format=layout).div_(255)


@lru_cache(maxsize=16)
def order(data: DataSet, recipe: Recipe, seed: int) -> Tensor:
    """`batches` on the data's device. Kept: most networks of a class are trained from the same seed, and
    making the order of 10,000 steps takes a third of a second."""
    return batches(data.train_labels.cpu(), recipe, seed).to(data.train_labels.device)


def batches(labels: Tensor, recipe: Recipe, seed: int) -> Tensor:
    """Which images each step sees (steps×batch_size indices), every image once before any twice.

    Balanced: each batch holds every class equally often, and "once before any twice" holds per class.
    """
    generator = torch.Generator().manual_seed(seed)
    steps, size = recipe.updates(len(labels)), recipe.batch_size
    if recipe.balanced:
        share = size // CLASSES
        columns = [
            _dealt((labels == k).nonzero().flatten(), steps * share, generator).view(steps, share)
            for k in range(CLASSES)
        ]
        return torch.cat(columns, dim=1)
    pool = torch.arange(len(labels))
    if recipe.epochs is None or len(labels) < size:
        return _dealt(pool, steps * size, generator).view(steps, size)
    whole = recipe.updates_per_epoch(len(labels)) * size
    rounds = [torch.randperm(len(labels), generator=generator)[:whole] for _ in range(recipe.epochs)]
    return torch.cat(rounds).view(steps, size)


def _dealt(pool: Tensor, count: int, generator: torch.Generator) -> Tensor:
    rounds = -(-count // len(pool))
    shuffled = [pool[torch.randperm(len(pool), generator=generator)] for _ in range(rounds)]
    return torch.cat(shuffled)[:count]


def _mean(losses: Sequence[float]) -> float:
    return math.fsum(losses) / len(losses)
