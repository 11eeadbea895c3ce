"""How fast is training: the slides' own way, this engine, and what the chip could do at best.

    python benchmarks/training.py [--data FOLDER] [--network base] [--only engine,variants] [--keep FILE] [--out FILE]

In one call, each in a process of its own (measure.py), in steps per second and seconds for the slides' 20
epochs (10,000 steps of 100 images): the slides' way (torchvision's CIFAR10 with ToTensor, a DataLoader, a
Python loop with the plain module, torch's own settings), this engine for one network and for several at
once, variants of the engine's constants, and the floor: operations over the measured rate of matrix
products, bytes over the measured bandwidth, whichever is longer. On a CUDA device where torch finds one,
else on the CPU (where several networks are several processes, and the slides' way uses all cores for one).
With --keep each measurement is added to a file as soon as it is made; `--from FILE` makes the table of such a file.
"""

from __future__ import annotations

import argparse
import datetime
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from measure import TWENTY_EPOCHS, VARIANTS, Measurement

from grader.authoring.calibrate import machine
from grader.stages.training import cuda

PARTS = ("engine", "slides", "variants", "floor")

STEPS = {"engine": TWENTY_EPOCHS, "slides": 200, "variants": 2000, "floor": 1}
"""That are timed on a GPU."""


def asked_for(parts: Sequence[str], gpu: bool, networks: int, steps: int | None) -> list[list[str]]:
    """Command lines of measure.py, without its name; the most important first."""
    calls: list[list[str]] = []
    for part in parts:
        count = str(steps or (STEPS.get(part, STEPS["variants"]) if gpu else 60))
        if part == "engine":
            calls += [["engine", "--steps", count], ["engine", "--steps", count, "--networks", str(networks)]]
        elif part == "variants" and gpu:
            calls += [[name, "--steps", count] for name in VARIANTS if name != "connections-8"]
            # that one only shows when there are several streams
            calls += [["connections-8", "--steps", count, "--networks", str(networks)],
                      ["engine", "--steps", count, "--networks", str(networks)]]  # fmt: skip
        elif part in ("slides", "floor", *VARIANTS):
            calls.append([part, "--steps", count])
    return calls


def described(measurement: Measurement) -> str:
    """A row's first cell."""
    several = (
        f"{measurement.networks} networks at once, all together"
        if measurement.networks > 1
        else "one network"
    )
    if measurement.what in VARIANTS:
        return f"… {several}, {VARIANTS[measurement.what].says}"
    return {"slides": "the slides' way", "engine": f"this engine, {several}", "floor": "the floor"}[
        measurement.what
    ]


def table(measurements: Sequence[Measurement], heading: str, where: str) -> str:
    """Markdown."""
    slides = next((m.steps_per_s for m in measurements if m.what == "slides"), None)
    lines = [
        f"# {heading}",
        "",
        where,
        "",
        "| | steps/s | ms per step | seconds for 20 epochs, per network | times the slides' way |",
        "|---|---|---|---|---|",
    ]
    notes = []
    for one in measurements:
        times = f"{one.steps_per_s / slides:.2f}" if slides else "–"
        lines.append(
            f"| {described(one)} | {one.steps_per_s:.2f} | {1000 / one.steps_per_s:.3f} "
            f"| {TWENTY_EPOCHS / one.steps_per_s:.2f} | {times} |"
        )
        if one.note and (line := f"{described(one).removeprefix('… ')}: {one.note}.") not in notes:
            notes.append(line)
    return "\n".join([*lines, "", *(f"- {note}" for note in notes)]) + "\n"


def main() -> None:
    """Measure, print the table, and write it to a file if asked to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", help="a folder with cifar-10-batches-py; else synthetic images")
    parser.add_argument("--network", default="base", choices=["base", "skip", "dense", "ca"])
    parser.add_argument("--networks", type=int, default=8, help="at once")
    parser.add_argument("--steps", type=int, help="to be timed; default: 60 on a CPU, up to 10,000 on a GPU")
    parser.add_argument("--only", default=",".join(PARTS), help=f"of {', '.join(PARTS)}, or single variants")
    parser.add_argument("--keep", type=Path, help="a file to which each measurement is added as JSON")
    parser.add_argument("--from", dest="source", type=Path, help="make the table of such a file")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--dry-run", action="store_true")
    options = parser.parse_args()
    gpu = options.dry_run or cuda.unusable() is None
    found: list[Measurement] = []
    if options.source:
        found = [Measurement.model_validate_json(line) for line in options.source.read_text().splitlines()]
    else:
        same = ["--network", options.network, *(["--data", options.data] if options.data else [])]
        same += ["--dry-run"] if options.dry_run else []
        for call in asked_for(options.only.split(","), gpu, options.networks, options.steps):
            script = Path(__file__).with_name("measure.py")
            done = subprocess.run([sys.executable, script, *call, *same], stdout=subprocess.PIPE, text=True)
            if done.returncode:
                print(f"{' '.join(call)}: failed", file=sys.stderr, flush=True)
                continue
            found.append(Measurement.model_validate_json(done.stdout.splitlines()[-1]))
            print(f"{described(found[-1])}: {found[-1].steps_per_s:.2f} steps/s", file=sys.stderr, flush=True)
            if options.keep:
                with options.keep.open("a") as kept:
                    kept.write(found[-1].model_dump_json() + "\n")
    device = "CPU" if not gpu else "dry run" if options.dry_run else torch.cuda.get_device_name(0)
    cores = "" if gpu else f" The slides' way uses {len(os.sched_getaffinity(0))} threads."
    text = table(
        found, f"Training: {options.network}, batches of 100, {device}",
        f"`python benchmarks/training.py`, {datetime.date.today().isoformat()}; {machine()}; torch "
        f"{torch.__version__}.{cores}",
    )  # fmt: skip
    print(text)
    if options.out:
        options.out.write_text(text, "utf-8")
    if not found:
        sys.exit(1)


if __name__ == "__main__":
    main()
