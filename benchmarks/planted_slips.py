"""Slips planted by rule: does mending find the network that was meant, at the place of the slip?

.venv/bin/python benchmarks/planted_slips.py [--most 4] [--pairs 300] [--exercise NAME] [--rule RULE] [--out FILE]
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections import defaultdict
from pathlib import Path

import torch

from grader.authoring.planting import Outcome, beds, pairs, singles, sources

LIBRARY = Path(__file__).resolve().parent.parent / "tests" / "submissions" / "correct"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=4, help="of each rule in each source")
    parser.add_argument("--pairs", type=int, default=60, help="for each exercise")
    parser.add_argument("--exercise", action="append", default=[])
    parser.add_argument("--rule", action="append", default=[])
    parser.add_argument("--source", default="")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    alone: list[Outcome] = []
    together: list[Outcome] = []
    for bed in beds(options.exercise):
        for source in sources(bed, LIBRARY):
            if options.source not in source.name:
                continue
            plants = singles(bed, source, options.most, options.seed)
            plants = [p for p in plants if not options.rule or p.slips[0].rule in options.rule]
            broken = []
            for plant in plants:
                if (outcome := bed.tried(plant)) is not None:
                    broken.append(plant)
                    alone.append(outcome)
                    show(outcome)
            style = 3 if not source.name.endswith("/solution") else 1
            for plant in pairs(broken, options.pairs // style if len(broken) > 1 else 0, options.seed):
                if (outcome := bed.tried(plant)) is not None:
                    together.append(outcome)
                    show(outcome)
    text = table(alone, together)
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    print(text)
    return 0


def show(outcome: Outcome) -> None:
    """A line for each that was not found as it was meant."""
    if outcome.problem:
        print(
            f"{outcome.plant}: {outcome.problem} ({outcome.tries} tries, {outcome.seconds:.1f} s)\n    {outcome.repairs[:600]}",
            flush=True,
        )
        for slip in outcome.plant.slips:
            print("    PLANTED", list(slip.lines.items())[:2], flush=True)


def table(alone: list[Outcome], together: list[Outcome]) -> str:
    """The page `benchmarks/results/planted_slips.md`."""
    rules: dict[tuple[str, str], list[list[Outcome]]] = defaultdict(lambda: [[], []])
    for which, outcomes in enumerate((alone, together)):
        for outcome in outcomes:
            for kind, slip in zip(outcome.plant.kinds, outcome.plant.slips, strict=True):
                rules[kind, slip.rule][which].append(outcome)
    lines = [
        "| kind | rule | alone | found | in pairs | found | median s | worst s | tries, most |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for (kind, rule), (one, two) in rules.items():
        lines.append(row(kind, rule, one, two))
    lines.append(row("**all**", "", alone, together))
    return "\n".join(lines) + "\n"


def row(kind: str, rule: str, one: list[Outcome], two: list[Outcome]) -> str:
    """One line of the table."""
    seconds = [outcome.seconds for outcome in one] or [0.0]
    tries = max((outcome.tries for outcome in one), default=0)
    return (
        f"| {kind} | {rule} | {len(one)} | {share(one)} | {len(two)} | {share(two)} | "
        f"{statistics.median(seconds):.2f} | {max(seconds):.2f} | {tries} |"
    )


def share(outcomes: list[Outcome]) -> str:
    """How many were found as they were meant, in percent."""
    return f"{100 * sum(not o.problem for o in outcomes) / len(outcomes):.1f}%" if outcomes else ""


if __name__ == "__main__":
    sys.exit(main())
