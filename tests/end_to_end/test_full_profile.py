"""`full` from the command line's settings to the results, on a CPU and as on a GPU."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from stages.training.test_steps import Pretended

from grader import pipeline, pipeline_jobs
from grader.bench import Settings
from grader.cli.summary import needs_a_person, remarks
from grader.course import default_root
from grader.engines.local import Job
from grader.errors import UserError
from grader.records.training import TrainingRecord
from grader.stages.training.data import DataSet, load

BROKEN = """
import torch
from torch import nn
class VGG_SKIP(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3072, 10)
    def forward(self, x):
        return self.fc(x.flatten(1)) * 0
"""


class InThisProcess:
    """Does what `GpuEngine` does, here."""

    asked: int = 0

    def __init__(self, call: Callable[[Sequence[tuple[Any, ...]]], list[Any]]) -> None:
        self.call, self.waiting = call, list[Job]()

    def __enter__(self) -> InThisProcess:
        return self

    def __exit__(self, *_: object) -> None:
        assert not self.waiting

    def ask(self, call: Callable[[], str]) -> str:
        return call()

    def submit(self, job: Job) -> None:
        self.waiting.append(job)

    def ready(self) -> Iterator[tuple[Job, Any]]:
        return iter(())

    def finished(self) -> Iterator[tuple[Job, Any]]:
        jobs, self.waiting = self.waiting, []
        if jobs:
            type(self).asked += 1
            yield from zip(jobs, self.call([job.args for job in jobs]), strict=True)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """The course, with a `full` that takes seconds."""
    root = tmp_path / "course"
    for folder in ("assignments", "reference"):
        shutil.copytree(default_root() / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in root.glob("assignments/*/assignment.yaml"):
        text = file.read_text("utf-8")
        text = text.replace("epochs: 20", "steps: 3").replace("test_images: all", "test_images: 100")
        file.write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    folder = tmp_path / "handed in"
    folder.mkdir()
    shutil.copy(default_root() / "reference" / "skip" / "solution.py", folder / "20250001_skip.py")
    (folder / "20250002_skip.py").write_text(BROKEN)
    return folder


@pytest.mark.parametrize("gpu", [False, True])
def test_without_thresholds_the_plain_is_judged_the_rest_waits_and_the_run_says_how_to_make_them(
    course: Path, handed_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gpu: bool
) -> None:
    if gpu:
        data = load("synthetic")
        device = Pretended()
        monkeypatch.setattr(Pretended, "name", "Pretended GPU", raising=False)
        monkeypatch.setattr(pipeline, "GpuEngine", InThisProcess)
        monkeypatch.setattr(pipeline_jobs, "gpu", lambda: device)
        monkeypatch.setattr(pipeline_jobs, "data_on_gpu", lambda source: data)
    settings = Settings(
        handed_in, tmp_path / "out", course, ("skip",), "full", gpu=gpu, jobs=2, language="en"
    )
    results = pipeline.run(settings)
    assert results.run.device == ("Pretended GPU" if gpu else "cpu") and results.run.profile == "full"
    right, wrong = (row.exercises["skip"] for row in results.submissions)
    # three steps are too few for anybody: the reference's miss is ours, the other's is its own
    assert (right.status, right.points) == ("needs_review", None)
    learning = {finding.check: finding for finding in right.findings}["learning"]
    assert learning.code == "reference-missed-threshold"
    found = {finding.check: (finding.outcome, finding.code) for finding in wrong.findings}
    assert found["learning"] == ("failed", "does-not-learn")
    assert found["accuracy"] == ("failed", "accuracy-at-chance")
    assert wrong.status == "graded" and len(needs_a_person(results, "en")) == 1
    (sentence,) = results.run.uncalibrated
    assert sentence == (
        "skip has no thresholds for the full recipe on synthetic-1; make thresholds with: grader calibrate "
        f"--exercise skip --profile full --data synthetic{' --gpu' if gpu else ''}"
    )
    assert any(sentence in line for line in remarks(results, "en"))
    assert sentence in (tmp_path / "out" / "index.html").read_text("utf-8")
    if gpu:
        before = InThisProcess.asked
        assert pipeline.run(settings).submissions == results.submissions
        assert InThisProcess.asked == before  # everything was in the ledger


def test_the_slides_protocol_on_synthetic_images_is_refused_before_anything_is_judged(
    handed_in: Path, tmp_path: Path
) -> None:
    settings = Settings(handed_in, tmp_path / "out", default_root(), ("skip",), "full", jobs=1)
    with pytest.raises(UserError, match=r"20 epochs of the few synthetic images .* give --data cifar10"):
        pipeline.run(settings)
    assert not (tmp_path / "out" / "results.json").exists()


def test_networks_trained_together_in_the_gpus_process_measure_what_a_worker_measures(
    monkeypatch: pytest.MonkeyPatch, synthetic: DataSet
) -> None:
    from tracing import exercise

    monkeypatch.setattr(pipeline_jobs, "gpu", Pretended)
    monkeypatch.setattr(pipeline_jobs, "data_on_gpu", lambda source: synthetic)
    recipe = exercise("skip")[0].recipes["quick"].model_copy(update={"steps": 3, "test_images": 100})
    asked = [(exercise(name)[1], (), recipe.model_dump_json(), "synthetic") for name in ("skip", "base")]
    together = [TrainingRecord.model_validate_json(text) for text in pipeline_jobs.train_many(asked)]
    for arguments, found in zip(asked, together, strict=True):
        alone = TrainingRecord.model_validate_json(pipeline_jobs.train_one(*arguments))
        assert found.losses == pytest.approx(alone.losses, abs=1e-4) and found.accuracy == alone.accuracy


@pytest.fixture(scope="module")
def synthetic() -> DataSet:
    return load("synthetic")
