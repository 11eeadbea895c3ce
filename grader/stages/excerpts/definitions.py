"""Where a student's files define an exercise's class, and which of several places is graded."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from grader.file_names import attempt
from grader.records.base import Text
from grader.records.submission import SourceFile
from grader.stages.excerpts.statements import Function, Statement, bound_by, root, statements

_SET_ASIDE = re.compile(r"template|backup|\bold|copy|사본|백업|원본|예전", re.IGNORECASE)
_VERSION = re.compile(
    r"[ _-]*(?:(?<![^\W_])(?:v|ver|version)[ _.]?\d+|final|최종|수정|완성)(?:본|판)?", re.IGNORECASE
)

IsOwn = Callable[[SourceFile, ast.ImportFrom], bool]
"""Whether a file's import statement names a module of the student's own."""


@dataclass(frozen=True)
class Definition:
    """Where a file defines the class."""

    file: SourceFile
    class_name: str
    statement: Statement
    how_often: int
    makeable: bool
    """It can be made without arguments, as far as its text tells."""
    beside: tuple[tuple[str, bool], ...]
    """The classes of other exercises in the file, and whether they make use of it."""
    is_made: bool
    """The file makes one outside all definitions."""


def definition(file: SourceFile, class_names: Sequence[str], is_own: IsOwn) -> Definition | None:
    """Of the accepted names the first that is bound to a class to be made without arguments, else the first.

    A name's last class statement; else another name for a class (`VGG = Model`, `VGG, VGG_SKIP = A, B`,
    `from base import Net as VGG`), as it is there; else whatever else makes a network when called.
    """
    top = statements(file, class_names)
    found = list(_definitions(file, top, class_names, is_own))
    return next((d for d in found if d.makeable), found[0] if found else None)


def _definitions(
    file: SourceFile, top: list[Statement], class_names: Sequence[str], is_own: IsOwn
) -> Iterator[Definition]:
    makers = _Makers(top)

    def is_import(statement: Statement, name: str) -> bool:
        node = statement.node
        renamed = isinstance(node, ast.ImportFrom) and any(
            bound_by(alias) == name != alias.name for alias in node.names
        )
        return renamed and isinstance(node, ast.ImportFrom) and is_own(file, node)

    def is_alias(statement: Statement, name: str) -> bool:
        value = _value(statement.node, name)
        if isinstance(value, ast.Name) and _is_anothers(value.id, class_names):
            return False  # VGG = VGG_SKIP
        return is_import(statement, name) or (
            isinstance(value, ast.Name | ast.Attribute | ast.Subscript)
            and makers.makes(value, statement.index)
        )

    def is_factory(statement: Statement, name: str) -> bool:
        if isinstance(statement.node, Function):
            return statement.node.name == name
        value = _value(statement.node, name)
        return isinstance(value, ast.Call | ast.Lambda) and makers.makes(value, statement.index)

    def is_anything(statement: Statement, name: str) -> bool:
        return isinstance(_value(statement.node, name), ast.Name | ast.Attribute)

    strict = (_is_class, is_alias, is_factory)
    for kinds in (strict, (is_anything,)):
        for name in class_names:
            for kind in kinds:
                if matching := [s for s in top if kind(s, name)]:
                    matching = _left(top, class_names, name, matching)
                    yield _described(file, top, class_names, name, matching)
                    break


def _described(
    file: SourceFile, top: list[Statement], class_names: Sequence[str], name: str, matching: list[Statement]
) -> Definition:
    statement = matching[-1]
    return Definition(
        file=file,
        class_name=name,
        statement=statement,
        how_often=len(matching),
        makeable=not _needs_arguments(top, statement, name),
        beside=_beside(top, class_names, name, statement),
        is_made=any(name in s.called for s in top if not isinstance(s.node, Function | ast.ClassDef)),
    )


def _left(
    top: list[Statement], class_names: Sequence[str], name: str, matching: list[Statement]
) -> list[Statement]:
    """Without those that become another exercise's before the name is used anew: `VGG_SKIP = Model`."""
    left = []
    for statement, following in zip(matching, [*matching[1:], None], strict=True):
        until = following.index if following else len(top)
        taken = any(
            isinstance(value, ast.Name) and value.id == name
            for later in top[statement.index + 1 : until]
            for other in later.binds
            if _is_anothers(other, class_names)
            for value in [_value(later.node, other)]
        )
        left += [] if taken else [statement]
    return left or matching


def _is_class(statement: Statement, name: str) -> bool:
    if isinstance(statement.node, ast.ClassDef):
        return statement.node.name == name
    value = _value(statement.node, name)  # VGG = type("VGG", (VGG,), {"forward": forward})
    return isinstance(value, ast.Call) and getattr(value.func, "id", "") == "type" and len(value.args) == 3


def _is_anothers(name: str, class_names: Sequence[str]) -> bool:
    """VGG_COMBO, where VGG is asked for: another exercise's class is named after this one's."""
    return name not in class_names and any(name.startswith(f"{accepted}_") for accepted in class_names)


def _value(node: ast.stmt, name: str) -> ast.expr | None:
    """What an assignment gives to the name."""
    if isinstance(node, ast.AnnAssign):
        return node.value if isinstance(node.target, ast.Name) and node.target.id == name else None
    for target in node.targets if isinstance(node, ast.Assign) else ():
        pairs: list[tuple[ast.expr, ast.expr]] = [(target, node.value)]  # type: ignore[attr-defined]
        value = pairs[0][1]
        if isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
            pairs = list(zip(target.elts, value.elts, strict=False))
        for part, given in pairs:
            if isinstance(part, ast.Starred):
                break
            if isinstance(part, ast.Name) and part.id == name:
                return given
    return None


class _Makers:
    """What of a file makes a network when it is called, as far as its text tells."""

    def __init__(self, top: list[Statement]) -> None:
        self.top = top
        functions = [s.node for s in top if isinstance(s.node, Function)]
        self.functions = {f.name for f in functions if any(isinstance(n, ast.ClassDef) for n in ast.walk(f))}
        """Functions that define a class, and may return it."""
        self._steps = 200

    def makes(self, value: ast.expr | None, before: int) -> bool:
        """Whether the value, as it is before that statement, is a class or serves as one."""
        self._steps -= 1
        if self._steps < 0:  # nobody writes such a chain of names
            return False
        if isinstance(value, ast.Lambda):
            return True
        if isinstance(value, ast.Name):
            binder = _binder(self.top, value.id, before)
            if binder is None or isinstance(binder.node, ast.ClassDef | Function | ast.ImportFrom):
                return binder is not None
            return self.makes(_value(binder.node, value.id), binder.index)
        if isinstance(value, ast.Attribute):
            return self._is_module(value.value, before)
        if isinstance(value, ast.Subscript):
            return self._holds_classes(root(value), before)
        if isinstance(value, ast.Call):
            called = getattr(value.func, "attr", getattr(value.func, "id", ""))
            if called == "get":  # models.get("base")
                return self._holds_classes(root(value.func), before)
            # partial(Net, skip=True), not Net(skip=True)
            return (
                called == "partial"
                or (called == "type" and len(value.args) == 3)
                or root(value.func) in self.functions
            )
        return False

    def _is_module(self, value: ast.expr, before: int) -> bool:
        name = root(value)
        if name is None:
            return isinstance(value, ast.Call)  # importlib.import_module("base").VGG
        binder = _binder(self.top, name, before)
        if binder is None or isinstance(binder.node, ast.Import | ast.ImportFrom | ast.ClassDef):
            return binder is not None
        called = _value(binder.node, name)
        return isinstance(called, ast.Call) and getattr(called.func, "attr", "") == "import_module"

    def _holds_classes(self, name: str | None, before: int) -> bool:
        """A dictionary or list of classes, not of networks or numbers."""
        return any(
            isinstance(part, ast.Name) and self.makes(part, statement.index)
            for statement in self.top[:before]
            if name in statement.binds | statement.changes
            for part in _uncalled(getattr(statement.node, "value", None))
        )


def _binder(top: list[Statement], name: str, before: int) -> Statement | None:
    return next((s for s in reversed(top[:before]) if name in s.binds), None)


def _uncalled(value: ast.expr | None) -> Iterator[ast.AST]:
    if value is not None:
        called = {id(n.func) for n in ast.walk(value) if isinstance(n, ast.Call)}
        yield from (n for n in ast.walk(value) if id(n) not in called)


def _needs_arguments(top: list[Statement], statement: Statement, name: str) -> bool:
    """Whether the class's `__init__`, its own or one inherited from a class in the file, asks for something."""
    for _ in range(20):
        node = statement.node
        wanted: ast.expr | None = None
        if isinstance(node, ast.ClassDef):
            for child in reversed(node.body):
                if isinstance(child, Function) and child.name == "__init__":
                    return _asks(child.args, 1)
            wanted = node.bases[0] if node.bases else None
        elif isinstance(node, Function):
            return _asks(node.args, 0)
        else:
            wanted = _value(node, name)
        if not isinstance(wanted, ast.Name):
            return False
        name = wanted.id
        binder = _binder(top, name, statement.index)
        if binder is None:
            return False
        statement = binder
    return False


def _asks(given: ast.arguments, own: int) -> bool:
    positional = len(given.posonlyargs) + len(given.args) - len(given.defaults)
    return positional > own or any(default is None for default in given.kw_defaults)


def _beside(
    top: list[Statement], class_names: Sequence[str], name: str, statement: Statement
) -> tuple[tuple[str, bool], ...]:
    """Its children, whoever else is a class with a parent and uses it, and those that are named after it."""
    by_name = {s.node.name: s for s in top if isinstance(s.node, ast.ClassDef) and s.node.bases}
    parts: set[str] = set()  # what it consists of itself
    waiting = [statement]
    while waiting:
        new = {word for word in waiting.pop().words if word in by_name} - parts
        parts |= new
        waiting += [by_name[word] for word in new]
    return tuple(
        (other, name in s.words)
        for other, s in by_name.items()
        if other not in parts and other not in class_names
        if name in s.words or _is_anothers(other, class_names)
    )


def is_only_a_helper(found: Definition, exercise: str, class_names: Sequence[str]) -> bool:
    """A class that asks for arguments, of which only another exercise's class in the file makes use."""
    by_exercise, by_class, _ = _named(found, exercise)
    used = any(uses and _is_anothers(other, class_names) for other, uses in found.beside)
    return used and not (found.makeable or found.is_made or by_exercise or by_class)


def preferred(found: Sequence[Definition], exercise: str) -> tuple[Definition, list[Text]]:
    """Which of the places is graded, and what is to be said of the others."""
    ranked = sorted(range(len(found)), key=lambda n: (_preference(found, n, exercise), n))
    chosen = found[ranked[-1]]
    notes = choices(chosen)
    if len(found) > 1:
        best, second = (_preference(found, n, exercise) for n in (ranked[-1], ranked[-2]))
        why = next((_WHY[n] for n, (a, b) in enumerate(zip(best, second, strict=True)) if a != b), _LAST)
        listed = ", ".join(sorted({d.file.path for d in found} - {chosen.file.path}))
        path, name = chosen.file.path, chosen.class_name
        notes.append(
            Text(
                en=f"{listed} would do for this exercise, too; {path} is graded, "
                + why.en.format(name=name, exercise=exercise),
                ko=f"{listed}에도 이 문제의 클래스가 있지만 {path} 파일을 채점했어요. "
                + why.ko.format(name=name, exercise=exercise),
            )
        )
    return chosen, notes


_WHY = (
    Text(en="since its name says {exercise}", ko="파일 이름에 {exercise}라고 적혀 있기 때문이에요"),
    Text(en="since it is named after the class", ko="파일 이름이 클래스 이름과 같기 때문이에요"),
    Text(
        en="since the other's name says that it is a copy, an old one or a template",
        ko="다른 파일은 이름을 보면 사본이거나 예전 파일이거나 템플릿이기 때문이에요",
    ),
    Text(en="since it is the newer one", ko="더 새로운 파일이기 때문이에요"),
    Text(
        en="since {name} can be made without arguments there",
        ko="이 파일에서는 인자 없이 {name}()로 만들 수 있기 때문이에요",
    ),
    Text(
        en="since it holds fewer classes of other exercises",
        ko="다른 문제의 클래스가 더 적게 들어 있기 때문이에요",
    ),
)
_LAST = Text(en="since it comes last", ko="순서가 가장 뒤이기 때문이에요")


def _preference(found: Sequence[Definition], place: int, exercise: str) -> tuple[int, ...]:
    definition = found[place]
    work = _work(definition.file.path)
    newest = all(_work(later.file.path) != work for later in found[place + 1 :])
    return (*_named(definition, exercise), newest, definition.makeable, -len(definition.beside))


def by_name(path: str, exercise: str, class_name: str) -> tuple[bool, bool, bool]:
    """What a file's name says: the exercise, the class, and that it is no copy and no template."""
    file = path.rpartition("/")[2].rpartition(".")[0]
    names = f"{re.escape(class_name)}|{re.escape(class_name.replace('_', ''))}"
    by_exercise = rf"(?<![^\W\d_])({re.escape(exercise)})(?![^\W\d_])"
    by_class = rf"(?<![^\W\d_])({names})(?![^\W\d_]|_[a-z])"  # VGG.py, not VGG_SKIP.py
    return (
        bool(re.search(by_exercise, file, re.IGNORECASE)),
        bool(re.search(by_class, file, re.IGNORECASE)),
        not _SET_ASIDE.search(file),
    )


def names_exercise(path: str, exercise: str) -> bool:
    """Whether a file's name says the exercise."""
    return by_name(path, exercise, exercise)[0]


def _named(found: Definition, exercise: str) -> tuple[bool, bool, bool]:
    return by_name(found.file.path, exercise, found.class_name)


def _work(path: str) -> str:
    """The path without what tells one attempt from the next: "hw-1.py", "hw (2).py", "hw_v2.py", "hw_최종.py"."""
    return _VERSION.sub("", attempt(path)[0])


def choices(chosen: Definition) -> list[Text]:
    if chosen.how_often == 1:
        return []
    name, line = chosen.class_name, chosen.statement.node.lineno
    label = chosen.file.cells[chosen.statement.cell].label
    return [
        Text(
            en=f"{name} is defined {chosen.how_often} times; the last one is graded ({label}, line {line})",
            ko=f"{name} 클래스가 {chosen.how_often}번 정의되어 있어서 마지막 것을 채점했어요 ({label}, {line}번째 줄)",
        )
    ]
