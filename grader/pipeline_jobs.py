"""What the engine's workers do: the parts of the flow that need torch or a sandbox.

Arguments and results are JSON text, so that nothing but text passes between the processes.
"""

from __future__ import annotations

import atexit
import ctypes
from functools import cache

from grader.networks.starting import ready
from grader.networks.weights import Assignment as Order
from grader.records.assignment import Assignment, Recipe
from grader.records.graph import ModelGraph
from grader.records.submission import Excerpt
from grader.sandboxes import SANDBOXES, Sandbox
from grader.stages.capture import capture
from grader.stages.judging import judge
from grader.stages.training import DataSet, load, train

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


def capture_one(excerpt: str, image: tuple[int, int, int]) -> str:
    """Excerpt JSON → Capture JSON."""
    return capture(Excerpt.model_validate_json(excerpt), image, sandbox().run).model_dump_json()


def capture_and_judge(
    excerpt: str,
    exercise: str,
    reference: str,
    start: str | None,
    untouched: bool,
) -> str:
    """Excerpt, exercise, graphs of reference and start (all JSON) → Judgement JSON."""
    own, asked = Excerpt.model_validate_json(excerpt), Assignment.model_validate_json(exercise)
    captured = capture(own, asked.input_shape, sandbox().run) if own.problem is None else None
    judgement = judge(
        captured,
        own,
        asked,
        reference,
        start,
        untouched,
    )
    return judgement.model_dump_json()


def train_one(graph: str, ranks: tuple[int, ...], recipe: str, source: str) -> str:
    """Graph JSON, ranks of its layers (empty: in the order of the calls), recipe JSON → record JSON."""
    how = Recipe.model_validate_json(recipe)
    order = Order(tuple(ranks), (None,) * len(ranks)) if ranks else None
    network = ready(ModelGraph.model_validate_json(graph), how.start, 0, order)
    return train(network, how, data_set(source), 0, network.trainable()).model_dump_json()
