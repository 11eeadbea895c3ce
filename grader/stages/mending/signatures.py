"""Kind *names*: what methods and the constructor ask for, and nobody gives."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.stages.mending.situation import FUNCTIONS, AnyFunction, Proposal, Situation

_BY_NAME = (
    (r"class|out|label|n_cls|num_cls|target", "outputs"), (r"in_?ch|in_?channel|in_?c\b|input_?ch|^c$|channels?$|in_dim|input", "channels"),
    (r"reduc|ratio|^r$|squeeze", "4"), (r"drop|prob|^p$", "0.0"), (r"kernel|^k$|ksize", "3"), (r"pad", "1"), (r"stride", "1"),
    (r"hidden|feature|dim|width", "512"), (r"device", "'cpu'"), (r"pretrain|bn|batch_?norm|bias", "False"),
)  # fmt: skip


def constructor(situation: Situation) -> Iterator[Proposal]:
    """Arguments that the network's constructor asks for: from their use in the file, or their names."""
    crash = situation.crash
    found = situation.own_class()
    if crash is None or found is None or crash.error != "TypeError" or crash.phase != "construct":
        return
    missing = re.search(
        r"(?:(\w+)\.)?__init__\(\) missing \d+ required (?:positional|keyword-only) arguments?: (.+)",
        crash.message,
    )
    label, owner = found
    function = next((f for f in owner.body if isinstance(f, FUNCTIONS) and f.name == "__init__"), None)
    if missing is None or function is None or (missing[1] not in (None, owner.name)):
        return
    names = re.findall(r"'(\w+)'", missing[2])
    for values in _uses(situation, owner.name, function, names):
        if len(values) == len(names):
            yield from _with_defaults(situation, label, function, values)
    by_name = {}
    for name in names:
        fit = next((value for pattern, value in _BY_NAME if re.search(pattern, name, re.IGNORECASE)), None)
        if fit == "outputs":
            fit = str(situation.exercise.outputs)
        elif fit == "channels":
            fit = str(situation.exercise.input_shape[0])
        by_name[name] = fit or str(situation.exercise.outputs)
    yield from _with_defaults(situation, label, function, by_name)


def _uses(
    situation: Situation, class_name: str, function: AnyFunction, names: list[str]
) -> Iterator[dict[str, str]]:
    """What the file itself gives, where it makes the network."""
    positional = [a.arg for a in function.args.args[1:]]
    constants = {
        target.id: node.value
        for label in situation.cells
        for node in (situation.tree(label) or ast.Module([], [])).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for label in situation.cells:
        for call in ast.walk(situation.tree(label) or ast.Module([], [])):
            if not isinstance(call, ast.Call) or ast.unparse(call.func).rpartition(".")[2] != class_name:
                continue
            given: dict[str, ast.expr] = dict(zip(positional, call.args, strict=False))
            given |= {k.arg: k.value for k in call.keywords if k.arg}
            plain = {}
            for name in names:
                value = given.get(name)
                if isinstance(value, ast.Name):
                    value = constants.get(value.id)
                if value is not None and _is_literal(value):
                    plain[name] = ast.unparse(value)
            yield plain


def _is_literal(value: ast.expr) -> bool:
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _with_defaults(
    situation: Situation, label: str, function: AnyFunction, values: dict[str, str]
) -> Iterator[Proposal]:
    arguments = [*function.args.args, *function.args.kwonlyargs]
    changes = [(a, f"{ast.unparse(a)}={values[a.arg]}") for a in arguments if a.arg in values]
    if changes:
        shown = ", ".join(f"`{name}`" for name in values)
        yield situation.replaced("constructor-arguments", label, list(changes), function.lineno, (shown,))


def self_argument(situation: Situation) -> Iterator[Proposal]:
    """`def forward(x):`, and `def forward(self):`."""
    crash = situation.crash
    if (
        crash is not None
        and crash.error == "NameError"
        and "'self'" in crash.message
        and crash.line is not None
    ):
        for label, owner in situation.classes():
            for method in (f for f in owner.body if isinstance(f, FUNCTIONS) and label == crash.line.file):
                lines = situation.text(label).split("\n")
                line = lines[method.lineno - 1]
                inside = method.lineno <= crash.line.line <= (method.end_lineno or method.lineno)
                if inside and "self" not in [a.arg for a in method.args.args] and f"{method.name}(" in line:
                    comma = ", " if method.args.args else ""
                    lines[method.lineno - 1] = line.replace(
                        f"{method.name}(", f"{method.name}(self{comma}", 1
                    )
                    yield situation.edited(
                        "self-argument", label, "\n".join(lines), method.lineno, (method.name,)
                    )
        return
    if crash is None or crash.error != "TypeError":
        return
    found = re.search(
        r"(?:(\w+)\.)?(\w+)\(\) takes (?:from )?(\d+)(?: to \d+)? positional arguments? but (\d+) (?:was|were) given",
        crash.message,
    )
    if not found:
        return
    for label, owner in situation.classes():
        for function in owner.body:
            if (
                not isinstance(function, FUNCTIONS)
                or function.name != found[2]
                or (found[1] and found[1] != owner.name)
            ):
                continue
            names = [a.arg for a in function.args.args]
            lines = situation.text(label).split("\n")
            line = lines[function.lineno - 1]
            opened = line.index("(", line.index(function.name)) if "(" in line else -1
            if opened < 0:
                continue
            if not names or names[0] not in ("self", "cls"):
                lines[function.lineno - 1] = (
                    f"{line[: opened + 1]}self{', ' if names else ''}{line[opened + 1 :]}"
                )
                yield situation.edited(
                    "self-argument", label, "\n".join(lines), function.lineno, (function.name,)
                )
            else:
                for missing in _unbound(function)[:2]:
                    new = lines.copy()
                    new[function.lineno - 1] = re.sub(r"\bself\b", f"self, {missing}", line, count=1)
                    yield situation.edited(
                        "argument-missing", label, "\n".join(new), function.lineno, (function.name,)
                    )


def _unbound(function: AnyFunction) -> list[str]:
    """Names that a function uses and never makes, in order."""
    stored = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    stored |= {a.arg for a in function.args.args}
    used = sorted(
        (n.lineno, n.col_offset, n.id)
        for n in ast.walk(function)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)
    )
    first = {name: line for line, _, name in reversed(used)}
    made = {
        n.id: n.lineno for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    early = [
        name
        for name in stored
        if name in first
        and name in made
        and first[name] <= made[name]
        and name not in {a.arg for a in function.args.args}
    ]
    known = {"self", "torch", "nn", "F", "np", "range", "len", "print", "super", "int", "enumerate", "zip"}
    return list(dict.fromkeys([*early, *(name for _, _, name in used if name not in stored | known)]))
