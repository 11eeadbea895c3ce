"""Kind *names*: a result that is thrown away, or another value returned than the one that was computed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.networks.replay import reads_input
from grader.offsets import Offsets
from grader.stages.mending.results import is_docstring
from grader.stages.mending.scopes import methods
from grader.stages.mending.situation import AnyFunction, Proposal, Situation

MOST = 6
"""Statements that are tried one by one."""
_NO_RESULT = frozenset(
    [
        "print",
        "append",
        "extend",
        "insert",
        "update",
        "add_module",
        "register_buffer",
        "register_parameter",
        "show",
        "plot",
        "imshow",
    ]
)


def discarded(situation: Situation) -> Iterator[Proposal]:
    """A call or a sum as a statement of its own: its result goes nowhere."""
    capture = situation.capture
    if capture is None or (
        capture.graph is None and (capture.crash is None or capture.crash.phase != "forward")
    ):
        return
    found = [
        (label, statement, name)
        for label, function in methods(situation)
        for statement in ast.walk(function)
        if isinstance(statement, ast.Expr)
        and not is_docstring(statement)
        and (name := _kept_in(statement.value))
    ]
    for label, statement, name in found[:MOST]:
        yield _assigned(situation, label, [(statement, name)])
    for label in {label: None for label, _, _ in found}:
        together = [(statement, name) for at, statement, name in found if at == label]
        if len(together) > 1:  # whoever takes a layer for something that changes its input does so every time
            yield _assigned(situation, label, together)


def _assigned(situation: Situation, label: str, statements: list[tuple[ast.Expr, str]]) -> Proposal:
    text = situation.text(label)
    spots = Offsets(text)
    for start, name in sorted(((spots.of(s)[0], name) for s, name in statements), reverse=True):
        text = f"{text[:start]}{name} = {text[start:]}"
    return situation.edited("result-discarded", label, text, statements[0][0].lineno)


def _kept_in(value: ast.expr) -> str | None:
    """The name that such a result would be kept in: that of the tensor which goes in first."""
    if isinstance(value, ast.BinOp):
        return _kept_in(value.left) or _kept_in(value.right)
    if isinstance(value, ast.Name):
        return value.id
    if not isinstance(value, ast.Call):
        return None
    called = value.func
    name = (
        called.attr
        if isinstance(called, ast.Attribute)
        else called.id
        if isinstance(called, ast.Name)
        else ""
    )
    if name in _NO_RESULT or name.endswith("_"):
        return None
    if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name | ast.Call):
        owner = called.value.id if isinstance(called.value, ast.Name) else _kept_in(called.value)
        if owner is not None and owner not in ("self", "torch", "F", "nn", "np", "numpy", "plt"):
            return owner  # `out.view(…)`
    for argument in value.args[:1]:
        parts = argument.elts if isinstance(argument, ast.List | ast.Tuple) else [argument]
        names = [kept for part in parts if (kept := _kept_in(part)) is not None]
        return names[-1] if names else None
    return None


def another_returned(situation: Situation) -> Iterator[Proposal]:
    """`forward` returns another value than the last one that it computed and never read."""
    capture = situation.capture
    if capture is None or (
        capture.graph is None and (capture.problem is None or capture.problem.code != "not-a-tensor")
    ):
        return
    constant = capture.graph is not None and not reads_input(capture.graph.eval)
    code = "constant-returned" if constant else "another-returned"
    for label, function in methods(situation):
        if function.name != "forward":
            continue
        last = function.body[-1]
        if not isinstance(last, ast.Return) or last.value is None:
            continue
        if (scores := _scores_in(last.value)) is not None:
            yield situation.replaced("classes-returned", label, [(last.value, scores)], last.lineno)
        for name in _never_read(function)[:2]:
            yield situation.replaced(code, label, [(last.value, name)], last.lineno)


def _scores_in(value: ast.expr) -> str | None:
    """What `out.argmax(1)`, `torch.argmax(out, dim=1)` or `out.max(1)[1]` chooses the class from."""
    if isinstance(value, ast.Subscript):
        value = value.value
    if (
        not isinstance(value, ast.Call)
        or not isinstance(value.func, ast.Attribute)
        or value.func.attr not in ("argmax", "max", "topk")
    ):
        return None
    owner = ast.unparse(value.func.value)
    return ast.unparse(value.args[0]) if owner == "torch" and value.args else owner


def _never_read(function: AnyFunction) -> list[str]:
    """Names whose last value nobody reads, the last first; what `return` reads does not count."""
    names = sorted(
        (n for statement in function.body[:-1] for n in ast.walk(statement) if isinstance(n, ast.Name)),
        key=lambda n: (n.lineno, n.col_offset),
    )
    stored: dict[str, int] = {}
    for node in names:
        if isinstance(node.ctx, ast.Store):
            stored[node.id] = node.lineno
    read = {n.id for n in names if isinstance(n.ctx, ast.Load) and n.lineno > stored.get(n.id, 0)}
    return sorted((name for name in stored if name not in read), key=lambda name: -stored[name])
