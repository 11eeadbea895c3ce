"""A stand-in for torch's CUDA side on a CPU: streams that do nothing, graphs that really are recorded and
replayed, an allocator that knows which pools are being recorded for.

A capture on a GPU computes nothing; here the operators run while they are written down, and what they
overwrote is put back when the capture ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from grader.stages.training import cuda

WAITS = {"aten._local_scalar_dense.default", "aten.nonzero.default"}
"""What makes the host wait for a device."""


@dataclass
class PretendedCuda:
    """What happened, and what is to go wrong."""

    stream: Any = "default"
    """The current one."""
    recording: set[int] = field(default_factory=set)
    """Pools that the allocator still fills for a capture."""
    released: set[int] = field(default_factory=set)
    pools: int = 0
    streams: int = 0
    graphs: list[Graph] = field(default_factory=list)
    breaks_capture: bool = False
    """The device refuses a capture at its end, as after an operation that cannot be in a graph."""
    failed: bool = False
    """The device has failed: whatever waits for it raises."""
    no_memory: int = 0
    """So many captures find no memory."""

    def synchronize(self, device: Any = None) -> None:
        if self.failed:
            raise RuntimeError("CUDA error: device-side assert triggered")

    @contextmanager
    def use(self, stream: Any) -> Iterator[None]:
        before, self.stream = self.stream, stream
        try:
            yield
        finally:
            self.stream = before

    def pool(self) -> int:
        self.pools += 1
        return self.pools

    def end_allocate(self, device: int, pool: int) -> None:
        if pool not in self.recording:
            raise RuntimeError("endAllocatePool: not currently recording to mempool_id")
        self.recording.remove(pool)

    def release(self, device: int, pool: int) -> None:
        assert pool not in self.recording and pool not in self.released
        self.released.add(pool)


class Stream:
    def __init__(self, world: PretendedCuda) -> None:
        self.world, self.joined = world, 0
        world.streams += 1

    def wait_stream(self, other: Any) -> None:
        """In a capture, only for what is part of it."""
        if self.world.recording:
            assert other is self.world.stream or other.joined in self.world.recording
            self.joined = max(self.world.recording)


class _Refusing(TorchDispatchMode):
    """torch's sync debug mode "error"."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if str(func) in WAITS:
            raise RuntimeError("called a synchronizing CUDA operation")
        return func(*args, **(kwargs or {}))


class Graph(TorchDispatchMode):
    """torch.cuda.CUDAGraph."""

    def __init__(self, world: PretendedCuda) -> None:
        super().__init__()
        self.world, self.nodes, self.ended = world, [], False
        self.overwritten: dict[int, tuple[Tensor, Tensor]] = {}
        world.graphs.append(self)

    def capture_begin(self, pool: int) -> None:
        self.own_pool, self.begun = pool, self.world.stream
        assert self.begun != "default", "CUDA graphs must be captured on a non-default stream"
        self.world.recording.add(pool)
        self.__enter__()
        if self.world.no_memory:
            self.world.no_memory -= 1
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 MiB")

    def capture_end(self) -> None:
        if self.begun is None:
            raise RuntimeError("CUDA error: operation not permitted when stream is not capturing")
        assert self.world.stream == self.begun
        self.begun = None
        self.__exit__(None, None, None)
        with torch.no_grad():
            for tensor, before in self.overwritten.values():
                tensor.copy_(before)
        if self.world.breaks_capture:  # as torch does: the allocator is not told
            raise RuntimeError("CUDA error: operation failed due to a previous error during capture")
        self.world.end_allocate(0, self.own_pool)
        self.ended = True

    @torch.no_grad()
    def replay(self) -> None:
        assert self.ended and self.world.stream != "default"
        for func, args, kwargs, results in self.nodes:
            again = func(*args, **kwargs)
            for old, new in zip(_tensors(results), _tensors(again), strict=True):
                if old is not new and old.data_ptr() != new.data_ptr():
                    old.copy_(new)

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if str(func) in WAITS:
            raise RuntimeError("CUDA error: operation not permitted when stream is capturing")
        for formal, actual in zip(func._schema.arguments, args, strict=False):
            if formal.alias_info is not None and formal.alias_info.is_write:
                self._keep(actual)
        if str(func) == "aten.native_batch_norm.default":  # its schema does not say that it overwrites
            self._keep(args[3:5])
        if "out" in kwargs:
            self._keep(kwargs["out"])
        results = func(*args, **kwargs)
        self.nodes.append((func, args, kwargs, results))
        return results

    def _keep(self, overwritten: Any) -> None:
        for tensor in _tensors(overwritten):
            self.overwritten.setdefault(tensor.data_ptr(), (tensor, tensor.clone()))


def _tensors(value: Any) -> list[Tensor]:
    if isinstance(value, Tensor):
        return [value]
    return [tensor for item in value for tensor in _tensors(item)] if isinstance(value, tuple | list) else []


def pretend(monkeypatch: pytest.MonkeyPatch) -> PretendedCuda:
    """A process that finds a GPU, which is the CPU."""
    world, refusing = PretendedCuda(), _Refusing()
    modes = ["default"]

    def debug(mode: str) -> None:
        if mode == "error":
            refusing.__enter__()
        elif modes[-1] == "error":
            refusing.__exit__(None, None, None)
        modes.append(mode)

    monkeypatch.setattr(cuda, "DEVICE", torch.device("cpu"))
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    for name, stand_in in {
        "is_available": lambda: True,
        "get_device_name": lambda device: "a pretended GPU",
        "mem_get_info": lambda device: (1 << 40, 1 << 40),
        "memory_reserved": lambda device: 0,
        "memory_allocated": lambda device: 0,
        "manual_seed": torch.manual_seed,
        "empty_cache": lambda: None,
        "synchronize": world.synchronize,
        "Stream": lambda device: Stream(world),
        "current_stream": lambda: world.stream if isinstance(world.stream, Stream) else Stream(world),
        "stream": world.use,
        "graph_pool_handle": world.pool,
        "is_current_stream_capturing": lambda: False,
        "CUDAGraph": lambda: Graph(world),
        "get_sync_debug_mode": lambda: modes[-1],
        "set_sync_debug_mode": debug,
    }.items():
        monkeypatch.setattr(torch.cuda, name, stand_in)
    # optimizers ask torch's own CUDA build, where there is one, whether this is a capture
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda check_available=False: None)
    monkeypatch.setattr(torch._C, "_cuda_endAllocateToPool", world.end_allocate)
    monkeypatch.setattr(torch._C, "_cuda_releasePool", world.release)
    return world
