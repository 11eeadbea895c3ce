"""Kind *names*: the class that a network inherits from, and the call of its constructor."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.offsets import Offsets
from grader.stages.mending.results import is_docstring
from grader.stages.mending.situation import FUNCTIONS, AnyFunction, Proposal, Situation
from grader.stages.mending.torch_names import reach

_ABOUT_PARENTS = re.compile(
    r"Module\.__init__|_modules|_parameters|_buffers|super|descriptor '__init__'|takes 1 positional|__init__\(\) missing"
)


def base_class(situation: Situation) -> Iterator[Proposal]:
    """`class VGG:` and `class VGG(object):`, without nn.Module."""
    crash = situation.crash
    found = situation.own_class()
    if crash is not None and (called := re.search(r"'(\w+)' object is not callable", crash.message)):
        found = next(
            (pair for pair in situation.classes() if pair[1].name == called[1] and _is_plain(pair[1])), None
        )
    elif crash is None or crash.error != "NotAModule":
        return
    if found is None:
        return
    label, owner = found
    module = f"{reach(situation, 'torch.nn')}.Module"
    if owner.bases:
        yield situation.replaced(
            "base-missing", label, [(owner.bases[0], module)], owner.lineno, (owner.name,)
        )
        return
    lines = situation.text(label).split("\n")
    line = lines[owner.lineno - 1]
    lines[owner.lineno - 1] = re.sub(
        rf"(class\s+{re.escape(owner.name)})\s*(?:\(\s*\))?", rf"\1({module})", line, count=1
    )
    yield situation.edited("base-missing", label, "\n".join(lines), owner.lineno, (owner.name,))


def _is_plain(owner: ast.ClassDef) -> bool:
    """A part of a network that inherits from nothing of torch's."""
    return all(ast.unparse(base) == "object" for base in owner.bases) and any(
        isinstance(s, FUNCTIONS) and s.name == "forward" for s in owner.body
    )


def super_init(situation: Situation) -> Iterator[Proposal]:
    """`super().__init__()` forgotten, too late, not called, or of a wrong class."""
    crash = situation.crash
    if crash is None or not (_ABOUT_PARENTS.search(crash.message) or "super" in _line_of(situation)):
        return
    for label, owner in situation.classes():
        for function in owner.body:
            if isinstance(function, FUNCTIONS) and function.name == "__init__" and owner.bases:
                yield from _super_in(situation, label, function)


def _line_of(situation: Situation) -> str:
    crash = situation.crash
    if crash is None or crash.line is None:
        return ""
    lines = situation.text(crash.line.file).split("\n")
    return lines[crash.line.line - 1] if 0 < crash.line.line <= len(lines) else ""


def _super_in(situation: Situation, label: str, function: AnyFunction) -> Iterator[Proposal]:
    mentions = [
        s
        for s in function.body
        if "super" in ast.unparse(s) or re.search(r"\bModule\.__init__", ast.unparse(s))
    ]
    right = [s for s in mentions if ast.unparse(s).startswith("super().__init__(")]
    for statement in mentions:
        if statement not in right:
            yield situation.replaced(
                "super-wrong", label, [(statement, "super().__init__()")], statement.lineno
            )
    if mentions and ast.unparse(mentions[0]) in ("super().__init__(self)",):
        yield situation.replaced(
            "super-wrong", label, [(mentions[0], "super().__init__()")], mentions[0].lineno
        )
    first = next((s for s in function.body if not is_docstring(s)), function.body[0])
    if mentions and mentions[0] is first:
        return
    offsets = Offsets(situation.text(label))
    text = situation.text(label)
    start, _ = offsets.of(first)
    changes = [(start, start, "super().__init__(); ")]
    changes += [(*offsets.of(s), "pass") for s in mentions]
    if isinstance(
        first, ast.For | ast.If | ast.With | ast.While | ast.Try
    ):  # no block may follow a semicolon
        lines = text.split("\n")
        if not mentions and not lines[first.lineno - 2].strip():
            lines[first.lineno - 2] = " " * first.col_offset + "super().__init__()"
            yield situation.edited("super-forgotten", label, "\n".join(lines), first.lineno - 1)
        return
    for begin, end, new in sorted(changes, key=lambda change: -change[0]):
        text = text[:begin] + new + text[end:]
    yield situation.edited("super-forgotten", label, text, first.lineno)
