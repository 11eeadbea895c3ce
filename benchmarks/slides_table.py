"""The slides' table, made again: base, skip, dense and ca by the slides' protocol, beside the slides' figures.

    python benchmarks/slides_table.py RUNS [--out FOLDER] [--name slides_table] [--store]

RUNS is a folder of runs (slides_runs.py); what is missing there is left out and named. Prints accuracy and
the loss of every epoch (mean, and spread over seeds), says what must show and whether it does, and with
--out keeps the table (Markdown), the plot (SVG) and every run's figures (JSON). --store also stores the
calibration of `full`, as `grader calibrate` would, where there are enough seeds.
"""

from __future__ import annotations

import argparse
import datetime
import json
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml
from references import EXERCISES
from slides_runs import SlidesRun, stored

from grader.authoring.calibrate import store, summarize
from grader.course import default_root
from grader.errors import CalibrationError, TrainingFault
from grader.records.assignment import Calibration
from grader.records.training import TrainingRecord

Found = Mapping[str, Sequence[TrainingRecord]]

COLOURS = {"base": "#444444", "skip": "#0072b2", "dense": "#d55e00", "ca": "#009e73"}
PLATEAU = 2.29
"""A loss above this is the plateau: guessing has 2.303."""


def table(found: Found, slides: Mapping[str, dict[str, object]], heading: str, where: str) -> str:
    """Markdown: accuracies, losses per epoch, and what must show."""
    names = list(found)
    lines = [
        f"# {heading}", "", where, "",
        "| | runs | accuracy, mean ± spread | lowest | highest | slides | slides in spreads from the mean |",
        "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for name in names:
        got = [record.accuracy for record in found[name]]
        mean, printed = statistics.fmean(got), float(slides[name]["accuracy"])  # type: ignore[arg-type]
        spread = statistics.stdev(got) if len(got) > 2 else 0.0
        distance = f"{(printed - mean) / spread:+.1f}" if spread else "–"
        lines.append(
            f"| {name} | {len(got)} | {measured(got, 4)} | {min(got):.4f} | {max(got):.4f} | {printed:.4f} | {distance} |"
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
            cells.append(f"{measured(got, 3)} ({printed:.3f})")
        lines.append(f"| {epoch + 1} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", *shown(found, slides)]) + "\n"


def measured(got: Sequence[float], digits: int) -> str:
    """Mean and spread; of one or two runs all figures, for they have no spread worth the name."""
    if len(got) < 3:
        return ", ".join(f"{figure:.{digits}f}" for figure in got)
    return f"{statistics.fmean(got):.{digits}f} ± {statistics.stdev(got):.{digits}f}"


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
    base = [record.accuracy for record in found.get("base", ())]
    for name in ("skip", "dense"):
        if name not in found or not base:
            continue
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


def calibrated(runs: Sequence[SlidesRun]) -> Calibration:
    """The calibration of `full` that the runs of one exercise make.

    Raises CalibrationError or TrainingFault where they make none (see `summarize`).
    """
    first = runs[0]
    made = summarize(
        first.exercise, "full", first.recipe, first.data, [run.seed for run in runs],
        [run.record for run in runs], datetime.date.fromisoformat(first.made_on),
        f"{first.machine}; {first.record.engine}",
    )  # fmt: skip
    return made.model_copy(
        update={"versions": {**made.versions, "python": first.python, "torch": first.torch}}
    )


def written(runs: Sequence[SlidesRun], folder: Path | None, name: str) -> str:
    """The table as Markdown; with a folder, table, plot and figures are kept there under `name`."""
    slides = yaml.safe_load(Path(__file__).with_name("slides_results.yaml").read_text("utf-8"))
    found: dict[str, list[TrainingRecord]] = {}
    for run in runs:
        found.setdefault(run.exercise, []).append(run.record)
    first = runs[0]
    seconds = statistics.fmean(run.record.seconds for run in runs)
    missing = [exercise for exercise in EXERCISES if exercise not in found]
    text = table(
        found, slides, f"The slides' table, made again: {first.data}",
        f"`python benchmarks/slides_runs.py` and `slides_table.py`, {max(run.made_on for run in runs)}; "
        f"{first.machine}; torch {first.torch}; {first.recipe.epochs} epochs, {seconds:.2f} s per run "
        f"({first.record.engine}).{' Not run: ' + ', '.join(missing) + '.' if missing else ''} "
        f"{' '.join(first.notes)}".rstrip(),
    )  # fmt: skip
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.md").write_text(f"{text}\n![loss per epoch]({name}.svg)\n", "utf-8")
        (folder / f"{name}.svg").write_text(plot(found, slides), "utf-8")
        figures = {
            exercise: [
                {"seed": run.seed, "accuracy": run.record.accuracy, "seconds": round(run.record.seconds, 2),
                 "loss": [round(loss, 5) for loss in run.record.epoch_losses]}
                for run in runs if run.exercise == exercise
            ]
            for exercise in found
        }  # fmt: skip
        (folder / f"{name}.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    return text


def stored_calibrations(runs: Sequence[SlidesRun], root: Path) -> list[str]:
    """Store calibrations of `full` under `root`/reference; what came of each exercise."""
    said = []
    for exercise in EXERCISES:
        own = [run for run in runs if run.exercise == exercise]
        try:
            if not own:
                raise CalibrationError("no runs")
            store(root / "reference" / exercise / "calibration.json", calibrated(own))
            said.append(f"{exercise}: calibrated from {len(own)} runs")
        except (CalibrationError, TrainingFault) as error:
            said.append(f"{exercise}: not calibrated: {error}")
    return said


def main() -> None:
    """Print, keep."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("runs", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--name", default="slides_table")
    parser.add_argument("--store", action="store_true", help="store the calibration of full")
    options = parser.parse_args()
    runs = stored(options.runs)
    if not runs:
        parser.error(f"{options.runs} holds no runs")
    print(written(runs, options.out, options.name))
    if options.store:
        print("\n".join(stored_calibrations(runs, default_root())))


if __name__ == "__main__":
    main()
