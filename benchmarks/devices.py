"""The device that a benchmark trains on: the GPU, or a stand-in on the CPU to try the benchmark itself."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch

from grader.authoring.calibrate import machine
from grader.stages.training import DataSet, cuda
from grader.stages.training.fused import Fused
from grader.stages.training.steps import Run
from grader.stages.training.together import Device


@dataclass
class StepByStep:
    """A run whose steps are asked for one by one."""

    run: Run
    per_launch: int = 1

    @property
    def engine(self) -> str:
        """For the record."""
        return f"step by step on the CPU{', fused' if self.run.fused else ''}"

    def launch(self) -> None:
        """The next step."""
        self.run.step()


class DryRun:
    """The interface of a GPU, on the CPU."""

    device = torch.device("cpu")
    name = "dry run"
    plain: str | None = None

    def free_bytes(self) -> int:
        """Enough."""
        return 1 << 40

    def fused(self, slot: int) -> Fused | None:
        """The functions that a GPU computes in fewer kernels."""
        return Fused() if cuda.FUSED else None

    def launcher(self, run: Run, slot: int) -> StepByStep:
        """No graph."""
        return StepByStep(run)

    def wait(self) -> None:
        """It is never busy."""

    def seed(self, seed: int) -> None:
        """Of what dropout draws."""
        torch.manual_seed(seed)


def opened(dry: bool) -> Device:
    """The GPU; raises UserError where there is none that works. `dry`: the stand-in, with one thread."""
    if dry:
        torch.set_num_threads(1)
        return DryRun()
    return cuda.Gpu()


def few(data: DataSet) -> DataSet:
    """Enough images to try a benchmark."""
    return replace(
        data,
        train_images=data.train_images[:200],
        train_labels=data.train_labels[:200],
        test_images=data.test_images[:100],
        test_labels=data.test_labels[:100],
    )


def described(device: Device) -> str:
    """The device's name and the machine it is in, for the record."""
    return f"{device.name}; {machine()}"  # type: ignore[attr-defined]
