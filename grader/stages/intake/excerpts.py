"""The part of a submission that one exercise needs."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from grader.records.base import Text
from grader.records.submission import Cell, Excerpt, LocalModule, SourceFile, Submission
from grader.stages.intake.blanking import Kept, blanked
from grader.stages.intake.modules import LocalModules
from grader.stages.intake.slicing import Source, needed_aliases, star_imports
from grader.stages.intake.statements import Function, Statement, is_future, root, statements

_SET_ASIDE = re.compile(r"template|backup|\bold|copy|사본|백업|원본|예전", re.IGNORECASE)


@dataclass(frozen=True)
class _Definition:
    """Where a file defines the class."""

    file: SourceFile
    class_name: str
    statement: Statement
    how_often: int


def cut(submission: Submission, class_names: Sequence[str], exercise: str) -> Excerpt | None:
    """What of the submission has to run for the exercise's class to exist; None if nobody defines it.

    `class_names` in order of preference. The last definition in a file counts; of several files the
    one named after the exercise, else the last.
    """
    found = [d for file in submission.files if (d := _definition(file, class_names))]
    if not found:
        return _unreadable(submission, class_names, exercise)
    found.sort(key=lambda d: _preference(d.file.path, exercise, d.class_name))
    chosen = found[-1]
    return _excerpt(submission, chosen, exercise, class_names, tuple(_choices(chosen, found)))


def _definition(file: SourceFile, class_names: Sequence[str]) -> _Definition | None:
    """The last class statement; else `VGG_SKIP = Model`; else whatever else makes a network when called."""
    top = statements(file, class_names)
    makers = _makers(top)

    def is_made(node: ast.stmt, name: str) -> bool:
        value = getattr(node, "value", None)
        return _assigns(node, name) and isinstance(value, ast.Call) and root(value.func) in makers

    for kind in (_is_class, _is_alias, _is_factory, is_made):
        for name in class_names:
            if matching := [s for s in top if kind(s.node, name)]:
                return _Definition(file, name, matching[-1], len(matching))
    return None


def _is_class(node: ast.stmt, name: str) -> bool:
    return isinstance(node, ast.ClassDef) and node.name == name


def _is_alias(node: ast.stmt, name: str) -> bool:
    return _assigns(node, name) and isinstance(getattr(node, "value", None), ast.Name | ast.Attribute)


def _is_factory(node: ast.stmt, name: str) -> bool:
    if isinstance(node, Function):
        return node.name == name
    value = getattr(node, "value", None)
    if isinstance(value, ast.Call):  # partial(Net, skip=True), not Net(skip=True)
        called = getattr(value.func, "attr", getattr(value.func, "id", ""))
        return _assigns(node, name) and called == "partial"
    return _assigns(node, name) and isinstance(value, ast.Lambda)


def _makers(top: list[Statement]) -> set[str]:
    """Functions that define a class, and may return it."""
    functions = [s.node for s in top if isinstance(s.node, Function)]
    return {f.name for f in functions if any(isinstance(n, ast.ClassDef) for n in ast.walk(f))}


def _assigns(node: ast.stmt, name: str) -> bool:
    return isinstance(node, ast.Assign) and any(
        isinstance(t, ast.Name) and t.id == name for t in node.targets
    )


def _preference(path: str, exercise: str, class_name: str) -> tuple[bool, bool, bool]:
    file = path.rpartition("/")[2].rpartition(".")[0]
    names = f"{re.escape(class_name)}|{re.escape(class_name.replace('_', ''))}"
    by_exercise = rf"(?<![^\W\d_])({re.escape(exercise)})(?![^\W\d_])"
    by_class = rf"(?<![^\W\d_])({names})(?![^\W\d_]|_[a-z])"  # VGG.py, not VGG_SKIP.py
    return (
        bool(re.search(by_exercise, file, re.IGNORECASE)),
        bool(re.search(by_class, file, re.IGNORECASE)),
        not _SET_ASIDE.search(file),
    )


def _choices(chosen: _Definition, found: list[_Definition]) -> list[Text]:
    notes = []
    if chosen.how_often > 1:
        name, line = chosen.class_name, chosen.statement.node.lineno
        label = chosen.file.cells[chosen.statement.cell].label
        notes.append(
            Text(
                en=f"{name} is defined {chosen.how_often} times; the last one is graded ({label}, line {line})",
                ko=f"{name} 클래스가 {chosen.how_often}번 정의되어 있어서 마지막 것을 채점했어요 ({label}, {line}번째 줄)",
            )
        )
    if others := sorted({d.file.path for d in found} - {chosen.file.path}):
        listed = ", ".join(others)
        notes.append(
            Text(
                en=f"{listed} would do for this exercise, too; {chosen.file.path} is graded",
                ko=f"{listed}에도 이 문제의 클래스가 있지만 {chosen.file.path} 파일을 채점했어요",
            )
        )
    return notes


def _excerpt(
    submission: Submission,
    chosen: _Definition,
    exercise: str,
    class_names: Sequence[str],
    notes: tuple[Text, ...],
) -> Excerpt:
    modules = LocalModules(submission.files)
    main = modules.graded(chosen.file, class_names)
    target = main.statements[chosen.statement.index]
    # `VGG = VGG().cuda()` further down is not the class that is graded
    main.binders[chosen.class_name] = [s for s in main.binders[chosen.class_name] if s.index <= target.index]
    modules.slice.need(main, chosen.class_name, _last_use(main, target, chosen.class_name), certain=True)
    modules.follow()
    return Excerpt(
        exercise=exercise,
        class_name=chosen.class_name,
        file=chosen.file.path,
        cells=_cells(main, chosen.file, modules),
        modules=tuple(
            LocalModule(name=name, cells=_cells(source, file, modules) if file else ())
            for name, (source, file) in sorted(modules.loaded.items())
        ),
        notes=(*notes, *_withheld(main, chosen.file)),
    )


def _last_use(main: Source, target: Statement, name: str) -> int:
    """Index up to which the class's names are looked up: where it is last used, or changed."""
    for statement in reversed(main.statements):
        if statement.index <= target.index:
            break
        if name in statement.changes:
            return statement.index + 1
        is_definition = isinstance(statement.node, Function | ast.ClassDef | ast.Import | ast.ImportFrom)
        if not is_definition and name in statement.words:
            return statement.index
    return main.end


def _withheld(main: Source, file: SourceFile) -> list[Text]:
    notes = []
    if main.withheld:
        names = ", ".join(sorted(main.withheld))
        notes.append(
            Text(
                en=f"{names}: comes from code that is not run here (training, files, downloads)",
                ko=f"{names}: 채점할 때 실행하지 않는 코드(학습, 파일, 다운로드)에서 나온 값이에요",
            )
        )
    broken = [cell for cell in file.cells if cell.problem]
    if main.unknown and broken:
        notes += [
            Text(en=f"{cell.label}: {cell.problem.en}", ko=f"{cell.label}: {cell.problem.ko}")
            for cell in broken[:3]
            if cell.problem
        ]
    return notes


def _cells(source: Source, file: SourceFile, modules: LocalModules) -> tuple[Cell, ...]:
    star_imports(source)
    found = []
    for number in source.cells:
        in_cell = (statement for statement in source.statements if statement.cell == number)
        if kept := [item for statement in in_cell if (item := _kept(source, statement, modules))]:
            cell = file.cells[number]
            found.append(Cell(label=cell.label, text=blanked(cell.text, kept)))
    return tuple(found)


def _kept(source: Source, statement: Statement, modules: LocalModules) -> Kept | None:
    node = statement.node
    if is_future(node):
        return Kept(statement)
    if statement not in source.kept:
        return None
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return Kept(statement)
    needed = needed_aliases(source, statement, modules.slice.mentioned)
    if not needed:
        return None
    rewritten = modules.rewritten(source, node, needed)
    return Kept(statement, rewritten)


def _unreadable(submission: Submission, class_names: Sequence[str], exercise: str) -> Excerpt | None:
    """The class where Python cannot read it, or cannot reach it; None if it is nowhere."""
    for name in class_names:
        pattern = re.compile(rf"^[ \t]*class[ \t]+{re.escape(name)}\b", re.MULTILINE)
        matching = [(f, c) for f in submission.files for c in f.cells if pattern.search(c.text)]
        matching.sort(key=lambda pair: _preference(pair[0].path, exercise, name))
        for file, cell in reversed(matching):
            problem = cell.problem or _out_of_reach(cell, name)
            if problem:
                return Excerpt(
                    exercise=exercise, class_name=name, file=file.path, cells=(cell,), problem=problem
                )
    return None


def _out_of_reach(cell: Cell, name: str) -> Text | None:
    found = [n for n in ast.walk(ast.parse(cell.text)) if isinstance(n, ast.ClassDef) and n.name == name]
    if not found:
        return None  # the words stand in a string
    line = found[-1].lineno
    return Text(
        en=f"line {line}: {name} is defined inside a function, another class or a loop; define it at the top level",
        ko=f"{line}번째 줄: {name} 클래스가 함수나 다른 클래스, 반복문 안에 있어요. 파일의 맨 바깥에 정의해 주세요",
    )
