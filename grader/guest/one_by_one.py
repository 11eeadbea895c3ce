"""Runs whole cells statement by statement, as a notebook is run by somebody who goes on after an error.

What a statement that fails would have bound or changed is unbound: nothing that comes later may use a value
which the student's own run had replaced.
"""

from __future__ import annotations
import __future__

import ast
import contextlib
import linecache
import signal
import types
from collections.abc import Iterator
from typing import Any

import torch

MOST_REMEMBERED = 200
"""Failed statements that are told of."""
_MUTATORS = frozenset(
    """append extend insert pop remove clear update setdefault add discard sort reverse popitem appendleft
    setattr delattr""".split()  # noqa: SIM905
)


class TookTooLong(BaseException):
    """A statement was stopped by its alarm."""


class OneByOne:
    """Runs cells into namespaces; remembers what failed."""

    def __init__(self, statement_s: float) -> None:
        self.statement_s = statement_s
        """What a statement may take; halved whenever one took it all."""
        self.failed: list[dict[str, Any]] = []
        self._depth = 0

    def execute(
        self, cells: list[dict[str, str]], namespace: dict[str, Any], until: dict[str, Any] | None = None
    ) -> None:
        """Run the cells in order in one namespace, up to the statement that stands at `until`."""
        flags = 0
        for cell in cells:
            label, text = cell["label"], cell["text"]
            linecache.cache[label] = (len(text), None, text.splitlines(keepends=True), label)
            tree = ast.parse(text, label)
            is_main = namespace.get("__name__") == "__main__"
            for node in statements(tree.body, is_main):
                if until and (label, node.lineno) == (until["file"], until["line"]):
                    return
                if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                    for alias in node.names:
                        flags |= getattr(__future__, alias.name).compiler_flag
                self._one(node, label, namespace, flags)

    def _one(self, node: ast.stmt, label: str, namespace: dict[str, Any], flags: int) -> None:
        before = {name: namespace.get(name) for name in changed(node)}
        try:
            code = compile(ast.Module([node], []), label, "exec", flags=flags, dont_inherit=True)
            with self._alarm():
                exec(code, namespace)
        except BaseException as error:  # noqa: BLE001  - SystemExit and KeyboardInterrupt are the student's too
            # a package that a failed line would have set something in is still that package
            lost = {name for name in before if not isinstance(before[name], types.ModuleType)}
            lost = (lost | bound(node)) - {"__name__", "__file__", "__builtins__"}
            for name in lost:
                namespace.pop(name, None)
            if isinstance(error, TookTooLong):
                self.statement_s /= 2
            if len(self.failed) < MOST_REMEMBERED:
                self.failed.append(
                    {
                        "file": label,
                        "line": node.lineno,
                        "error": type(error).__name__,
                        "names": sorted(lost)[:50],
                    }
                )

    @contextlib.contextmanager
    def _alarm(self) -> Iterator[None]:
        """Not within an import that a statement makes: its own alarm runs already."""
        self._depth += 1
        if self._depth == 1:
            signal.signal(signal.SIGALRM, stop)
            # again and again: a bare `except` may swallow the first
            signal.setitimer(signal.ITIMER_REAL, self.statement_s, self.statement_s / 4)
        try:
            yield
        finally:
            self._depth -= 1
            if not self._depth:
                signal.setitimer(signal.ITIMER_REAL, 0)


def stop(*_: Any) -> None:
    """The alarm."""
    raise TookTooLong("stopped: it took too long")


def statements(body: list[ast.stmt], is_main: bool) -> Iterator[ast.stmt]:
    """Top-level statements; those of `if __name__ == "__main__":` one by one where it is taken."""
    for node in body:
        if is_main and isinstance(node, ast.If) and is_main_guard(node.test):
            yield from statements(node.body, is_main)
        else:
            yield node


def is_main_guard(test: ast.expr) -> bool:
    """`__name__ == "__main__"`."""
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.ops[0], ast.Eq)
        and {"__name__", "__main__"} <= {getattr(n, "id", getattr(n, "value", None)) for n in ast.walk(test)}
    )


def bound(node: ast.stmt) -> set[str]:
    """Names that a statement binds in its own scope."""
    names: set[str] = set()
    for inner in here(node):
        if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(inner.name)
        elif isinstance(inner, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name.partition(".")[0] for alias in inner.names}
        elif isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Load):
            names.add(inner.id)
    if isinstance(node, ast.Import):  # `import torch.nothing` does not take `torch` away
        names = {alias.asname for alias in node.names if alias.asname}
    return names


def changed(node: ast.stmt) -> set[str]:
    """Names whose objects a statement changes: `cfg += …`, `cfg["a"] = …`, `cfg.update(…)`, `setattr(Net, …)`."""
    names: set[str] = set()
    for inner in here(node):
        target: ast.AST | None = None
        if isinstance(inner, ast.AugAssign):
            target = inner.target
        elif isinstance(inner, ast.Attribute | ast.Subscript) and not isinstance(inner.ctx, ast.Load):
            target = inner
        elif (
            isinstance(inner, ast.Call)
            and isinstance(inner.func, ast.Attribute)
            and inner.func.attr in _MUTATORS
        ):
            target = inner.func.value
        elif isinstance(inner, ast.Call) and getattr(inner.func, "id", "") in _MUTATORS and inner.args:
            target = inner.args[0]
        while isinstance(target, ast.Attribute | ast.Subscript | ast.Starred):
            target = target.value
        if isinstance(target, ast.Name):
            names.add(target.id)
    return names


def here(node: ast.AST) -> Iterator[ast.AST]:
    """The node and what it runs in its own scope; functions and classes are met, not entered."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        if isinstance(current, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(current, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            continue
        waiting += ast.iter_child_nodes(current)


def as_torch_was() -> None:
    """Put back what statements may have set for all of torch; the class is judged without it."""
    torch.set_grad_enabled(True)
    torch.set_default_dtype(torch.float32)
    torch.set_default_device(None)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(False)
    torch.autograd.set_detect_anomaly(False)
    torch.set_flush_denormal(False)
    for device in ("cpu", "cuda"):
        torch.set_autocast_enabled(device, False)
    hooks = torch.nn.modules.module
    for name in ("_global_forward_hooks", "_global_forward_pre_hooks", "_global_backward_hooks",
                 "_global_backward_pre_hooks"):  # fmt: skip
        getattr(hooks, name).clear()
