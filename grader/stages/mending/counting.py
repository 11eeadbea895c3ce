"""Kind *numbers and shapes*: one too many or too few: sides that are unpacked, a loop's last turn."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.stages.mending.scopes import function_of, on_line
from grader.stages.mending.situation import Proposal, Situation

MOST_LOOPS = 4


def unpacked(situation: Situation) -> Iterator[Proposal]:
    """`b, c = x.size()` of a map, which has four sides."""
    crash = situation.crash
    if crash is None or crash.line is None or "too many values to unpack" not in crash.message:
        return
    for label, node in situation.nodes(ast.Assign):
        if (
            isinstance(node, ast.Assign)
            and label == crash.line.file
            and on_line(node, crash.line.line)
            and isinstance(target := node.targets[0], ast.Tuple)
            and re.search(r"\.(?:shape|size\(\))$", ast.unparse(node.value))
        ):
            names = ", ".join(ast.unparse(name) for name in target.elts)
            yield situation.replaced("unpacked", label, [(target, f"{names}, *_")], node.lineno)


def loops(situation: Situation) -> Iterator[Proposal]:
    """`range(len(widths))` where each turn also reads the next width."""
    crash = situation.crash
    if crash is None or crash.line is None or crash.error != "IndexError":
        return
    found = []
    for label, call in situation.nodes(ast.Call):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "range" and call.args:
            function = function_of(situation, label, call)
            near = label == crash.line.file and (
                on_line(call, crash.line.line)
                or (function is not None and on_line(function, crash.line.line))
            )
            if near:
                found.append((abs(call.lineno - crash.line.line), label, call))
    for _, label, call in sorted(found, key=lambda entry: entry[0])[:MOST_LOOPS]:
        last = call.args[min(1, len(call.args) - 1)]
        yield situation.replaced(
            "loop-too-long", label, [(last, f"{ast.unparse(last)} - 1")], call.lineno, (ast.unparse(call),)
        )
