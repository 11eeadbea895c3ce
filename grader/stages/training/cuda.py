"""The CUDA device: what it must be like, its settings, its streams.

Only ever imported in the process that owns the GPU, or before there is any CUDA in a process.
"""

from __future__ import annotations

import os

import torch
from torch.nn import functional

from grader.errors import UserError
from grader.stages.training.cuda_graph import Captured, StepByStep
from grader.stages.training.fused import Fused
from grader.stages.training.fused_layers import disagreement
from grader.stages.training.steps import Run
from grader.stages.training.together import AT_ONCE

DEVICE = torch.device("cuda", 0)

CONVOLUTION_PRECISION = "tf32"
PRODUCT_PRECISION = "tf32"
""""tf32" (10 bits of mantissa into the tensor cores, sums in float32) or "ieee" (float32 throughout).
torch's own default is tf32 for convolutions. What each costs: benchmarks/training.py."""

CUDNN_BENCHMARK = False
"""Letting cuDNN time its algorithms may choose another one, with other roundings, in the next run."""

FUSED = True
"""Layers in fewer kernels (fused.py); False: as they were traced."""


class Gpu:
    """The first CUDA device that this process sees.

    Raises UserError, one sentence with the fix, where there is none that works.
    """

    def __init__(self) -> None:
        # read when cuBLAS starts; without it its products may differ from run to run
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        # read when CUDA starts; streams beyond its default of eight would wait for each other
        os.environ.setdefault("CUDA_DEVICE_MAX_CONNECTIONS", "32")
        if problem := unusable():
            raise UserError(f"--gpu: {problem}, or leave --gpu out")
        self.device = DEVICE
        self.name = torch.cuda.get_device_name(DEVICE)
        torch.backends.cudnn.deterministic = True
        torch.backends.cudnn.benchmark = CUDNN_BENCHMARK
        torch.backends.cudnn.conv.fp32_precision = CONVOLUTION_PRECISION  # type: ignore[attr-defined]
        torch.backends.cuda.matmul.fp32_precision = PRODUCT_PRECISION
        # fixed ones: cuBLAS keeps 65 MiB for every stream that it has ever seen
        self._streams = [torch.cuda.Stream(self.device) for _ in range(AT_ONCE)]  # type: ignore[no-untyped-call]
        self._side = [torch.cuda.Stream(self.device) for _ in range(AT_ONCE)]  # type: ignore[no-untyped-call]
        self.plain = self._why_plain()
        """Why layers are not fused on this device; None: they are."""
        if self.plain is not None:
            self.name += f" (layers not fused: {self.plain})"

    def free_bytes(self) -> int:
        """What the driver has left, and what torch keeps without using it."""
        free, _ = torch.cuda.mem_get_info(self.device)
        return free + torch.cuda.memory_reserved(self.device) - torch.cuda.memory_allocated(self.device)

    def fused(self, slot: int) -> Fused | None:
        """What fuses a network's layers, where they are fused."""
        return Fused(self._side[slot]) if self.plain is None else None

    def launcher(self, run: Run, slot: int) -> Captured | StepByStep:
        """A CUDA graph of the steps; where torch cannot make one, the steps themselves.

        Raises RuntimeError where fused steps cannot be a graph: plain ones are to be tried first.

        Args:
            slot: which of the AT_ONCE streams, free now.
        """
        stream = self._streams[slot]
        before = [tensor.clone() for tensor in run.state()]
        try:
            return Captured(run, stream, before)
        except torch.OutOfMemoryError:
            raise
        except RuntimeError as error:
            self.wait()
            if run.fused is not None:
                raise
            run.rewind(before)
            self.wait()
            return StepByStep(run, stream, str(error).splitlines()[0])

    def wait(self) -> None:
        """Until the device is idle; RuntimeError if it has failed for this process."""
        torch.cuda.synchronize(self.device)

    def seed(self, seed: int) -> None:
        """Of what dropout draws."""
        torch.cuda.manual_seed(seed)

    def _why_plain(self) -> str | None:
        if not FUSED:
            return "switched off"
        try:
            return disagreement(self.device)
        except (RuntimeError, OSError) as error:  # OSError: no library to compile kernels with
            self.wait()
            return str(error).splitlines()[0]


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
        said = computes(DEVICE)
    except RuntimeError as error:
        said = str(error).splitlines()[0]
    if said is not None:
        return f"the GPU refuses to work ({said}); look at what nvidia-smi says, or install a torch built for this GPU"
    return None


def computes(device: torch.device) -> str | None:
    """What is wrong with the libraries that every training needs (cuDNN, cuBLAS); None: they work.

    A convolution with its gradients and a product, in whole numbers small enough to be exact in any
    precision. Raises RuntimeError where they refuse.
    """
    images = torch.ones(2, 3, 8, 8, device=device)
    weight = torch.ones(4, 3, 3, 3, device=device, requires_grad=True)
    made = functional.conv2d(images, weight)
    made.sum().backward()  # type: ignore[no-untyped-call]
    assert weight.grad is not None
    product = torch.ones(16, 32, device=device) @ torch.ones(32, 8, device=device)
    for name, numbers, expected in (
        ("a convolution", made, 27),
        ("a convolution's gradient", weight.grad, 72),
        ("a product", product, 32),
    ):
        if not bool((numbers == expected).all()):
            return f"{name} that must be {expected} came out as {numbers.flatten()[0].item():g}"
    return None
