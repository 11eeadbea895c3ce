"""The search for the smallest set of repairs after which a submission runs.

Cheapest first: of all sets of edits that have been proposed so far, the one with the smallest price is
tried next, as any submission is: cut, captured in the sandbox. Where it stops again, further edits are
proposed for that place; where it runs, it is judged. Of several that cost the same, the one that is
judged better counts. The search is deterministic, and bounded in depth, in tries and in the sandbox's
time. Nothing of the reference is needed to propose, and none of it enters the sandbox.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from grader.records.graph import Capture
from grader.records.judgement import Judgement
from grader.records.repair import Repair
from grader.records.submission import Excerpt, Submission
from grader.stages.mending import Proposal, Situation, proposals, repair_of, text_of

MOST_REPAIRS = 3
MOST_TRIES = 28
"""Runs in the sandbox; one takes about 0.1 s."""
MOST_CPU_S, MOST_WALL_S = 3.0, 15.0
"""In the sandbox, all tries together. Processor time is what counts: a machine that is busy with other
work must not change anybody's points; the wall clock stops those who sleep."""


class OutOfTime(Exception):
    """The tries so far have used up what a search may take."""


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
        """Whether another try may be made."""
        return self.tries >= MOST_TRIES or self.cpu_s > MOST_CPU_S or self.wall_s > MOST_WALL_S


@dataclass(frozen=True)
class Mended:
    """A submission that runs, and what it took."""

    repairs: tuple[Repair, ...]
    judgement: Judgement
    excerpt: Excerpt


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
    capture: Callable[[Excerpt], Capture],
    judge: Callable[[Capture, Excerpt], Judgement],
    worth: Callable[[Judgement], float],
    meter: Meter,
    most: float = float("inf"),
) -> Mended | None:
    """The cheapest repairs after which it runs; None where none were found.

    Args:
        start: the submission, and where it stopped.
        prices: percent by code.
        worth: points of a judgement, to choose among repairs of one price.
        most: points of a correct submission; one that is worth as much ends the search.
        meter: counts what the tries take; `capture` reports to it.
    """
    waiting: list[tuple[float, int, _Way]] = []
    seen = {text_of(start.submission)}
    count = 0

    def propose(situation: Situation, steps: tuple[Proposal, ...], price: float) -> None:
        nonlocal count
        reached = progress(situation)
        if len(steps) >= MOST_REPAIRS:
            return
        for proposal in proposals(situation):
            text = text_of(proposal.submission)
            if text not in seen:
                seen.add(text)
                count += 1
                way = _Way(proposal.submission, (*steps, proposal), reached, situation.stop)
                heapq.heappush(waiting, (price + prices[proposal.code], count, way))

    propose(start, (), 0.0)
    best: tuple[float, Mended] | None = None
    best_price = float("inf")
    while waiting and not meter.over and (best is None or best[0] < most):
        price, _, way = heapq.heappop(waiting)
        if price > best_price:
            break
        excerpt = cut(way.submission)
        captured = None
        if excerpt is not None and excerpt.problem is None:
            meter.tries += 1
            captured = capture(excerpt)
        situation = Situation(way.submission, start.exercise, excerpt, captured, start.taken)
        reached = progress(situation)
        if reached >= RUNS and excerpt is not None and captured is not None:
            judgement = judge(captured, excerpt)
            repairs = tuple(repair_of(step, prices[step.code]) for step in way.steps)
            value = worth(judgement)
            if best is None or value > best[0]:
                best, best_price = (value, Mended(repairs, judgement, excerpt)), price
        elif reached > way.reached or (reached == way.reached and situation.stop != way.stop):
            propose(situation, way.steps, price)
    return best[1] if best else None


RUNS = (9,)


def progress(situation: Situation) -> tuple[int, ...]:
    """How far a submission comes: through reading, import, construction, `forward`; `RUNS` at the end."""
    excerpt, capture = situation.excerpt, situation.capture
    if excerpt is None:
        return (0,)
    if excerpt.problem is not None or capture is None:
        return (1, situation.stopped_at)
    if capture.graph is not None:
        shape = output_shape(capture)
        return RUNS if shape is not None and shape[1:] == (situation.exercise.outputs,) else (7,)
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
