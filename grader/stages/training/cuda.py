"""The CUDA device: what it must be like, its settings, and steps as CUDA graphs.

Only ever imported in the process that owns the GPU, or before there is any CUDA in a process.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from grader.errors import UserError
from grader.stages.training.steps import Run

CONVOLUTION_PRECISION = "tf32"
PRODUCT_PRECISION = "tf32"
""""tf32" (10 bits of mantissa into the tensor cores, sums in float32) or "ieee" (float32 throughout).
torch's own default is tf32 for convolutions. What each costs: benchmarks/training.py."""

CUDNN_BENCHMARK = False
"""Letting cuDNN time its algorithms may choose another one, with other roundings, in the next run."""

STEPS_PER_GRAPH = 10
"""At most; a launch costs the host about as much for ten steps as for one."""

_WARM_UP_STEPS = 3
"""Before a capture: libraries load, optimizers make their state."""


class Gpu:
    """The first CUDA device that this process sees.

    Raises UserError, one sentence with the fix, where there is none that works.
    """

    def __init__(self) -> None:
        # read when cuBLAS starts; without it its products may differ from run to run
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        if problem := unusable():
            raise UserError(f"--gpu: {problem}, or leave --gpu out")
        self.device = torch.device("cuda", 0)
        self.name = torch.cuda.get_device_name(0)
        torch.backends.cudnn.deterministic = True
        torch.backends.cudnn.benchmark = CUDNN_BENCHMARK
        torch.backends.cudnn.conv.fp32_precision = CONVOLUTION_PRECISION  # type: ignore[attr-defined]
        torch.backends.cuda.matmul.fp32_precision = PRODUCT_PRECISION

    def free_bytes(self) -> int:
        """What the driver has left, and what torch keeps without using it."""
        free, _ = torch.cuda.mem_get_info(self.device)
        return free + torch.cuda.memory_reserved(self.device) - torch.cuda.memory_allocated(self.device)

    def launcher(self, run: Run) -> Captured | StepByStep:
        """A CUDA graph of the steps; where torch cannot make one, the steps themselves."""
        stream = torch.cuda.Stream(self.device)  # type: ignore[no-untyped-call]
        before = [tensor.clone() for tensor in run.state()]
        try:
            return Captured(run, stream, before)
        except torch.OutOfMemoryError:
            raise
        except RuntimeError as error:
            self.wait()
            run.rewind(before)
            self.wait()
            return StepByStep(run, stream, str(error).splitlines()[0])

    def wait(self) -> None:
        """Until the device is idle; RuntimeError if it has failed for this process."""
        torch.cuda.synchronize(self.device)

    def seed(self, seed: int) -> None:
        """Of what dropout draws."""
        torch.cuda.manual_seed(seed)


class Captured:
    """Several steps recorded as one CUDA graph, which the device repeats by itself.

    Raises RuntimeError where a step cannot be recorded: it waits for the device, say.
    """

    def __init__(self, run: Run, stream: torch.cuda.Stream, before: list[torch.Tensor]) -> None:
        self.per_launch = steps_per_graph(run.steps)
        self.engine = f"CUDA graph of {self.per_launch} steps"
        self._run, self._stream = run, stream
        torch.cuda.synchronize(run.device)
        # warmed up and captured in one stream: gradients are added up where they were first made
        with torch.cuda.stream(stream), _no_waiting():
            for _ in range(_WARM_UP_STEPS):
                run.step()
                run.rewind(before)
        torch.cuda.synchronize(run.device)
        self._graph = torch.cuda.CUDAGraph()
        with _quiet(), torch.cuda.graph(self._graph, stream=stream):
            for _ in range(self.per_launch):
                run.step()
        torch.cuda.synchronize(run.device)

    def launch(self) -> None:
        """The next steps."""
        with torch.cuda.stream(self._stream):
            self._graph.replay()


class StepByStep:
    """The steps themselves, asked for one by one; `reason`: why they are no graph."""

    per_launch = 1

    def __init__(self, run: Run, stream: torch.cuda.Stream, reason: str) -> None:
        self.engine = f"step by step: {reason}"
        self._run, self._stream = run, stream

    def launch(self) -> None:
        """The next step."""
        with torch.cuda.stream(self._stream), _quiet():
            self._run.step()


def unusable() -> str | None:
    """Why this process has no working CUDA device, and what to do about it; None: it has one."""
    if torch.version.cuda is None:
        return (
            f"torch {torch.__version__} is a build without CUDA; install a CUDA build of torch (two lines in a "
            "constraints file, see README.md)"
        )
    if not torch.cuda.is_available():
        hidden = os.environ.get("CUDA_VISIBLE_DEVICES")
        seen = f" (CUDA_VISIBLE_DEVICES={hidden!r})" if hidden is not None else ""
        return f"torch finds no NVIDIA GPU{seen}; look at what nvidia-smi says"
    try:
        torch.ones(1, device="cuda").add(1).item()
    except RuntimeError as error:
        return (
            f"the GPU refuses to work ({str(error).splitlines()[0]}); look at what nvidia-smi says, or install a "
            "torch built for this GPU"
        )
    return None


def steps_per_graph(steps: int) -> int:
    """The largest number up to STEPS_PER_GRAPH that divides the steps of a run."""
    return next(count for count in range(STEPS_PER_GRAPH, 0, -1) if steps % count == 0)


@contextmanager
def _no_waiting() -> Iterator[None]:
    """RuntimeError at whatever makes the host wait for the device: that cannot be in a graph."""
    with _quiet():  # torch warns that the mode is a prototype
        before = torch.cuda.get_sync_debug_mode()
        torch.cuda.set_sync_debug_mode("error")
        try:
            yield
        finally:
            torch.cuda.set_sync_debug_mode(before)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without warnings: an optimizer made for a graph runs outside one; an operator has no deterministic form."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
