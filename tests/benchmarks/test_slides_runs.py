"""The slides' runs: what was interrupted goes on with the same numbers, and is not made twice."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import pytest
import torch
from stages.training.plain_networks import few
from stages.training.test_steps import PLAIN
from tracing import graph_of

from grader.course import default_root
from grader.networks.starting import ready
from grader.records.assignment import Recipe
from grader.records.training import TrainingRecord
from grader.stages.training import load
from grader.stages.training.loop import train

RECIPE = Recipe(
    epochs=4, batch_size=20, optimizer="sgd", learning_rate=0.05, start="he", balanced=False, test_images="all"
)  # fmt: skip
BENCHMARKS = default_root() / "benchmarks"


@pytest.fixture
def slides_runs(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("slides_runs")


@pytest.fixture
def slides_table(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("slides_table")


class Stopped(Exception):
    pass


def test_a_run_that_was_stopped_goes_on_with_the_same_numbers_to_the_bit(
    slides_runs: ModuleType, tmp_path: Path
):
    graph, data = graph_of(PLAIN), few(load("synthetic"), 100, 50)
    kept, told = tmp_path / "unfinished/any-3.safetensors", []

    def stop(epoch: int, loss: float) -> None:
        told.append((epoch, loss))
        if epoch == 2:
            raise Stopped

    with pytest.raises(Stopped):
        slides_runs.resumed(ready(graph, "he", 3), RECIPE, data, 3, kept, stop)
    network = ready(graph, "he", 3)
    found = slides_runs.resumed(network, RECIPE, data, 3, kept, lambda *now: told.append(now))
    expected_network = ready(graph, "he", 3)
    expected = train(expected_network, RECIPE, data, 3)
    assert (found.losses, found.accuracy) == (expected.losses, expected.accuracy)
    assert all(
        torch.equal(a, b) for a, b in zip(network.parameters(), expected_network.parameters(), strict=True)
    )
    assert [epoch for epoch, _ in told] == [1, 2, 3, 4]
    assert [loss for _, loss in told] == pytest.approx(expected.epoch_losses)


def record(accuracy: float) -> TrainingRecord:
    losses = tuple(2.3 - 0.1 * k for k in range(20))
    return TrainingRecord(
        losses=losses, final_loss=0.4, accuracy=accuracy, test_images=100, steps=20, seconds=1.0,
        epoch_losses=losses, engine="CUDA graph of 10 steps, fused",
    )  # fmt: skip


def test_stored_runs_are_read_in_order_and_make_a_table_and_a_calibration(
    slides_runs: ModuleType, slides_table: ModuleType, tmp_path: Path
):
    data = load("synthetic")
    for seed in range(8):
        slides_runs.store(tmp_path, "skip", seed, RECIPE, data, "a GPU", record(0.6 + 0.01 * seed))
    slides_runs.store(tmp_path, "base", 0, RECIPE, data, "a GPU", record(0.55))
    runs = slides_runs.stored(tmp_path)
    assert [(run.exercise, run.seed) for run in runs] == [("base", 0), *(("skip", seed) for seed in range(8))]
    text = slides_table.written(runs, tmp_path / "out", "table")
    assert "| base | 1 | 0.5500 | 0.5500 | 0.5500 | 0.6011 | – |" in text
    assert "| skip | 8 | 0.6350 ± 0.0245 | 0.6000 | 0.6700 | 0.6687 | +1.4 |" in text
    assert "Not run: dense, ca." in text
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"table.md", "table.svg", "table.json"}
    made = slides_table.calibrated(runs[1:])
    assert made.seeds == tuple(range(8)) and made.machine == "a GPU; CUDA graph of 10 steps, fused"
    assert made.accuracy.n == 8 and made.versions["torch"] == torch.__version__
    said = slides_table.stored_calibrations(runs, tmp_path / "course")
    assert (
        said[0].startswith("base: not calibrated: 1 seeds are too few")
        and said[1] == "skip: calibrated from 8 runs"
    )
    assert said[2] == "dense: not calibrated: no runs"
    assert (tmp_path / "course/reference/skip/calibration.json").is_file()
