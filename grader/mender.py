"""The search for the smallest set of repairs after which a submission runs.

Cheapest first: of all sets of edits that have been proposed so far, the one with the smallest price is
tried next, as any submission is: cut, captured in the sandbox. Where it stops again, further edits are
proposed for that place; where it runs, it is judged. Of several that cost nearly the same, the one that
is judged best counts. The search is deterministic, and bounded in depth, in tries and in the sandbox's
time. Nothing of the reference is needed to propose, and none of it enters the sandbox.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from grader.networks.replay import reads_input
from grader.records.graph import Capture
from grader.records.judgement import Judgement
from grader.records.prices import DEFAULT
from grader.records.repair import Repair
from grader.records.submission import Excerpt, Submission
from grader.stages.mending import Proposal, Situation, proposals, repair_of, text_of

MOST_REPAIRS = 3
"""Slips; …"""
MOST_PLACES = 6
"""… the same one may stand in several places."""
MOST_TRIES = 28
"""Runs in the sandbox; one takes about 0.1 s."""
MOST_SOURCE = 100_000
"""Characters of code that are searched for a slip; the exercises take 4,000."""
MOST_CPU_S, MOST_WALL_S = 3.0, 20.0
"""In the sandbox, all tries together. Processor time is what counts: a machine that is busy with other
work must not change anybody's points; the wall clock stops those who sleep."""


NEARLY = 5.0
"""Percent: prices no further apart do not tell which of two repairs was meant; what is judged does."""


@dataclass
class Meter:
    """What the tries of one search have taken in the sandbox."""

    cpu_s: float = 0.0
    wall_s: float = 0.0
    tries: int = 0

    def add(self, cpu_s: float, wall_s: float) -> None:
        """Count one run."""
        self.cpu_s += cpu_s
        self.wall_s += wall_s

    @property
    def over(self) -> bool:
        """No other try may be made."""
        return self.tries >= MOST_TRIES or self.cpu_s > MOST_CPU_S or self.wall_s > MOST_WALL_S


@dataclass(frozen=True)
class Run:
    """What became of one try in the sandbox."""

    captured: Capture | None
    judgement: Judgement
    outputs: int
    """Numbers per image that the exercise asks for."""

    @property
    def progress(self) -> tuple[int, ...]:
        """How far it came."""
        return progress_of(self.captured, self.outputs) if self.captured is not None else (1,)

    @property
    def runs(self) -> bool:
        """It is a network that makes one score per class of images."""
        return self.progress >= RUNS


@dataclass(frozen=True)
class Mended:
    """A submission that runs, and what it took."""

    repairs: tuple[Repair, ...]
    judgement: Judgement


@dataclass(frozen=True)
class _Way:
    """A set of edits, made one after the other."""

    submission: Submission
    steps: tuple[Proposal, ...]
    reached: tuple[int, ...]
    """How far it came before its last edit."""
    stop: str
    """Where it stopped then."""


def mend(
    start: Situation,
    prices: Mapping[str, float],
    cut: Callable[[Submission], Excerpt | None],
    run: Callable[[Excerpt], Run],
    worth: Callable[[Judgement], float],
    meter: Meter,
) -> Mended | None:
    """The cheapest repairs after which it runs (of several that cost nearly the same, those judged best); None where none were found.

    Args:
        start: the submission, and where it stopped.
        prices: percent by code.
        run: one try in the sandbox, judged; it reports to `meter` what it takes.
        worth: percent that a judgement earns, to choose among repairs of nearly one price; 100 ends the search.
    """
    if sum(len(start.text(label)) for label in start.labels) > MOST_SOURCE:
        return None
    waiting: list[tuple[float, int, _Way]] = []
    seen = {text_of(start.submission)}

    def propose(situation: Situation, steps: tuple[Proposal, ...], price: float) -> None:
        if len(steps) >= MOST_PLACES or sum(not again(steps, n) for n in range(len(steps))) >= MOST_REPAIRS:
            return
        reached, stop = progress(situation), situation.stop
        for proposal in proposals(situation):
            text = text_of(proposal.submission)
            if text not in seen:
                seen.add(text)
                made = (*steps, proposal)
                way = _Way(proposal.submission, made, reached, stop)
                heapq.heappush(waiting, (price + price_of(made, len(steps)), len(seen), way))

    def price_of(steps: tuple[Proposal, ...], place: int) -> float:
        return 0.0 if again(steps, place) else prices.get(steps[place].code, prices[DEFAULT])

    propose(start, (), 0.0)
    best: tuple[float, Mended] | None = None
    cheapest = float("inf")
    while waiting and not meter.over:
        price, _, way = heapq.heappop(waiting)
        if price > cheapest + NEARLY:
            break
        excerpt = cut(way.submission)
        tried = None
        if excerpt is not None and excerpt.problem is None:
            meter.tries += 1
            tried = run(excerpt)
            if tried.judgement.unsure is not None:
                continue
        if tried is not None and tried.runs:
            repairs = tuple(repair_of(step, price_of(way.steps, n)) for n, step in enumerate(way.steps))
            value = worth(tried.judgement)
            cheapest = min(cheapest, price)
            if best is None or value > best[0]:
                best = value, Mended(repairs, tried.judgement)
            if value >= 100:
                break
            continue
        captured = tried.captured if tried else None
        situation = Situation(way.submission, start.exercise, excerpt, captured, start.taken)
        reached = progress(situation)
        if reached > way.reached or (reached == way.reached and situation.stop != way.stop):
            propose(situation, way.steps, price)
    return best[1] if best else None


def again(steps: tuple[Proposal, ...], place: int) -> bool:
    """Whether an edit puts right what an earlier one has put right elsewhere: one cause, which costs once."""
    step = steps[place]
    return any((step.code, step.facts) == (one.code, one.facts) for one in steps[:place] if step.facts)


RUNS = (9,)


def progress(situation: Situation) -> tuple[int, ...]:
    """How far a submission comes: through reading, import, construction, `forward`, the output's
    shape, whether it depends on the images; `RUNS` at the end."""
    if situation.excerpt is None:
        return (0,)
    if situation.excerpt.problem is not None or situation.capture is None:
        return (1,)
    return progress_of(situation.capture, situation.exercise.outputs)


def progress_of(capture: Capture, outputs: int) -> tuple[int, ...]:
    """The same for what could be run."""
    if capture.graph is not None:
        shape = output_shape(capture)
        if shape is None or shape[1:] != (outputs,):
            return (7,)
        return RUNS if reads_input(capture.graph.eval) else (8,)
    if capture.problem is not None:
        return (6,) if capture.problem.code in ("not-a-tensor", "depends-on-batch", "unrolled") else (-1,)
    assert capture.crash is not None
    if capture.crash.phase == "import":
        return (2,)
    if capture.crash.phase == "construct":
        return (3,)
    nodes = len(capture.partial.nodes) if capture.partial else 0
    return (4, capture.crash.batch or 0, nodes)


def output_shape(capture: Capture) -> tuple[int, ...] | None:
    """Shape of what `forward` returns in eval mode."""
    graph = capture.graph
    if graph is None:
        return None
    for node in reversed(graph.eval.nodes):
        tensors = [number for number in node.outputs if number is not None]
        if graph.eval.output in tensors:
            return node.shapes[tensors.index(graph.eval.output)]
    return None
