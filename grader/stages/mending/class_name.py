"""Kind *the class's name*: no class of the asked name, and one that must be it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.stages.mending.situation import FUNCTIONS, Proposal, Situation, with_cell
from grader.stages.mending.spelling import near


def class_name(situation: Situation) -> Iterator[Proposal]:
    """The class as what it was meant to be: near the asked name first, else the only network there is."""
    if situation.excerpt is not None:
        return
    wanted = situation.exercise.classes[0]
    found = [pair for pair in _networks(situation) if not _is_anothers(situation, pair[1].name)]
    nearest = _near(wanted, [c.name for _, c in found])
    others = [c.name for _, c in found if c.name not in nearest]
    # a network is made by nobody else's constructor, and parts come before the whole
    for name in [*nearest, *reversed(others)]:
        label, owner = next(pair for pair in reversed(found) if pair[1].name == name)
        path = next(f.path for f in situation.submission.files if any(c.label == label for c in f.cells))
        yield Proposal(
            code="class-name",
            submission=with_cell(situation.submission, path, f"{wanted} = {name}"),
            file=label,
            line=owner.lineno,
            before=situation.text(label).split("\n")[owner.lineno - 1].strip(),
            after=f"class {wanted}…",
            facts=(name, wanted),
        )


def _is_anothers(situation: Situation, name: str) -> bool:
    """Named, or nearly named, as another exercise asks for."""
    folded = name.replace("_", "").lower()
    return name in situation.taken or folded in {other.replace("_", "").lower() for other in situation.taken}


def is_near(wanted: str, name: str) -> bool:
    """`VGG_Skip`, `VggSkip`, `VGG_SKIPP` for VGG_SKIP."""
    return bool(_near(wanted, [name]))


def _near(wanted: str, names: list[str]) -> list[str]:
    kind = wanted.rpartition("_")[2].lower()
    found = near(wanted, names)
    return [
        name
        for name in found
        if kind in ("", *re.split(r"[^a-z]+", wanted.lower()))
        and (kind[:3] in name.lower() or "_" not in wanted)
    ]


def _networks(situation: Situation) -> Iterator[tuple[str, ast.ClassDef]]:
    """Classes that may be a whole network: a `forward`, no part of another class, not another exercise's."""
    found = []
    for label in situation.cells:
        tree = situation.tree(label)
        for node in tree.body if tree is not None else ():
            if isinstance(node, ast.ClassDef) and node.bases:
                found.append((label, node))
    used = set()
    for _, owner in found:
        for call in ast.walk(owner):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id != owner.name:
                used.add(call.func.id)
    parents = {ast.unparse(base) for _, owner in found for base in owner.bases}
    for label, owner in found:
        own = any(
            isinstance(s, FUNCTIONS) and s.name in ("forward", "__init__", "__call__") for s in owner.body
        )
        if (
            (own or ast.unparse(owner.bases[0]) in parents)
            and owner.name not in used
            and not _is_a_kit(owner)
        ):
            yield label, owner


def _is_a_kit(owner: ast.ClassDef) -> bool:
    """A data set, an exception, a configuration: no network."""
    text = " ".join(ast.unparse(base) for base in owner.bases)
    return bool(
        re.search(
            r"Dataset|Exception|Error|Enum|ABC\b|NamedTuple|TypedDict|object|Function|Callback|Sampler|Transform",
            text,
        )
    )
