"""A file as a sequence of top-level statements: what each binds, changes and needs.

Statements inside `if __name__ == "__main__":`, and inside an `if`, `with` or `try` that holds a class
which is asked for, count as top-level: the block's head is their `frames`.
"""

from __future__ import annotations

import ast
import symtable
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from grader.offsets import Offsets
from grader.records.submission import SourceFile

Function = ast.FunctionDef | ast.AsyncFunctionDef
Block = ast.If | ast.With | ast.Try

_MUTATORS = frozenset(
    """append extend insert pop remove clear update setdefault add discard sort reverse popitem appendleft""".split()  # noqa: SIM905
)
_COMPREHENSIONS = frozenset({"listcomp", "setcomp", "dictcomp", "genexpr"})


@dataclass(frozen=True)
class Needs:
    """Global names, and attributes and strings by which methods may be reached."""

    names: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()


@dataclass(eq=False)
class Statement:
    """One top-level statement; two are equal if they are the same one."""

    text: str
    """Its own lines; as the body of an `if 1:` where it is indented."""
    cell: int
    index: int
    """Its place in the file, over all cells."""
    node: ast.stmt
    frames: tuple[Block, ...] = ()
    star_names: frozenset[str] = field(default=frozenset())
    """What `from x import *` brings from a student's own file."""
    globals: frozenset[str] = field(default=frozenset())
    """What a function that it calls declares `global` and sets."""

    @cached_property
    def binds(self) -> frozenset[str]:
        """Names that it may bind."""
        return frozenset(_bound(self.node)) | self.star_names | self.globals

    @property
    def binds_surely(self) -> bool:
        """False for a block, of which the binding part may not run."""
        if isinstance(self.node, ast.AnnAssign):
            return self.node.value is not None
        return isinstance(self.node, Function | ast.ClassDef | ast.Import | ast.ImportFrom | ast.Assign)

    @cached_property
    def changes(self) -> frozenset[str]:
        """Names whose objects it changes by assignment: `cfg += …`, `VGG.forward = f`, `setattr(VGG, …)`."""
        return frozenset(_changed(self.node))

    @cached_property
    def calls_on(self) -> frozenset[str]:
        """Names on which it calls a method for its effect: `cfg.append(64)`."""
        return frozenset(_called_on(self.node))

    @cached_property
    def words(self) -> frozenset[str]:
        """Every name in it."""
        return frozenset(n.id for n in ast.walk(self.node) if isinstance(n, ast.Name))

    @cached_property
    def called(self) -> frozenset[str]:
        """As `called_in`."""
        return called_in(self.node)

    @cached_property
    def now(self) -> Needs:
        """What it needs when it is run."""
        return self._needs[0]

    @cached_property
    def later(self) -> dict[str, Needs]:
        """What its functions need when they are called; a class's by method, others' under ""."""
        return self._needs[1]

    @cached_property
    def _needs(self) -> tuple[Needs, dict[str, Needs]]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            table = symtable.symtable(self.text, "statement", "exec")
        now: set[str] = set()
        later: dict[str, set[str]] = {}
        _collect(table, now, later, isinstance(self.node, ast.ClassDef))
        bodies: dict[str, list[ast.AST]] = {}
        if isinstance(self.node, ast.ClassDef):
            rest: list[ast.AST] = [*self.node.bases, *self.node.keywords, *self.node.decorator_list]
            for child in self.node.body:
                if isinstance(child, Function):
                    bodies.setdefault(child.name, []).append(child)
                else:
                    rest.append(child)
        elif isinstance(self.node, Function):
            bodies[""], rest = [self.node], [*self.node.decorator_list]
        else:
            rest = [self.node]
        deferred = {
            name: Needs(frozenset(later.get(name, ())), _reached(bodies.get(name, ())))
            for name in {*later, *bodies}
        }
        return Needs(frozenset(now), _reached(rest)), deferred


def statements(file: SourceFile, wanted: Sequence[str]) -> list[Statement]:
    """The top-level statements of all cells that parse, in order."""
    found: list[Statement] = []
    for number, cell in enumerate(file.cells):
        if cell.problem is None:
            tree = parse(cell.text)
            cut_out = _CutOut(cell.text, any(is_future(node) for node in tree.body))
            for node, frames in _flat(tree.body, (), wanted):
                found.append(Statement(cut_out(node), number, len(found), node, frames))
    _find_globals(found)
    return found


def _find_globals(top: list[Statement]) -> None:
    """Tell each statement which global names it sets by calling the file's own functions."""
    functions = {s.node.name: s for s in top if isinstance(s.node, Function)}
    sets = {name: names for name, s in functions.items() if (names := _set_globally(s.node))}
    if not sets:
        return
    for statement in top:
        if isinstance(statement.node, Function | ast.ClassDef):
            continue
        reached: set[str] = set()
        waiting = [statement]
        while waiting:
            new = {name for name in waiting.pop().called if name in functions} - reached
            reached |= new
            waiting += [functions[name] for name in new]
        statement.globals = frozenset(name for called in reached for name in sets.get(called, ()))


def _set_globally(function: ast.AST) -> frozenset[str]:
    inner = list(ast.walk(function))
    declared = {name for node in inner if isinstance(node, ast.Global) for name in node.names}
    return frozenset(
        n.id for n in inner if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and n.id in declared
    )


class _CutOut:
    """Single statements of a text as texts of their own."""

    def __init__(self, text: str, future: bool) -> None:
        self.text, self.places = text, Offsets(text)
        # then annotations are never evaluated, and what they name is not needed
        self.head = "from __future__ import annotations\n" if future else ""

    def __call__(self, node: ast.stmt) -> str:
        start = self.places.start(node)
        line = self.text[self.text.rfind("\n", 0, start) + 1 : start]
        indent = line[: len(line) - len(line.lstrip(" \t"))]
        text = self.text[start : self.places.end(node)]
        return f"{self.head}if 1:\n{indent}{text}\n" if indent else f"{self.head}{text}\n"


def is_future(node: ast.stmt) -> bool:
    """`from __future__ import annotations`."""
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def parse(text: str) -> ast.Module:
    """The syntax tree of text that is known to compile."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


class Stop(NamedTuple):
    """Where Python stops reading, and what it says."""

    line: int
    message: str


def stop_of(text: str, label: str) -> Stop | None:
    """Where Python stops reading; None if it compiles. Of what it cannot even place: the first line."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, label, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except SyntaxError as error:
        return Stop(error.lineno or 1, error.msg)
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return Stop(1, str(error))
    return None


def _flat(
    body: list[ast.stmt], frames: tuple[Block, ...], wanted: Sequence[str]
) -> Iterator[tuple[ast.stmt, tuple[Block, ...]]]:
    for node in body:
        if isinstance(node, Block) and (is_main_guard(node) or _defines_inside(node, wanted)):
            yield from _flat(node.body, (*frames, node), wanted)
        else:
            yield node, frames


def is_main_guard(node: ast.stmt) -> bool:
    """`if __name__ == "__main__":`."""
    return isinstance(node, ast.If) and any(
        isinstance(n, ast.Name) and n.id == "__name__" for n in ast.walk(node.test)
    )


def _defines_inside(node: Block, wanted: Sequence[str]) -> bool:
    if node.body and node.body[0].lineno == node.lineno:
        return False
    return any(
        (isinstance(child, ast.ClassDef) and child.name in wanted)
        or (isinstance(child, Block) and _defines_inside(child, wanted))
        for child in node.body
    )


def _collect(table: symtable.SymbolTable, now: set[str], later: dict[str, set[str]], is_class: bool) -> None:
    now |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
    for child in table.get_children():
        if is_class and child.get_type() == "class":
            now |= _globals(child)
            for method in child.get_children():
                deferred = method.get_type() == "function" and method.get_name() not in {
                    "lambda",
                    *_COMPREHENSIONS,
                }
                _everything(method, later.setdefault(method.get_name(), set()) if deferred else now)
        elif child.get_type() == "function" and child.get_name() not in {"lambda", *_COMPREHENSIONS}:
            _everything(child, later.setdefault("", set()))
        elif is_class and child.get_type() not in ("function", "class"):
            _collect(child, now, later, is_class)  # the scope of type parameters, around the class
        else:
            _everything(child, now)


def _globals(table: symtable.SymbolTable) -> set[str]:
    symbols = table.get_symbols()
    # `global calls; calls += 1` assigns what it reads
    return {s.get_name() for s in symbols if s.is_global() and (s.is_referenced() or s.is_declared_global())}


def _everything(table: symtable.SymbolTable, into: set[str]) -> None:
    waiting = [table]
    while waiting:
        current = waiting.pop()
        into |= _globals(current)
        waiting += current.get_children()


def _reached(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """Attributes, and strings that `getattr` could be given."""
    found = set()
    for node in (inner for outer in nodes for inner in ast.walk(outer)):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 100:
            found.add(node.value)
    return frozenset(found)


def _here(node: ast.AST) -> Iterator[ast.AST]:
    """The node and what it runs in its own scope; functions and classes are met, not entered."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        if isinstance(current, Function | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(current, ast.comprehension):
            waiting += [current.iter, *current.ifs]
        else:
            waiting += ast.iter_child_nodes(current)


def _bound(node: ast.stmt) -> Iterator[str]:
    for inner in _here(node):
        if isinstance(inner, Function | ast.ClassDef):
            yield inner.name
        elif isinstance(inner, ast.Import):
            yield from (bound_by(alias) for alias in inner.names)
        elif isinstance(inner, ast.ImportFrom):
            yield from (bound_by(alias) for alias in inner.names if alias.name != "*")
        elif isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            yield inner.id
        elif isinstance(inner, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and inner.name:
            yield inner.name


def called_in(node: ast.AST) -> frozenset[str]:
    """Names and attributes by which it calls: torch, hub and load for `torch.hub.load(…)`."""
    calls = (n.func for n in ast.walk(node) if isinstance(n, ast.Call))
    nodes = [n for func in calls for n in _chain(func)]
    return frozenset(n.id if isinstance(n, ast.Name) else n.attr for n in nodes)


def bound_by(alias: ast.alias) -> str:
    """The name that one part of an import statement binds."""
    return alias.asname or alias.name.partition(".")[0]


def _chain(node: ast.AST) -> Iterator[ast.Name | ast.Attribute]:
    while isinstance(node, ast.Attribute):
        yield node
        node = node.value
    if isinstance(node, ast.Name):
        yield node


def root(node: ast.AST) -> str | None:
    """The `cfg` of `cfg.a[0].b`."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _changed(node: ast.stmt) -> Iterator[str]:
    for inner in _here(node):
        changed: ast.AST | None = None
        if isinstance(inner, ast.AugAssign):
            changed = inner.target
        elif isinstance(inner, ast.Attribute | ast.Subscript) and not isinstance(inner.ctx, ast.Load):
            changed = inner
        elif isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and inner.args:
            changed = inner.args[0] if inner.func.id in ("setattr", "delattr") else None
        if changed is not None and (name := root(changed)):
            yield name
        if isinstance(inner, Function | ast.ClassDef):  # @add_to(VGG_SKIP) def forward(self, x): …
            calls = [d for d in inner.decorator_list if isinstance(d, ast.Call)]
            yield from (
                n.id for call in calls for arg in call.args for n in ast.walk(arg) if isinstance(n, ast.Name)
            )


def _called_on(node: ast.stmt) -> Iterator[str]:
    effects = {id(inner.value) for inner in _here(node) if isinstance(inner, ast.Expr)}
    for inner in _here(node):
        if not (isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute)):
            continue
        if (id(inner) in effects or inner.func.attr in _MUTATORS) and (name := root(inner.func.value)):
            yield name
