"""One image alone: what the student's code made of it, beside what the graph makes of it among others.

A graph is merged from traces with two and three images. It cannot say what becomes of one: a `squeeze()` drops
another side then, `nn.Linear` takes the vector that is left although the operator that was recorded does not, and
code that reads shapes goes another way.
"""

from __future__ import annotations

import torch
from torch import Tensor

from grader.networks import operators
from grader.networks.replay import Replay, load
from grader.records.graph import Alone, ModelGraph, SourceLine
from grader.stages.capture.claims import Claims, Unbelievable


def alone_of(claims: Claims, tensors: dict[str, Tensor], graph: ModelGraph) -> Alone:
    """What a finished reply says of one image, compared with its graph.

    Raises:
        Unbelievable: the parts of the reply contradict each other.
    """
    claim, output = claims.alone, tensors.get("alone")
    if claim is None:
        raise Unbelievable("no call with one image")
    if claim.error is not None:
        last = claim.error.frames[-1] if claim.error.frames else None
        return Alone(
            shape=None,
            error=(claim.error.message.splitlines() or [claim.error.type])[0][:200],
            line=SourceLine(file=last.file, line=last.line) if last else None,
        )
    if claim.returned != "tensor":
        return Alone(shape=None, error=f"returned {claim.returned}")
    if output is None:
        raise Unbelievable("an output that was not sent")
    return Alone(shape=tuple(output.shape), same=_same(output, claims, tensors, graph))


def _same(output: Tensor, claims: Claims, tensors: dict[str, Tensor], graph: ModelGraph) -> bool:
    """Whether it is what the first of two images came to, or failing that, what one of two equal images comes to."""
    if any((row := operators.find(node.op)) and row.family == "random" for node in graph.eval.nodes):
        return True
    number = next(n for n, trace in enumerate(claims.traces) if (trace.mode, trace.batch) == ("eval", 2))
    if _close(output, tensors[f"output{number}"]):
        return True
    network = Replay(graph)
    load(network, {n: tensors[f"value{n}"] for n in range(1, len(graph.values))})
    network.eval()
    with torch.no_grad():
        twice: Tensor = network(tensors[f"input{number}"][:1].repeat(2, 1, 1, 1))
    return _close(output, twice)


def _close(output: Tensor, rows: Tensor) -> bool:
    """Within what other kernels for another batch size may differ."""
    mine, theirs = output.flatten(), (rows[:1] if rows.dim() else rows).flatten().to(output.dtype)
    if output.numel() != theirs.numel() or not output.is_floating_point():
        return mine.equal(theirs)
    scale = max(1.0, float(theirs.abs().max())) if theirs.numel() else 1.0
    return torch.allclose(mine, theirs, rtol=1e-3, atol=1e-4 * scale, equal_nan=True)
