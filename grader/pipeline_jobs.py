"""What the engine's workers do: the parts of the flow that need torch or a sandbox.

Arguments and results are JSON text, so that nothing but text passes between the processes.
"""

from __future__ import annotations

import atexit
import ctypes
from collections.abc import Sequence
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING

from grader.errors import TrainingFault, UserError
from grader.networks.dropout import without_dropout
from grader.networks.replay import Replay
from grader.networks.splice import DoesNotFit, check_terms, spliced
from grader.networks.starting import ready
from grader.networks.weights import Assignment as Order
from grader.records.assignment import Assignment, Recipe
from grader.records.graph import ModelGraph
from grader.records.judgement import Judgement
from grader.records.submission import Excerpt
from grader.sandboxes import SANDBOXES, Sandbox
from grader.stages.capture import Refused, Unbelievable, capture, within_budget
from grader.stages.judging import judge
from grader.stages.mending.blanks import filled, left_blanks
from grader.stages.scoring import earned
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


def capture_one(excerpt: str, image: tuple[int, int, int]) -> str:
    """Excerpt JSON → Capture JSON."""
    return capture(Excerpt.model_validate_json(excerpt), image, sandbox().run).model_dump_json()


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
    excerpt: str,
    exercise: str,
    reference: str,
    start: str | None,
    untouched: bool,
    template: str,
    marked: str | None,
) -> str:
    """Excerpt, exercise, graphs of reference and start (all JSON), the template's text, and the graph of the
    reference with the borders of its blanks (JSON; None where it has none) → Judgement JSON."""
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
    if marked is not None and not untouched and judgement.unsure is None and own.problem is None:
        judgement = blank_by_blank(judgement, own, asked, reference, start, template, marked)
    return judgement.model_dump_json()


def blank_by_blank(
    judgement: Judgement,
    own: Excerpt,
    exercise: Assignment,
    reference: str,
    start: str | None,
    template: str,
    marked: str,
) -> Judgement:
    """The judgement of a submission with the reference's steps in its empty blanks; what it was, where none is.

    The code is traced once more with stand-ins; what the reference has there is put in their place on this side.
    A step that makes the network no better was not what it lacks: it may stand outside its marks.
    """
    if any(verdict.check == "function" and verdict.outcome == "passed" for verdict in judgement.verdicts):
        return judgement
    found = []
    for left in left_blanks(own, template, exercise):
        captured = capture(filled(own, left, template, exercise), exercise.input_shape, sandbox().run)
        if captured.graph is None:
            continue
        terms = {name: stated for one in left for name, stated in one.terms.items()}
        places = {name: place for one in left for name, place in one.places.items()}
        try:
            graph = spliced(captured.graph, _graph(marked), terms, places, exercise.input_shape)
            within_budget(graph, exercise.input_shape)
        except (DoesNotFit, Refused, Unbelievable):
            continue
        whole = judge(captured.model_copy(update={"graph": graph}), own, exercise, reference, start)
        if whole.unsure is None and earned(whole, exercise) >= earned(judgement, exercise):
            repairs = tuple(one.repair() for one in left)
            found.append(whole.model_copy(update={"repairs": repairs}))
    return max(found, key=lambda one: earned(one, exercise), default=judgement)


@lru_cache(maxsize=16)
def _graph(text: str) -> ModelGraph:
    return ModelGraph.model_validate_json(text)


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
