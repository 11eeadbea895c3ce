"""The engine on a CUDA device: graphs, several networks at once, what cannot be a graph."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest
import torch
from stages.training.plain_networks import DROPPED_LOSS, QUICK, Dropping, SmallNetwork, few, small_network
from torch import Tensor, nn

from grader.errors import TrainingFault
from grader.networks.starting import ready
from grader.records.assignment import Recipe
from grader.records.graph import ModelGraph
from grader.records.training import TrainingRecord
from grader.stages.training import cuda
from grader.stages.training.data import DataSet
from grader.stages.training.fused_layers import pool_and_relu_backward
from grader.stages.training.loop import train
from grader.stages.training.together import AT_ONCE, Request, bytes_needed, train_together

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device"),
    # torch says of some operators that they have no deterministic form
    pytest.mark.filterwarnings("ignore:.*deterministic:UserWarning"),
]

SHORT = QUICK.model_copy(update={"steps": 30, "test_images": 500})
EPOCHS = Recipe(
    epochs=2, batch_size=100, optimizer="sgd", learning_rate=0.05, start="he", balanced=False,
    test_images="all",
)  # fmt: skip


@pytest.fixture(scope="module")
def gpu() -> cuda.Gpu:
    return cuda.Gpu()


@pytest.fixture(scope="module")
def resident(gpu: cuda.Gpu, synthetic_data: DataSet) -> DataSet:
    return synthetic_data.on(gpu.device)


def reference(name: str) -> ModelGraph:
    """Traced elsewhere where $GRADER_GRAPHS says so: this machine may be unable to lock code in."""
    folder = os.environ.get("GRADER_GRAPHS")
    if folder:
        return ModelGraph.model_validate_json((Path(folder) / f"{name}.json").read_bytes())
    from tracing import exercise

    return ModelGraph.model_validate_json(exercise(name)[1])


def asked(name: str, recipe: Recipe, seed: int = 0) -> Request:
    return Request(partial(ready, reference(name), "he", seed), recipe, seed)


def only(request: Request, data: DataSet, gpu: cuda.Gpu) -> TrainingRecord:
    (found,) = train_together([request], data, gpu)
    assert isinstance(found, TrainingRecord), found
    return found.model_copy(update={"seconds": 0.0})


@pytest.mark.parametrize("recipe", [SHORT, EPOCHS])
@pytest.mark.parametrize("name", ["base", "skip", "dense", "ca"])
def test_a_graph_of_steps_trains_as_the_cpu_does_up_to_rounding(
    gpu: cuda.Gpu, synthetic_data: DataSet, name: str, recipe: Recipe
):
    data = few(synthetic_data, 1000, 200)
    torch.backends.cudnn.conv.fp32_precision = torch.backends.cuda.matmul.fp32_precision = "ieee"  # type: ignore[attr-defined]
    try:
        found = only(asked(name, recipe), data.on(gpu.device), gpu)
    finally:
        cuda.Gpu()
    expected = train(asked(name, recipe).build(), recipe, data, 0)
    assert found.engine == "CUDA graph of 10 steps, fused"
    assert found.losses[:10] == pytest.approx(expected.losses[:10], abs=0.01)
    assert found.steps == expected.steps and len(found.epoch_losses) == len(expected.epoch_losses)


@pytest.mark.parametrize("name", ["base", "skip", "dense", "ca"])
def test_the_same_seed_gives_the_same_record_bit_for_bit_alone_and_among_others(
    gpu: cuda.Gpu, resident: DataSet, name: str
):
    alone = [only(asked(name, SHORT), resident, gpu) for _ in range(2)]
    assert alone[0] == alone[1]
    several = [asked(name, SHORT, seed) for seed in (0, 1)] + [asked("ca", EPOCHS), asked("skip", SHORT)]
    first, other, *_ = train_together(several, resident, gpu)
    assert isinstance(first, TrainingRecord) and isinstance(other, TrainingRecord)
    assert first.model_copy(update={"seconds": 0.0}) == alone[0]
    assert other.losses != first.losses


def test_tf32_changes_roundings_only(gpu: cuda.Gpu, resident: DataSet):
    found = only(asked("skip", SHORT), resident, gpu)
    torch.backends.cudnn.conv.fp32_precision = torch.backends.cuda.matmul.fp32_precision = "ieee"  # type: ignore[attr-defined]
    try:
        exact = only(asked("skip", SHORT), resident, gpu)
    finally:
        cuda.Gpu()
    assert found.losses[:10] == pytest.approx(exact.losses[:10], abs=0.05)


class Normed(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(
            nn.Conv2d(3, 16, 5, 2, 2), nn.BatchNorm2d(16), nn.ReLU(), nn.Flatten(), nn.Linear(4096, 10)
        )


class Asking(SmallNetwork):
    """Makes the host wait for a number: cannot be in a graph."""

    def forward(self, x: Tensor) -> Tensor:
        y = super().forward(x)
        return y * (1.0 if float(y.detach().sum()) < 1e9 else 0.5)


def started(kind: type[nn.Module]) -> nn.Module:
    torch.manual_seed(0)
    return kind()


@pytest.mark.parametrize(("kind", "limit"), [(Dropping, DROPPED_LOSS), (Normed, 2.0)])
def test_dropout_and_batch_normalisation_work_in_a_graph_and_repeat(
    gpu: cuda.Gpu, resident: DataSet, kind: type[nn.Module], limit: float
):
    request = Request(partial(started, kind), SHORT.model_copy(update={"steps": 200}), 5)
    first, again = (only(request, resident, gpu) for _ in range(2))
    assert first == again and first.engine == "CUDA graph of 10 steps"
    assert first.final_loss < limit and len(set(first.losses)) == 200


def test_statistics_of_batch_normalisation_count_the_steps_of_the_training_alone(
    gpu: cuda.Gpu, resident: DataSet
):
    made: list[nn.Module] = []

    def build() -> nn.Module:
        made.append(started(Normed))
        return made[-1]

    only(Request(build, SHORT, 0), resident, gpu)
    norm = made[0][1]  # type: ignore[index]
    assert int(norm.num_batches_tracked) == 30


def test_what_cannot_be_a_graph_is_trained_step_by_step_with_the_reason(gpu: cuda.Gpu, resident: DataSet):
    torch.manual_seed(0)
    network = small_network("", 0)
    weights = network.state_dict()

    def build(kind: type[nn.Module]) -> nn.Module:
        made = kind()
        made.load_state_dict(weights)
        return made

    slow = only(Request(partial(build, Asking), SHORT, 0), resident, gpu)
    fast = only(Request(partial(build, SmallNetwork), SHORT, 0), resident, gpu)
    assert slow.engine.startswith("step by step: ") and "synchronizing" in slow.engine
    assert slow.losses == pytest.approx(fast.losses, abs=1e-4)


def test_a_network_that_diverges_is_reported_up_to_the_last_finite_loss(gpu: cuda.Gpu, resident: DataSet):
    wild = SHORT.model_copy(update={"optimizer": "sgd", "learning_rate": 1e6, "schedule": "constant"})
    record = only(asked("base", wild), resident, gpu)
    assert record.diverged and record.accuracy == 0 and 0 < record.steps == len(record.losses) < 30


class Refused(SmallNetwork):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) @ torch.ones(3, 3, device=x.device)


class Huge(SmallNetwork):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) + torch.ones(1 << 42, device=x.device)[:10]


def test_what_torch_refuses_and_what_needs_too_much_memory_is_a_fault_of_that_network_alone(
    gpu: cuda.Gpu, resident: DataSet
):
    requests = [asked("base", SHORT), Request(Refused, SHORT, 0), Request(Huge, SHORT, 0), asked("ca", SHORT)]
    first, refused, huge, last = train_together(requests, resident, gpu)
    assert isinstance(first, TrainingRecord) and isinstance(last, TrainingRecord)
    assert isinstance(refused, TrainingFault) and "mat1 and mat2" in str(refused)
    assert isinstance(huge, TrainingFault) and "not enough memory" in str(huge)


def test_the_planned_memory_is_enough(gpu: cuda.Gpu, resident: DataSet):
    recipe = EPOCHS.model_copy(update={"batch_size": 500})
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    only(asked("dense", recipe), resident, gpu)
    used = torch.cuda.max_memory_allocated() - before
    assert used <= bytes_needed(asked("dense", recipe).build(), recipe, resident)


def test_few_images_are_enough(gpu: cuda.Gpu, synthetic_data: DataSet):
    data = few(synthetic_data, 300, 50).on(gpu.device)
    record = only(asked("base", EPOCHS), data, gpu)
    assert record.steps == 6 and record.engine == "CUDA graph of 6 steps, fused" and record.test_images == 50


def test_layers_are_fused_on_this_device(gpu: cuda.Gpu):
    assert gpu.plain is None


@pytest.mark.parametrize("layout", [torch.channels_last, torch.contiguous_format])
@pytest.mark.parametrize("size", [(4, 6), (5, 7), (32, 32)])
def test_the_compiled_kernel_computes_what_the_cpu_does(
    gpu: cuda.Gpu, layout: torch.memory_format, size: tuple[int, int]
):
    active = torch.randn(2, 3, *size).relu().contiguous(memory_format=layout)
    gradient = torch.randn(2, 3, size[0] // 2, size[1] // 2)
    found = pool_and_relu_backward(gradient.to(gpu.device), active.to(gpu.device))
    assert torch.equal(found.cpu(), pool_and_relu_backward(gradient, active))
    assert found.is_contiguous(memory_format=layout)


@pytest.mark.parametrize("name", ["base", "skip", "dense", "ca"])
def test_fused_and_plain_steps_train_the_same_up_to_rounding(
    gpu: cuda.Gpu, resident: DataSet, name: str, monkeypatch: pytest.MonkeyPatch
):
    fused = only(asked(name, SHORT), resident, gpu)
    monkeypatch.setattr(cuda, "FUSED", False)
    plain = only(asked(name, SHORT), resident, cuda.Gpu())
    assert (fused.engine, plain.engine) == ("CUDA graph of 10 steps, fused", "CUDA graph of 10 steps")
    assert fused.losses[:10] == pytest.approx(plain.losses[:10], abs=0.05)


class Waiting(SmallNetwork):
    """Waits in a way that only a capture notices, which the device then refuses."""

    def forward(self, x: Tensor) -> Tensor:
        torch.cuda.current_stream().synchronize()
        return super().forward(x)


def test_captures_that_the_device_refuses_leave_no_memory_and_no_stream_behind(
    gpu: cuda.Gpu, resident: DataSet
):
    reserved = []
    for _ in range(4):
        found = only(Request(Waiting, SHORT, 0), resident, gpu)
        assert found.engine.startswith("step by step: ")
        assert torch.cuda.current_stream() == torch.cuda.default_stream()
        torch.cuda.empty_cache()
        reserved.append(torch.cuda.memory_reserved())
    assert reserved[1] == reserved[-1]
    assert only(asked("base", SHORT), resident, gpu).engine == "CUDA graph of 10 steps, fused"


def test_many_networks_one_after_another_keep_no_more_memory_than_a_few(gpu: cuda.Gpu, resident: DataSet):
    kept = []
    for _ in range(3):
        train_together([asked("base", SHORT, seed) for seed in range(AT_ONCE)], resident, gpu)
        torch.cuda.empty_cache()
        kept.append(torch.cuda.memory_reserved())
    assert kept[1] == kept[2]
