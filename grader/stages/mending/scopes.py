"""What is made where: the classes and functions around a node, and the names that they bind."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.stages.mending.situation import FUNCTIONS, AnyFunction, Situation


def made_before(function: ast.FunctionDef | ast.AsyncFunctionDef, node: ast.expr) -> list[str]:
    """Names that statements above assign, the nearest first."""
    made = [
        (n.lineno, n.id)
        for n in ast.walk(function)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and n.lineno < node.lineno
    ]
    return list(dict.fromkeys(name for _, name in sorted(made, reverse=True)))


def methods(situation: Situation) -> Iterator[tuple[str, AnyFunction]]:
    """Every method that is no special one, with its cell."""
    for label, owner in situation.classes():
        for function in owner.body:
            if isinstance(function, FUNCTIONS) and not function.name.startswith("__"):
                yield label, function


# -- where a node stands -----------------------------------------------------------------------------


def on_line(node: ast.AST, line: int) -> bool:
    return getattr(node, "lineno", 0) <= line <= (getattr(node, "end_lineno", 0) or 0)


def class_of(situation: Situation, label: str, node: ast.AST) -> ast.ClassDef | None:
    """The innermost class around a node."""
    return next(
        (c for c in reversed(list(_around(situation, label, node))) if isinstance(c, ast.ClassDef)), None
    )


def function_of(
    situation: Situation, label: str, node: ast.AST
) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The innermost function around a node."""
    return next(
        (f for f in reversed(list(_around(situation, label, node))) if isinstance(f, FUNCTIONS)), None
    )


def _around(situation: Situation, label: str, node: ast.AST) -> Iterator[ast.ClassDef | AnyFunction]:
    line = getattr(node, "lineno", 0)
    for other in situation.definitions(label):
        if other.lineno <= line <= (other.end_lineno or 0) and other is not node:
            yield other


def attributes_of(owner: ast.ClassDef) -> set[str]:
    """What a class makes on its first argument, and its methods and class attributes."""
    found = {s.name for s in owner.body if isinstance(s, FUNCTIONS)}
    for statement in owner.body:
        if isinstance(statement, ast.Assign):
            found |= {t.id for t in statement.targets if isinstance(t, ast.Name)}
    for node in ast.walk(owner):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and isinstance(node.value, ast.Name)
        ):
            found.add(node.attr)
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("add_module", "register_module", "register_buffer", "register_parameter")
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
        ):
            found.add(node.args[0].value)
    return found


def bound_at_top(tree: ast.Module) -> set[str]:
    """Names that the cell's own level binds."""
    found = set()
    for node in tree.body:
        if isinstance(node, (ast.ClassDef, *FUNCTIONS)):
            found.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        else:
            found |= {
                n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
            }
    return found
