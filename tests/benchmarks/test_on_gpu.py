"""The script for a GPU machine, tried whole on a CPU, and the reading of what it brings back."""

from __future__ import annotations

import importlib
import json
import os
import resource
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from grader.course import default_root
from grader.stages.training import cuda, cuda_graph, steps

ROOT = default_root()
MOST_CPU_S = 180
"""Of the whole dry run."""


def script(name: str, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A benchmark in a process of its own."""
    command = [sys.executable] if name.endswith(".py") else ["sh"]
    return subprocess.run(
        [*command, ROOT / "benchmarks" / name, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHON": sys.executable, **environment},
    )


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a dry run brings back."""
    folder = tmp_path_factory.mktemp("gpu")
    traced = script("references.py", folder / "graphs")
    assert traced.returncode == 0, traced.stderr
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = script("on_gpu.sh", "dry-run", folder / "out", GRADER_GRAPHS=str(folder / "graphs"))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stdout + done.stderr
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < MOST_CPU_S
    assert [path.name for path in (folder / "out").iterdir()] == [
        "gpu_results.tar"
    ]  # few files may come back
    return folder / "out" / "gpu_results.tar"


@pytest.fixture(scope="module")
def tables(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The tables made of it, by name."""
    out = tmp_path_factory.mktemp("results")
    read = script("read_gpu_results.py", archive, "--out", out)
    assert read.returncode == 0, read.stderr
    assert sorted(read.stdout.split()) == sorted(path.name for path in out.iterdir())
    return {path.name: path.read_text("utf-8") for path in out.iterdir()}


@pytest.mark.slow
@pytest.mark.timeout(10800)
def test_a_dry_run_takes_every_step_and_most_valuable_first(archive: Path):
    with tarfile.open(archive) as tar:
        stages = tar.extractfile("./stages")
        assert stages is not None
        steps = [line.split() for line in stages.read().decode().splitlines()]
        kept = {name for name in tar.getnames() if name.startswith("./runs/")}
    assert [name for name, _, _ in steps] == [
        "gradients", "speed", "tests", "table-base", "table-skip", "table-dense", "table-ca", "variants", "examples",
    ]  # fmt: skip
    assert {code for _, code, _ in steps} == {"0"}
    assert {f"./runs/{name}-0.json" for name in ("base", "skip", "dense", "ca")} <= kept


@pytest.mark.slow
@pytest.mark.timeout(10800)
def test_what_came_back_becomes_tables(tables: dict[str, str]):
    assert "| skip | tf32 | fused | 1.0000" in tables["gradients_gpu.md"]
    assert "## Kernels of a step of base" in tables["gradients_gpu.md"]
    speed = tables["training_gpu.md"]
    for row in (
        "the slides' way",
        "this engine, one network",
        "… one network, layers not fused",
        "the floor",
    ):
        assert f"| {row} |" in speed
    assert "| dense | 1 | 0." in tables["slides_table.md"]
    assert json.loads(tables["slides_table.json"])["ca"][0]["seed"] == 0
    assert (
        "| examples | 0 |" in tables["gpu_run.md"]
        and "`grader run` over the examples" in tables["gpu_run.md"]
    )


@pytest.mark.slow
@pytest.mark.timeout(10800)
def test_what_was_cut_off_is_read_as_far_as_it_goes(archive: Path, tmp_path: Path):
    short = tmp_path / "short.tar"
    with tarfile.open(archive) as whole, tarfile.open(short, "w") as cut:
        for name in ("./gradients.json", "./runs/base-0.json"):
            cut.addfile(whole.getmember(name), whole.extractfile(name))
    read = script("read_gpu_results.py", short, "--out", tmp_path / "out")
    assert read.returncode == 0, read.stderr
    assert read.stdout.split() == [
        "gradients_gpu.md",
        "slides_table.md",
        "slides_table.svg",
        "slides_table.json",
    ]
    table = (tmp_path / "out/slides_table.md").read_text("utf-8")
    assert "Not run: skip, dense, ca." in table
    assert "Kernels" not in (tmp_path / "out/gradients_gpu.md").read_text("utf-8")


def test_each_variant_changes_what_it_names(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    measure = importlib.import_module("measure")

    def state() -> dict[str, object]:
        found = {name: value for name, value in vars(cuda).items() if name.isupper()}
        return {
            **found,
            "steps": cuda_graph.STEPS_PER_GRAPH,
            "layout": dict(steps.CHANNELS_LAST),
            "connections": os.environ.get("CUDA_DEVICE_MAX_CONNECTIONS"),
        }

    monkeypatch.setenv("CUDA_DEVICE_MAX_CONNECTIONS", "32")
    before = state()
    for name in ("FUSED", "CONVOLUTION_PRECISION", "PRODUCT_PRECISION", "CUDNN_BENCHMARK"):
        monkeypatch.setattr(cuda, name, getattr(cuda, name))  # put back afterwards
    monkeypatch.setattr(cuda_graph, "STEPS_PER_GRAPH", cuda_graph.STEPS_PER_GRAPH)
    monkeypatch.setitem(steps.CHANNELS_LAST, "cuda", steps.CHANNELS_LAST["cuda"])
    changed = []
    for variant in measure.VARIANTS.values():
        variant.change()
        changed.append({key for key, value in state().items() if value != before[key]})
    assert [len(found) for found in changed] == list(range(1, len(measure.VARIANTS) + 1))


def test_without_its_packages_the_script_says_what_to_do_first(tmp_path: Path):
    bare = tmp_path / "python3"
    bare.write_text("#!/bin/sh\nexit 1\n")
    bare.chmod(0o755)
    if (ROOT / "gpu_kit").exists():
        pytest.skip("gpu_kit/ is there")
    done = script("on_gpu.sh", "synthetic", tmp_path / "out", PYTHON=str(bare))
    assert done.returncode == 2
    assert done.stderr == "run benchmarks/on_gpu.sh prepare on a machine with a network first\n"
