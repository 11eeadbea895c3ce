"""Steps that need nothing from the host, several networks together, and what a network allows."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import pytest
import torch
from stages.training.plain_networks import QUICK, SmallNetwork, few, small_network
from torch import nn
from tracing import graph_of

from grader.errors import TrainingFault
from grader.networks.layout import channels_last, draws_numbers, reads_unfilled_memory
from grader.networks.replay import Replay
from grader.networks.starting import ready
from grader.records.assignment import Recipe
from grader.records.training import TrainingRecord
from grader.stages.training import cuda, cuda_graph, steps
from grader.stages.training.data import DataSet
from grader.stages.training.fused import Fused
from grader.stages.training.loop import train
from grader.stages.training.steps import Run, batches
from grader.stages.training.together import AT_ONCE, Request, bytes_needed, packed, train_together

FULL = Recipe(
    epochs=20, batch_size=100, optimizer="sgd", learning_rate=0.1, start="pytorch", balanced=False,
    test_images="all",
)  # fmt: skip
EPOCHS = FULL.model_copy(update={"epochs": 3, "batch_size": 32})
SHORT = QUICK.model_copy(update={"steps": 6, "test_images": 100})

SMALL = """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, stride=4, padding=1)
        self.relu = nn.ReLU(inplace=True)
        self.fc = nn.Linear(512, 10)
    def forward(self, x):
        BODY
"""
PLAIN = SMALL.replace("BODY", "return self.fc(self.relu(self.conv(x)).flatten(1))")
VIEWED = SMALL.replace("BODY", "y = self.conv(x); return self.fc(self.relu(y).view(len(x), -1))")
WRITTEN_AFTER_VIEW = SMALL.replace(
    "BODY", "y = self.conv(x); z = y.view(len(x), -1); y.mul_(2.0); return self.fc(z)"
)
DROPOUT = SMALL.replace(
    "BODY", "return self.fc(nn.functional.dropout(self.conv(x).flatten(1), 0.5, self.training))"
)
EMPTY = SMALL.replace("BODY", "return self.fc(self.conv(x).flatten(1)) + 0 * torch.empty(10).fill_(1.0)")
BATCH_NORM = SMALL.replace("BODY", "return self.fc(self.norm(self.conv(x)).flatten(1))").replace(
    "self.relu = nn.ReLU(inplace=True)", "self.norm = nn.BatchNorm2d(8)"
)


def figures(record: TrainingRecord | TrainingFault) -> TrainingRecord:
    assert isinstance(record, TrainingRecord), record
    return record.model_copy(update={"seconds": 0.0, "engine": ""})


@dataclass
class Pretended:
    """A device with the interface of the GPU, on the CPU; `refuses` raises what it is to raise."""

    free: int = 2**40
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    refuses: Callable[[Run, int], BaseException | None] = lambda run, launch: None
    fuses: bool | str = False
    """"in vain": fused steps are refused."""
    launched: list[int] = field(default_factory=list)
    """Numbers of the launchers in the order of their launches."""
    made: int = 0

    def free_bytes(self) -> int:
        return self.free

    def fused(self, slot: int) -> Fused | None:
        return Fused() if self.fuses else None

    def launcher(self, run: Run, slot: int) -> Launching:
        if self.fuses and run.fused is not None and self.fuses == "in vain":
            raise RuntimeError("no such kernel")
        self.made += 1
        return Launching(self, run, self.made - 1)

    def wait(self) -> None:
        pass

    def seed(self, seed: int) -> None:
        torch.manual_seed(seed)


@dataclass
class Launching:
    on: Pretended
    run: Run
    number: int
    per_launch: int = 1
    engine: str = "pretended"

    def launch(self) -> None:
        if error := self.on.refuses(self.run, self.number):
            raise error
        self.on.launched.append(self.number)
        self.run.step()


def test_the_slides_protocol_is_10000_steps_over_20_orders_of_all_images():
    labels = torch.arange(50_000) % 10
    order = batches(labels, FULL, seed=1)
    assert order.shape == (10_000, 100) and FULL.updates(50_000) == 10_000 and FULL.tested(10_000) == 10_000
    epochs = order.view(20, 50_000)
    assert torch.equal(epochs.sort(1).values, torch.arange(50_000).expand(20, -1))
    assert not torch.equal(epochs[0], epochs[1])


def test_what_does_not_fill_a_batch_is_left_out_of_an_epoch_and_another_part_each_time():
    order = batches(torch.arange(70) % 10, EPOCHS, seed=0)
    assert order.shape == (6, 32)
    rounds = [set(part.flatten().tolist()) for part in order.view(3, 64)]
    assert all(len(seen) == 64 for seen in rounds) and rounds[0] != rounds[1]


def test_the_loss_of_every_epoch_is_the_mean_of_its_steps(synthetic_data: DataSet):
    record = train(small_network("", 0), EPOCHS, few(synthetic_data, 150, 90), 0)
    assert record.steps == 12 and record.test_images == 90
    assert record.epoch_losses == pytest.approx([math.fsum(record.losses[k : k + 4]) / 4 for k in (0, 4, 8)])


def test_a_recipe_that_counts_steps_has_no_epochs(synthetic_data: DataSet):
    assert train(small_network("", 0), SHORT, synthetic_data, 0).epoch_losses == ()


@pytest.mark.parametrize("recipe", [SHORT, EPOCHS.model_copy(update={"epochs": 1})])
def test_a_rewound_run_repeats_itself_to_the_bit(synthetic_data: DataSet, recipe: Recipe):
    data = few(synthetic_data, 200, 100)
    run = Run(ready(graph_of(BATCH_NORM), recipe.start, 0), recipe, data, 0)
    run.network.train()
    before = [tensor.clone() for tensor in run.state()]
    losses = []
    for _ in range(2):
        for _ in range(run.steps):
            run.step()
        losses.append(run.losses.tolist())
        after = [tensor.clone() for tensor in run.state()]
        run.rewind(before)
        assert all(torch.equal(a, b) for a, b in zip(run.state(), before, strict=True))
        assert not all(torch.equal(a, b) for a, b in zip(after, before, strict=True))
    assert losses[0] == losses[1] and losses[0][0] > 0


def test_networks_trained_together_measure_what_they_measure_alone(synthetic_data: DataSet):
    data = few(synthetic_data, 400, 100)
    longer = SHORT.model_copy(update={"steps": 9})
    asked = [
        Request(partial(ready, graph_of(source), "he", seed), recipe, seed)
        for seed, (source, recipe) in enumerate([(PLAIN, SHORT), (BATCH_NORM, longer), (DROPOUT, SHORT)])
    ]
    device = Pretended()
    together = train_together(asked, data, device)
    alone = [train_together([request], data, Pretended())[0] for request in asked]
    assert [figures(r) for r in together] == [figures(r) for r in alone]
    assert figures(together[0]) == figures(train(asked[0].build(), SHORT, data, 0))
    assert device.launched == [0, 1] * 6 + [1] * 3 + [2] * 6  # in turn; dropout by itself


def test_one_network_that_torch_refuses_to_train_costs_no_other_its_training(synthetic_data: DataSet):
    data = few(synthetic_data, 200, 100)
    asked = [Request(lambda: ready(graph_of(PLAIN), "he", 0), SHORT, seed) for seed in range(3)]
    broken = Pretended(refuses=lambda run, k: RuntimeError("no kernel\nException raised") if k == 1 else None)
    first, second, third = train_together(asked, data, broken)
    assert isinstance(second, TrainingFault) and str(second) == "training stopped: no kernel"
    assert figures(first).steps == figures(third).steps == 6


def test_a_network_for_which_memory_runs_out_beside_others_is_trained_alone(synthetic_data: DataSet):
    data = few(synthetic_data, 200, 100)
    asked = [Request(lambda: ready(graph_of(PLAIN), "he", 0), SHORT, seed) for seed in range(3)]
    device = Pretended(
        refuses=lambda run, k: torch.OutOfMemoryError("CUDA out of memory") if k == 1 else None
    )
    assert [figures(r).steps for r in train_together(asked, data, device)] == [6, 6, 6]
    assert device.made == 4
    never = Pretended(refuses=lambda run, k: torch.OutOfMemoryError("CUDA out of memory"))
    (fault,) = train_together(asked[:1], data, never)
    assert isinstance(fault, TrainingFault) and "not enough memory on the GPU" in str(fault)


def test_a_failed_device_ends_everything(synthetic_data: DataSet):
    class Gone(Pretended):
        def wait(self) -> None:
            raise RuntimeError("CUDA error: device-side assert triggered")

    asked = [Request(lambda: ready(graph_of(PLAIN), "he", 0), SHORT, 0)]
    gone = Gone(refuses=lambda run, k: RuntimeError("CUDA error"))
    with pytest.raises(RuntimeError, match="device-side assert"):
        train_together(asked, few(synthetic_data, 200, 100), gone)


@pytest.mark.parametrize("error", [IndexError("index 12 is out of range"), ValueError(""), TypeError("no")])
def test_an_odd_error_of_one_network_is_its_own_fault(synthetic_data: DataSet, error: Exception):
    data = few(synthetic_data, 200, 100)
    asked = [Request(lambda: ready(graph_of(PLAIN), "he", 0), SHORT, seed) for seed in range(3)]
    device = Pretended(refuses=lambda run, k: error if k == 1 else None)
    first, second, third = train_together(asked, data, device)
    assert figures(first).steps == figures(third).steps == 6 and device.made == 3
    assert isinstance(second, TrainingFault)
    assert str(second) == f"training stopped: {str(error) or 'ValueError'}"


def test_a_network_that_cannot_be_built_is_its_own_fault(synthetic_data: DataSet):
    def no_network() -> nn.Module:
        raise ValueError("shapes do not fit")

    asked = [Request(no_network, SHORT, 0), Request(lambda: ready(graph_of(PLAIN), "he", 0), SHORT, 0)]
    fault, record = train_together(asked, few(synthetic_data, 200, 100), Pretended())
    assert isinstance(fault, TrainingFault) and str(fault) == "training stopped: shapes do not fit"
    assert figures(record).steps == 6


def test_what_cannot_be_fused_is_trained_as_it_was_traced(synthetic_data: DataSet):
    data = few(synthetic_data, 200, 100)
    asked = [Request(lambda: ready(graph_of(PLAIN), "he", 0), SHORT, seed) for seed in range(2)]
    refused = train_together(asked, data, Pretended(fuses="in vain"))
    plain = train_together(asked, data, Pretended())
    assert [figures(r) for r in refused] == [figures(r) for r in plain]


def test_what_diverges_when_fused_is_trained_as_it_was_traced_before_it_is_said(synthetic_data: DataSet):
    data = few(synthetic_data, 200, 100)

    class Broken(Fused):
        def join(self) -> None:
            super().join()
            (self.seen or [torch.zeros(1)])[0].data.fill_(torch.nan)

        def rewrite(self, network: Replay) -> int:
            self.seen = network.trainable()
            return super().rewrite(network)

    class Odd(Pretended):
        def fused(self, slot: int) -> Fused | None:
            return Broken()

    wild = SHORT.model_copy(update={"optimizer": "sgd", "learning_rate": 1e30, "schedule": "constant"})
    asked = [Request(lambda: ready(graph_of(PLAIN), "he", 0), recipe, 0) for recipe in (SHORT, wild)]
    device = Odd()
    found, diverged = train_together(asked, data, device)
    assert [figures(found), figures(diverged)] == [
        figures(r) for r in train_together(asked, data, Pretended())
    ]
    assert figures(diverged).diverged and device.made == 4


def test_the_next_group_is_made_ready_while_the_device_is_busy(synthetic_data: DataSet):
    happened: list[str] = []

    class Watched(Pretended):
        def wait(self) -> None:
            happened.append("wait")

    def build(number: int) -> nn.Module:
        happened.append(f"build {number}")
        return ready(graph_of(PLAIN), "he", 0)

    count = AT_ONCE + 1
    asked = [Request(partial(build, number), SHORT, 0) for number in range(count)]
    train_together(asked, few(synthetic_data, 200, 100), Watched())
    # (the ninth is built to see that it does not fit into the first group)
    assert happened == [*(f"build {n}" for n in range(count)), "wait", "wait"]


def test_the_order_of_the_images_is_made_once_for_all_networks_of_a_seed(
    synthetic_data: DataSet, monkeypatch: pytest.MonkeyPatch
):
    made = []
    monkeypatch.setattr(steps, "batches", lambda *given: made.append(given[2]) or batches(*given))
    data = few(synthetic_data, 200, 100)
    asked = [Request(lambda: ready(graph_of(PLAIN), "he", 0), SHORT, seed) for seed in (0, 0, 1, 0)]
    train_together(asked, data, Pretended())
    assert made == [0, 1]


def test_groups_fit_into_memory_and_networks_that_draw_numbers_come_alone(synthetic_data: DataSet):
    plain, dropout = Replay(graph_of(PLAIN)), Replay(graph_of(DROPOUT))
    asked = [Request(lambda n=n: n, SHORT, 0) for n in (plain, plain, dropout, plain, SmallNetwork(), plain)]  # type: ignore[misc]
    one = bytes_needed(plain, SHORT, synthetic_data)
    groups = [list(group) for group in packed(asked, synthetic_data, 100 * one, {})]
    assert groups == [[0, 1], [2], [3], [4], [5]]
    assert [list(group) for group in packed(asked, synthetic_data, one, {})] == [[k] for k in range(6)]
    many = packed([asked[0]] * (2 * AT_ONCE + 1), synthetic_data, 1000 * one, {})
    assert [len(group) for group in many] == [AT_ONCE, AT_ONCE, 1]


def test_planned_memory_grows_with_the_batch_and_holds_all_intermediate_numbers(synthetic_data: DataSet):
    network = Replay(graph_of(PLAIN))
    small, large = (
        bytes_needed(network, SHORT.model_copy(update={"batch_size": size}), synthetic_data)
        for size in (100, 200)
    )
    per_image = 2 * 4 * (512 + 10)  # what the convolution and the last layer make, and the gradients
    assert large - small >= 100 * per_image


@pytest.mark.parametrize(
    ("source", "possible"),
    [(PLAIN, True), (VIEWED, True), (DROPOUT, True), (BATCH_NORM, True), (WRITTEN_AFTER_VIEW, False)],
)
def test_channels_last_computes_the_same_where_it_is_possible(source: str, possible: bool):
    graph = graph_of(source)
    plain, turned = ready(graph, "he", 3).eval(), ready(graph, "he", 3).eval()
    assert channels_last(turned) is possible
    images = torch.rand(5, 3, 32, 32)
    expected = plain(images)
    if possible:
        images = images.contiguous(memory_format=torch.channels_last)
    assert torch.allclose(turned(images), expected, atol=1e-5)


@pytest.mark.parametrize("schedule", ["constant", "linear"])
def test_channels_last_trains_the_same_up_to_rounding(
    synthetic_data: DataSet, monkeypatch: pytest.MonkeyPatch, schedule: str
):
    recipe = SHORT.model_copy(update={"schedule": schedule})
    found = []
    for last in (False, True):
        monkeypatch.setitem(steps.CHANNELS_LAST, "cpu", last)
        found.append(train(ready(graph_of(VIEWED), "he", 0), recipe, few(synthetic_data, 200, 100), 0))
    assert found[0].losses == pytest.approx(found[1].losses, abs=1e-4)


def test_what_a_network_needs_is_seen_in_its_graph():
    assert draws_numbers(graph_of(DROPOUT)) and not draws_numbers(graph_of(PLAIN))
    assert reads_unfilled_memory(graph_of(EMPTY)) and not reads_unfilled_memory(graph_of(PLAIN))


@pytest.mark.parametrize(("steps_", "expected"), [(10_000, 10), (200, 10), (7, 7), (22, 2), (11, 1), (9, 9)])
def test_a_graph_holds_a_number_of_steps_that_divides_the_run(steps_: int, expected: int):
    assert cuda_graph.steps_per_graph(steps_) == expected


@pytest.mark.skipif(torch.version.cuda is not None, reason="this torch is built with CUDA")
def test_a_torch_without_cuda_is_one_sentence_with_the_fix():
    from grader.errors import UserError

    with pytest.raises(UserError, match=r"^--gpu: torch .* without CUDA; install .*, or leave --gpu out$"):
        cuda.Gpu()
