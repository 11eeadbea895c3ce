"""Kind *surroundings*: weights, files, windows and questions that are not there when it is graded."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.stages.mending.scopes import bound_at_top
from grader.stages.mending.situation import FUNCTIONS, Proposal, Situation

_ABSENT = frozenset(
    {
        "FileNotFoundError", "PermissionError", "OSError", "IsADirectoryError", "NotADirectoryError",
        "URLError", "HTTPError", "ConnectionError", "gaierror", "ModuleNotFoundError", "ImportError",
        "EOFError", "UnpicklingError", "BadZipFile", "HTTPStatusError", "TclError", "AssertionError",
        "JSONDecodeError", "BlockingIOError", "SystemExit", "KeyboardInterrupt", "timeout", "TimeoutError",
    }
)  # fmt: skip
_PLOTS = re.compile(
    r"\b(?:plt|pyplot|matplotlib|sns|seaborn|cv2|display|writer|wandb|tensorboard|summary|torchsummary|torchinfo|IPython)\b"
)


def is_plotting(name: str) -> bool:
    """Whether a name is one that plots and logs are made with."""
    return _PLOTS.fullmatch(name) is not None


def absent(situation: Situation) -> Iterator[Proposal]:
    """The statement that stopped, and whatever uses what it would have made: left out."""
    crash = situation.crash
    problem = situation.capture.problem if situation.capture else None
    if problem is not None and problem.code == "ended":
        yield from _ends(situation)
        return
    if crash is not None and crash.error == "SystemExit" and (ends := list(_ends(situation))):
        yield from ends
        return
    if crash is None or crash.line is None:
        return
    label, line = crash.line.file, crash.line.line
    tree = situation.tree(label)
    if tree is None:
        return
    if crash.error in ("EOFError", "SystemExit", "StdinNotImplementedError") or "input" in crash.message:
        yield from _asked(situation)
    network = re.search(
        r"download|urlopen|Network|Connection|resolve|hub|state_dict|No such file|not found|size mismatch|Missing key",
        crash.message,
    )
    if (
        crash.error not in _ABSENT
        and not network
        and not (crash.error in ("NameError", "AttributeError") and _PLOTS.search(crash.message))
    ):
        return
    statement, siblings = _statement_at(tree, line)
    if statement is None:
        return
    code = "surroundings"
    text = "\n".join(situation.text(label).split("\n")[statement.lineno - 1 : statement.end_lineno])
    if isinstance(statement, ast.Import | ast.ImportFrom):
        code = "plots" if _PLOTS.search(text) else "module-absent"
    elif _PLOTS.search(text):
        code = "plots"
    elif re.search(r"state_dict|weights|\.pth?\b|checkpoint|download|\bhub\b|pretrained", text):
        code = "weights-absent"
    name = re.search(r"name '(\w+)' is not defined", crash.message)
    missing = {name[1]} if name else set()  # `plt.show()` goes where `plt.plot(out)` goes
    yield from _without(situation, code, label, statement, siblings, tree, missing)


def _statement_at(tree: ast.Module, line: int) -> tuple[ast.stmt | None, list[ast.stmt]]:
    """The innermost simple statement (or `with` and `try` around it) on a line, and the block that it stands in."""
    found: tuple[ast.stmt | None, list[ast.stmt]] = (None, [])
    waiting: list[list[ast.stmt]] = [tree.body]
    while waiting:
        body = waiting.pop()
        for statement in body:
            if not statement.lineno <= line <= (statement.end_lineno or statement.lineno):
                continue
            if isinstance(statement, (ast.ClassDef, *FUNCTIONS)):
                waiting.append(statement.body)
            else:
                found = (statement, body)
                if isinstance(statement, ast.If | ast.For | ast.While) and statement.lineno != line:
                    waiting += [statement.body, statement.orelse]
    return found


def _without(
    situation: Situation, code: str, label: str, statement: ast.stmt, siblings: list[ast.stmt], tree: ast.Module,
    missing: set[str],
) -> Iterator[Proposal]:  # fmt: skip
    gone = _bound_by(statement) | missing
    lines = situation.text(label).split("\n")
    out = [statement]
    scope: list[ast.stmt] = siblings
    if siblings is tree.body:
        scope = [
            s
            for s in ast.walk(tree)
            if isinstance(s, ast.stmt) and not isinstance(s, (ast.ClassDef, ast.Module, *FUNCTIONS))
        ]
    for other in scope:
        if other is statement or (other.lineno <= statement.lineno and siblings is not tree.body):
            continue
        counted = [n for n in gone if re.search(rf"\blen\(\s*{re.escape(n)}\s*\)", ast.unparse(other))]
        if counted:  # `len(classes)`, of a list that was to be read: everybody knows how many there are
            for number in range(other.lineno, (other.end_lineno or other.lineno) + 1):
                for name in counted:
                    lines[number - 1] = re.sub(
                        rf"\blen\(\s*{re.escape(name)}\s*\)",
                        str(situation.exercise.outputs),
                        lines[number - 1],
                    )
        elif _used_names(other) & gone:
            kept = _target(other)
            # a plain assignment whose value is gone takes its name along, unless it had one before: out = plot(out)
            if (
                kept
                and kept not in {n for s in out for n in _bound_by(s)}
                and _is_rebound(scope, other, kept)
            ):
                out.append(other)
                continue
            out.append(other)
            gone |= (
                _bound_by(other) - {kept or ""} if _is_rebound(scope, other, kept or "") else _bound_by(other)
            )
    for one in out:
        for number in range(one.lineno, (one.end_lineno or one.lineno) + 1):
            indent = len(lines[number - 1]) - len(lines[number - 1].lstrip())
            lines[number - 1] = " " * indent + "pass" if number == one.lineno else ""
    yield situation.edited(code, label, "\n".join(lines), statement.lineno, (_short(ast.unparse(statement)),))


def _short(text: str) -> str:
    return text.split("\n")[0][:60]


def _bound_by(statement: ast.stmt) -> set[str]:
    """Names and attributes of self that it makes."""
    found = bound_at_top(ast.Module([statement], []))
    for node in ast.walk(statement):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and isinstance(node.value, ast.Name)
        ):
            found.add(f"{node.value.id}.{node.attr}")
    return found


def _used_names(statement: ast.stmt) -> set[str]:
    found = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    found |= {
        f"{n.value.id}.{n.attr}" for n in ast.walk(statement)
        if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and isinstance(n.ctx, ast.Load)
    }  # fmt: skip
    return found


def _target(statement: ast.stmt) -> str | None:
    if (
        isinstance(statement, ast.Assign)
        and len(statement.targets) == 1
        and isinstance(statement.targets[0], ast.Name)
    ):
        return statement.targets[0].id
    return None


def _is_rebound(scope: list[ast.stmt], statement: ast.stmt, name: str) -> bool:
    """Whether the name was made by an earlier statement, so that it still is there without this one."""
    return any(other.lineno < statement.lineno and name in _bound_by(other) for other in scope) or name in (
        "x",
        "out",
    )


def _asked(situation: Situation) -> Iterator[Proposal]:
    """`input(…)`, and options that a command line must give: the number of classes, as everybody answers."""
    answer = str(situation.exercise.outputs)
    for label, call in situation.nodes(ast.Call):
        if not isinstance(call, ast.Call):
            continue
        name = ast.unparse(call.func)
        if name == "input":
            outer = next(
                (
                    c
                    for at, c in situation.nodes(ast.Call)
                    if at == label
                    and isinstance(c, ast.Call)
                    and call in c.args
                    and ast.unparse(c.func) in ("int", "float")
                ),
                None,
            )
            yield situation.replaced(
                "asks-somebody",
                label,
                [(outer or call, answer if outer else f"'{answer}'")],
                call.lineno,
                ("input()",),
            )
        for keyword in call.keywords:
            if keyword.arg == "required" and name.endswith("add_argument"):
                typed = next((ast.unparse(k.value) for k in call.keywords if k.arg == "type"), "str")
                value = answer if typed in ("int", "float") else f"'{answer}'"
                yield situation.replaced(
                    "asks-somebody", label, [(keyword, f"default={value}")], call.lineno, ("required=True",)
                )
        if (
            name.endswith("add_argument")
            and call.args
            and isinstance(call.args[0], ast.Constant)
            and isinstance(call.args[0].value, str)
            and not call.args[0].value.startswith("-")
        ):
            new = (
                ast.unparse(call).replace(repr(call.args[0].value), repr(f"--{call.args[0].value}"), 1)[:-1]
                + f", default={answer})"
            )
            yield situation.replaced(
                "asks-somebody", label, [(call, new)], call.lineno, (str(call.args[0].value),)
            )


def _ends(situation: Situation) -> Iterator[Proposal]:
    """`exit()` in the middle."""
    for label, node in situation.nodes(ast.Expr):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and re.search(r"(?:^|\.)(?:_?exit|quit|abort|kill)$", ast.unparse(node.value.func))
        ):
            yield situation.replaced(
                "ends-itself", label, [(node, "pass")], node.lineno, (ast.unparse(node.value.func),)
            )
