"""Our points beside three readers' for wrong submissions: rank correlation, difference, inverted pairs.

    .venv/bin/python benchmarks/fairness.py [--scores ../shared/fairness] [--out FILE] [--fresh]

`scores.tsv` names each file, its exercise and what three readers gave it, 0 to 100, from the handout, the
solution and the code alone. Each file is graded as a student of its own who was asked for this exercise
alone, by `grader run --profile static`; points are in parts of 100 of the exercise's maximum. The folder
of the runs (`grading-fairness`) is kept: what was judged by the same code is not judged again.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import itertools
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from grader.stages.reports import read_results

ROOT = Path(__file__).resolve().parent.parent
CLEAR = 15
"""Points between two medians from which on the readers' order is beyond doubt; they spread by 4.5."""


@dataclass(frozen=True)
class Graded:
    """A wrong submission, as the readers see it and as we do."""

    file: str
    exercise: str
    kind: str
    wrong: str
    """What is wrong, in the readers' words."""
    read: float
    """Median of the readers, of 100."""
    ours: float
    """Our points, of 100."""
    found: str
    """Codes of the checks that failed."""
    ran: bool
    """It left a graph, or no longer needs one: `function` was judged."""

    @property
    def difference(self) -> float:
        """By how much we are above the readers."""
        return self.ours - self.read


def main() -> None:
    """Grade, print the table, and write it to a file if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scores", type=Path, default=ROOT.parent / "shared" / "fairness")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--fresh", action="store_true", help="judge everything again")
    parser.add_argument("--all", action="store_true", help="list every submission, worst first")
    options = parser.parse_args()
    if not (options.scores / "scores.tsv").is_file():
        print(
            f"skipped: there is no {options.scores / 'scores.tsv'} (the readers' scores are kept beside the project)"
        )
        return
    graded, waiting = grade(options.scores, options.jobs, options.fresh)
    text = report(graded, waiting)
    print(text)
    if options.all:
        print("\n".join(worst(graded, len(graded))))
    if options.out:
        options.out.write_text(f"# Our points beside three readers'\n\n{text}\n", "utf-8")


def grade(scores: Path, jobs: int, fresh: bool) -> tuple[list[Graded], list[str]]:
    """Every submission that got points, and the names of those that wait for a person."""
    with (scores / "scores.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    work = ROOT / "grading-fairness"
    graded, waiting = [], []
    for exercise in dict.fromkeys(row["exercise"] for row in rows):
        own = {f"{20260000 + n}": row for n, row in enumerate(rows) if row["exercise"] == exercise}
        handed_in = work / exercise / "handed-in"
        shutil.rmtree(handed_in, ignore_errors=True)
        for number, row in own.items():
            source = (scores if row["file"].startswith("submissions/") else ROOT) / row["file"]
            folder = handed_in / f"{number}_student"
            folder.mkdir(parents=True)
            shutil.copy(source, folder / "submission.py")
        command = [
            str(Path(sys.executable).with_name("grader")), "run", str(handed_in), "--out", str(work / exercise / "out"),
            "--exercise", exercise, "--profile", "static", "--isolation", "process", "--lang", "en", "--jobs", str(jobs),
        ]  # fmt: skip
        ended = subprocess.run([*command, *(["--fresh"] if fresh else [])], capture_output=True, text=True)
        if ended.returncode > 1:
            sys.exit(ended.stderr)
        for submission in read_results(work / exercise / "out" / "results.json").submissions:
            row, result = own[submission.student_id], submission.exercises[exercise]
            if result.points is None:
                waiting.append(row["file"])
                continue
            failed = [finding for finding in result.findings if finding.outcome == "failed"]
            graded.append(
                Graded(
                    file=row["file"].removeprefix("tests/submissions/"),
                    exercise=exercise,
                    kind=row["kind"],
                    wrong=row["what is wrong"],
                    read=float(row["median"]),
                    ours=100 * result.points / result.max_points,
                    found=", ".join(finding.code for finding in failed) or result.status,
                    ran=any(f.check == "function" and f.outcome in ("passed", "failed") for f in result.findings),
                )
            )  # fmt: skip
    return graded, waiting


def report(graded: Sequence[Graded], waiting: Sequence[str]) -> str:
    """The figures in Markdown."""
    kinds = list(dict.fromkeys(one.kind for one in sorted(graded, key=lambda one: one.kind)))
    groups: list[tuple[str, Callable[[Graded], bool]]] = [
        ("all", lambda one: True),
        ("where the function was judged", lambda one: one.ran),
        ("of `submissions/`", lambda one: one.file.startswith("submissions/")),
        ("of `tests/submissions/broken`", lambda one: not one.file.startswith("submissions/")),
    ]
    lines = [
        f"`make fairness`, {datetime.date.today().isoformat()}, torch {version('torch')}; profile static, parts of 100; "
        f"medians of three readers. Clear pairs: medians at least {CLEAR} apart.",
        "",
        "| | n | rank correlation | mean absolute difference | clear pairs | inverted |",
        "|---|---:|---:|---:|---:|---:|",
        *(figures(name, [one for one in graded if within(one)]) for name, within in groups),
        "",
        f"Without points, waiting for a person: {', '.join(waiting) or 'none'}.",
        "",
        "| kind | n | read, mean | ours, mean | mean absolute difference |",
        "|---|---:|---:|---:|---:|",
        *(kind_row(kind, [one for one in graded if one.kind == kind]) for kind in kinds),
        "",
        "## The ten worst",
        "",
        *worst(graded, 10),
    ]
    return "\n".join(lines)


def figures(name: str, graded: Sequence[Graded]) -> str:
    """One line of the first table."""
    if len(graded) < 3:
        return f"| {name} | {len(graded)} | | | | |"
    clear = [
        (a.read - b.read) * (a.ours - b.ours)
        for a, b in itertools.combinations(graded, 2)
        if abs(a.read - b.read) >= CLEAR
    ]
    rank = correlation([one.read for one in graded], [one.ours for one in graded])
    inverted = sum(product < 0 for product in clear) / len(clear) if clear else 0.0
    return f"| {name} | {len(graded)} | {rank:.2f} | {difference(graded):.1f} | {len(clear)} | {100 * inverted:.1f}% |"


def kind_row(kind: str, graded: Sequence[Graded]) -> str:
    """One line of the second table."""
    read, ours = (statistics.fmean(values) for values in ([g.read for g in graded], [g.ours for g in graded]))
    return f"| {kind} | {len(graded)} | {read:.0f} | {ours:.0f} | {difference(graded):.1f} |"


def worst(graded: Sequence[Graded], count: int) -> list[str]:
    """Where we differ most."""
    ordered = sorted(graded, key=lambda one: -abs(one.difference))[:count]
    return [
        "| file | read | ours | what is wrong | what we found |",
        "|---|---:|---:|---|---|",
        *(f"| {g.file} | {g.read:.0f} | {g.ours:.0f} | {g.wrong} | {g.found} |" for g in ordered),
    ]


def difference(graded: Sequence[Graded]) -> float:
    """Mean absolute difference, of 100."""
    return statistics.fmean(abs(one.difference) for one in graded)


def correlation(a: Sequence[float], b: Sequence[float]) -> float:
    """Spearman's: Pearson's of the ranks, equal values sharing their mean rank; 0 where one is constant."""
    try:
        return statistics.correlation(ranks(a), ranks(b))
    except statistics.StatisticsError:
        return 0.0


def ranks(values: Sequence[float]) -> list[float]:
    """Place of each value in their order."""
    ordered = sorted(values)
    return [(2 * ordered.index(value) + ordered.count(value) - 1) / 2 for value in values]


if __name__ == "__main__":
    main()
