"""The part of a submission that one exercise needs."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from grader.records.base import Text
from grader.records.submission import Cell, Excerpt, LocalModule, SourceFile, Submission
from grader.stages.excerpts.blanking import Kept, blanked
from grader.stages.excerpts.definitions import (
    Definition,
    by_name,
    choices,
    definition,
    is_only_a_helper,
    preferred,
)
from grader.stages.excerpts.modules import LocalModules
from grader.stages.excerpts.slicing import Source, needed_aliases, star_imports
from grader.stages.excerpts.statements import Function, Statement, is_future


def cut(submission: Submission, class_names: Sequence[str], exercise: str) -> Excerpt | None:
    """What of the submission has to run for the exercise's class to exist; None if nobody defines it.

    `class_names` in order of preference; `definitions.py` says which of several definitions counts.
    """
    return next(iter(candidates(submission, class_names, exercise)), None)


def candidates(
    submission: Submission, class_names: Sequence[str], exercise: str, most: int = 1
) -> tuple[Excerpt, ...]:
    """`cut`, for each of up to `most` files that define the class: what the files' text speaks for goes first.

    Where several are asked for, nothing is noted of one about the others.
    """
    local = LocalModules(submission.files)
    found = [d for file in submission.files if (d := definition(file, class_names, local.are_own))]
    helpers = {d.file.path for d in found if is_only_a_helper(d, exercise, class_names)}
    found = [d for d in found if d.file.path not in helpers]
    if not found:
        broken = _unreadable([f for f in submission.files if f.path not in helpers], class_names, exercise)
        return (broken,) if broken else ()
    made: list[Excerpt] = []
    while found and len(made) < most:
        chosen, notes = preferred(found, exercise)
        if most > 1:
            notes = choices(chosen)
        made.append(excerpt_of(submission.files, chosen, exercise, class_names, tuple(notes)))
        found = [d for d in found if d is not chosen]
    return tuple(made)


def excerpt_of(
    files: Sequence[SourceFile],
    chosen: Definition,
    exercise: str,
    class_names: Sequence[str],
    notes: tuple[Text, ...],
    thorough: bool = False,
) -> Excerpt:
    """What one definition needs; `thorough`: all methods are followed, own functions judged by their bodies."""
    modules = LocalModules(files, thorough)
    main = modules.graded(chosen.file, class_names)
    target = main.statements[chosen.statement.index]
    # `VGG = VGG().cuda()` further down is not the class that is graded
    main.binders[chosen.class_name] = [s for s in main.binders[chosen.class_name] if s.index <= target.index]
    when = last_use(main.statements, target, chosen.class_name)
    modules.slice.need(main, chosen.class_name, when, certain=True)
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


def last_use(top: Sequence[Statement], target: Statement, name: str) -> int:
    """Index up to which the class's names are looked up: where it is last used, or changed."""
    later = top[target.index + 1 :]
    anew = next(
        (s.index for s in later if isinstance(s.node, ast.ClassDef) and s.node.name == name), len(top)
    )
    for statement in reversed(top[target.index + 1 : anew]):
        if name in statement.changes:
            return statement.index + 1
        is_definition = isinstance(statement.node, Function | ast.ClassDef | ast.Import | ast.ImportFrom)
        if not is_definition and name in statement.words:
            return statement.index
    return anew


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


def _unreadable(files: Sequence[SourceFile], class_names: Sequence[str], exercise: str) -> Excerpt | None:
    """The class where Python cannot read it, or cannot reach it; None if it is nowhere."""
    for name in class_names:
        pattern = re.compile(rf"^[ \t]*class[ \t]+{re.escape(name)}\b", re.MULTILINE)
        matching = [(f, c) for f in files for c in f.cells if pattern.search(c.text)]
        matching.sort(key=lambda pair: by_name(pair[0].path, exercise, name))
        for file, cell in reversed(matching):
            problem = cell.problem or _out_of_reach(cell, name)
            if problem:
                return Excerpt(
                    exercise=exercise, class_name=name, file=file.path, cells=(cell,), problem=problem, newer=cell.newer,
                )  # fmt: skip
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
