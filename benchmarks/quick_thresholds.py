"""Do the references reach the thresholds that were calibrated for them, with seeds not used for that?

    .venv/bin/python benchmarks/quick_thresholds.py --data synthetic [--seeds 10] [--first 100] [--out FILE]

Trains every reference with `quick` from the starting weights and batches of fresh seeds, as a grading
run would, and prints accuracy and loss beside the stored thresholds.
"""

from __future__ import annotations

import argparse
import datetime
import statistics
from importlib.metadata import version
from pathlib import Path

from grader.authoring.calibrate import machine
from grader.course import default_root
from grader.networks.starting import ready
from grader.pipeline import reference_graphs
from grader.stages.training import calibration_for, load, train


def main() -> None:
    """Print the table, and write it to a file if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default="synthetic")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first", type=int, default=100, help="first seed; calibration used 0 to 29")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    data = load(options.data)
    seeds = range(options.first, options.first + options.seeds)
    lines = [
        f"# References against their calibrated thresholds: quick on {data.name}",
        "",
        f"{datetime.date.today().isoformat()}; {machine()}; one thread; torch {version('torch')}; seeds {seeds[0]} to {seeds[-1]},",
        "none of which the calibration used; made by `benchmarks/quick_thresholds.py`.",
        "",
        "| exercise | accuracy: mean ± spread (lowest) | threshold | loss: mean ± spread (highest) | threshold | reached |",
        "|---|---|---|---|---|---|",
    ]
    for name, (exercise, graph) in reference_graphs(
        default_root(), ("base", "skip", "dense", "ca"), 1
    ).items():
        recipe = exercise.assignment.recipes["quick"]
        stored = calibration_for(name, exercise.calibrations, "quick", recipe, data.name, options.data)
        runs = []
        for seed in seeds:
            network = ready(graph, recipe.start, seed)
            runs.append(train(network, recipe, data, seed, network.trainable()))
        accuracy, loss = [r.accuracy for r in runs], [r.final_loss for r in runs]
        reached = sum(
            r.accuracy >= stored.accuracy.threshold and r.final_loss <= stored.loss.threshold for r in runs
        )
        lines.append(
            f"| {name} | {statistics.mean(accuracy):.3f} ± {statistics.stdev(accuracy):.3f} ({min(accuracy):.3f}) "
            f"| {stored.accuracy.threshold:.3f} "
            f"| {statistics.mean(loss):.3f} ± {statistics.stdev(loss):.3f} ({max(loss):.3f}) "
            f"| {stored.loss.threshold:.3f} | {reached} of {len(runs)} |"
        )
        print(lines[-1], flush=True)
    text = "\n".join(lines) + "\n"
    print(text)
    if options.out:
        options.out.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
