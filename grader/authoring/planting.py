"""Plants slips in programs that work, mends them, and looks whether the repair is the one that was meant."""

from __future__ import annotations

import ast
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.authoring.slips import Slip, Source, planted, slips
from grader.bench import reference_of, whole
from grader.course import Exercise, default_root, other_classes, read_course
from grader.mender import RUNS, Mended, Meter, Run, mend, progress
from grader.pipeline_jobs import TRY_S, sandbox
from grader.records.judgement import Judgement
from grader.records.submission import Excerpt, SourceFile, Submission
from grader.sandboxes import Limits, Reply
from grader.stages.capture import capture
from grader.stages.excerpts import cut
from grader.stages.judging import judge
from grader.stages.mending import Situation
from grader.stages.mending.situation import parsed
from grader.stages.reading.magics import neutralised
from grader.stages.scoring import earned

STYLES = {
    "base": ("sequential", "split_methods_typed", "cfg_list"),
    "skip": ("skip_block_class", "module_list_zip", "override_one_method"),
    "dense": ("dense_block_class", "list_of_all_features"),
    "ca": ("se_block_linear", "unsqueeze_linear", "plain"),
    "combo": ("config_list", "se_module_and_residual_module"),
}
"""Correct submissions of the library that are written otherwise than the solutions."""


@dataclass(frozen=True)
class Plant:
    """Slips in a program that worked."""

    exercise: str
    source: Source
    kinds: tuple[str, ...]
    slips: tuple[Slip, ...]

    def __str__(self) -> str:
        return f"{self.source.name}: {' + '.join(map(str, self.slips))}"


@dataclass(frozen=True)
class Outcome:
    """What became of it."""

    plant: Plant
    seconds: float
    """Processor time of all tries in the sandbox."""
    tries: int
    problem: str
    """"" where the network that was meant was found, at the place of the slips, by less than its own work."""
    repairs: str


@dataclass(frozen=True)
class Bed:
    """One exercise, ready to judge what is planted in it."""

    name: str
    exercise: Exercise
    reference: str
    start: str | None
    others: frozenset[str]
    known: dict[str, tuple[Run, float, float]] = field(default_factory=dict)
    """By excerpt: what became of it, and the seconds that it took in the sandbox."""

    def tried(self, plant: Plant) -> Outcome | None:
        """What mending makes of it; None where it runs as it is."""
        made = planted(plant.source, plant.slips)
        assert made is not None
        text, places = made
        asked = self.exercise.assignment
        submission = Submission(
            student_id="1", student_name="",
            files=(SourceFile(path="solution.py", kind="python", cells=(neutralised("solution.py", text),)),),
        )  # fmt: skip
        meter = Meter()
        ran: list[tuple[Judgement, Excerpt]] = []

        def ask(request: bytes) -> Reply:
            reply = sandbox().run(request, Limits(wall_s=TRY_S, cpu_s=TRY_S))
            meter.add(reply.cpu_s, reply.seconds)
            return reply

        def run(excerpt: Excerpt) -> Run:
            key = excerpt.model_dump_json()
            if key in self.known:  # most repairs come to the source as it was before the slip
                done, cpu_s, seconds = self.known[key]
                meter.add(cpu_s, seconds)
            else:
                before = meter.cpu_s, meter.wall_s
                captured = capture(excerpt, asked.input_shape, ask)
                judgement = judge(captured, excerpt, asked, self.reference, self.start)
                done = Run(captured, judgement, asked.outputs)
                if done.runs:
                    self.known[key] = done, meter.cpu_s - before[0], meter.wall_s - before[1]
            ran.append((done.judgement, excerpt))
            return done

        def cut_out(submission: Submission) -> Excerpt | None:
            return cut(submission, asked.classes, self.name)

        excerpt = cut_out(submission)
        captured = None
        if excerpt is not None and excerpt.problem is None:
            captured = capture(excerpt, asked.input_shape, sandbox().run)
        situation = Situation(submission, asked, excerpt, captured, self.others)
        if progress(situation) >= RUNS:
            return None
        prices = self.exercise.prices.repairs
        mended = mend(situation, prices, cut_out, run, lambda judgement: earned(judgement, asked), meter)
        if mended is None:
            return Outcome(plant, meter.cpu_s, meter.tries, "not found", situation.stop[:300])
        source = next(own for judgement, own in ran if judgement is mended.judgement)
        problem = self._problem(plant, text, places, mended, source)
        repairs = "; ".join(f"{r.code} {r.line}: {r.before} → {r.after}" for r in mended.repairs)
        return Outcome(plant, meter.cpu_s, meter.tries, problem, repairs)

    def _problem(
        self, plant: Plant, text: str, places: frozenset[int], mended: Mended, source: Excerpt
    ) -> str:
        percent = earned(mended.judgement, self.exercise.assignment)
        more = work("\n".join(cell.text for cell in source.cells)) - (work(plant.source.text) | work(text))
        if more:
            return f"work done: {', '.join(more)}"
        if round(percent, 6) != 100:
            return f"another network: {percent:.0f}%"
        away = [repair for repair in mended.repairs if repair.line not in places]
        return f"elsewhere: line {away[0].line}" if away else ""


def work(text: str) -> Counter[str]:
    """What a program calls and computes, counted (nothing where Python cannot read it): a repair adds nothing to it."""
    found: Counter[str] = Counter()
    tree = parsed(text)
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Call):
            owner, _, name = ast.unparse(node.func).rpartition(".")
            name = "a layer" if owner == "self" else name
            if name not in ("super", "__init__", "print", "size", "len"):
                found["flatten" if name in ("view", "reshape") else name] += 1
        elif isinstance(node, ast.BinOp | ast.AugAssign) and not isinstance(node.op, ast.FloorDiv):
            found[type(node.op).__name__] += not isinstance(getattr(node, "left", None), ast.Constant)
    return found


def beds(names: Sequence[str] = ()) -> Iterator[Bed]:
    """The exercises of the course, with their references' graphs."""
    course = read_course(default_root())
    graphs = {}
    for name, exercise in course.items():
        if names and name not in {other for n in names for other in (n, course[n].assignment.builds_on)}:
            continue
        own = whole(name, exercise.assignment.classes[0], "solution.py", exercise.solution)
        graphs[name] = reference_of(name, capture(own, exercise.assignment.input_shape, sandbox().run))
    for name, exercise in course.items():
        if names and name not in names:
            continue
        given = exercise.assignment.builds_on
        start = graphs[given].model_dump_json() if given else None
        yield Bed(name, exercise, graphs[name].model_dump_json(), start, other_classes(default_root())[name])


def sources(bed: Bed, library: Path) -> Iterator[Source]:
    """The solution, and correct submissions of another style."""
    marks = re.compile(r"\s*#(?: (?:>>>|<<<|ko:|en:|call:)|  )")
    solution = "\n".join(line for line in bed.exercise.solution.split("\n") if not marks.match(line))
    name = bed.exercise.assignment.classes[0]
    yield Source(f"{bed.name}/solution", solution, name)
    for style in STYLES[bed.name]:
        text = (library / bed.name / f"{style}.py").read_text(encoding="utf-8")
        own = next((c for c in bed.exercise.assignment.classes if f"class {c}(" in text), name)
        yield Source(f"{bed.name}/{style}", text, own)


def singles(bed: Bed, source: Source, most: int, seed: int = 0) -> list[Plant]:
    """Slips of every rule, at most so many of each, drawn from all places where they can be."""
    by_rule: dict[str, list[tuple[str, Slip]]] = {}
    for kind, slip in slips(source):
        by_rule.setdefault(slip.rule, []).append((kind, slip))
    draw = random.Random(seed)
    return [
        Plant(bed.name, source, (kind,), (slip,))
        for found in by_rule.values()
        for kind, slip in (found if len(found) <= most else draw.sample(found, most))
    ]


def pairs(plants: Sequence[Plant], count: int, seed: int = 0) -> list[Plant]:
    """Two slips of one source at once, of different rules and in different lines."""
    draw = random.Random(seed)
    found: dict[tuple[int, int], Plant] = {}
    tried = 0
    while len(found) < count and tried < 50 * count:
        tried += 1
        a, b = sorted(draw.sample(range(len(plants)), 2))
        one, other = plants[a], plants[b]
        if one.source is not other.source or one.slips[0].rule == other.slips[0].rule:
            continue
        both = Plant(one.exercise, one.source, (*one.kinds, *other.kinds), (*one.slips, *other.slips))
        if planted(one.source, both.slips) is not None:
            found[a, b] = both
    return list(found.values())
