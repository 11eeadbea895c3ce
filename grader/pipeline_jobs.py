"""What the engine's workers do: the parts of the flow that need torch or a sandbox.

Arguments and results are JSON text, so that nothing but text passes between the processes.
"""

from __future__ import annotations

import atexit
import ctypes
from collections.abc import Sequence
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from grader.captures import KeptCaptures
from grader.errors import GraderFault, TrainingFault, UserError
from grader.grading import Grading
from grader.ledger import Ledger
from grader.mender import Meter
from grader.networks.dropout import without_dropout
from grader.networks.replay import Replay
from grader.networks.splice import DoesNotFit, check_terms
from grader.networks.starting import ready
from grader.networks.weights import Assignment as Order
from grader.records.assignment import Assignment, Recipe
from grader.records.graph import Capture, ModelGraph
from grader.records.submission import Excerpt, Submission
from grader.records.work import Terms
from grader.sandboxes import SANDBOXES, Limits, Reply, Sandbox
from grader.stages.capture import capture
from grader.stages.training import DataSet, load, train

if TYPE_CHECKING:
    from grader.stages.training.cuda import Gpu

MMAP_THRESHOLD, TRIM_THRESHOLD, WHOLE = -3, -1, 1 << 30  # of mallopt(3)


def keep_freed_memory() -> None:
    """Let malloc keep what is freed: else every tensor's pages are fetched from the kernel anew, which
    takes a seventh of the time of a judgement."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):  # glibc
        libc.mallopt(MMAP_THRESHOLD, WHOLE)
        libc.mallopt(TRIM_THRESHOLD, WHOLE)


TRY_S = 4
"""Seconds that one try of the search for repairs may take; an ordinary one takes 0.1."""


@cache
def sandbox() -> Sandbox:
    """This worker's own sandbox, opened at first need and closed with the worker."""
    keep_freed_memory()
    opened = SANDBOXES["process"]()
    atexit.register(opened.close)
    return opened


@cache
def data_set(source: str) -> DataSet:
    """The data, read once in each worker."""
    return load(source)


def describe_sandbox() -> str:
    """What locks student code in on this machine."""
    return ", ".join(sandbox().protections)


def describe_data(source: str) -> str:
    """What the data set calls itself."""
    return data_set(source).name


def _capture(excerpt: Excerpt, image: tuple[int, int, int], meter: Meter | None = None) -> Capture:
    limits = Limits(whole_files=excerpt.whole is not None)
    if meter is not None:
        limits = limits.model_copy(update={"wall_s": TRY_S, "cpu_s": TRY_S})

    def run(request: bytes) -> Reply:
        reply = sandbox().run(request, limits=limits)
        if meter is not None:
            meter.add(reply.cpu_s, reply.seconds)
        return reply

    return capture(excerpt, image, run)


def capture_one(excerpt: str, image: tuple[int, int, int]) -> str:
    """Excerpt JSON → Capture JSON."""
    return _capture(Excerpt.model_validate_json(excerpt), image).model_dump_json()


def capture_marked(excerpt: str, exercise: str) -> str:
    """The reference with the borders of its blanks (excerpt JSON), the exercise (JSON) → Capture JSON.

    Raises:
        UserError: a blank is another than `assignment.yaml` says.
    """
    asked = Assignment.model_validate_json(exercise)
    captured = capture(Excerpt.model_validate_json(excerpt), asked.input_shape, sandbox().run)
    if captured.graph is not None:
        try:
            check_terms(captured.graph, asked.blanks)
        except DoesNotFit as error:
            raise UserError(
                f"assignments/{asked.name}/assignment.yaml: blanks: {error}; correct what it says of that blank"
            ) from error
    return captured.model_dump_json()


def capture_and_judge(
    terms: str,
    handed_in: str,
    excerpt: str | None,
    untouched: bool,
    ledger: str | None = None,
    again: bool = False,
) -> str:
    """Terms of the exercise, the submission, and what the exercise needs of it (None: no class of the asked
    name), all JSON → Judgement JSON; "null" where no class comes into question.

    Args:
        ledger: folder in which captures are kept; None: they are not.
        again: take them from there; no student's code is run.
    """
    asked, kept = _terms(terms), KeptCaptures(Ledger(Path(ledger))) if ledger else None

    def ask(own: Excerpt, meter: Meter | None) -> Capture:
        image = asked.assignment.input_shape
        if again and kept:
            return kept.find(own, image, a_try=meter is not None)
        captured = _capture(own, image, meter)
        if kept:
            kept.keep(own, image, captured)
        return captured

    grading = Grading(asked, Submission.model_validate_json(handed_in), ask, untouched)
    judgement = grading.judged(Excerpt.model_validate_json(excerpt) if excerpt else None)
    if kept and kept.missed and judgement is not None and not judgement.repairs:
        raise GraderFault("a repair that was not tried then may make it run; grade it with grader run")
    return judgement.model_dump_json() if judgement else "null"


@lru_cache(maxsize=32)
def _terms(text: str) -> Terms:
    return Terms.model_validate_json(text)


def train_one(graph: str, ranks: tuple[int, ...], recipe: str, source: str) -> str:
    """Graph JSON, ranks of its layers (empty: in the order of the calls), recipe JSON → record JSON."""
    keep_freed_memory()
    how = Recipe.model_validate_json(recipe)
    network = _started(graph, ranks, how)
    return train(network, how, data_set(source), 0, network.trainable()).model_dump_json()


# -- the process that owns the GPU ----------------------------------------------------------------


@cache
def gpu() -> Gpu:
    """This process's GPU. Raises UserError where there is none that works."""
    from grader.stages.training.cuda import Gpu

    return Gpu()


@cache
def data_on_gpu(source: str) -> DataSet:
    """The data in the GPU's memory, copied once."""
    return load(source).on(gpu().device)


def describe_gpu() -> str:
    """What the GPU calls itself."""
    return gpu().name


def train_many(asked: Sequence[tuple[str, tuple[int, ...], str, str]]) -> list[str | TrainingFault]:
    """Arguments of `train_one`, several of one data set → record JSON or what went wrong, for each."""
    from grader.stages.training.together import Request, train_together

    requests = [
        Request(partial(_started, graph, ranks, how), how, 0)
        for graph, ranks, recipe, _ in asked
        for how in [Recipe.model_validate_json(recipe)]
    ]
    results = train_together(requests, data_on_gpu(asked[0][3]), gpu())
    return [r if isinstance(r, TrainingFault) else r.model_dump_json() for r in results]


def _started(graph: str, ranks: tuple[int, ...], how: Recipe) -> Replay:
    """The network with its starting weights."""
    order = Order(tuple(ranks), (None,) * len(ranks)) if ranks else None
    network = ModelGraph.model_validate_json(graph)
    if how.steps is not None:  # a few hundred steps: dropout would only slow them down
        network = without_dropout(network)
    return ready(network, how.start, 0, order)
