"""Launch, capture, a capture that fails, memory that runs out and a device that is lost, without a device."""

from __future__ import annotations

from functools import partial

import pytest
import torch
from stages.training.plain_networks import QUICK, SmallNetwork, few
from stages.training.pretended_cuda import PretendedCuda, pretend
from stages.training.test_steps import BATCH_NORM, DROPOUT, FULL, PLAIN
from torch import Tensor
from tracing import graph_of

from grader.errors import TrainingFault, UserError
from grader.networks.starting import ready
from grader.records.training import TrainingRecord
from grader.stages.training import cuda
from grader.stages.training.data import DataSet
from grader.stages.training.loop import train
from grader.stages.training.together import AT_ONCE, Request, train_together

SHORT = QUICK.model_copy(update={"steps": 20, "test_images": 100})
ONE_EPOCH = FULL.model_copy(update={"epochs": 1, "batch_size": 20, "learning_rate": 0.01})


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> PretendedCuda:
    return pretend(monkeypatch)


@pytest.fixture
def data(synthetic_data: DataSet) -> DataSet:
    return few(synthetic_data, 400, 100)


def asked(source: str, seed: int = 0, recipe: object = ONE_EPOCH) -> Request:
    return Request(partial(ready, graph_of(source), "he", seed), recipe, seed)  # type: ignore[arg-type]


@pytest.mark.parametrize("recipe", [SHORT, ONE_EPOCH])
def test_a_graph_that_is_repeated_trains_as_the_steps_do(world: PretendedCuda, data: DataSet, recipe: object):
    request = asked(PLAIN, 3, recipe)
    (found,) = train_together([request], data, cuda.Gpu())
    expected = train(request.build(), request.recipe, data, 3)
    assert isinstance(found, TrainingRecord) and found.engine == "CUDA graph of 10 steps, fused"
    assert found.losses == pytest.approx(expected.losses, abs=1e-4)
    assert abs(found.accuracy - expected.accuracy) <= 0.02


def test_a_network_with_nothing_to_fuse_does_not_wait_for_a_stream_outside_its_capture(
    world: PretendedCuda, data: DataSet
):
    (found,) = train_together([asked(BATCH_NORM)], data, cuda.Gpu())
    assert isinstance(found, TrainingRecord) and found.engine == "CUDA graph of 10 steps, fused"


def test_plain_steps_in_a_graph_are_the_same_to_the_bit(
    world: PretendedCuda, data: DataSet, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(cuda, "FUSED", False)
    for source in (PLAIN, BATCH_NORM):
        request = asked(source)
        gpu = cuda.Gpu()
        assert gpu.plain == "switched off"
        (found,) = train_together([request], data, gpu)
        expected = train(request.build(), request.recipe, data, 0)
        assert isinstance(found, TrainingRecord) and found.engine == "CUDA graph of 10 steps"
        assert (found.losses, found.accuracy) == (expected.losses, expected.accuracy)


def test_a_capture_that_the_device_breaks_leaves_nothing_behind_and_the_steps_are_trained_one_by_one(
    world: PretendedCuda, data: DataSet
):
    world.breaks_capture = True
    (found,) = train_together([asked(PLAIN)], data, cuda.Gpu())
    assert isinstance(found, TrainingRecord)
    assert found.engine == (
        "step by step: CUDA error: operation failed due to a previous error during capture"
    )
    assert found.losses == train(asked(PLAIN).build(), ONE_EPOCH, data, 0).losses
    assert world.stream == "default" and not world.recording
    assert world.released == {1, 2}  # the fused attempt's and the plain one's


class Asking(SmallNetwork):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) * float((x[0, 0, 0, 0] < 2).item())


def test_what_waits_for_the_device_is_found_before_a_capture(world: PretendedCuda, data: DataSet):
    torch.manual_seed(0)
    (found,) = train_together([Request(Asking, ONE_EPOCH, 0)], data, cuda.Gpu())
    assert isinstance(found, TrainingRecord)
    assert found.engine == "step by step: called a synchronizing CUDA operation"
    assert not world.pools


def test_a_capture_for_which_there_is_no_memory_beside_others_is_made_again_alone(
    world: PretendedCuda, data: DataSet
):
    world.no_memory = 1
    found = train_together([asked(PLAIN, seed) for seed in range(3)], data, cuda.Gpu())
    assert all(isinstance(record, TrainingRecord) for record in found)
    assert len(world.graphs) == 4 and not world.recording and world.stream == "default"
    world.no_memory = 9
    (fault,) = train_together([asked(PLAIN)], data, cuda.Gpu())
    assert isinstance(fault, TrainingFault)
    assert str(fault) == (
        "training stopped: not enough memory on the GPU (CUDA out of memory. Tried to allocate 2.00 MiB)"
    )


def test_a_device_that_is_lost_ends_the_process_and_not_the_networks(world: PretendedCuda, data: DataSet):
    gpu = cuda.Gpu()
    world.failed = True
    with pytest.raises(RuntimeError, match="device-side assert"):
        train_together([asked(PLAIN), asked(PLAIN, 1)], data, gpu)


def test_twenty_networks_use_the_same_few_streams(world: PretendedCuda, data: DataSet):
    gpu = cuda.Gpu()
    before = world.streams
    used = [gpu.launcher(run, slot)._stream for slot in range(AT_ONCE) for run in [_run(gpu, data)] * 2]  # type: ignore[arg-type]
    assert len(set(map(id, used))) == AT_ONCE
    assert before >= 2 * AT_ONCE  # each with a second one for weight gradients


def _run(gpu: cuda.Gpu, data: DataSet) -> object:
    from grader.stages.training.steps import Run

    network = ready(graph_of(PLAIN), "he", 0)
    return Run(network, ONE_EPOCH, data, 0, network.trainable())


def test_dropout_in_a_graph_draws_new_numbers_at_every_step(world: PretendedCuda, data: DataSet):
    (found,) = train_together([asked(DROPOUT)], data, cuda.Gpu())
    assert isinstance(found, TrainingRecord) and found.engine.startswith("CUDA graph")
    assert len(set(found.losses)) == found.steps


@pytest.mark.parametrize("part", ["a convolution", "a convolution's gradient", "a product"])
def test_a_library_that_computes_nonsense_is_the_machines_fault(
    world: PretendedCuda, monkeypatch: pytest.MonkeyPatch, part: str
):
    assert cuda.unusable() is None
    if part == "a product":
        monkeypatch.setattr(torch.Tensor, "__matmul__", lambda a, b: torch.zeros(16, 8))
    else:
        right = torch.nn.functional.conv2d

        def wrong(images: Tensor, weight: Tensor) -> Tensor:
            made = right(images, weight)
            return made + 1 if part == "a convolution" else made + (2 * made - 2 * made.detach())

        monkeypatch.setattr(torch.nn.functional, "conv2d", wrong)
    with pytest.raises(UserError, match=rf"the GPU refuses to work \({part} that must be \d+ came out as"):
        cuda.Gpu()


def test_a_library_that_refuses_a_convolution_is_the_machines_fault_too(
    world: PretendedCuda, monkeypatch: pytest.MonkeyPatch
):
    def refuses(*_: object) -> Tensor:
        raise RuntimeError("cuDNN error: CUDNN_STATUS_NOT_INITIALIZED\nException raised from …")

    monkeypatch.setattr(torch.nn.functional, "conv2d", refuses)
    assert str(cuda.unusable()).startswith(
        "the GPU refuses to work (cuDNN error: CUDNN_STATUS_NOT_INITIALIZED);"
    )


def test_layers_that_come_out_otherwise_when_fused_are_not_fused(
    world: PretendedCuda, data: DataSet, monkeypatch: pytest.MonkeyPatch
):
    from grader.stages.training import fused_layers

    monkeypatch.setattr(fused_layers, "pool_and_relu_backward", lambda gradient, active: active)
    gpu = cuda.Gpu()
    assert gpu.plain is not None and "differ from plain ones by" in gpu.plain
    assert gpu.name == f"a pretended GPU (layers not fused: {gpu.plain})"
    (found,) = train_together([asked(PLAIN)], data, gpu)
    assert isinstance(found, TrainingRecord) and found.engine == "CUDA graph of 10 steps"
