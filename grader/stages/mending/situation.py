"""Where a submission stopped, and an edit that may take it further."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from grader.offsets import Offsets
from grader.records.assignment import Assignment
from grader.records.base import Text
from grader.records.graph import Capture, Crash
from grader.records.submission import Cell, Excerpt, SourceFile, Submission

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Proposal:
    """A submission with one edit more. No line is added to or taken from a cell: numbers stay the student's."""

    code: str
    submission: Submission
    file: str
    """Label of the edited cell."""
    line: int
    before: str
    after: str
    facts: tuple[str, ...] = ()
    """What the words of this code have gaps for: a name, a number."""


@dataclass(frozen=True)
class Situation:
    """What a submission consists of, and how far it came."""

    submission: Submission
    exercise: Assignment
    excerpt: Excerpt | None
    """None: no class of the asked name."""
    capture: Capture | None
    """None: nothing could be run."""
    taken: frozenset[str] = frozenset()
    """Class names that other exercises ask for."""

    @property
    def crash(self) -> Crash | None:
        """The Python error that ended it."""
        return self.capture.crash if self.capture else None

    @property
    def stopped_at(self) -> int:
        """The line of the class's cell where Python cannot read on (of any, where no class is found); 0 where it can."""
        cells = self.excerpt.cells if self.excerpt else self.cells.values()
        stops = [stop for cell in cells if (stop := stop_of(self.text(cell.label))) is not None]
        return stops[0][0] if stops else 0

    @property
    def stop(self) -> str:
        """Where and why it stopped, to tell one stop from another."""
        capture = self.capture
        if capture is None:
            return f"{self.stopped_at}"
        return f"{capture.crash and capture.crash.model_dump_json(exclude={'traceback'})} {capture.problem}"

    @cached_property
    def cells(self) -> dict[str, Cell]:
        """Every cell of the submission, as it was handed in, by label."""
        return {cell.label: cell for file in self.submission.files for cell in file.cells}

    def text(self, label: str) -> str:
        """A cell's whole text; "" where there is no such cell."""
        cell = self.cells.get(label)
        return cell.text if cell else ""

    @cached_property
    def _trees(self) -> dict[str, ast.Module | None]:
        return {}

    def tree(self, label: str) -> ast.Module | None:
        """The syntax tree of a cell; None where Python cannot read it."""
        if label not in self._trees:
            self._trees[label] = parsed(self.text(label))
        return self._trees[label]

    @cached_property
    def _definitions(self) -> dict[str, list[ast.ClassDef | AnyFunction]]:
        return {}

    def definitions(self, label: str) -> list[ast.ClassDef | AnyFunction]:
        """The classes and functions of a cell, the outer before the inner."""
        if label not in self._definitions:
            tree = self.tree(label)
            walked = ast.walk(tree) if tree is not None else ()
            self._definitions[label] = [n for n in walked if isinstance(n, (ast.ClassDef, *FUNCTIONS))]
        return self._definitions[label]

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Cells that take part: the excerpt's own, those of its modules, then the rest of its file."""
        if self.excerpt is None:
            return tuple(self.cells)
        own = [cell.label for cell in self.excerpt.cells]
        own += [cell.label for module in self.excerpt.modules for cell in module.cells]
        beside = [c.label for f in self.submission.files if f.path == self.excerpt.file for c in f.cells]
        return tuple(dict.fromkeys(label for label in [*own, *beside] if label in self.cells))

    def nodes(self, kind: type[ast.AST] | tuple[type[ast.AST], ...]) -> Iterator[tuple[str, ast.AST]]:
        """All nodes of a kind in the cells that take part, with their cell."""
        for label in self.labels:
            if (tree := self.tree(label)) is not None:
                for node in ast.walk(tree):
                    if isinstance(node, kind):
                        yield label, node

    def classes(self) -> Iterator[tuple[str, ast.ClassDef]]:
        """Every class statement, with its cell."""
        for label, node in self.nodes(ast.ClassDef):
            assert isinstance(node, ast.ClassDef)
            yield label, node

    def own_class(self) -> tuple[str, ast.ClassDef] | None:
        """The class that is graded; None where it is bound otherwise."""
        if self.excerpt is None:
            return None
        found = [pair for pair in self.classes() if pair[1].name == self.excerpt.class_name]
        return found[-1] if found else None

    # -- edits -------------------------------------------------------------------------------------

    def edited(
        self, code: str, label: str, text: str, line: int | None = None, facts: tuple[str, ...] = ()
    ) -> Proposal:
        """A proposal that gives a cell another text of as many lines."""
        old, new = self.text(label).split("\n"), text.split("\n")
        changed = [n for n, (a, b) in enumerate(zip(old, new, strict=True), start=1) if a != b]
        first = line if line in changed or not changed else changed[0]
        first = first or 1
        return Proposal(
            code=code,
            submission=with_text(self.submission, label, text),
            file=label,
            line=first,
            before=old[first - 1].strip(),
            after=new[first - 1].strip(),
            facts=facts,
        )

    def replaced(
        self, code: str, label: str, changes: list[tuple[ast.AST, str]], line: int | None = None,
        facts: tuple[str, ...] = (),
    ) -> Proposal:  # fmt: skip
        """A proposal that writes other source in the place of nodes of a cell's tree."""
        text = self.text(label)
        offsets = Offsets(text)
        for start, end, new in sorted(
            ((*offsets.of(node), new) for node, new in changes), key=lambda change: -change[0]
        ):
            lost = text[start:end].count("\n") - new.count("\n")
            text = text[:start] + new + "\n" * lost + text[end:]
        return self.edited(code, label, text, line, facts)


def parsed(text: str) -> ast.Module | None:
    """The syntax tree, or None; a cell may `await` at its top level."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "?", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return None


def stop_of(text: str) -> tuple[int, int, str] | None:
    """Line (from 1), column (from 0, in characters) and message where Python cannot read on."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "?", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except SyntaxError as error:
        lines = text.count("\n") + 1
        return min(max(error.lineno or 1, 1), lines), max((error.offset or 1) - 1, 0), error.msg
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return 1, 0, str(error)
    return None


def with_text(submission: Submission, label: str, text: str) -> Submission:
    """The submission with another text in one cell."""
    stop = stop_of(text)
    problem = None
    if stop is not None:
        problem = Text(
            en=f"line {stop[0]}: Python cannot read this ({stop[2]})",
            ko=f"{stop[0]}번째 줄: Python이 읽지 못해요 ({stop[2]})",
        )
    return _changed(
        submission,
        lambda cell: (
            cell.model_copy(update={"text": text, "problem": problem}) if cell.label == label else cell
        ),
    )


def with_cell(submission: Submission, path: str, text: str, first: bool = False) -> Submission:
    """The submission with a cell of ours before or behind one file's own; one cell takes all such lines."""
    label = f"{path} ({'before' if first else 'behind'})"
    if any(cell.label == label for file in submission.files for cell in file.cells):
        return _changed(
            submission,
            lambda cell: (
                cell.model_copy(update={"text": f"{cell.text}\n{text}"}) if cell.label == label else cell
            ),
        )
    extra = Cell(label=label, text=text)
    files = []
    for file in submission.files:
        if file.path == path:
            cells = (extra, *file.cells) if first else (*file.cells, extra)
            files.append(file.model_copy(update={"cells": cells}))
        else:
            files.append(file)
    return submission.model_copy(update={"files": tuple(files)})


def _changed(submission: Submission, change: Callable[[Cell], Cell]) -> Submission:
    files: list[SourceFile] = []
    for file in submission.files:
        cells = tuple(change(cell) for cell in file.cells)
        files.append(file.model_copy(update={"cells": cells}) if cells != file.cells else file)
    return submission.model_copy(update={"files": tuple(files)})
