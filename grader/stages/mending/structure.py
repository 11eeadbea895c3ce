"""Kind *names*, second half: what stands at the wrong place, or is called what Python does not look for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.stages.mending.situation import FUNCTIONS, AnyFunction, Proposal, Situation
from grader.stages.mending.spelling import near
from grader.stages.mending.tries import indent_of


def special_methods(situation: Situation) -> Iterator[Proposal]:
    """`__int__`, `foward`: methods that Python or torch call by name, misspelt or elsewhere."""
    for label, owner in situation.classes():
        if not _is_network(owner):
            continue
        names = [s.name for s in owner.body if isinstance(s, FUNCTIONS)]
        for wanted in ("__init__", "forward"):
            if wanted in names:
                continue
            methods = {s.name: s for s in owner.body if isinstance(s, FUNCTIONS)}
            others = [n for n in methods if n not in ("__init__", "forward")]
            candidates = near(wanted, others, 2)
            stem = wanted.strip("_")
            candidates += [n for n in others if n not in candidates and _stem_like(n, stem)]
            if wanted == "forward" and not candidates:
                candidates = [
                    n
                    for n in (
                        "__call__",
                        "call",
                        "predict",
                        "run",
                        "net",
                        "model",
                        "feedforward",
                        "feed_forward",
                        "inference",
                    )
                    if n in methods
                ]
            for name in candidates:
                yield _renamed(situation, label, methods[name], wanted)
            yield from _elsewhere(situation, label, owner, wanted)


def _stem_like(name: str, stem: str) -> bool:
    folded = name.strip("_").lower()
    return folded == stem or bool(near(stem, [folded], 1))


def _is_network(owner: ast.ClassDef) -> bool:
    return (
        any("Module" in ast.unparse(base) or ast.unparse(base)[:1].isupper() for base in owner.bases)
        or not owner.bases
    )


def _renamed(situation: Situation, label: str, method: AnyFunction, wanted: str) -> Proposal:
    lines = situation.text(label).split("\n")
    line = lines[method.lineno - 1]
    at = line.index("def") if "def" in line else 0
    lines[method.lineno - 1] = line[:at] + re.sub(
        rf"\b{re.escape(method.name)}\b", wanted, line[at:], count=1
    )
    return situation.edited("method-misspelt", label, "\n".join(lines), method.lineno, (method.name,))


def _elsewhere(situation: Situation, label: str, owner: ast.ClassDef, wanted: str) -> Iterator[Proposal]:
    """The method at the file's own level, or inside another one."""
    tree = situation.tree(label)
    body = owner.body[0].col_offset if owner.body else owner.col_offset + 4
    if tree is None:
        return
    for node in ast.walk(tree):
        if not isinstance(node, FUNCTIONS) or not (
            node.name == wanted or _stem_like(node.name, wanted.strip("_"))
        ):
            continue
        if node in owner.body or node.col_offset == body or not node.args.args:
            continue
        lines = situation.text(label).split("\n")
        first, last = node.lineno, node.end_lineno or node.lineno
        # methods that stand right in the class's column read as parts of the one that slipped to the left
        inner = [s.lineno for s in node.body if isinstance(s, FUNCTIONS) and s.col_offset == body]
        last = min([last, *(number - 1 for number in inner)])
        shift = body - node.col_offset
        for number in range(first, last + 1):
            lines[number - 1] = shifted(lines[number - 1], shift)
        if node.name != wanted:
            lines[first - 1] = lines[first - 1].replace(node.name, wanted, 1)
        yield situation.edited("method-outside-class", label, "\n".join(lines), first, (node.name,))


def shifted(line: str, by: int) -> str:
    return " " * max(indent_of(line) + by, 0) + line.lstrip() if line.strip() else line


def out_of_reach(situation: Situation) -> Iterator[Proposal]:
    """The class stands inside a function, another class or a loop: its head becomes `if True:`."""
    excerpt = situation.excerpt
    if excerpt is None or excerpt.problem is None:
        return
    for label in [cell.label for cell in excerpt.cells]:
        tree = situation.tree(label)
        if tree is None:
            continue
        for node in tree.body:
            if not isinstance(node, (ast.ClassDef, ast.For, ast.While, *FUNCTIONS)):
                continue
            if not any(
                isinstance(n, ast.ClassDef) and n.name == excerpt.class_name
                for n in ast.walk(node)
                if n is not node
            ):
                continue
            lines = situation.text(label).split("\n")
            head_end = node.body[0].lineno - 1
            for number in range(node.lineno, max(head_end, node.lineno) + 1):
                lines[number - 1] = ""
            lines[node.lineno - 1] = "if True:"
            for inner in node.body:
                if isinstance(inner, ast.Return):
                    for number in range(inner.lineno, (inner.end_lineno or inner.lineno) + 1):
                        lines[number - 1] = ""
            yield situation.edited(
                "class-not-at-top", label, "\n".join(lines), node.lineno, (excerpt.class_name,)
            )
