"""Blanks of the template that a student left empty, and the source with stand-ins in their place.

A blank of layers is left where one of its layers is never made, a blank of steps where nothing stands between
its marks that computes: no code, `pass`, `...`, `out = None`, `____`. Lines keep their numbers.
"""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from grader.marks import Blank, blanks_of, marks_in, neighbours
from grader.networks.stand_ins import FORWARD, INIT, call_of, cells_of, forward_cells, free_cell, init_cells
from grader.records.assignment import Assignment, BlankTerms
from grader.records.base import Record, Text
from grader.records.graph import SourceLine
from grader.records.repair import BLANK_LEFT, METHOD_LEFT, Repair
from grader.records.submission import Cell, Excerpt

_PLACEHOLDER = re.compile(r"_{2,}|\?+")
_NOTHING_ASSIGNED = re.compile(r"\s*[\w., ]+=\s*(#.*)?$")


class LeftBlank(Record):
    """A blank that was left empty, and where."""

    name: str
    """ "skip-1"."""
    cell: str
    line: int
    """In the student's own file, from 1."""
    source: str
    """That line, stripped."""
    call: str
    """What runs in its place."""
    missing: tuple[str, ...]
    """Layers that are never made; empty for a step."""
    hint: Text
    worth: float
    """Percent."""
    terms: dict[str, BlankTerms]
    """What stands in for it, by name; a method has several blanks."""
    touched: bool = False
    """The code next to it is not the template's: the blank's own may stand there."""

    @property
    def places(self) -> dict[str, SourceLine]:
        """Where each of its stand-ins is, as a graph names lines."""
        return dict.fromkeys(self.terms, SourceLine(file=self.cell, line=self.line))

    def repair(self) -> Repair:
        """What it costs, in percent, and what is told."""
        if self.name in (FORWARD, INIT):
            return Repair(
                code=METHOD_LEFT, price=self.worth, file=self.cell, line=self.line, before=self.source, after="",
                message=Text(
                    en=f"`{self.name}` is left empty. It earns nothing; the rest was judged as if it were written.",
                    ko=f"`{self.name}`이 비어 있어요. 이 부분은 점수가 없고, 나머지는 작성되어 있다고 보고 채점했어요.",
                ),
                hint=self.hint,
            )  # fmt: skip
        number = self.name.rpartition("-")[2]
        made = ", ".join(f"`self.{name}`" for name in self.missing)
        what_en = f" (not made: {made})" if made else ""
        what_ko = f"(없는 층: {made})" if made else ""
        return Repair(
            code=BLANK_LEFT, price=self.worth, file=self.cell, line=self.line, before=self.source, after=self.call,
            message=Text(
                en=f"Blank {number} is left empty{what_en}. It earns nothing; the rest was judged as if it were filled.",
                ko=f"{number}번 빈칸이 비어 있어요{what_ko}. 이 빈칸은 점수가 없고, 나머지는 빈칸이 채워졌다고 보고 채점했어요.",
            ),
            hint=self.hint,
        )  # fmt: skip


class _Edit(NamedTuple):
    cell: str
    line: int
    """The line that the stand-in's call goes to."""
    append: bool
    """Behind what stands there, rather than in its place."""
    emptied: tuple[int, ...]
    """Lines that say nothing and are taken out."""


def left_blanks(excerpt: Excerpt, template: str, exercise: Assignment) -> Iterator[tuple[LeftBlank, ...]]:
    """The sets of blanks that may have been left: all that are empty, then those without code beside their marks.

    A method without a body is left with all its blanks.
    """
    cells = _cells(excerpt)
    methods = tuple(_methods(excerpt, exercise))
    whole = {name for method in methods for name in method.terms} | (
        {n for n, terms in exercise.blanks.items() if terms.makes}
        if any(m.name == FORWARD for m in methods)
        else set()
    )
    blanks = [left for left, _ in _found(cells, template, exercise.blanks) if left.name not in whole]
    found = (*methods, *blanks)
    sure = tuple(left for left in found if not left.touched)
    if found:
        yield found
    if sure and sure != found:
        yield sure


def filled(excerpt: Excerpt, left: Sequence[LeftBlank], template: str, exercise: Assignment) -> Excerpt:
    """The excerpt with a stand-in for each of these blanks, defined in cells of their own."""
    edits = [(one, edit) for one, edit in _found(_cells(excerpt), template, exercise.blanks) if one in left]

    def changed(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
        result: list[Cell] = []
        extra: list[Cell] = []
        for cell in cells:
            own = [(one, edit) for one, edit in edits if edit.cell == cell.label]
            own = [(one, edit) for one, edit in own if one.call]  # own layers come behind the class
            extra += [new for one, _ in own for new in cells_of(one.name, one.terms[one.name])]
            result.append(cell.model_copy(update={"text": _written(cell.text, own)}) if own else cell)
        return (*extra, *result)

    cells = changed(excerpt.cells)
    modules = [m.model_copy(update={"cells": changed(m.cells)}) for m in excerpt.modules]
    for method in left:
        if method.name == FORWARD:
            before, behind = forward_cells(excerpt.class_name, method.terms[FORWARD])
            cells = (*before, *cells, behind)
        elif method.name == INIT:
            given = Excerpt(
                exercise=exercise.name, class_name=exercise.classes[0], file="template.py",
                cells=(Cell(label="template.py", text=template),),
            )  # fmt: skip
            empty = [one for one, _ in _found(given.cells, template, method.terms)]
            _, read = _attributes(_cells(excerpt))
            layers = filled(given, empty, template, exercise).cells
            module, behind = init_cells(excerpt.class_name, given.class_name, layers, sorted(read))
            cells, modules = (*cells, behind), [*modules, module]
        elif any(terms.own_layers for terms in method.terms.values()) and exercise.open_design is not None:
            side = exercise.input_shape[1]
            blocks = {side >> n: block[-1] for n, block in enumerate(exercise.open_design.blocks)}
            cells = (*cells, free_cell(excerpt.class_name, method.missing, blocks, exercise.input_shape))
    return excerpt.model_copy(update={"cells": cells, "modules": tuple(modules)})


def _methods(excerpt: Excerpt, exercise: Assignment) -> Iterator[LeftBlank]:
    """`__init__` or `forward` of the class where it has no body; not both: then nothing is left to judge."""
    found = []
    for cell in _cells(excerpt):
        for node in ast.walk(_parsed(cell.text) or ast.Module([], [])):
            if isinstance(node, ast.ClassDef) and node.name == excerpt.class_name:
                found = [
                    (cell, method)
                    for method in node.body
                    if isinstance(method, ast.FunctionDef)
                    and method.name in (FORWARD, INIT)
                    and all(_hollow(one) or _starts(one) for one in method.body)
                ]
    for cell, method in found if len(found) == 1 else ():
        inside = {
            name: terms
            for name, terms in exercise.blanks.items()
            if bool(terms.makes) == (method.name == FORWARD)
        }
        worth = exercise.given_worth + sum(terms.worth for terms in inside.values())
        if method.name == FORWARD:
            inside = {FORWARD: BlankTerms(worth=100, reads=("x",), makes={"out": (exercise.outputs,)})}
        yield LeftBlank(
            name=method.name, cell=cell.label, line=method.lineno,
            source=cell.text.split("\n")[method.lineno - 1].strip(), call="", missing=(), worth=min(worth, 100.0),
            terms=inside, hint=_METHOD_HINTS[method.name],
        )  # fmt: skip


_METHOD_HINTS = {
    FORWARD: Text(
        en="Through which layers does an image go, in which order? The handout's layer table has them all.",
        ko="이미지는 어떤 층을 어떤 순서로 지나가나요? 안내문의 층 표에 모두 있어요.",
    ),
    INIT: Text(
        en="Which layers does your `forward` call, and where should each of them be made?",
        ko="`forward`에서 부르는 층은 무엇무엇인가요? 그 층들은 어디에서 만들어야 할까요?",
    ),
}


def _starts(statement: ast.stmt) -> bool:
    """Is it `super().__init__()`, in any spelling, or `return`?"""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="__init__"))):
            return True
        case ast.Return(value=None | ast.Constant(value=None)):
            return True
    return False


def _cells(excerpt: Excerpt) -> list[Cell]:
    return [*excerpt.cells, *(cell for module in excerpt.modules for cell in module.cells)]


def _found(
    cells: Sequence[Cell], template: str, terms: Mapping[str, BlankTerms]
) -> list[tuple[LeftBlank, _Edit]]:
    found = []
    for blank in blanks_of(template):
        if (stated := terms.get(blank.name)) is not None:
            search = _step if stated.makes else _own_layers if stated.own_layers else _layers
            if (pair := search(blank, stated, cells, template.split("\n"))) is not None:
                found.append(pair)
    return found


class _Region(NamedTuple):
    """What a student has of a blank's marks."""

    cell: Cell
    lines: list[str]
    first: int
    """Line of the first mark that is still there."""
    last: int
    touched: bool
    whole: bool
    """Both the mark that opens it and the one that closes it."""

    def code(self) -> list[int]:
        """Lines that are neither empty nor a comment."""
        numbers = range(self.first, self.last + 1)
        return [n for n in numbers if (line := self.lines[n - 1].strip()) and not line.startswith("#")]

    def statements(self) -> list[ast.stmt] | None:
        """The statements between the marks, with lines of the cell; None where Python cannot read them."""
        tree = _parsed(textwrap.dedent("\n".join(self.lines[self.first - 1 : self.last])))
        if tree is None:
            return None
        ast.increment_lineno(tree, self.first - 1)
        return tree.body


def _region(blank: Blank, cells: Sequence[Cell], template: Sequence[str]) -> _Region | None:
    for cell in cells:
        lines = cell.text.split("\n")
        marks = list(marks_in(lines))
        own = [mark for mark in marks if (mark.exercise, mark.number) == (blank.exercise, blank.number)]
        if own:
            first, last = own[0].line, own[-1].line
            beside = neighbours(lines, marks, first, last)
            touched = beside != neighbours(template, list(marks_in(template)), blank.first, blank.last)
            whole = {mark.kind for mark in own} >= {">>>", "<<<"}
            return _Region(cell, lines, first, last, touched, whole)
    return None


def _step(
    blank: Blank, terms: BlankTerms, cells: Sequence[Cell], template: Sequence[str]
) -> tuple[LeftBlank, _Edit] | None:
    region = _region(blank, cells, template)
    if region is None or (region.touched and not region.whole):
        return None
    body = region.statements()
    if body is None:
        empty = all(_NOTHING_ASSIGNED.match(region.lines[n - 1]) for n in region.code())
    else:
        empty = all(map(_hollow, body)) or any(map(_has_placeholder, body))
    if not empty:
        return None
    code = region.code()
    edit = _Edit(region.cell.label, region.first, False, tuple(code))
    return _left(blank, terms, region, code, call_of(blank.name, terms), ()), edit


def _layers(
    blank: Blank, terms: BlankTerms, cells: Sequence[Cell], template: Sequence[str]
) -> tuple[LeftBlank, _Edit] | None:
    region = _region(blank, cells, template)
    made, read = _attributes(cells)
    missing = tuple(layer for layer in terms.layers if layer not in made)
    if not missing or (region is None and not read.intersection(missing)):
        return None
    if region is None and made - read:  # made under another name
        return None
    if region is not None:
        body = region.statements()
        if body is None:
            code = [n for n in region.code() if _NOTHING_ASSIGNED.match(region.lines[n - 1])]
            if code != region.code():
                return None
        else:
            hollow = [statement for statement in body if _hollow(statement) or _has_placeholder(statement)]
            others = {attribute for statement in body for attribute in _made(statement)} - terms.layers.keys()
            if others or (len(hollow) < len(body) and not read.intersection(missing)):
                return None
            code = [n for s in hollow for n in range(s.lineno, (s.end_lineno or s.lineno) + 1)]
        edit = _Edit(region.cell.label, region.first, False, tuple(code))
        return _left(blank, terms, region, code, call_of(blank.name, terms, missing), missing), edit
    for cell in cells:
        for number, line in enumerate(cell.text.split("\n"), start=1):
            if re.match(r"\s*super\(.*\)\.__init__\(\)\s*(#.*)?$", line):
                at = _Region(cell, cell.text.split("\n"), number, number, touched=False, whole=False)
                edit = _Edit(cell.label, number, True, ())
                return _left(blank, terms, at, [], call_of(blank.name, terms, missing), missing), edit
    return None


def _own_layers(
    blank: Blank, terms: BlankTerms, cells: Sequence[Cell], template: Sequence[str]
) -> tuple[LeftBlank, _Edit] | None:
    """Left where `forward` calls layers of which none is made anywhere."""
    region = _region(blank, cells, template)
    body = region.statements() if region else None
    if region is None or body is None or not all(map(_hollow, body)):
        return None
    made, _ = _attributes(cells)
    missing = {
        node.func.attr
        for cell in cells
        for node in ast.walk(_parsed(cell.text) or ast.Module([], []))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name) and node.func.value.id == "self"
    } - made - _defined(cells)  # fmt: skip
    if not missing:
        return None
    edit = _Edit(region.cell.label, region.first, True, ())
    return _left(blank, terms, region, region.code(), "", tuple(sorted(missing))), edit


def _defined(cells: Sequence[Cell]) -> set[str]:
    """Names of all functions: a method may be called, too."""
    return {
        node.name
        for cell in cells
        for node in ast.walk(_parsed(cell.text) or ast.Module([], []))
        if isinstance(node, ast.FunctionDef)
    }


def _left(
    blank: Blank, terms: BlankTerms, region: _Region, code: Sequence[int], call: str, missing: tuple[str, ...]
) -> LeftBlank:
    line = code[0] if code else region.first
    return LeftBlank(
        name=blank.name, worth=terms.worth, terms={blank.name: terms}, cell=region.cell.label, line=line, source=region.lines[line - 1].strip(), call=call,
        missing=missing, hint=blank.hint, touched=region.touched,
    )  # fmt: skip


# -- what a statement does ------------------------------------------------------------------------


def _hollow(statement: ast.stmt) -> bool:
    """Does it compute nothing: `pass`, `...`, `out`, a string, `out = None`, `out = out`, `raise NotImplementedError`?"""
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant() | ast.Name()):
            return True
        case ast.Raise(
            exc=ast.Name(id="NotImplementedError") | ast.Call(func=ast.Name(id="NotImplementedError"))
        ):
            return True
        case (
            ast.Assign(targets=[target], value=value)
            | ast.AnnAssign(target=target, value=ast.expr() as value)
        ):
            nothing = isinstance(value, ast.Constant) and value.value in (None, ...)
            return nothing or ast.unparse(value) == ast.unparse(target)
    return False


def _has_placeholder(statement: ast.stmt) -> bool:
    """Does it hold a `____` or `...` where a value belongs?"""
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and _PLACEHOLDER.fullmatch(node.id):
            return True
        if isinstance(node, ast.Call) and any(
            isinstance(a, ast.Constant) and a.value is ... for a in node.args
        ):
            return True
    return False


def _attributes(cells: Sequence[Cell]) -> tuple[set[str], set[str]]:
    """Attributes that are given something, and those that are read; line by line where Python cannot read a cell."""
    made, read = set[str](), set[str]()
    for cell in cells:
        if (tree := _parsed(cell.text)) is not None:
            made.update(_made(tree))
            read.update(_read(tree))
            continue
        for line in cell.text.split("\n"):
            code = line.partition("#")[0]
            found = re.match(r"\s*self\.(\w+)\s*=(?!=)\s*(.*)", code)
            if (
                found
                and found[2].strip() not in ("", "None", "...")
                and not re.search(r"\b_{2,}\b", found[2])
            ):
                made.add(found[1])
            read.update(re.findall(r"self\.(\w+)\b(?!\s*=[^=])", code))
    return made, read


def _made(tree: ast.AST) -> Iterator[str]:
    """Attributes of `self` that are given something."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and not (_hollow(node) or _has_placeholder(node)):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                for part in ast.walk(target):
                    if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
                        yield part.attr
        elif isinstance(node, ast.Call):  # setattr(self, "conv1", …), self.add_module("conv1", …)
            for argument in node.args[:2]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def _read(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            yield node.attr


# -- writing --------------------------------------------------------------------------------------


def _written(text: str, edits: Sequence[tuple[LeftBlank, _Edit]]) -> str:
    """The text with the calls of stand-ins, indented as the code around them is."""
    lines = text.split("\n")
    for _, edit in edits:
        for number in edit.emptied:
            lines[number - 1] = ""
    for left, edit in edits:
        old = lines[edit.line - 1]
        if edit.append:
            lines[edit.line - 1] = f"{old.partition('#')[0].rstrip()}; {left.call}"
            continue
        tried = [f"{indent}{left.call}" for indent in _indents(lines, edit.line)]
        for line in tried:
            lines[edit.line - 1] = line
            if _parsed("\n".join(lines)) is not None:
                break
        else:  # something else cannot be read
            lines[edit.line - 1] = tried[0]
    return "\n".join(lines)


def _indents(lines: Sequence[str], number: int) -> list[str]:
    """Indentations that the line may have: its own, that of the code below, that of the code above."""
    below = (line for line in lines[number:] if line.strip() and not line.strip().startswith("#"))
    above = (
        line for line in reversed(lines[: number - 1]) if line.strip() and not line.strip().startswith("#")
    )
    near = [lines[number - 1], *list(below)[:1], *list(above)[:1]]
    return [line[: len(line) - len(line.lstrip())] for line in near]


def _parsed(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
