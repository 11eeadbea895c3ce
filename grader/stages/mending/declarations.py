"""Where in the source the numbers of a layer stand: its own call, a block's arguments, a constant."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator

from grader.stages.mending.scopes import function_of
from grader.stages.mending.situation import Proposal, Situation

LAYERS = re.compile(r"(?:Lazy)?(?:Conv[12]d|Linear)$")
_PLACES = {
    "in": (0, ("in_channels", "in_features")),
    "out": (1, ("out_channels", "out_features")),
    "kernel": (2, ("kernel_size",)),
    "stride": (3, ("stride",)),
    "padding": (4, ("padding",)),
}
MOST_SITES = 6


def calls_of(situation: Situation, path: str) -> list[tuple[str, ast.Call]]:
    """The calls that may have made the layer at a module path ("conv1_1", "features.3"), the surest first."""
    steps = [step for step in re.split(r"[.\[\]']+", path) if step]
    found: list[tuple[str, ast.Call]] = []
    for depth in range(len(steps) - 1, -1, -1):
        if steps[depth].isdigit():
            continue
        for label, node in situation.nodes(ast.Assign):
            if not isinstance(node, ast.Assign) or not any(
                isinstance(t, ast.Attribute) and t.attr == steps[depth]
                for target in node.targets
                for t in ast.walk(target)
            ):
                continue
            calls = [
                n
                for n in ast.walk(node.value)
                if isinstance(n, ast.Call) and LAYERS.search(ast.unparse(n.func))
            ]
            index = steps[depth + 1] if depth + 1 < len(steps) else ""
            parts = getattr(node.value, "args", []) or getattr(node.value, "elts", [])
            if index.isdigit() and int(index) < len(parts):
                inside = set(map(id, ast.walk(parts[int(index)])))
                calls = [c for c in calls if id(c) in inside] or calls
            found += [(label, call) for call in calls]
    return found


def argument(call: ast.Call, what: str) -> ast.expr | None:
    """The expression of a layer's number; None where it is not given."""
    place, names = _PLACES[what]
    for keyword in call.keywords:
        if keyword.arg in names:
            return keyword.value
    if ast.unparse(call.func).endswith("Linear") and place > 1:
        return None
    given = call.args[place] if place < len(call.args) else None
    return None if isinstance(given, ast.Starred) else given


def with_argument(
    situation: Situation, code: str, label: str, call: ast.Call, what: str, value: int | str
) -> Proposal:
    """A layer's call with another number."""
    return situation.replaced(
        code,
        label,
        [_change(call, what, value)],
        call.lineno,
        (ast.unparse(call.func).rpartition(".")[2], str(value)),
    )


def _change(call: ast.Call, what: str, value: int | str) -> tuple[ast.AST, str]:
    given = argument(call, what)
    if given is not None:
        return given, str(value)
    new = ast.Call(
        call.func,
        call.args,
        [*call.keywords, ast.keyword(_PLACES[what][1][0], ast.parse(str(value), mode="eval").body)],
    )
    return call, ast.unparse(new)


def with_arguments(
    situation: Situation, code: str, calls: list[tuple[str, ast.Call]], what: str, value: int | str
) -> Proposal | None:
    """Several layers' calls of one cell with the same number: one cause, one repair."""
    label = calls[0][0]
    changes = [_change(call, what, value) for at, call in calls if at == label]
    if len(changes) < 2:
        return None
    return situation.replaced(code, label, changes, calls[0][1].lineno, ("", str(value)))


def with_number(
    situation: Situation, code: str, path: str, what: str, old: int, new: int
) -> Iterator[Proposal]:
    """The layer's number `old` as `new`: in its own call, else wherever that number stands."""
    own = calls_of(situation, path)
    seen = set()
    for label, call in own:
        given = argument(call, what)
        if given is None:
            continue
        if value_of(given) == old or (len(own) == 1 and value_of(given) is None):
            seen.add(id(given))
            yield with_argument(situation, code, label, call, what, new)
        if isinstance(given, ast.Name) and (block := function_of(situation, label, call)) is not None:
            others = [a.arg for a in block.args.args[1:] if a.arg != given.id]  # of a block's own sizes
            for other in others[:MOST_SITES]:
                yield situation.replaced(code, label, [(given, other)], call.lineno, (given.id, other))
    sites = [site for site in numbers(situation, old) if id(site[1]) not in seen]
    if not seen or len(sites) <= 3:
        for label, node in sites[:MOST_SITES]:
            yield situation.replaced(code, label, [(node, str(new))], node.lineno, (str(old), str(new)))


def numbers(situation: Situation, value: int) -> Iterator[tuple[str, ast.expr]]:
    """Constant expressions of that value outside `forward`, the largest ones: `256 * 8 * 8` as a whole."""
    for label in situation.labels:
        tree = situation.tree(label)
        waiting: list[ast.AST] = [tree] if tree is not None else []
        while waiting:
            node = waiting.pop(0)
            if isinstance(node, ast.FunctionDef) and node.name == "forward":
                continue
            if isinstance(node, ast.Call) and re.search(
                r"(?:print|rand|randn|zeros|ones|DataLoader|size)$", ast.unparse(node.func)
            ):
                continue
            if isinstance(node, ast.If) and "__main__" in ast.unparse(node.test):
                continue
            if isinstance(node, ast.expr) and value_of(node) == value:
                yield label, node
                continue
            waiting += list(ast.iter_child_nodes(node))


def value_of(node: ast.expr) -> int | None:
    """The value of an expression of whole numbers; None for any other."""
    if isinstance(node, ast.Constant):
        return node.value if type(node.value) is int else None
    if isinstance(node, ast.BinOp):
        left, right = value_of(node.left), value_of(node.right)
        if left is None or right is None or max(abs(left), abs(right)) > 10**7:
            return None
        if isinstance(node.op, ast.Add):
            return left + right
        if isinstance(node.op, ast.Sub):
            return left - right
        if isinstance(node.op, ast.Mult):
            return left * right
        if isinstance(node.op, ast.FloorDiv) and right:
            return left // right
        if isinstance(node.op, ast.Pow) and 0 <= right < 5:
            return int(math.pow(left, right))
    return None


def convolutions(situation: Situation) -> list[tuple[str, ast.Call]]:
    """Every call that makes a convolution."""
    return [
        (label, call) for label, call in situation.nodes(ast.Call)
        if isinstance(call, ast.Call) and re.search(r"Conv2d$", ast.unparse(call.func))
    ]  # fmt: skip
