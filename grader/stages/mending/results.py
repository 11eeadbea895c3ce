"""Kind *names*: a method that returns nothing, too early, or several things."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.offsets import Offsets
from grader.stages.mending.scopes import methods
from grader.stages.mending.situation import FUNCTIONS, AnyFunction, Proposal, Situation
from grader.stages.mending.structure import shifted


def is_docstring(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


# -- what is returned --------------------------------------------------------------------------------


def returns(situation: Situation) -> Iterator[Proposal]:
    """A method that returns nothing, too early, or several things."""
    capture = situation.capture
    if capture is None:
        return
    problem, crash = capture.problem, capture.crash
    nothing = crash is not None and "NoneType" in crash.message
    several = crash is not None and bool(re.search(r"\b(?:tuple|list|dict)\b", crash.message))
    if problem is not None and problem.code == "not-a-tensor":
        nothing, several = problem.detail == "NoneType", problem.detail != "NoneType"
    elif (
        capture.graph is not None
    ):  # an output of another shape than asked for: something returned it too early
        yield from early_returns(situation)
        return
    elif not (nothing or several):
        return
    yield from early_returns(situation)
    found = list(methods(situation))
    functions = [
        (label, f)
        for label, f in situation.nodes(FUNCTIONS)
        if isinstance(f, FUNCTIONS) and f.col_offset == 0
    ]
    own = situation.own_class()
    found.sort(
        key=lambda pair: not (own is not None and pair[1] in own[1].body and pair[1].name == "forward")
    )
    for label, function in [*found, *functions]:
        if nothing:
            yield from _return_added(situation, label, function)
        if several:
            yield from _one_returned(situation, label, function)


def early_returns(situation: Situation) -> Iterator[Proposal]:
    """A `return` with statements behind it in the same block, or one inside a loop."""
    for label, owner in situation.classes():
        for function in (f for f in owner.body if isinstance(f, FUNCTIONS) and f.name != "__init__"):
            for block in ast.walk(function):
                body = getattr(block, "body", None)
                if not isinstance(body, list):
                    continue
                for statement in body[:-1]:
                    if isinstance(statement, ast.Return):
                        yield situation.replaced(
                            "returned-early", label, [(statement, "pass")], statement.lineno
                        )
                if isinstance(block, ast.For | ast.While) and body and isinstance(body[-1], ast.Return):
                    lines = situation.text(label).split("\n")
                    line = lines[body[-1].lineno - 1]
                    if len(body) > 1:
                        lines[body[-1].lineno - 1] = shifted(line, block.col_offset - body[-1].col_offset)
                        yield situation.edited("returned-early", label, "\n".join(lines), body[-1].lineno)


def _return_added(situation: Situation, label: str, function: AnyFunction) -> Iterator[Proposal]:
    valued = [n for n in ast.walk(function) if isinstance(n, ast.Return) and n.value is not None]
    bare = [n for n in ast.walk(function) if isinstance(n, ast.Return) and n.value is None]
    prints = [n for n in valued if isinstance(n.value, ast.Call) and ast.unparse(n.value.func) == "print"]
    if valued and not prints:
        return
    last = function.body[-1]
    for statement in prints:
        assert isinstance(statement.value, ast.Call)
        for argument in statement.value.args[:1]:
            yield situation.replaced(
                "return-missing", label, [(statement, f"return {ast.unparse(argument)}")], statement.lineno
            )
    names = _assigned(function)
    if bare:
        for name in names[:1]:
            yield situation.replaced("return-missing", label, [(bare[-1], f"return {name}")], bare[-1].lineno)
        return
    if isinstance(last, ast.Expr) and not is_docstring(last):
        text = situation.text(label)
        start, _ = Offsets(text).of(last)
        yield situation.edited("return-missing", label, f"{text[:start]}return {text[start:]}", last.lineno)
        if isinstance(last.value, ast.Call) and ast.unparse(last.value.func) == "print":
            for argument in last.value.args[:1]:
                yield situation.replaced(
                    "return-missing", label, [(last, f"return {ast.unparse(argument)}")], last.lineno
                )
            for name in names[:1]:
                yield situation.replaced("return-missing", label, [(last, f"return {name}")], last.lineno)
    elif isinstance(last, ast.Assign | ast.AugAssign | ast.AnnAssign):
        text = situation.text(label)
        _, end = Offsets(text).of(last)
        for name in names[:1]:
            yield situation.edited(
                "return-missing", label, f"{text[:end]}; return {name}{text[end:]}", last.lineno
            )
    elif isinstance(last, ast.For | ast.If | ast.With):
        lines = situation.text(label).split("\n")
        end_line = last.end_lineno or last.lineno
        empty = next(
            (n for n in range(end_line + 1, min(end_line + 3, len(lines)) + 1) if not lines[n - 1].strip()),
            None,
        )
        if empty is not None:
            for name in names[:1]:
                new = lines.copy()
                new[empty - 1] = " " * last.col_offset + f"return {name}"
                yield situation.edited("return-missing", label, "\n".join(new), empty)


def _assigned(function: AnyFunction) -> list[str]:
    """Names that a function makes, the last first."""
    made = sorted(
        (n.lineno, n.col_offset, n.id)
        for n in ast.walk(function)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    )
    return list(dict.fromkeys(name for _, _, name in reversed(made)))


def _one_returned(situation: Situation, label: str, function: AnyFunction) -> Iterator[Proposal]:
    for statement in ast.walk(function):
        if not isinstance(statement, ast.Return) or statement.value is None:
            continue
        parts: list[ast.expr] = []
        if isinstance(statement.value, ast.Tuple | ast.List):
            parts = list(statement.value.elts)
        elif isinstance(statement.value, ast.Dict):
            parts = list(statement.value.values)
        elif isinstance(statement.value, ast.Call) and ast.unparse(statement.value.func) in (
            "dict",
            "tuple",
            "list",
        ):
            parts = [*statement.value.args, *(k.value for k in statement.value.keywords)]
        for part in parts[:4]:
            yield situation.replaced(
                "several-returned", label, [(statement, f"return {ast.unparse(part)}")], statement.lineno
            )
