"""Kind *names*, second half: what stands at the wrong place, or is called what Python does not look for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.stages.mending.names import near, reach
from grader.stages.mending.situation import FUNCTIONS, Proposal, Situation, Spots
from grader.stages.mending.tries import indent_of

AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef


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
            candidates += [
                n
                for n in others
                if n not in candidates
                and near(stem, [n.strip("_").lower()], 1) + [n.strip("_").lower()]
                and _stem_like(n, stem)
            ]
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
            lines[number - 1] = _shifted(lines[number - 1], shift)
        if node.name != wanted:
            lines[first - 1] = lines[first - 1].replace(node.name, wanted, 1)
        yield situation.edited("method-outside-class", label, "\n".join(lines), first, (node.name,))


def _shifted(line: str, by: int) -> str:
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


def base_class(situation: Situation) -> Iterator[Proposal]:
    """`class VGG:` and `class VGG(object):`, without nn.Module."""
    crash = situation.crash
    found = situation.own_class()
    if crash is None or found is None or crash.error != "NotAModule":
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


def super_init(situation: Situation) -> Iterator[Proposal]:
    """`super().__init__()` forgotten, too late, not called, or of a wrong class."""
    crash = situation.crash
    if crash is None or not re.search(
        r"Module\.__init__|_modules|_parameters|_buffers|super|descriptor '__init__'|takes 1 positional|__init__\(\) missing",
        crash.message,
    ):
        if crash is None or "super" not in _line_of(situation):
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
    first = next((s for s in function.body if not _is_docstring(s)), function.body[0])
    if mentions and mentions[0] is first:
        return
    spots = Spots(situation.text(label))
    text = situation.text(label)
    start, _ = spots.of(first)
    changes = [(start, start, "super().__init__(); ")]
    changes += [(*spots.of(s), "pass") for s in mentions]
    if isinstance(
        first, ast.For | ast.If | ast.With | ast.While | ast.Try
    ):  # no block may follow a semicolon
        return
    for begin, end, new in sorted(changes, key=lambda change: -change[0]):
        text = text[:begin] + new + text[end:]
    yield situation.edited("super-forgotten", label, text, first.lineno)


def _is_docstring(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def self_argument(situation: Situation) -> Iterator[Proposal]:
    """`def forward(x):`, and `def forward(self):`."""
    crash = situation.crash
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


# -- what is returned --------------------------------------------------------------------------------


def returns(situation: Situation) -> Iterator[Proposal]:
    """A method that returns nothing, too early, or several things."""
    capture = situation.capture
    if capture is None:
        return
    problem, crash = capture.problem, capture.crash
    nothing = crash is not None and "NoneType" in crash.message
    several = crash is not None and bool(re.search(r"\b(?:tuple|list|dict)\b", crash.message))
    if problem is not None and problem.code == "not-a-tensor":
        nothing, several = problem.detail == "NoneType", problem.detail != "NoneType"
    elif (
        capture.graph is not None
    ):  # an output of another shape than asked for: something returned it too early
        yield from early_returns(situation)
        return
    elif not (nothing or several):
        return
    yield from early_returns(situation)
    methods = [
        (label, function)
        for label, owner in situation.classes()
        for function in owner.body
        if isinstance(function, FUNCTIONS)
        and function.name != "__init__"
        and not function.name.startswith("__")
    ]
    functions = [
        (label, f)
        for label, f in situation.nodes(FUNCTIONS)
        if isinstance(f, FUNCTIONS) and f.col_offset == 0
    ]
    own = situation.own_class()
    methods.sort(
        key=lambda pair: not (own is not None and pair[1] in own[1].body and pair[1].name == "forward")
    )
    for label, function in [*methods, *functions]:
        if nothing:
            yield from _return_added(situation, label, function)
        if several:
            yield from _one_returned(situation, label, function)


def early_returns(situation: Situation) -> Iterator[Proposal]:
    """A `return` with statements behind it in the same block, or one inside a loop."""
    for label, owner in situation.classes():
        for function in (f for f in owner.body if isinstance(f, FUNCTIONS) and f.name != "__init__"):
            for block in ast.walk(function):
                body = getattr(block, "body", None)
                if not isinstance(body, list):
                    continue
                for statement in body[:-1]:
                    if isinstance(statement, ast.Return):
                        yield situation.replaced(
                            "returned-early", label, [(statement, "pass")], statement.lineno
                        )
                if isinstance(block, ast.For | ast.While) and body and isinstance(body[-1], ast.Return):
                    lines = situation.text(label).split("\n")
                    line = lines[body[-1].lineno - 1]
                    if len(body) > 1:
                        lines[body[-1].lineno - 1] = _shifted(line, block.col_offset - body[-1].col_offset)
                        yield situation.edited("returned-early", label, "\n".join(lines), body[-1].lineno)


def _return_added(situation: Situation, label: str, function: AnyFunction) -> Iterator[Proposal]:
    valued = [n for n in ast.walk(function) if isinstance(n, ast.Return) and n.value is not None]
    bare = [n for n in ast.walk(function) if isinstance(n, ast.Return) and n.value is None]
    prints = [n for n in valued if isinstance(n.value, ast.Call) and ast.unparse(n.value.func) == "print"]
    if valued and not prints:
        return
    last = function.body[-1]
    for statement in prints:
        assert isinstance(statement.value, ast.Call)
        for argument in statement.value.args[:1]:
            yield situation.replaced(
                "return-missing", label, [(statement, f"return {ast.unparse(argument)}")], statement.lineno
            )
    names = _assigned(function)
    if bare:
        for name in names[:1]:
            yield situation.replaced("return-missing", label, [(bare[-1], f"return {name}")], bare[-1].lineno)
        return
    if isinstance(last, ast.Expr) and not _is_docstring(last):
        text = situation.text(label)
        start, _ = Spots(text).of(last)
        yield situation.edited("return-missing", label, f"{text[:start]}return {text[start:]}", last.lineno)
        if isinstance(last.value, ast.Call) and ast.unparse(last.value.func) == "print":
            for argument in last.value.args[:1]:
                yield situation.replaced(
                    "return-missing", label, [(last, f"return {ast.unparse(argument)}")], last.lineno
                )
            for name in names[:1]:
                yield situation.replaced("return-missing", label, [(last, f"return {name}")], last.lineno)
    elif isinstance(last, ast.Assign | ast.AugAssign | ast.AnnAssign):
        text = situation.text(label)
        _, end = Spots(text).of(last)
        for name in names[:1]:
            yield situation.edited(
                "return-missing", label, f"{text[:end]}; return {name}{text[end:]}", last.lineno
            )
    elif isinstance(last, ast.For | ast.If | ast.With):
        lines = situation.text(label).split("\n")
        end_line = last.end_lineno or last.lineno
        empty = next(
            (n for n in range(end_line + 1, min(end_line + 3, len(lines)) + 1) if not lines[n - 1].strip()),
            None,
        )
        if empty is not None:
            for name in names[:1]:
                new = lines.copy()
                new[empty - 1] = " " * last.col_offset + f"return {name}"
                yield situation.edited("return-missing", label, "\n".join(new), empty)


def _assigned(function: AnyFunction) -> list[str]:
    """Names that a function makes, the last first."""
    made = sorted(
        (n.lineno, n.col_offset, n.id)
        for n in ast.walk(function)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    )
    return list(dict.fromkeys(name for _, _, name in reversed(made)))


def _one_returned(situation: Situation, label: str, function: AnyFunction) -> Iterator[Proposal]:
    for statement in ast.walk(function):
        if not isinstance(statement, ast.Return) or statement.value is None:
            continue
        parts: list[ast.expr] = []
        if isinstance(statement.value, ast.Tuple | ast.List):
            parts = list(statement.value.elts)
        elif isinstance(statement.value, ast.Dict):
            parts = list(statement.value.values)
        elif isinstance(statement.value, ast.Call) and ast.unparse(statement.value.func) in (
            "dict",
            "tuple",
            "list",
        ):
            parts = [*statement.value.args, *(k.value for k in statement.value.keywords)]
        for part in parts[:4]:
            yield situation.replaced(
                "several-returned", label, [(statement, f"return {ast.unparse(part)}")], statement.lineno
            )
