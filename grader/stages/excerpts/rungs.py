"""The ladder of excerpts above `cut`: what is run where reading names was not enough.

Real code defeats the reading of names: methods that only torch calls, `globals()[…]`, registries, settings in
files. So more is run, step by step:

1. all methods of kept classes; own functions judged by what they do, not by what they are called,
2. all statements up to where the class is last used, one by one, in the order in which the notebook ran them, the
   hand-in's small files beside them,
3. the same with stand-ins for what a sandbox lacks,
4. the same to the end of the file.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from grader.records.graph import SourceLine
from grader.records.submission import Cell, Excerpt, LaidOut, LocalModule, OtherFile, SourceFile, Whole
from grader.stages.excerpts.cutting import excerpt_of, last_use
from grader.stages.excerpts.definitions import Definition, definition
from grader.stages.excerpts.modules import LocalModules, dotted
from grader.stages.excerpts.pieces import Lost, readable
from grader.stages.excerpts.statements import Statement, root, statements

MOST_BYTES = 8_000_000
"""Of all files that are laid out."""


def wider(
    files: Sequence[SourceFile], others: Sequence[OtherFile], narrow: Excerpt, class_names: Sequence[str]
) -> Iterator[Excerpt]:
    """The excerpts above `narrow`, each wider than the last, of the same class of the same file."""
    if narrow.problem is None and (chosen := _definition(files, narrow.file, class_names)):
        methods = excerpt_of(files, chosen, narrow.exercise, class_names, (), thorough=True)
        if (methods.cells, methods.modules) != (narrow.cells, narrow.modules):
            yield methods
    if narrow.newer:
        return
    read, broken = _as_run(files)
    if chosen := _definition(read, narrow.file, class_names):
        until = _until(chosen, class_names)
        settings = _whole(read, others, chosen, class_names)
        made = _excerpt(read, chosen, narrow, class_names, settings)
        torn = broken.get(chosen.file.cells[chosen.statement.cell].label, "")
        steps = [(until, False), (until, True)] + ([(None, True)] if until else [])
        for place, stand_ins in steps:
            how = {"until": place, "stand_ins": stand_ins, "torn": torn}
            yield made.model_copy(update={"whole": settings.model_copy(update=how)})


def _definition(files: Sequence[SourceFile], path: str, class_names: Sequence[str]) -> Definition | None:
    local = LocalModules(files)
    return next(
        (d for file in files if file.path == path if (d := definition(file, class_names, local.are_own))),
        None,
    )


def _as_run(files: Sequence[SourceFile]) -> tuple[list[SourceFile], dict[str, Lost]]:
    """The files' readable pieces, a notebook's cells in the order in which they were run; torn cells by label.

    The order is known where every cell has a count of its own: then it is what the last kernel did.
    """
    read, broken = [], dict[str, Lost]()
    for file in files:
        cells: list[Cell] = []
        for cell in file.cells:
            mended, lost = readable(cell)
            cells.append(mended)
            if lost in ("end", "pieces"):
                broken[cell.label] = lost
        counts = [cell.execution for cell in cells if cell.text.strip()]
        if file.kind == "notebook" and None not in counts and len(set(counts)) == len(counts):
            cells.sort(key=lambda cell: cell.execution or 0)
        read.append(file.model_copy(update={"cells": tuple(cells)}))
    return read, broken


def _until(chosen: Definition, class_names: Sequence[str]) -> SourceLine | None:
    """The statement before which the class is made; None: the end."""
    top = statements(chosen.file, class_names)
    place = last_use(top, top[chosen.statement.index], chosen.class_name)
    if place >= len(top):
        return None
    return SourceLine(file=chosen.file.cells[top[place].cell].label, line=top[place].node.lineno)


def _whole(
    files: Sequence[SourceFile], others: Sequence[OtherFile], chosen: Definition, class_names: Sequence[str]
) -> Whole:
    """How the class's file is run: where it lies, and what lies beside it."""
    path = chosen.file.path
    laid_out, left = [], MOST_BYTES
    sources = [(f.path, f.cells[0].text.encode()) for f in files if f.kind == "python" and f.cells]
    for where, content in [*sources, *((o.path, o.content) for o in others if o.content is not None)]:
        left -= len(content)
        if left >= 0:
            laid_out.append(LaidOut(path=where, content=content))
    return Whole(
        path=path,
        package=dotted(path.rpartition("/")[0]),
        files=tuple(laid_out),
        rebuilt=_is_rebuilt(statements(chosen.file, class_names), chosen.class_name),
    )


_NO_STRUCTURE = frozenset(["data", "grad", "requires_grad", "training", "weight", "bias"])


def _is_rebuilt(top: Sequence[Statement], class_name: str) -> bool:
    """Whether a top-level statement gives a network of the class another layer or method."""
    networks = {
        name for s in top if isinstance(s.node, ast.Assign) and class_name in s.called for name in s.binds
    }
    for statement in top:
        for node in ast.walk(statement.node):
            if isinstance(node, ast.Assign) and not isinstance(node.value, ast.Constant):
                parts = [t for t in node.targets if isinstance(t, ast.Attribute | ast.Subscript)]
                if any(root(t) in networks and getattr(t, "attr", "") not in _NO_STRUCTURE for t in parts):
                    return True
            elif isinstance(node, ast.Call):
                called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if called == "setattr" and node.args and root(node.args[0]) in networks:
                    return True
                if called in ("add_module", "register_module") and root(node.func) in networks:
                    return True
    return False


def _excerpt(
    files: Sequence[SourceFile], chosen: Definition, narrow: Excerpt, class_names: Sequence[str], whole: Whole
) -> Excerpt:
    modules = LocalModules(files)
    modules.graded(chosen.file, class_names)
    return Excerpt(
        exercise=narrow.exercise,
        class_name=chosen.class_name,
        file=chosen.file.path,
        cells=chosen.file.cells,
        modules=tuple(
            LocalModule(name=name, cells=file.cells if file else (), path=file.path if file else "")
            for name, file in sorted(modules.follow_all().items())
        ),
        whole=whole,
    )
