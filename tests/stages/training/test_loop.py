import math

import pytest
import torch
from stages.training.plain_networks import (
    CANNOT_LEARN,
    DROPPED_LOSS,
    QUICK,
    CourseNetwork,
    Dropping,
    SmallNetwork,
    course_network,
    few,
    small_network,
    started,
)
from torch import Tensor, nn

from grader.errors import TrainingFault
from grader.records.training import TrainingRecord
from grader.stages.training.data import DataSet
from grader.stages.training.loop import train
from grader.stages.training.steps import batches

CHEAP = QUICK.model_copy(update={"learning_rate": 0.002, "test_images": 500})
SHORT = QUICK.model_copy(update={"steps": 10, "test_images": 100})
BLIND = math.log(10)


def figures(record: TrainingRecord) -> TrainingRecord:
    return record.model_copy(update={"seconds": 0.0})


def test_every_batch_of_a_balanced_recipe_holds_each_class_equally_often(synthetic_data: DataSet):
    labels = synthetic_data.train_labels[torch.randperm(4000)]
    order = batches(labels, QUICK, seed=3)
    assert order.shape == (200, 20)
    assert all(torch.bincount(labels[batch]).tolist() == [2] * 10 for batch in order)


def test_no_image_comes_twice_before_all_of_its_class_came_once():
    labels = torch.arange(200) % 10
    order = batches(labels, QUICK, seed=0).flatten(0, 1).view(-1, 200)  # 20 rounds of 200 images
    assert all(sorted(round_.tolist()) == list(range(200)) for round_ in order)


def test_classes_of_unequal_size_still_come_equally_often():
    labels = torch.tensor([0] * 50 + [k for k in range(1, 10) for _ in range(3)])
    order = batches(labels, QUICK, seed=0)
    assert all(torch.bincount(labels[batch]).tolist() == [2] * 10 for batch in order)


def test_an_unbalanced_recipe_goes_through_the_images_in_epochs():
    recipe = QUICK.model_copy(update={"balanced": False, "batch_size": 8, "steps": 5})
    order = batches(torch.arange(20) % 10, recipe, seed=0)
    assert sorted(order.flatten()[:20].tolist()) == list(range(20))
    assert order.shape == (5, 8)


def test_the_order_follows_from_the_seed_alone():
    labels = torch.arange(4000) % 10
    torch.manual_seed(1)
    first = batches(labels, QUICK, seed=7)
    torch.manual_seed(2)
    assert torch.equal(first, batches(labels, QUICK, seed=7))
    assert not torch.equal(first, batches(labels, QUICK, seed=8))


@pytest.mark.parametrize("exercise", ["base", "skip", "dense", "ca"])
def test_the_same_seed_gives_the_same_record_bit_for_bit(synthetic_data: DataSet, exercise: str):
    first, again = (train(course_network(exercise, 4), SHORT, synthetic_data, 4) for _ in range(2))
    assert figures(first) == figures(again)
    assert first.steps == len(first.losses) == 10 and first.test_images == 100


def test_threads_and_random_state_of_the_caller_do_not_matter_and_stay(synthetic_data: DataSet):
    class Dropping(SmallNetwork):
        def forward(self, x: Tensor) -> Tensor:
            return nn.functional.dropout(super().forward(x), 0.5, self.training)

    records = []
    threads = torch.get_num_threads()
    for callers_threads, callers_seed in ((1, 11), (2, 12)):
        torch.set_num_threads(callers_threads)
        torch.manual_seed(callers_seed)
        expected = torch.rand(3)
        network = started(Dropping(), 0)
        torch.manual_seed(callers_seed)
        records.append(train(network, SHORT, synthetic_data, 0))
        assert torch.equal(torch.rand(3), expected)
        assert torch.get_num_threads() == callers_threads
        assert not torch.are_deterministic_algorithms_enabled()
    torch.set_num_threads(threads)
    assert figures(records[0]) == figures(records[1])


def test_the_final_loss_is_the_mean_of_the_last_tenth(synthetic_data: DataSet):
    recipe = SHORT.model_copy(update={"steps": 20})
    record = train(small_network("", 0), recipe, synthetic_data, 0)
    assert record.final_loss == pytest.approx(sum(record.losses[-2:]) / 2)


def test_a_linear_schedule_ends_at_a_rate_near_zero(synthetic_data: DataSet):
    rates: list[float] = []

    class Watched(torch.optim.SGD):
        def step(self, closure=None):
            rates.append(float(self.param_groups[0]["lr"]))
            return super().step(closure)

    recipe = SHORT.model_copy(update={"optimizer": "sgd", "learning_rate": 0.1})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.optim, "SGD", Watched)
        train(small_network("", 0), recipe, synthetic_data, 0)
        train(small_network("", 0), recipe.model_copy(update={"schedule": "constant"}), synthetic_data, 0)
    assert rates[:10] == pytest.approx([0.1 * (1 - k / 10) for k in range(10)])
    assert rates[10:] == [0.1] * 10


def test_only_what_is_trainable_is_trained(synthetic_data: DataSet):
    network = small_network("", 0)
    before = [parameter.clone() for parameter in network.parameters()]
    last = list(network.parameters())[-2:]
    train(network, SHORT, synthetic_data, 0, trainable=last)
    same = [torch.equal(a, b) for a, b in zip(before, network.parameters(), strict=True)]
    assert same == [True] * 4 + [False] * 2


def test_the_network_is_evaluated_in_eval_mode_and_without_gradients(synthetic_data: DataSet):
    seen: list[tuple[bool, bool]] = []

    class Watched(SmallNetwork):
        def forward(self, x: Tensor) -> Tensor:
            seen.append((self.training, torch.is_grad_enabled()))
            assert x.min() >= 0 and x.max() <= 1 and x.dtype == torch.float32
            return super().forward(x)

    train(Watched(), SHORT, synthetic_data, 0)
    assert seen == [(True, True)] * 10 + [(False, False)]


def test_a_network_that_starts_to_produce_nan_is_reported_as_diverged(synthetic_data: DataSet):
    class Breaking(SmallNetwork):
        calls = 0

        def forward(self, x: Tensor) -> Tensor:
            self.calls += 1
            return super().forward(x) * (math.nan if self.calls > 4 else 1)

    record = train(started(Breaking(), 0), SHORT, synthetic_data, 0)
    assert record.diverged and record.steps == len(record.losses) == 4
    assert (record.final_loss, record.accuracy) == (math.inf, 0.0)


def test_a_network_whose_outputs_are_nan_only_in_eval_mode_is_reported_as_diverged(synthetic_data: DataSet):
    class Breaking(SmallNetwork):
        def forward(self, x: Tensor) -> Tensor:
            return super().forward(x) * (1 if self.training else math.nan)

    record = train(started(Breaking(), 0), SHORT, synthetic_data, 0)
    assert record.diverged and record.steps == 10


def test_what_torch_refuses_to_do_is_our_fault(synthetic_data: DataSet):
    class TooLarge(SmallNetwork):
        def forward(self, x: Tensor) -> Tensor:
            raise RuntimeError("not enough memory: you tried to allocate 2 TB\nException raised from ...")

    with pytest.raises(
        TrainingFault, match=r"^training stopped: not enough memory: you tried to allocate 2 TB$"
    ):
        train(TooLarge(), SHORT, synthetic_data, 0)


def test_a_record_of_a_diverged_run_survives_json():
    record = TrainingRecord(
        losses=(), final_loss=math.inf, accuracy=0, test_images=100, steps=0, seconds=0.1, diverged=True
    )
    assert TrainingRecord.model_validate_json(record.model_dump_json()) == record


@pytest.mark.parametrize("seed", range(3))
def test_a_small_correct_network_learns_from_the_images(synthetic_data: DataSet, seed: int):
    record = train(small_network("", seed), CHEAP, synthetic_data, seed)
    assert record.final_loss < 1.3
    assert record.accuracy > 0.6


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", CANNOT_LEARN)
def test_a_network_that_cannot_learn_stays_at_guessing(synthetic_data: DataSet, name: str, seed: int):
    torch.manual_seed(seed)
    network = started(CANNOT_LEARN[name](), seed)
    record = train(network, CHEAP, synthetic_data, seed)
    assert not record.diverged
    assert record.final_loss > BLIND - 0.02
    assert record.accuracy < 0.17


@pytest.mark.parametrize("seed", range(3))
def test_random_labels_teach_nothing(synthetic_data: DataSet, seed: int):
    shuffled = torch.randperm(4000, generator=torch.Generator().manual_seed(seed))
    data = DataSet(
        "random labels",
        synthetic_data.train_images,
        synthetic_data.train_labels[shuffled],
        synthetic_data.test_images,
        synthetic_data.test_labels,
    )
    record = train(small_network("", seed), CHEAP, data, seed)
    assert record.final_loss > BLIND - 0.02
    assert record.accuracy < 0.17


@pytest.mark.slow
@pytest.mark.parametrize("exercise", ["base", "skip", "dense", "ca"])
@pytest.mark.parametrize("data", ["synthetic_data", "cifar10_data"])
def test_the_quick_recipe_teaches_every_network_of_the_course(
    data: str, exercise: str, request: pytest.FixtureRequest
):
    record = train(course_network(exercise, 100), QUICK, request.getfixturevalue(data), 100)
    assert record.final_loss < (1.0 if data == "synthetic_data" else 1.9)
    assert record.accuracy > (0.6 if data == "synthetic_data" else 0.25)


@pytest.mark.slow
def test_a_course_network_that_is_frozen_or_sees_wrong_labels_learns_nothing(synthetic_data: DataSet):
    frozen = started(CourseNetwork("base"), 0).requires_grad_(False)
    record = train(frozen, QUICK, few(synthetic_data, 4000, 500), 0)
    assert record.final_loss > BLIND - 0.02 and record.accuracy < 0.17


def test_dropped_outputs_keep_the_training_loss_high_and_not_the_accuracy_low(synthetic_data: DataSet):
    torch.manual_seed(0)
    record = train(Dropping(), QUICK, synthetic_data, 5)
    assert 2.0 < record.final_loss < DROPPED_LOSS
    assert record.accuracy > 0.25
