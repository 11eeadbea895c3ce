"""The slides' table, made again: base, skip, dense and ca by the slides' protocol, over several seeds.

    python benchmarks/slides_table.py --gpu --data FOLDER [--seeds 10] [--out benchmarks/results] [--store]

Prints accuracy and the loss of every epoch (mean and spread) beside the slides' figures, says what must
show and whether it does, and with --out keeps the table (Markdown), the plot (SVG) and every run's figures
(JSON). --store also stores the calibration of `full`, as `grader calibrate` would. Without --gpu it
takes hours; --epochs shortens the recipe to try the script.
"""

from __future__ import annotations

import argparse
import datetime
import json
import statistics
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import torch
import yaml
from references import EXERCISES, references

from grader.authoring.calibrate import cpu_runs, gpu_name, gpu_runs, machine, store, summarize
from grader.course import default_root, read_course
from grader.errors import CalibrationError, TrainingFault
from grader.networks.starting import network_of
from grader.records.training import TrainingRecord
from grader.stages.training import load

Found = Mapping[str, Sequence[TrainingRecord]]

COLOURS = {"base": "#444444", "skip": "#0072b2", "dense": "#d55e00", "ca": "#009e73"}
PLATEAU = 2.29
"""A loss above this is the plateau: guessing has 2.303."""


def table(found: Found, slides: Mapping[str, dict[str, object]], heading: str, where: str) -> str:
    """Markdown: accuracies, losses per epoch, and what must show."""
    names = list(found)
    lines = [
        f"# {heading}", "", where, "",
        "| | accuracy, mean ± spread | lowest | highest | slides | slides in spreads from the mean |",
        "|---|---|---|---|---|---|",
    ]  # fmt: skip
    for name in names:
        got = [record.accuracy for record in found[name]]
        mean, spread, printed = statistics.fmean(got), statistics.stdev(got), float(slides[name]["accuracy"])  # type: ignore[arg-type]
        lines.append(
            f"| {name} | {mean:.4f} ± {spread:.4f} | {min(got):.4f} | {max(got):.4f} | {printed:.4f} "
            f"| {(printed - mean) / spread if spread else 0:+.1f} |"
        )
    lines += [
        "",
        "Training loss per epoch, mean ± spread (slides):",
        "",
        f"| epoch | {' | '.join(names)} |",
        f"|---|{'---|' * len(names)}",
    ]
    for epoch in range(min(len(records[0].epoch_losses) for records in found.values())):
        cells = []
        for name in names:
            got = [record.epoch_losses[epoch] for record in found[name]]
            printed = float(slides[name]["loss"][epoch])  # type: ignore[index]
            cells.append(f"{statistics.fmean(got):.3f} ± {statistics.stdev(got):.3f} ({printed:.3f})")
        lines.append(f"| {epoch + 1} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", *shown(found, slides)]) + "\n"


def shown(found: Found, slides: Mapping[str, dict[str, object]]) -> list[str]:
    """What must show, and whether it does."""
    lines = []
    for name, records in found.items():
        plateau = [sum(loss > PLATEAU for loss in record.epoch_losses) for record in records]
        printed = sum(loss > PLATEAU for loss in slides[name]["loss"])  # type: ignore[attr-defined]
        lines.append(
            f"- {name}: epochs on the plateau (loss above {PLATEAU}) {min(plateau)} to {max(plateau)}, median "
            f"{statistics.median(plateau):g}; slides {printed}."
        )
    base = [record.accuracy for record in found["base"]]
    for name in ("skip", "dense"):
        got = [record.accuracy for record in found[name]]
        lines.append(
            f"- {name} above base: by {statistics.fmean(got) - statistics.fmean(base):+.4f} on average; lowest "
            f"{name} {min(got):.4f}, highest base {max(base):.4f}; slides "
            f"{float(slides[name]['accuracy']) - float(slides['base']['accuracy']):+.4f}."  # type: ignore[arg-type]
        )
    lines.append(
        "- Where the slides' one run lies outside the spread, these differ: its starting weights and order of "
        "images, which decide how long the plateau lasts and so how far a run gets in 20 epochs; the version of "
        "torch and the chip; and the images, if they were encoded again (see the notes on the data above)."
    )
    return lines


def plot(found: Found, slides: Mapping[str, dict[str, object]]) -> str:
    """SVG: loss per epoch; the band from the lowest to the highest seed, the mean, the slides dashed."""
    width, height, left, top = 760, 440, 60, 20
    epochs = max(2, min(len(records[0].epoch_losses) for records in found.values()))

    def at(epoch: float, loss: float) -> str:
        x = left + (width - left - 110) * epoch / (epochs - 1)
        return f"{x:.1f},{top + (height - top - 50) * (1 - loss / 2.5):.1f}"

    def line(losses: Sequence[float], colour: str, more: str = "") -> str:
        points = " ".join(at(k, loss) for k, loss in enumerate(losses))
        return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2" {more}/>'

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13">',
        '<title>Training loss per epoch</title><rect width="100%" height="100%" fill="white"/>',
    ]
    for tick in (0, 0.5, 1, 1.5, 2, 2.5):
        (x1, y), (x2, _) = at(0, tick).split(","), at(epochs - 1, tick).split(",")
        parts.append(f'<line x1="{x1}" x2="{x2}" y1="{y}" y2="{y}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8}" y="{float(y) + 4}" text-anchor="end">{tick}</text>')
    for epoch in range(0, epochs, max(1, epochs // 10)):
        x, y = at(epoch, 0).split(",")
        parts.append(f'<text x="{x}" y="{float(y) + 18}" text-anchor="middle">{epoch + 1}</text>')
    parts.append(f'<text x="{width / 2 - 40}" y="{height - 8}" text-anchor="middle">epoch</text>')
    for place, (name, records) in enumerate(found.items()):
        series = list(zip(*(record.epoch_losses[:epochs] for record in records), strict=True))
        edge = [at(k, max(losses)) for k, losses in enumerate(series)]
        edge += [at(k, min(losses)) for k, losses in reversed(list(enumerate(series)))]
        colour = COLOURS[name]
        parts.append(f'<polygon points="{" ".join(edge)}" fill="{colour}" opacity="0.15"/>')
        parts.append(line([statistics.fmean(losses) for losses in series], colour))
        parts.append(line(list(slides[name]["loss"])[:epochs], colour, 'stroke-dasharray="5 4"'))  # type: ignore[call-overload]
        parts.append(f'<text x="{width - 100}" y="{top + 20 + 20 * place}" fill="{colour}">{name}</text>')
    parts.append(f'<text x="{width - 100}" y="{top + 110}" fill="#666">dashed: slides</text></svg>')
    return "\n".join(parts) + "\n"


def main() -> None:
    """Train, print, keep."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--gpu", action="store_true")
    parser.add_argument("--data", default="cifar10")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--epochs", type=int, help="instead of 20, to try the script")
    parser.add_argument("--jobs", type=int, default=2, help="processes, without --gpu")
    parser.add_argument("--store", action="store_true", help="store the calibration of full")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    slides = yaml.safe_load(Path(__file__).with_name("slides_results.yaml").read_text("utf-8"))
    root, graphs, data = default_root(), references(), load(options.data)
    starts = {name: (graph.model_dump_json(), "pytorch") for name, graph in graphs.items()}
    where = f"{gpu_name(options.data)}; {machine()}" if options.gpu else machine()
    seeds, today = range(options.seeds), datetime.date.today()
    found: dict[str, Sequence[TrainingRecord]] = {}
    for name in EXERCISES:
        recipe = read_course(root, [name])[name].assignment.recipes["full"]
        if options.epochs:
            recipe = recipe.model_copy(update={"epochs": options.epochs})
        build = partial(network_of, starts)
        found[name] = list(
            gpu_runs(build, name, recipe, options.data, seeds)
            if options.gpu
            else cpu_runs(build, name, recipe, data, options.data, seeds, options.jobs)
        )
        seconds = statistics.fmean(record.seconds for record in found[name])
        print(f"{name}: {len(seeds)} runs, {seconds:.2f} s each, {found[name][0].engine}", flush=True)
        if options.store and not options.epochs:
            try:
                calibration = summarize(name, "full", recipe, data.name, seeds, found[name], today, where)
                store(root / "reference" / name / "calibration.json", calibration)
            except (CalibrationError, TrainingFault) as error:
                print(f"no calibration of {name}: {error}", flush=True)
    seconds = statistics.fmean(record.seconds for records in found.values() for record in records)
    heading = f"The slides' table, made again: {data.name}, {options.seeds} seeds"
    notes = " ".join(note.en for note in data.notes)
    text = table(
        found, slides, heading,
        f"`python benchmarks/slides_table.py`, {today.isoformat()}; {where}; torch {torch.__version__}; "
        f"{options.epochs or 20} epochs, {seconds:.2f} s per run ({found['base'][0].engine}). {notes}".rstrip(),
    )  # fmt: skip
    print(text)
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "slides_table.md").write_text(
            text + "\n![loss per epoch](slides_table.svg)\n", "utf-8"
        )
        (options.out / "slides_table.svg").write_text(plot(found, slides), "utf-8")
        figures = {
            name: [
                {"seed": seed, "accuracy": r.accuracy, "loss": [round(x, 5) for x in r.epoch_losses]}
                for seed, r in zip(seeds, records, strict=True)
            ]
            for name, records in found.items()
        }
        (options.out / "slides_table.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
