"""What the engine's workers do: the parts of the flow that need torch or a sandbox.

Arguments and results are JSON text, so that nothing but text passes between the processes.
"""

from __future__ import annotations

import atexit
import ctypes
from collections.abc import Iterator, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING

from grader.errors import TrainingFault
from grader.ladder import Tried, climb, is_full
from grader.networks.dropout import without_dropout
from grader.networks.replay import Replay
from grader.networks.starting import ready
from grader.networks.structure import structure
from grader.networks.weights import Assignment as Order
from grader.records.assignment import Assignment, Recipe
from grader.records.graph import Capture, ModelGraph
from grader.records.judgement import Judgement
from grader.records.submission import Excerpt, Submission
from grader.sandboxes import SANDBOXES, Limits, Sandbox
from grader.stages.capture import capture
from grader.stages.excerpts import wider
from grader.stages.judging import judge
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


def _capture(excerpt: Excerpt, image: tuple[int, int, int]) -> Capture:
    limits = Limits(whole_files=excerpt.whole is not None)
    return capture(excerpt, image, partial(sandbox().run, limits=limits))


def capture_one(excerpt: str, image: tuple[int, int, int]) -> str:
    """Excerpt JSON → Capture JSON."""
    return _capture(Excerpt.model_validate_json(excerpt), image).model_dump_json()


def capture_and_judge(
    excerpt: str,
    handed_in: str,
    exercise: str,
    reference: str,
    start: str | None,
    untouched: bool,
) -> str:
    """Excerpt, the submission that it was cut from, exercise, graphs of reference and start (all JSON) →
    Judgement JSON."""
    asked = Assignment.model_validate_json(exercise)

    known: dict[object, Judgement] = {}

    def attempt(own: Excerpt) -> Tried:
        captured = _capture(own, asked.input_shape) if own.problem is None else None
        if captured is None or captured.graph is None:
            return Tried(own, captured, judge(captured, own, asked, reference, start, untouched))
        key = structure(captured.graph), captured.hooked
        if key not in known:  # a wider excerpt mostly comes to the same network
            known[key] = judge(captured, own, asked, reference, start, untouched)
        return Tried(own, captured, known[key])

    def rungs() -> Iterator[Excerpt]:
        work = Submission.model_validate_json(handed_in)
        return wider(work.files, work.others, narrow, asked.classes)

    narrow = Excerpt.model_validate_json(excerpt)
    first = attempt(narrow)
    if untouched or is_full(first.judgement):
        return first.judgement.model_dump_json()
    return climb(first, rungs(), attempt).unmended.model_dump_json()


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
