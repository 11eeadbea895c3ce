"""What came back from a GPU machine, as tables and calibrations.

    python benchmarks/read_gpu_results.py gpu_results.tar [--out benchmarks/results] [--store]

Reads the archive of on_gpu.sh, whole or cut off, and writes to --out what it holds: gradients_gpu.md (the
first step's gradients against the CPU's, the kernels of a step), training_gpu.md (speed), slides_table.md,
.svg and .json (accuracy and losses), gpu_run.md (how each step of the script ended, tests, a whole run).
--store also stores the calibrations of `full` under reference/. A dry run's archive is read the same way.
"""

from __future__ import annotations

import argparse
import json
import tarfile
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gradients import COSINE
from measure import Measurement
from slides_runs import stored
from slides_table import stored_calibrations, written
from training import table

from grader.course import default_root


def gradients(folder: Path) -> str:
    """Markdown: one line for each network and way of computing it, and the kernels of a step."""
    found = json.loads((folder / "gradients.json").read_text("utf-8"))
    lines = [
        "# Gradients of the first step: GPU and CPU",
        "",
        f"`python benchmarks/gradients.py`; {found['device']}; torch {found['torch']}. Every parameter's gradient against "
        f"the same step on the CPU in float64; a cosine of {COSINE} or more is asked for.",
        "",
        "| network | precision | layers | lowest cosine | of parameter (shape) | norms, GPU over CPU |",
        "|---|---|---|---|---|---|",
    ]
    for row in found["rows"]:
        worst = min(row["parameters"], key=lambda one: one["cosine"])
        ratios = [one["norms"] for one in row["parameters"]]
        lines.append(
            f"| {row['network']} | {row['precision']} | {'fused' if row['fused'] else 'plain'} | {worst['cosine']:.6f} "
            f"| {worst['parameter']} {tuple(worst['shape'])} | {min(ratios):.4f} to {max(ratios):.4f} |"
        )
    if found["plain"]:
        lines += ["", f"Layers are not fused here: {found['plain']}."]
    if (folder / "kernels.json").exists():
        head, *rows = json.loads((folder / "kernels.json").read_text("utf-8"))
        steps, whole = head["steps"], sum(row["us"] for row in rows)
        lines += [
            "", f"## Kernels of a step of base ({head['engine']}, mean of {steps} steps)", "",
            "| kernel | calls per step | µs per step | share |", "|---|---|---|---|",
            *(
                f"| `{row['kernel'][:90]}` | {row['calls'] / steps:.1f} | {row['us'] / steps:.1f} | {row['us'] / whole:.1%} |"
                for row in rows[:30]
            ),
            f"| all | {sum(row['calls'] for row in rows) / steps:.1f} | {whole / steps:.1f} | |",
        ]  # fmt: skip
    return "\n".join(lines) + "\n"


def speed(folder: Path, where: str) -> str:
    """Markdown of the measurements."""
    lines = (folder / "speed.jsonl").read_text("utf-8").splitlines()
    found = [Measurement.model_validate_json(line) for line in lines]
    found.sort(key=lambda one: one.what != "slides")  # what the others are compared with
    return table(found, "Training: base, batches of 100, GPU", where)


def run(folder: Path, where: str) -> str:
    """Markdown: how each step of the script ended, and the end of what it said."""
    lines = [
        "# The script on the GPU machine",
        "",
        where,
        "",
        "| step | exit code | seconds |",
        "|---|---|---|",
    ]
    names = []
    for line in (folder / "stages").read_text("utf-8").splitlines():
        name, code, seconds = line.split()
        names.append(name)
        lines.append(f"| {name} | {code}{' (out of time)' if code in ('124', '137') else ''} | {seconds} |")
    if (folder / "examples.json").exists():
        results: dict[str, Any] = json.loads((folder / "examples.json").read_text("utf-8"))
        exercises = [e for s in results["submissions"] for e in s["exercises"].values()]
        status = Counter(exercise["status"] for exercise in exercises)
        lines += [
            "", f"`grader run` over the examples: {results['run']['trainings']} trainings on {results['run']['device']}, "
            f"{results['run']['seconds']:.0f} s; " + ", ".join(f"{n} {s}" for s, n in status.items()) + ".",
        ]  # fmt: skip
    for name in names:
        said = (folder / f"{name}.txt").read_text("utf-8", errors="replace").rstrip().splitlines()[-12:]
        lines += ["", f"## {name}", "", "```", *said, "```"]
    return "\n".join(lines) + "\n"


def read(folder: Path, out: Path) -> list[str]:
    """Write whatever there is; the names of what was written."""
    out.mkdir(parents=True, exist_ok=True)
    where = "`benchmarks/on_gpu.sh`"
    if (folder / "gradients.json").exists():
        found = json.loads((folder / "gradients.json").read_text("utf-8"))
        where += f"; {found['device']}; torch {found['torch']}"
    made = []
    for name, needs, text in (
        ("gradients_gpu.md", "gradients.json", lambda: gradients(folder)),
        ("training_gpu.md", "speed.jsonl", lambda: speed(folder, where)),
        ("gpu_run.md", "stages", lambda: run(folder, where)),
    ):
        if (folder / needs).exists():
            (out / name).write_text(text(), "utf-8")
            made.append(name)
    if (folder / "runs").is_dir() and (runs := stored(folder / "runs")):
        written(runs, out, "slides_table")
        made += ["slides_table.md", "slides_table.svg", "slides_table.json"]
    return made


def main(arguments: Sequence[str] | None = None) -> None:
    """Unpack, write, store."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("archive", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("results"))
    parser.add_argument("--store", action="store_true", help="store the calibrations of full")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with tarfile.open(options.archive) as archive:
            archive.extractall(folder, filter="data")
        print("\n".join(read(folder, options.out)))
        if options.store:
            print("\n".join(stored_calibrations(stored(folder / "runs"), default_root())))


if __name__ == "__main__":
    main()
