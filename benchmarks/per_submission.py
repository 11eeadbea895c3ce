"""Seconds per submission for everything but training: this grader beside a plain script.

    .venv/bin/python benchmarks/per_submission.py [--submissions 100] [--baseline 10] [--out FILE]

Ours: reading's cut, capture in the sandbox, validation, judging, one worker that is warm. Networks of one
structure (names and lines aside) are compared with the reference once, so the table also tells those that
were the first of theirs from the others; the files are as many different styles, a class repeats itself
more. Two baselines,
each a new Python process per submission that imports torch and loads the class, without any sandbox:
"the same checks" makes every check that ours makes (this project's own code, so it takes every style);
"a short script" only what a teaching assistant would write in an hour (shape at three batch sizes in
both modes, a list of layers, outputs and gradients against a reference whose parameters have the same
names). All run pinned to one processor, in turn, in one run of this script.
"""

from __future__ import annotations

import argparse
import datetime
import os
import re
import statistics
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = ROOT / "tests" / "submissions" / "correct"
EXERCISES = {"base": "VGG", "skip": "VGG_SKIP", "dense": "VGG_DENSE", "ca": "VGG_CA"}

SAME_CHECKS = """
import sys
import torch
torch.set_num_threads(1)
root, student, name = sys.argv[1:]
sys.path[:0] = [root, root + "/grader/guest"]
from pathlib import Path
from types import SimpleNamespace
import answer
from grader.bench import whole
from grader.course import default_root, read_course
from grader.stages.capture import capture
from grader.class_work import read_submissions
from grader.stages.excerpts import cut
from grader.stages.judging import judge

def here(request):
    return SimpleNamespace(payload=b"".join(answer.answer(request)), ending="finished", detail="")

exercise = read_course(default_root(), [name])[name]
asked = exercise.assignment
reference = capture(whole(name, asked.classes[0], "solution.py", exercise.solution), asked.input_shape, here)
(submission,) = read_submissions(Path(student))
excerpt = cut(submission, asked.classes, name)
got = capture(excerpt, asked.input_shape, here)
print(judge(got, excerpt, asked, reference.graph.model_dump_json(), None, False).is_reference)
"""

SHORT_SCRIPT = """
import importlib.util, sys
import torch
torch.set_num_threads(1)

def load(path, name):
    spec = importlib.util.spec_from_file_location("submission_" + name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, name)().double()

student, own_name, reference, name = sys.argv[1:]
net, ref = load(student, own_name), load(reference, name)
verdicts = {"loads": True}
with torch.no_grad():
    verdicts["shape"] = all(
        net.train(mode)(torch.rand(n, 3, 32, 32, dtype=torch.float64)).shape == (n, 10)
        for n in (1, 2, 5) for mode in (True, False))
layers = lambda m: sorted(str(x) for x in m.modules() if isinstance(x, (torch.nn.Conv2d, torch.nn.Linear)))
verdicts["channels"] = layers(net) == layers(ref)
verdicts["function"] = verdicts["gradients"] = False
if sorted(p.shape for p in net.parameters()) == sorted(p.shape for p in ref.parameters()):
    ours, theirs = dict(net.named_parameters()), dict(ref.named_parameters())
    if ours.keys() == theirs.keys():
        net.load_state_dict(ref.state_dict())
        images = torch.rand(3, 3, 32, 32, dtype=torch.float64)
        a, b = net.train()(images), ref.train()(images)
        verdicts["function"] = torch.allclose(a, b)
        a.sum().backward(), b.sum().backward()
        verdicts["gradients"] = all(torch.allclose(ours[k].grad, theirs[k].grad) for k in ours)
print(verdicts)
"""


def class_of(source: str, accepted: tuple[str, ...]) -> str:
    """The last accepted class that a source defines."""
    return [name for name in re.findall(r"^\s*class (\w+)", source, re.M) if name in accepted][-1]


def main() -> None:
    """Print the table, and write it to a file if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=100)
    parser.add_argument("--baseline", type=int, default=10, help="runs of each baseline")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    files = [file for name in EXERCISES for file in sorted((LIBRARY / name).glob("*.py"))]
    files = [files[(k * 37) % len(files)] for k in range(options.submissions)]

    short, same = [], []
    for file in files[: options.baseline]:
        reference = ROOT / "reference" / file.parent.name / "solution.py"
        name = EXERCISES[file.parent.name]
        own_name = class_of(file.read_text("utf-8"), (name, "Model"))
        short.append(timed(SHORT_SCRIPT, file, own_name, reference, name)[0])
        seconds, said = timed(SAME_CHECKS, ROOT, file, file.parent.name)
        assert said.strip() == "True", (file, said)
        same.append(seconds)

    from grader import pipeline_jobs as jobs
    from grader.authoring.terms import terms_of
    from grader.class_work import read_submissions
    from grader.course import default_root, read_course
    from grader.networks.structure import structure
    from grader.records.judgement import Judgement
    from grader.stages.excerpts import cut

    course = read_course(default_root())
    terms = {name: terms_of(default_root(), name, jobs.sandbox().run).model_dump_json() for name in course}
    ours: list[float] = []
    known: list[bool] = []
    seen: set[tuple[str, str]] = set()
    full = 0
    for position, file in enumerate([*files[:4], *files]):  # the first four warm up
        exercise = course[file.parent.name]
        began = time.perf_counter()
        (submission,) = read_submissions(file)
        excerpt = cut(submission, exercise.assignment.classes, exercise.assignment.name)
        assert excerpt is not None
        judgement = jobs.capture_and_judge(
            terms[file.parent.name], submission.model_dump_json(), excerpt.model_dump_json(), False
        )
        seconds = time.perf_counter() - began
        judged = Judgement.model_validate_json(judgement)
        assert judged.graph is not None, file
        kind = file.parent.name, structure(judged.graph)
        if position >= 4:
            ours.append(seconds)
            known.append(kind in seen)
            full += judged.is_reference
        seen.add(kind)

    lines = [
        f"{datetime.date.today().isoformat()}; {machine()}; one processor; Python {sys.version.split()[0]}, torch {version('torch')}",
        "",
        "| seconds per submission | n | median | mean | min | max |",
        "|---|---|---|---|---|---|",
        row("a new process each, the same checks", same),
        row("a new process each, a short script", short),
        row("this grader, warm, sandboxed", ours),
        row("– first of its structure", [x for x, old in zip(ours, known, strict=True) if not old]),
        row("– structure seen before", [x for x, old in zip(ours, known, strict=True) if old]),
        "",
        f"ratios of the medians: {statistics.median(same) / statistics.median(ours):.1f} (same checks), "
        f"{statistics.median(short) / statistics.median(ours):.1f} (short script); "
        f"judged correct: {full} of {len(ours)} (all are)",
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    if options.out:
        options.out.write_text(f"# Seconds per submission, everything but training\n\n{text}", "utf-8")


def timed(script: str, *arguments: object) -> tuple[float, str]:
    """Wall seconds of a script in a Python of its own, and what it printed."""
    began = time.perf_counter()
    command = [sys.executable, "-c", script, *map(str, arguments)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    return time.perf_counter() - began, ended.stdout


def row(name: str, seconds: list[float]) -> str:
    """One line of the table."""
    figures = (statistics.median(seconds), statistics.fmean(seconds), min(seconds), max(seconds))
    return f"| {name} | {len(seconds)} | " + " | ".join(f"{x:.3f}" for x in figures) + " |"


def machine() -> str:
    """The processor's name."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "?")


if __name__ == "__main__":
    main()
