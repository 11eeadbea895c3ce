"""The steps of a run as a CUDA graph, which the device repeats by itself, or asked for one by one."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import torch

from grader.stages.training.steps import Run

STEPS_PER_GRAPH = 10
"""At most; a launch costs the host about as much for ten steps as for one."""

_WARM_UP_STEPS = 3
"""Before a capture: libraries load, kernels are compiled, optimizers make their state."""


class Captured:
    """Several steps recorded as one CUDA graph.

    Raises RuntimeError where a step cannot be recorded: it waits for the device, say. The stream, the
    allocator and the run's state on the device are then as they were, but for what the steps computed.

    Args:
        stream: its steps run there, and nothing else.
        before: the network's state before the first step.
    """

    def __init__(self, run: Run, stream: torch.cuda.Stream, before: list[torch.Tensor]) -> None:
        self.per_launch = steps_per_graph(run.steps)
        self.engine = f"CUDA graph of {self.per_launch} steps{', fused' if run.fused else ''}"
        self._run, self._stream = run, stream
        torch.cuda.synchronize(run.device)
        # warmed up and captured in one stream: gradients are added up where they were first made
        with torch.cuda.stream(stream):
            with _no_waiting():
                for _ in range(_WARM_UP_STEPS):
                    run.step()
                    run.rewind(before)
            torch.cuda.synchronize(run.device)
            torch.cuda.empty_cache()
            self._graph = torch.cuda.CUDAGraph()
            with _quiet():
                _capture(self._graph, run, self.per_launch)
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


def steps_per_graph(steps: int) -> int:
    """The largest number up to STEPS_PER_GRAPH that divides the steps of a run."""
    return next(count for count in range(STEPS_PER_GRAPH, 0, -1) if steps % count == 0)


def _capture(graph: torch.cuda.CUDAGraph, run: Run, steps: int) -> None:
    """Record steps in the current stream, with memory of the graph's own.

    `torch.cuda.graph` does the same, but where the device refuses the capture at its end, torch 2.11 to
    2.13 leave the allocator recording for it: that memory is never given back, and no allocation that
    fails is tried again.
    """
    pool = torch.cuda.graph_pool_handle()
    try:
        graph.capture_begin(pool=pool)
        for _ in range(steps):
            run.step()
        graph.capture_end()
    except BaseException:
        with suppress(RuntimeError):  # says once more that the capture is broken, or that it has ended
            graph.capture_end()
        device = run.device.index or 0
        with suppress(RuntimeError):  # not recording: the capture has ended well, `graph` gives its pool back
            torch._C._cuda_endAllocateToPool(device, pool)
            torch._C._cuda_releasePool(device, pool)
        raise


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
