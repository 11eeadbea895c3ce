"""Kind *numbers and shapes*: the numbers of a `view`, and the batch size written in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.stages.mending.scopes import function_of
from grader.stages.mending.shapes import stopped_line
from grader.stages.mending.situation import Proposal, Situation
from grader.stages.mending.torch_names import reach

_METHODS = frozenset("view reshape expand flatten repeat squeeze".split())  # noqa: SIM905


def _calls(situation: Situation, names: frozenset[str]) -> Iterator[tuple[str, ast.Call, str, bool]]:
    """Calls in methods, those on the line of the stop first: cell, call, name, whether it is that line."""
    here = stopped_line(situation)
    found: list[tuple[bool, int, str, ast.Call, str]] = []
    for label, call in situation.nodes(ast.Call):
        if isinstance(call, ast.Call) and (name := ast.unparse(call.func).rpartition(".")[2]) in names:
            at = (
                here is not None
                and label == here[0]
                and call.lineno <= here[1] <= (call.end_lineno or call.lineno)
            )
            function = function_of(situation, label, call)
            if at or (function is not None and function.name != "__init__"):
                found.append((not at, len(found), label, call, name))
    for away, _, label, call, name in sorted(found, key=lambda entry: entry[:2]):
        yield label, call, name, not away


def views(situation: Situation) -> Iterator[Proposal]:
    """`view(100, -1)` and `view(-1, 2048)`: one row per image, whatever the numbers."""
    capture = situation.capture
    if capture is None or capture.graph is not None:
        return
    problem = capture.problem
    if problem is not None and problem.code not in ("depends-on-batch", "unrolled"):
        return
    if capture.crash is not None and capture.crash.phase != "forward":
        return
    for label, call, name, _ in list(_calls(situation, _METHODS))[:4]:
        if not isinstance(call.func, ast.Attribute):
            continue
        function = ast.unparse(call.func.value) in ("torch", "F")
        tensor = ast.unparse(call.args[0]) if function and call.args else ast.unparse(call.func.value)
        sizes = call.args[1:] if function else call.args
        listed = len(sizes) == 1 and isinstance(sizes[0], ast.Tuple | ast.List)
        if listed:
            assert isinstance(sizes[0], ast.Tuple | ast.List)
            sizes = sizes[0].elts
        if name == "squeeze" and not sizes and not call.keywords:
            yield situation.replaced(
                "wrong-dimension",
                label,
                [(call, f"{reach(situation, 'torch')}.flatten({tensor}, 1)")],
                call.lineno,
                (name,),
            )
            continue
        if name == "flatten":
            starts = [k.value for k in call.keywords if k.arg == "start_dim"] or sizes[:1]
            if not starts or (isinstance(starts[0], ast.Constant) and starts[0].value != 1):
                new = f"torch.flatten({tensor}, 1)" if function else f"{tensor}.flatten(1)"
                yield situation.replaced("wrong-dimension", label, [(call, new)], call.lineno, (f"{name}",))
            continue
        if len(sizes) == 1 and not listed and ast.unparse(sizes[0]) == "-1":
            new = f"{reach(situation, 'torch')}.flatten({tensor}, 1)"
            yield situation.replaced("wrong-dimension", label, [(call, new)], call.lineno, (f"{name}",))
            continue
        if len(sizes) < 2:
            continue
        texts = [ast.unparse(size) for size in sizes]
        fixed = not re.search(r"\.size\(|\.shape|^-1$|\blen\(", texts[0])
        offers: list[tuple[str, list[str]]] = []
        if name == "expand":
            offers.append(("batch-written", ["-1", *texts[1:]]))
        elif len(sizes) == 2:
            offers.append(("batch-written" if fixed else "view-numbers", [f"{tensor}.size(0)", "-1"]))
        else:
            offers.append(("batch-written", [f"{tensor}.size(0)", *texts[1:]]))
        for code, new_sizes in offers:
            if new_sizes == texts:
                continue
            inside = ", ".join(new_sizes)
            inside = f"({inside})" if listed else inside
            start = f"{ast.unparse(call.func)}({tensor}, " if function else f"{ast.unparse(call.func)}("
            yield situation.replaced(code, label, [(call, f"{start}{inside})")], call.lineno, (name,))


def written_batch(situation: Situation) -> Iterator[Proposal]:
    """`torch.zeros(100, …)` in `forward`, where the input has another number of images."""
    capture = situation.capture
    if capture is None or capture.graph is not None:
        return
    for label, call, name, _ in list(
        _calls(situation, frozenset({"zeros", "ones", "randn", "rand", "full", "empty"}))
    )[:2]:
        function = function_of(situation, label, call)
        if function is None or len(function.args.args) < 2 or not call.args:
            continue
        first = (
            call.args[0].elts[0]
            if isinstance(call.args[0], ast.Tuple | ast.List) and call.args[0].elts
            else call.args[0]
        )
        if isinstance(first, ast.Constant) and isinstance(first.value, int):
            yield situation.replaced(
                "batch-written",
                label,
                [(first, f"{function.args.args[1].arg}.size(0)")],
                call.lineno,
                (name,),
            )
