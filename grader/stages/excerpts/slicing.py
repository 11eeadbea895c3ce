"""Which statements a class needs, from the syntax tree: the rest is never run.

What is followed. A statement needs names *now*, when it is run (bases, decorators, default arguments,
the right side of an assignment), and its functions need names *later*, when they are called. A name
needed now is what the last statement before binds it to; a name needed later is what it was bound to
when the class was last used (at the file's end if nothing uses it), so that a notebook may define
`Block` twice, for two exercises. A method that nothing kept mentions brings nothing with it: a
`plot()` needs no matplotlib.

What is kept of what was followed. Imports, functions and classes always. An assignment, or a block
that binds or changes a needed name, if nothing in it trains, loads, downloads, draws or asks, and the
same holds for all that it needs in turn (`_RUNS_SOMETHING`). What the class cannot even be defined
without is kept in any case: then its failure is told to the student instead of a missing name.
Statements that bind and change nothing (`model.train()`, `plt.show()`) are never kept.
"""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass, field

from grader.stages.excerpts.statements import Function, Needs, Statement, bound_by, called_in

_RUNS_SOMETHING = frozenset(
    """backward step zero_grad fit load load_url load_state_dict save DataLoader datasets CIFAR10
    ImageFolder download urlopen urlretrieve wget requests subprocess mount drive open input exit quit display
    get_ipython plt pyplot show savefig imread imshow tqdm SummaryWriter wandb system Popen sleep
    train_test_split""".split()  # noqa: SIM905
)
"""Called by a statement, or by a function of the student's that it calls."""
_BUILTINS = frozenset(dir(builtins)) | {"__name__", "__file__", "__class__", "__doc__"}
_ALWAYS_THERE = ("torch", "numpy", "math", "typing", "collections", "functools", "itertools", "dataclasses")


@dataclass(eq=False)
class Source:
    """One file's statements, and what of them is kept."""

    name: str
    """The module's name; "" for the graded file."""
    statements: list[Statement]
    by_body: bool = False
    """Whether a call of the file's own function runs something is told by what that function does, not by its name."""
    kept: set[Statement] = field(default_factory=set)
    aliases: dict[Statement, set[str]] = field(default_factory=dict)
    """Which names of a kept import statement are needed."""
    binders: dict[str, list[Statement]] = field(default_factory=dict)
    changers: dict[str, list[Statement]] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    """Names that nothing in the file binds."""
    withheld: set[str] = field(default_factory=set)
    """Names whose value comes from statements that are not run."""
    known_harmless: set[Statement] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._bodies: dict[str, list[ast.AST]] = {}
        for statement in self.statements if self.by_body else ():
            for node in ast.walk(statement.node):
                if isinstance(node, Function):
                    self._bodies.setdefault(node.name, []).append(node)
        for statement in self.statements:
            for name in statement.binds:
                self.binders.setdefault(name, []).append(statement)
            for name in statement.changes | statement.calls_on:
                self.changers.setdefault(name, []).append(statement)

    def runs_something(self, statement: Statement) -> bool:
        """Whether it trains, loads, downloads, draws or asks, as far as the names say by which it calls."""
        waiting, seen = set(statement.called), set()
        while waiting:
            name = waiting.pop()
            seen.add(name)
            if name not in self._bodies:
                if name in _RUNS_SOMETHING:
                    return True
                continue
            for body in self._bodies[name]:
                waiting |= called_in(body) - seen
        return False

    @property
    def end(self) -> int:
        """The index after the last statement."""
        return len(self.statements)

    @property
    def cells(self) -> list[int]:
        """Cells in the order to run them: imports that an earlier cell needs were run before it."""
        late = {
            binder.cell
            for statement in self.kept
            for name in statement.now.names
            for binder in self.binders.get(name, [])[:1]
            if binder.index > statement.index and isinstance(binder.node, ast.Import | ast.ImportFrom)
        }
        everything = {statement.cell for statement in self.kept}
        return sorted(everything, key=lambda cell: (cell not in late or self._defines(cell), cell))

    def _defines(self, cell: int) -> bool:
        nodes = [s.node for s in self.kept if s.cell == cell]
        return not all(isinstance(node, ast.Import | ast.ImportFrom) for node in nodes)


@dataclass(frozen=True)
class _Demand:
    source: Source
    name: str
    when: int
    """Index of the statement before which the name must be bound."""
    certain: bool
    """The class cannot be defined without it."""


class Slice:
    """Grows the set of kept statements until nothing that they need is left out."""

    def __init__(self, all_methods: bool = False) -> None:
        self._all_methods = all_methods
        """torch, too, calls methods: `reset_parameters`, `train`, `_apply`, `named_parameters` …"""
        self.mentioned: set[str] = set()
        self._waiting: list[_Demand] = []
        self._seen: set[tuple[Source, str, int, bool]] = set()
        self._followed: set[tuple[Statement, int]] = set()
        self._methods: dict[str, list[tuple[Source, Needs, int]]] = {}
        """What a method needs, until something mentions it."""
        self._offers: dict[str, list[Source]] = {}
        """Names of modules that are imported whole, until something mentions them."""

    def need(self, source: Source, name: str, when: int, certain: bool = False) -> None:
        """Ask for a name as it is before statement `when`."""
        if (source, name, when, certain) not in self._seen:
            self._seen.add((source, name, when, certain))
            self._waiting.append(_Demand(source, name, when, certain))

    def offer(self, module: Source) -> None:
        """A module is imported as a whole: whatever of it is mentioned anywhere is needed."""
        for name in module.binders:
            if name in self.mentioned:
                self.need(module, name, module.end)
            else:
                self._offers.setdefault(name, []).append(module)

    def keep(self, source: Source, statement: Statement, when: int, certain: bool) -> None:
        """Keep a statement whose functions are called when the names of `when` hold."""
        source.kept.add(statement)
        for name in statement.now.names:
            self.need(source, name, statement.index, certain)
        self.mention(statement.now.attributes)
        if (statement, when) in self._followed:
            return
        self._followed.add((statement, when))
        is_class = isinstance(statement.node, ast.ClassDef)
        for method, needs in statement.later.items():
            if is_class and not (self._all_methods or _called_by_torch(method) or method in self.mentioned):
                self._methods.setdefault(method, []).append((source, needs, when))
            else:
                self._follow(source, needs, when)

    def mention(self, attributes: frozenset[str]) -> None:
        """Attributes that kept code reads: methods and modules of that name are reached."""
        for attribute in attributes - self.mentioned:
            self.mentioned.add(attribute)
            for source, needs, when in self._methods.pop(attribute, ()):
                self._follow(source, needs, when)
            for module in self._offers.pop(attribute, ()):
                self.need(module, attribute, module.end)

    def _follow(self, source: Source, needs: Needs, when: int) -> None:
        for name in needs.names:
            self.need(source, name, when)
        self.mention(needs.attributes)

    def run(self) -> None:
        """Follow all that is asked for."""
        while self._waiting:
            self._resolve(self._waiting.pop())

    def _resolve(self, demand: _Demand) -> None:
        source, name = demand.source, demand.name
        candidates = source.binders.get(name, [])
        if not candidates:
            if name not in _BUILTINS:
                source.unknown.add(name)
            return
        before = [s for s in candidates if s.index < demand.when] or candidates[:1]
        since = before[0].index
        found = False
        for statement in reversed(before):
            if not demand.certain and not is_harmless(source, statement):
                source.withheld.add(name)
                continue
            if _only_changes(statement, name) and not is_harmless(source, statement):
                continue
            found = True
            self._keep_binder(demand, statement)
            if statement.binds_surely and not _is_dotted_import(statement, name):
                since = statement.index
                break
        if found:
            source.withheld.discard(name)
            self._keep_changes(demand, since, before[-1])

    def _keep_binder(self, demand: _Demand, statement: Statement) -> None:
        if isinstance(statement.node, ast.Import | ast.ImportFrom):
            demand.source.aliases.setdefault(statement, set()).add(demand.name)
        self.keep(demand.source, statement, demand.when, demand.certain)

    def _keep_changes(self, demand: _Demand, since: int, binder: Statement) -> None:
        source = demand.source
        for statement in source.changers.get(demand.name, []):
            if not since < statement.index < demand.when or statement in source.kept:
                continue
            assigned = demand.name in statement.changes
            if not assigned and isinstance(binder.node, Function | ast.ClassDef):
                continue
            if isinstance(binder.node, ast.Import) or _foreign(binder):
                continue
            if is_harmless(source, statement):
                self.keep(source, statement, statement.index, certain=False)


def _called_by_torch(method: str) -> bool:
    return method in ("forward", "extra_repr") or (method.startswith("__") and method.endswith("__"))


def _foreign(statement: Statement) -> bool:
    """`from torch import nn`: torch's own objects, not the student's."""
    node = statement.node
    return isinstance(node, ast.ImportFrom) and node.level == 0 and (node.module or "").startswith("torch")


def _only_changes(statement: Statement, name: str) -> bool:
    return not statement.binds_surely and name in statement.changes


def _is_dotted_import(statement: Statement, name: str) -> bool:
    """`import torch.nn` binds `torch`, as another statement may, too."""
    return isinstance(statement.node, ast.Import) and not any(
        bound_by(alias) == name and (alias.asname or "." not in alias.name) for alias in statement.node.names
    )


def is_harmless(source: Source, statement: Statement) -> bool:
    """Whether running it, and what it needs, trains, loads, downloads, draws and asks nothing."""
    definitions = ast.Import | ast.ImportFrom | ast.ClassDef
    if isinstance(statement.node, definitions | Function):
        return True
    waiting, seen = [statement], {statement}
    while waiting:
        current = waiting.pop()
        if current in source.known_harmless or isinstance(current.node, definitions):
            continue
        if source.runs_something(current):
            return False
        names = current.now.names
        if isinstance(current.node, Function):
            names |= current.later[""].names  # it may be called
        for name in names:
            binders = source.binders.get(name, [])
            before = [s for s in binders if s.index < current.index][-1:] or binders[:1]
            waiting += [s for s in before if s not in seen]
            seen.update(before)
    source.known_harmless |= seen
    return True


def star_imports(source: Source) -> None:
    """Keep `from x import *` of modules that are there anyway; of others where only they can help."""
    stars = [
        (statement, (statement.node.module or "").partition(".")[0] in _ALWAYS_THERE)
        for statement in source.statements
        if isinstance(statement.node, ast.ImportFrom) and statement.node.names[0].name == "*"
        if not statement.star_names
    ]
    others_help = source.unknown and not any(there for _, there in stars)
    source.kept.update(statement for statement, there in stars if there or others_help)


def needed_aliases(source: Source, statement: Statement, mentioned: set[str]) -> list[ast.alias]:
    """The parts of a kept import statement that are needed."""
    node = statement.node
    assert isinstance(node, ast.Import | ast.ImportFrom)
    names = source.aliases.get(statement)
    if names is None or node.names[0].name == "*":
        return node.names
    needed = [alias for alias in node.names if bound_by(alias) in names]
    if isinstance(node, ast.ImportFrom):
        return needed
    # `import torch.utils.tensorboard` beside `import torch` is needed by who writes `torch.utils.tensorboard`
    reached = [a for a in needed if a.asname or mentioned.issuperset(a.name.split(".")[1:])]
    others = any(
        s is not statement and s in source.kept for alias in needed for s in source.binders[bound_by(alias)]
    )
    return reached if reached or others else needed
