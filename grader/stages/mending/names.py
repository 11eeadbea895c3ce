"""Kind *names*: a name, attribute or module that is not there, and what near it is."""

from __future__ import annotations

import ast
import builtins
import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from grader.stages.mending.situation import FUNCTIONS, Proposal, Situation, with_cell

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
_CONSTANTS = {"true": "True", "false": "False", "none": "None", "null": "None", "TRUE": "True", "FALSE": "False", "NULL": "None", "nil": "None"}  # fmt: skip
MOST_NEAR = 3


def near(name: str, known: Iterable[str], most: int = MOST_NEAR) -> list[str]:
    """The known names that somebody may have meant, the nearest first."""
    folded: dict[str, list[str]] = {}
    for other in dict.fromkeys(known):
        if other != name:
            folded.setdefault(_folded(other), []).append(other)
    same = folded.get(_folded(name), [])
    close = difflib.get_close_matches(_folded(name), list(folded), n=most, cutoff=0.75)
    # `conv1_2` is as near to `conv1_1` as to `conv2_2`: digits that differ are rarely a slip of spelling
    ranked = sorted(
        (other for key in close for other in folded[key]),
        key=lambda other: (re.sub(r"\D", "", other) != re.sub(r"\D", "", name), -_ratio(name, other)),
    )
    return list(dict.fromkeys([*same, *ranked]))[:most]


def _folded(name: str) -> str:
    return name.replace("_", "").lower()


def _ratio(a: str, b: str) -> float:
    return difflib.SequenceMatcher(None, a, b).ratio()


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
    places = [
        (label, node)
        for label, node in situation.nodes(ast.Name)
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
    ]
    here = [
        (label, node)
        for label, node in places
        if crash.line is None or (label == crash.line.file and _on_line(node, crash.line.line))
    ]
    if not here:
        return
    label, node = here[0]
    yield from _comma_before(situation, label, node)
    yield from _compared(situation, label, node)
    if name in KNOWN_IMPORTS and crash.error == "NameError":
        yield import_added(situation, label, node.lineno, name)
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


def _compared(situation: Situation, label: str, node: ast.expr) -> Iterator[Proposal]:
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


def made_before(function: ast.FunctionDef | ast.AsyncFunctionDef, node: ast.expr) -> list[str]:
    """Names that statements above assign, the nearest first."""
    made = [
        (n.lineno, n.id)
        for n in ast.walk(function)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and n.lineno < node.lineno
    ]
    return list(dict.fromkeys(name for _, name in sorted(made, reverse=True)))


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


# -- an attribute ------------------------------------------------------------------------------------


def attribute(situation: Situation) -> Iterator[Proposal]:
    """AttributeError, of the network itself, of a module of torch's or of a tensor."""
    crash = situation.crash
    if crash is None or crash.error != "AttributeError":
        return
    found = re.search(
        r"(?:module '([\w.]+)'|type object '(\w+)'|'(\w+)' object) has no attribute '(\w+)'", crash.message
    )
    if found is None:
        return
    module, kind, instance, name = found.groups()
    here = [
        (label, node)
        for label, node in situation.nodes(ast.Attribute)
        if isinstance(node, ast.Attribute) and node.attr == name
        if crash.line is None or (label == crash.line.file and _on_line(node, crash.line.line))
    ]
    if not here:
        return
    label, node = here[0]
    assert isinstance(node, ast.Attribute)
    yield from _compared(situation, label, node)
    classes = {c.name: c for _, c in situation.classes()}
    if module is not None:
        for new in _of_module(situation, module, name):
            whole = "." in new
            yield situation.replaced(
                "torch-name-misspelt", label, [(node, new if whole else f"{ast.unparse(node.value)}.{new}")], node.lineno,
                (f"{ast.unparse(node.value)}.{name}",),
            )  # fmt: skip
    elif instance in classes or kind in classes:
        owner = classes[instance or kind]
        yield from _of_network(situation, label, node, owner)
    elif instance == "super":
        for new in near(name, ("__init__", "forward", "train", "eval"), 1):
            yield situation.replaced(
                "init-misspelt", label, [(node, f"{ast.unparse(node.value)}.{new}")], node.lineno, (name,)
            )
    elif instance in ("Tensor", "Parameter"):
        for new in near(name, _names_of("torch.Tensor")):
            yield situation.replaced(
                "torch-name-misspelt",
                label,
                [(node, f"{ast.unparse(node.value)}.{new}")],
                node.lineno,
                (f".{name}",),
            )
        yield from _call_of_function(situation, label, node, name)


def _call_of_function(situation: Situation, label: str, node: ast.Attribute, name: str) -> Iterator[Proposal]:
    """`x.avg_pool2d(2)`: a function of `torch.nn.functional`."""
    for _, call in situation.nodes(ast.Call):
        if isinstance(call, ast.Call) and call.func is node and name in _names_of("torch.nn.functional"):
            given = ", ".join(ast.unparse(part) for part in (node.value, *call.args, *call.keywords))  # type: ignore[list-item]
            yield situation.replaced(
                "torch-name-misspelt",
                label,
                [(call, f"{reach(situation, 'torch.nn.functional')}.{name}({given})")],
                node.lineno,
                (f".{name}",),
            )


def _of_network(
    situation: Situation, label: str, node: ast.Attribute, owner: ast.ClassDef
) -> Iterator[Proposal]:
    """The nearest attribute that the class makes; else the one that it makes and never uses."""
    text = ast.unparse(node.value)
    attributes = attributes_of(owner)
    same = [
        n for at, n in situation.nodes(ast.Attribute)
        if at == label and isinstance(n, ast.Attribute) and n.attr == node.attr and ast.unparse(n.value) == text
        and isinstance(n.ctx, ast.Load)
    ]  # fmt: skip
    used = {n.attr for n in ast.walk(owner) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Load)}
    unused = sorted(attributes - used)
    offered = near(node.attr, attributes)
    offered += [other for other in unused if other not in offered][:2]
    for other in offered:
        yield situation.replaced(
            "attribute-misspelt", label, [(n, f"{text}.{other}") for n in same], node.lineno, (node.attr,)
        )
    for function in (f for f in owner.body if isinstance(f, FUNCTIONS) and f.name == "__init__"):
        made = [
            n
            for n in ast.walk(function)
            if isinstance(n, ast.Name) and n.id == node.attr and isinstance(n.ctx, ast.Store)
        ]
        if made and function.args.args:  # `conv1 = nn.Conv2d(…)` in __init__, without self.
            me = function.args.args[0].arg
            yield situation.replaced(
                "self-missing", label, [(n, f"{me}.{n.id}") for n in made], made[0].lineno, (node.attr,)
            )
    if node.attr in _names_of("torch.nn.functional"):  # self.relu where nothing of that name was made
        yield situation.replaced(
            "attribute-misspelt",
            label,
            [(n, f"{reach(situation, 'torch.nn.functional')}.{node.attr}") for n in same],
            node.lineno,
            (node.attr,),
        )
    top = set().union(
        *(bound_at_top(tree) for at in situation.labels if (tree := situation.tree(at)) is not None)
    )
    arguments = {a.arg for f in ast.walk(owner) if isinstance(f, FUNCTIONS) for a in f.args.args}
    if node.attr in top | arguments:  # `self.out`, where `out` is a plain name
        yield situation.replaced(
            "self-too-many", label, [(n, node.attr) for n in same], node.lineno, (node.attr,)
        )


def _of_module(situation: Situation, module: str, name: str) -> list[str]:
    """What torch's module has of that name, or torch's other modules."""
    if module.partition(".")[0] not in ("torch", "numpy", "math"):
        return []
    found = near(name, _names_of(module))
    for other in ("torch", "torch.nn", "torch.nn.functional"):
        if other != module and module.startswith("torch"):
            exact = [n for n in _names_of(other) if n == name] or [
                n for n in _names_of(other) if _folded(n) == _folded(name)
            ]
            found += [f"{reach(situation, other)}.{n}" for n in exact[:1]]
    same_spelling = [n for n in found if _folded(n.rpartition(".")[2]) == _folded(name)]
    return list(dict.fromkeys([*same_spelling, *found]))[:4]


def reach(situation: Situation, module: str) -> str:
    """How the file itself calls one of torch's modules."""
    for label in situation.labels:
        for node in (situation.tree(label) or ast.Module([], [])).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                start = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
                for alias in node.names:
                    if f"{start}{alias.name}" == module and (
                        alias.asname or not isinstance(node, ast.Import) or alias.name == module
                    ):
                        return alias.asname or alias.name
    parent, _, last = module.rpartition(".")
    return f"{reach(situation, parent)}.{last}" if parent else module


@cache
def _names_of(module: str) -> Sequence[str]:
    """What a module or class of torch's has, public names only."""
    import importlib

    owner, _, name = module.rpartition(".")
    try:
        thing = getattr(importlib.import_module(owner), name) if owner else importlib.import_module(name)
    except (ImportError, AttributeError):
        return ()
    return tuple(n for n in dir(thing) if not n.startswith("_"))


# -- where a node stands -----------------------------------------------------------------------------


def _on_line(node: ast.AST, line: int) -> bool:
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


def _around(situation: Situation, label: str, node: ast.AST) -> Iterator[ast.AST]:
    tree = situation.tree(label)
    line = getattr(node, "lineno", 0)
    if tree is None:
        return
    for other in ast.walk(tree):
        if (
            isinstance(other, (ast.ClassDef, *FUNCTIONS))
            and other.lineno <= line <= (other.end_lineno or 0)
            and other is not node
        ):
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
        ):
            if node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
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
