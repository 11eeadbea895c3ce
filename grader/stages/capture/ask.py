"""One question to a sandbox: what does this excerpt compute?"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Protocol

from torch import Tensor

from grader.errors import SandboxFault
from grader.records.graph import Aside, Capture, Crash, PartialGraph, Problem, SourceLine, Value
from grader.records.submission import Excerpt
from grader.stages.capture import believe
from grader.stages.capture.alone import alone_of
from grader.stages.capture.claims import ClaimedError, Claims, Frame, Unbelievable
from grader.stages.capture.merging import Refused
from grader.stages.capture.own_start import cannot_learn

TRACES: tuple[dict[str, object], ...] = (
    {"batch": 2, "mode": "train"},
    {"batch": 3, "mode": "train"},
    {"batch": 2, "mode": "eval"},
    {"batch": 3, "mode": "eval"},
    {"batch": 2, "mode": "train"},  # once more: the answer must not depend on earlier calls
    {"batch": 2, "mode": "eval", "gradients": False},  # nor on whether anybody wants gradients
)

CALLS: tuple[dict[str, object], ...] = ({"batch": 100, "mode": "train"},)
"""Of a second instance, by their shapes alone, with as many images as the exercise trains with: they must do
what the traces do."""


STATEMENT_S = 2.0
"""What a statement of a file that is run whole may take."""


class Answer(Protocol):
    """What a sandbox says of one run."""

    @property
    def payload(self) -> bytes: ...
    @property
    def ending(self) -> str: ...
    @property
    def detail(self) -> str: ...


def request_for(excerpt: Excerpt, image: Sequence[int]) -> bytes:
    """The guest's instructions: nothing in them but the student's own code."""
    document = {
        "class_name": excerpt.class_name,
        "cells": [{"label": cell.label, "text": cell.text} for cell in excerpt.cells],
        "modules": [
            {"name": m.name, "path": m.path, "cells": [{"label": c.label, "text": c.text} for c in m.cells]}
            for m in excerpt.modules
        ],
        "whole": {**excerpt.whole.model_dump(mode="json"), "statement_s": STATEMENT_S}
        if excerpt.whole
        else None,
        "input_shape": list(image),
        "traces": TRACES,
        "calls": CALLS,
    }
    return json.dumps(document).encode()


def capture(excerpt: Excerpt, image: Sequence[int], run: Callable[[bytes], Answer]) -> Capture:
    """Run an excerpt in a sandbox; `image` is channels, height, width of the input.

    Raises:
        SandboxFault: the guest failed in a way that no submission explains.
    """
    answer = run(request_for(excerpt, image))
    if answer.ending == "lockdown":
        raise SandboxFault(f"the sandbox could not be locked: {answer.detail}")
    if answer.ending in ("timeout", "memory"):
        return Capture(problem=Problem(code=answer.ending, detail=answer.detail))
    if answer.ending == "too_large":
        return Capture(problem=Problem(code="too-large", detail=answer.detail))
    if answer.ending != "finished":
        return Capture(problem=Problem(code="ended", detail=answer.detail or answer.ending))
    from grader.stages.capture.reply import read  # needs packages that a student's own check does without

    try:
        claims, tensors = read(answer.payload)
    except Unbelievable as error:
        return Capture(problem=Problem(code="meddled", detail=str(error)))
    return understood(claims, tensors, excerpt, image)


def understood(claims: Claims, tensors: dict[str, Tensor], excerpt: Excerpt, image: Sequence[int]) -> Capture:
    """What a readable reply says, checked for sense."""
    return _told(claims, tensors, excerpt, image).model_copy(update={"aside": _aside(claims)})


def _aside(claims: Claims) -> Aside:
    return Aside(
        lost=tuple(sorted({name for failed in claims.failed for name in failed.names})),
        stand_ins=claims.stand_ins,
        touched=claims.touched,
    )


def _told(claims: Claims, tensors: dict[str, Tensor], excerpt: Excerpt, image: Sequence[int]) -> Capture:
    try:
        if claims.error is not None:
            return crashed(claims, claims.error, excerpt)
        if claims.phase != "done" or len(claims.traces) != len(TRACES) or len(claims.calls) != len(CALLS):
            raise Unbelievable("neither finished nor failed")
        graph = believe.graph_of(claims, tensors, image)
        alone = alone_of(claims, tensors, graph)
    except Unbelievable as error:
        return Capture(problem=Problem(code="meddled", detail=str(error)))
    except Refused as refused:
        fits = all(
            (out := tensors.get(f"output{n}")) is not None and out.dim() == 2 and out.shape[0] == trace.batch
            for n, trace in enumerate(claims.traces)
        )
        problem = refused.problem.model_copy(update={"output_fits": fits})
        return Capture(problem=problem, partial=partial_of(claims), cuda=claims.cuda)
    count = sum(believe._numel(v.shape) for v in graph.values if v.kind == "parameter" and v.registered)
    return Capture(
        graph=graph,
        alone=alone,
        cuda=claims.cuda,
        parameters=count,
        hooked=hooked(claims),
        turned=any(v.hooked == "turned" for v in claims.values)
        or any(node.hooked == "turned" for trace in claims.traces for node in trace.nodes),
        cannot_learn=cannot_learn(graph, tensors),
    )


def hooked(claims: Claims) -> tuple[str, ...]:
    """Whose gradients the student's own hooks change."""
    nodes = (node for trace in claims.traces for node in trace.nodes)
    lines = sorted({node.line.line for node in nodes if node.hooked and node.line is not None})
    return (*(value.name for value in claims.values if value.hooked), *(f"line {line}" for line in lines))


def crashed(claims: Claims, error: ClaimedError, excerpt: Excerpt) -> Capture:
    """A Python error in the student's code, with the graph up to it."""
    phase = claims.phase if claims.phase != "done" else "forward"
    trace = claims.traces[-1] if claims.traces else None
    last = error.frames[-1] if error.frames else None
    batch, mode = (trace.batch, trace.mode) if trace else (None, None)
    if len(claims.traces) == len(TRACES) and trace is not None and trace.output is not None:
        batch, mode = 100, trace.mode  # every trace was made: it was one of the calls behind them
    return Capture(
        crash=Crash(
            phase=phase,
            error=error.type,
            message=error.message,
            line=SourceLine(file=last.file, line=last.line) if last else None,
            traceback=traceback_text(error.frames, error, excerpt),
            batch=batch,
            mode=mode,
        ),
        partial=partial_of(claims),
        cuda=claims.cuda,
    )


def partial_of(claims: Claims) -> PartialGraph | None:
    """What is known of a network that has no whole graph."""
    if not claims.layers and not claims.values:
        return None
    trace = claims.traces[-1] if claims.traces else None
    batch = trace.batch if trace else 1
    values = tuple(
        Value(
            kind=v.kind,
            name=v.name,
            shape=(batch, *v.shape[1:]) if v.kind == "input" else v.shape,
            dtype=v.dtype,
            requires_grad=v.requires_grad,
            registered=v.registered,
        )
        for v in claims.values
    )
    nodes = believe.partial_nodes(trace, len(values)) if trace and values else ()
    return PartialGraph(
        values=values, nodes=nodes, layers=believe.with_calls(claims), batch=trace.batch if trace else 0
    )


def traceback_text(frames: Sequence[Frame], error: ClaimedError, excerpt: Excerpt) -> str:
    """A traceback of the student's own lines, as Python would print it."""
    sources = {cell.label: cell.text.splitlines() for cell in excerpt.cells}
    for module in excerpt.modules:
        sources.update({cell.label: cell.text.splitlines() for cell in module.cells})
    lines = []
    for frame in frames:
        lines.append(f'  File "{frame.file}", line {frame.line}, in {frame.function}')
        source = sources.get(frame.file, [])
        if 0 < frame.line <= len(source):
            lines.append(f"    {source[frame.line - 1].strip()}")
    return "\n".join([*lines, f"{error.type}: {error.message}"])
