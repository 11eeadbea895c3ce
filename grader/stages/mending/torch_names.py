"""What torch has, and how a file reaches it."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Sequence
from functools import cache

from grader.stages.mending.situation import Situation


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
def names_of(module: str) -> Sequence[str]:
    """What a module or class of torch's has, public names only."""
    owner, _, name = module.rpartition(".")
    try:
        thing = getattr(importlib.import_module(owner), name) if owner else importlib.import_module(name)
    except (ImportError, AttributeError):
        return ()
    return tuple(n for n in dir(thing) if not n.startswith("_"))
