"""Kind *names*: a name, attribute or module that is not there, and what near it is."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator

from grader.stages.mending.scopes import (
    attributes_of,
    bound_at_top,
    class_of,
    function_of,
    made_before,
    on_line,
)
from grader.stages.mending.situation import Proposal, Situation, with_cell
from grader.stages.mending.spelling import near
from grader.stages.mending.surroundings import is_plotting
from grader.stages.mending.torch_names import names_of, reach

KNOWN_IMPORTS = {
    "torch": "import torch",
    "nn": "import torch.nn as nn",
    "F": "import torch.nn.functional as F",
    "np": "import numpy as np",
    "numpy": "import numpy",
    "math": "import math",
    "functional": "import torch.nn.functional as functional",
    "optim": "import torch.optim as optim",
    "init": "import torch.nn.init as init",
    "OrderedDict": "from collections import OrderedDict",
    "partial": "from functools import partial",
    "Tensor": "from torch import Tensor",
    "Module": "from torch.nn import Module",
    "List": "from typing import List",
    "Optional": "from typing import Optional",
    "Tuple": "from typing import Tuple",
    "random": "import random",
    "os": "import os",
    "sys": "import sys",
}
"""What everybody calls these modules."""
_MODULES = (
    "torch", "nn", "functional", "torchvision", "numpy", "math", "collections", "typing", "functools", "optim", "utils", "itertools",
)  # fmt: skip
_CONSTANTS = {"true": "True", "false": "False", "none": "None", "null": "None", "TRUE": "True", "FALSE": "False", "NULL": "None", "nil": "None"}  # fmt: skip


# -- a plain name ------------------------------------------------------------------------------------


def undefined(situation: Situation) -> Iterator[Proposal]:
    """NameError: an import that is missing, `self.` that is missing, or the nearest name that is there."""
    crash = situation.crash
    if crash is None or crash.error not in ("NameError", "UnboundLocalError"):
        return
    found = re.search(r"(?:name|variable) '([^']+)'", crash.message)
    if found is None:
        return
    name = found[1]
    if is_plotting(name):  # `surroundings` has those
        return
    places = [
        (label, node)
        for label, node in situation.nodes(ast.Name)
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
    ]
    here = [
        (label, node)
        for label, node in places
        if crash.line is None or (label == crash.line.file and on_line(node, crash.line.line))
    ]
    if not here:
        return
    label, node = here[0]
    yield from _comma_before(situation, label, node)
    if (
        name.startswith("return") and (rest := name.removeprefix("return")).isidentifier()
    ):  # `returnself.fc3(out)`
        yield situation.replaced("keyword-misspelt", label, [(node, f"return {rest}")], node.lineno)
    yield from _keyword_compared(situation, label, node)
    if compared := list(compared_instead(situation, label, node)):
        yield from compared
        return
    yield from _imported_misspelt(situation, name)
    if name in KNOWN_IMPORTS and crash.error == "NameError":
        yield import_added(situation, label, node.lineno, name)
    yield from _argument_renamed(situation, label, node, name)
    for module in ("torch.nn", "torch.nn.functional", "torch"):
        if name in names_of(module) and len(name) > 1 and name not in KNOWN_IMPORTS:
            new = f"{reach(situation, module)}.{name}"
            changes: list[tuple[ast.AST, str]] = [(n, new) for at, n in places if at == label]
            yield situation.replaced("import-missing", label, changes, node.lineno, (name,))
    if name in _CONSTANTS:
        yield situation.replaced(
            "name-misspelt", label, [(n, _CONSTANTS[name]) for at, n in places if at == label], node.lineno,
            (name,),
        )  # fmt: skip
    for code, new in _instead(situation, label, node, name):
        same = [
            n
            for at, n in places
            if at == label and function_of(situation, at, n) is function_of(situation, label, node)
        ]
        yield situation.replaced(code, label, [(n, new) for n in same], node.lineno, (name,))
    if crash.error == "UnboundLocalError" or _assigned_later(situation, label, node):
        yield from _moved_down(situation, label, node, name)


def _comma_before(situation: Situation, label: str, node: ast.Name) -> Iterator[Proposal]:
    """`self,relu(x)`, which Python reads as two things."""
    lines = situation.text(label).split("\n")
    line = lines[node.lineno - 1]
    column = len(line.encode()[: node.col_offset].decode())
    if found := re.search(r"\b(self|torch|nn|F)\s*,\s*$", line[:column]):
        lines[node.lineno - 1] = f"{line[: found.start()]}{found[1]}.{line[column:]}"
        yield situation.edited(
            "comma-for-full-stop", label, "\n".join(lines), node.lineno, (found[1], node.id)
        )


def compared_instead(situation: Situation, label: str, node: ast.expr) -> Iterator[Proposal]:
    """`self.conv1 == nn.Conv2d(…)` as a statement."""
    for at, statement in situation.nodes(ast.Expr):
        if at != label or not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Compare):
            continue
        compared = statement.value
        if compared.left is node and len(compared.ops) == 1 and isinstance(compared.ops[0], ast.Eq):
            same = [
                s.value for at, s in situation.nodes(ast.Expr)
                if at == label and isinstance(s, ast.Expr) and isinstance(s.value, ast.Compare) and isinstance(s.value.ops[0], ast.Eq)
            ]  # fmt: skip
            for group in [same, [compared]][len(same) < 2 :]:
                changes: list[tuple[ast.AST, str]] = [
                    (c, f"{ast.unparse(c.left)} = {ast.unparse(c.comparators[0])}") for c in group
                ]
                yield situation.replaced(
                    "assignment", label, changes, statement.lineno, (ast.unparse(compared.left),)
                )


def module_misspelt(situation: Situation) -> Iterator[Proposal]:
    """`import troch`."""
    crash = situation.crash
    found = re.search(r"No module named '([\w.]+)'", crash.message) if crash is not None else None
    if crash is None or found is None or crash.line is None:
        return
    wrong = found[1].split(".")[-1]
    lines = situation.text(crash.line.file).split("\n")
    line = lines[crash.line.line - 1] if 0 < crash.line.line <= len(lines) else ""
    for right in near(wrong, _MODULES, 2):
        new = lines.copy()
        new[crash.line.line - 1] = re.sub(rf"\b{re.escape(wrong)}\b", right, line, count=1)
        if new != lines:
            yield situation.edited(
                "import-misspelt", crash.line.file, "\n".join(new), crash.line.line, (wrong,)
            )


def _imported_misspelt(situation: Situation, name: str) -> Iterator[Proposal]:
    """`import troch`, where `torch` is not there."""
    for label, node in situation.nodes(ast.Import):
        for alias in node.names if isinstance(node, ast.Import) and name in KNOWN_IMPORTS else ():
            if alias.asname in (None, name) and near(alias.name, [name], 1) and "." not in alias.name:
                yield situation.replaced(
                    "import-misspelt", label, [(alias, name)], alias.lineno, (alias.name,)
                )


def _keyword_compared(situation: Situation, label: str, node: ast.expr) -> Iterator[Proposal]:
    """`nn.Conv2d(3, 16, kernel_size==3)`."""
    for at, call in situation.nodes(ast.Call):
        for compared in call.args if isinstance(call, ast.Call) and at == label else ():
            if (
                isinstance(compared, ast.Compare)
                and compared.left is node
                and isinstance(compared.ops[0], ast.Eq)
            ):
                new = f"{ast.unparse(node)}={ast.unparse(compared.comparators[0])}"
                yield situation.replaced(
                    "assignment", label, [(compared, new)], compared.lineno, (ast.unparse(node),)
                )


def _argument_renamed(situation: Situation, label: str, node: ast.Name, name: str) -> Iterator[Proposal]:
    """`def forward(self, input):`, whose body calls it `x`."""
    function = function_of(situation, label, node)
    if function is not None and class_of(situation, label, node) is not None:
        read = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
        for argument in [a for a in function.args.args[1:2] if a.arg not in read]:
            yield situation.replaced("name-misspelt", label, [(argument, name)], function.lineno, (name,))


def import_added(situation: Situation, label: str, line: int, name: str) -> Proposal:
    """With the import that everybody writes for this name."""
    path = next(f.path for f in situation.submission.files if any(c.label == label for c in f.cells))
    return Proposal(
        code="import-missing",
        submission=with_cell(situation.submission, path, KNOWN_IMPORTS[name], first=True),
        file=label,
        line=line,
        before=situation.text(label).split("\n")[line - 1].strip(),
        after=KNOWN_IMPORTS[name],
        facts=(name,),
    )


def _instead(situation: Situation, label: str, node: ast.Name, name: str) -> Iterator[tuple[str, str]]:
    owner = class_of(situation, label, node)
    function = function_of(situation, label, node)
    own = function is not None and bool(function.args.args) and owner is not None
    me = function.args.args[0].arg if function is not None and own else "self"
    attributes = attributes_of(owner) if owner is not None else set()
    if own and name in attributes and name != me:
        yield "self-missing", f"{me}.{name}"
    known = set(dir(builtins))
    if function is not None:
        known |= {
            n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
        known |= {a.arg for a in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)}
    for at in situation.labels:
        if (tree := situation.tree(at)) is not None:
            known |= bound_at_top(tree)
    local = near(name, known - set(dir(builtins)))
    for other in local or near(name, known, 1):
        yield "name-misspelt", other
    if own:
        for other in near(name, attributes - {name}, 2):
            yield "self-missing", f"{me}.{other}"
    if function is not None and len(name) <= 4:  # `x` where the argument is called `images`
        for argument in function.args.args[1:3] if own else function.args.args[:2]:
            if argument.arg != name and argument.arg not in local:
                yield "name-misspelt", argument.arg
    if function is not None:  # whatever the lines just above have made
        above = made_before(function, node)
        for other in above[:2]:
            if other != name and other not in local:
                yield "name-unknown", other


def _assigned_later(situation: Situation, label: str, node: ast.Name) -> bool:
    function = function_of(situation, label, node)
    return function is not None and any(
        isinstance(n, ast.Name)
        and isinstance(n.ctx, ast.Store)
        and n.id == node.id
        and n.lineno > node.lineno
        for n in ast.walk(function)
    )


def _moved_down(situation: Situation, label: str, node: ast.Name, name: str) -> Iterator[Proposal]:
    """The statement that uses a name before it is made, behind the one that makes it."""
    function = function_of(situation, label, node)
    if function is None:
        return
    body = function.body
    user = next(
        (i for i, s in enumerate(body) if s.lineno <= node.lineno <= (s.end_lineno or s.lineno)), None
    )
    makers = [
        i for i, s in enumerate(body)
        if user is not None and i > user and any(isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and n.id == name for n in ast.walk(s))
    ]  # fmt: skip
    if user is None or not makers:
        return
    lines = situation.text(label).split("\n")
    for maker in dict.fromkeys((makers[-1], makers[0])):
        first, last = body[user].lineno, body[user].end_lineno or body[user].lineno
        end = body[maker].end_lineno or body[maker].lineno
        moved = [*lines[: first - 1], *lines[last:end], *lines[first - 1 : last], *lines[end:]]
        yield situation.edited("used-before-made", label, "\n".join(moved), first, (name,))
