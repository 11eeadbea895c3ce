"""Slips planted by rule: does mending find the network that was meant, at the place of the slip?

    .venv/bin/python benchmarks/planted_slips.py [--most 4] [--pairs 60] [--styles 3] [--exercise NAME] [--rule RULE]
                                                 [--seed 0] [--jobs 1] [--out FILE]

Every rule of `grader/authoring/slips` at the places that it finds in the five solutions and in correct
submissions that are written otherwise, drawn with a fixed seed; then two slips of one source at once. Only
what breaks counts: no graph, or an output that is not one score per class. Found is what ends in a network
with full marks (less the price of the repairs), by edits in the lines of the slips (or at the equivalent
other end), and with nothing computed that was not there.
"""

from __future__ import annotations

import argparse
import datetime
import multiprocessing
import platform
import statistics
import sys
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import torch

from grader.authoring.planting import Outcome, beds, pairs, singles, sources

LIBRARY = Path(__file__).resolve().parent.parent / "tests" / "submissions" / "correct"
EXERCISES = ("base", "skip", "dense", "ca", "combo")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--most", type=int, default=4, help="of each rule in each source")
    parser.add_argument(
        "--pairs", type=int, default=60, help="in each solution; a third as many in other sources"
    )
    parser.add_argument("--styles", type=int, default=3, help="differently written sources for each exercise")
    parser.add_argument("--exercise", action="append", default=[], choices=EXERCISES)
    parser.add_argument("--rule", action="append", default=[])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1, help="exercises at a time")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    names = options.exercise or EXERCISES
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(options.jobs, mp_context=context) as pool:
        results = list(pool.map(measured, names, [options] * len(names)))
    text = page([o for alone, _ in results for o in alone], [o for _, both in results for o in both], options)
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    print(text)
    return 0


def measured(name: str, options: argparse.Namespace) -> tuple[list[Outcome], list[Outcome]]:
    """What becomes of one exercise's plants, alone and in pairs."""
    torch.set_num_threads(1)
    alone: list[Outcome] = []
    together: list[Outcome] = []
    (bed,) = beds([name])
    for place, source in enumerate(sources(bed, LIBRARY)):
        if place > options.styles:
            break
        plants = singles(bed, source, options.most, options.seed)
        broken = []
        for plant in plants:
            if options.rule and plant.slips[0].rule not in options.rule:
                continue
            if (outcome := bed.tried(plant)) is not None:
                broken.append(plant)
                alone.append(outcome)
                show(outcome)
        count = options.pairs // 3 if place else options.pairs
        for plant in pairs(broken, count if len(broken) > 1 else 0, options.seed):
            if (outcome := bed.tried(plant)) is not None:
                together.append(outcome)
                show(outcome)
    return alone, together


def show(outcome: Outcome) -> None:
    """A line for each that was not found as it was meant."""
    if outcome.problem:
        print(
            f"{outcome.plant}: {outcome.problem} ({outcome.tries} tries, {outcome.seconds:.1f} s)", flush=True
        )
        for slip in outcome.plant.slips:
            number, text = next(iter(slip.lines.items()))
            print(f"    planted {number}: {text.strip()}", flush=True)
        print(f"    {outcome.repairs[:600]}", flush=True)


def page(alone: Sequence[Outcome], together: Sequence[Outcome], options: argparse.Namespace) -> str:
    """The page `benchmarks/results/planted_slips.md`."""
    rules: dict[tuple[str, str], tuple[list[Outcome], list[Outcome]]] = defaultdict(lambda: ([], []))
    for which, outcomes in enumerate((alone, together)):
        for outcome in outcomes:
            for kind, slip in zip(outcome.plant.kinds, outcome.plant.slips, strict=True):
                rules[kind, slip.rule][which].append(outcome)
    otherwise = [
        [o for o in found if not o.plant.source.name.endswith("/solution")] for found in (alone, together)
    ]
    added = sum(o.problem.startswith("work done") for o in (*alone, *together))
    sentence = " ".join((__doc__ or "").split("\n\n")[2].split())
    return "\n".join(
        [
            "# Slips planted by rule",
            "",
            f"`benchmarks/planted_slips.py`, {datetime.date.today()}, torch {torch.__version__}, Python "
            f"{platform.python_version()}; at most {options.most} of each rule in each source, seed {options.seed}.",
            "",
            sentence,
            "",
            f"Edits that compute what was not there: {added}. Seconds are processor time of all tries of one search in "
            "the sandbox, of slips alone.",
            "",
            "| kind | rule | alone | found | in pairs | found | median s | worst s | tries, most |",
            "|---|---|---:|---:|---:|---:|---:|---:|---:|",
            *(row(kind, rule, *found) for (kind, rule), found in rules.items()),
            row("**all**", "", alone, together),
            row("of them", "in sources written otherwise", *otherwise),
            "",
            "## Not found as they were meant",
            "",
            *(f"- {o.plant}: {o.problem}" for o in (*alone, *together) if o.problem),
            "",
        ]
    )


def row(kind: str, rule: str, one: Sequence[Outcome], two: Sequence[Outcome]) -> str:
    """One line of the table."""
    seconds = [outcome.seconds for outcome in one] or [0.0]
    tries = max((outcome.tries for outcome in one), default=0)
    return (
        f"| {kind} | {rule} | {len(one)} | {share(one)} | {len(two)} | {share(two)} | "
        f"{statistics.median(seconds):.2f} | {max(seconds):.2f} | {tries} |"
    )


def share(outcomes: Sequence[Outcome]) -> str:
    """How many were found as they were meant, in percent."""
    return f"{100 * sum(not o.problem for o in outcomes) / len(outcomes):.1f}%" if outcomes else ""


if __name__ == "__main__":
    sys.exit(main())
