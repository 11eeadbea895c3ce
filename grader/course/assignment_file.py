"""`assignment.yaml` → `Assignment`; every mistake is one sentence with file, line, problem and fix."""

from __future__ import annotations

import json
import keyword
import math
import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from grader.errors import AssignmentError
from grader.records.assignment import Assignment, OpenDesign, Recipe
from grader.records.base import Text
from grader.records.findings import CHECKS

PROFILES = ("quick", "full")
"""Recipes that runs ask for by default; there may be others."""

Location = tuple[str | int, ...]
"""Keys and list positions that lead to a value: ("recipes", "quick", "steps")."""


class _Loader(yaml.SafeLoader):
    """PyYAML takes `1e-3` for text, as YAML 1.1 says; here it is the number that was meant."""


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+$"), list("-+0123456789")
)

_PLAIN = tuple(f"tag:yaml.org,2002:{kind}" for kind in ("int", "float", "bool", "null"))


def read_text(path: Path, if_missing: str) -> str:
    """A file of the instructor's. Raises AssignmentError: missing, unreadable, or not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise AssignmentError(path, None, "there is no such file", if_missing) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise AssignmentError(path, line, "this is not UTF-8 text", "save the file as UTF-8") from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise AssignmentError(
            path, None, f"it cannot be read ({reason})", "make it a readable file"
        ) from error


def read_assignment(path: Path) -> Assignment:
    """The exercise described by the file; its folder's name is the exercise's.

    Raises:
        AssignmentError: the first mistake in the file.
    """
    page = _Page(path, read_text(path, "describe the exercise there"))
    try:
        assignment = Assignment.model_validate_json(json.dumps(page.data), strict=True)
    except ValidationError as error:
        found = error.errors(include_url=False)
        # a misspelt key is also a missing one: name the misspelling
        first = min(found, key=lambda one: (one["type"] == "missing", page.line(one["loc"]) or 0))
        page.explain(first)
    page.check_names(assignment, path.parent.name)
    return assignment


class _Page:
    """A YAML file as plain data that knows the line of every value."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self._lines: dict[Location, int] = {}
        self._loader = _loader(path, text)
        root = self._compose()
        self.data = self._value(root, (), ()) if root is not None else None
        if root is None:
            self.fail((), "the file is empty", "describe the exercise there")
        if not isinstance(self.data, dict):
            self.fail((), "the file must be a mapping", "write it as lines of the form key: value")

    def fail(self, where: Location, problem: str, fix: str) -> NoReturn:
        raise AssignmentError(self.path, self.line(where), problem, fix)

    def line(self, where: Location) -> int | None:
        """Line of a value, or of the nearest thing around it."""
        while where and where not in self._lines:
            where = where[:-1]
        return self._lines.get(where)

    def _compose(self) -> yaml.Node | None:
        try:
            return self._loader.get_single_node()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            tab = "'\\t'" in (error.problem or "")
            raise AssignmentError(
                self.path,
                mark.line + 1 if mark else None,
                f"this is not YAML ({error.problem})",
                "indent with spaces, not tabs" if tab else "look at the colons, quotes and indentation here",
            ) from error

    def _value(self, node: yaml.Node, where: Location, around: tuple[yaml.Node, ...]) -> Any:
        """The node as dict, list, str, int, float, bool or None."""
        self._lines.setdefault(where, node.start_mark.line + 1)
        if node in around:
            self.fail(where, f"{_name(where)} contains itself", "write it out instead of using an alias")
        around = (*around, node)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, where, around)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*where, i), around) for i, item in enumerate(node.value)]
        if node.tag not in _PLAIN:
            return node.value
        try:
            value = self._loader.construct_object(node)
        except (ValueError, KeyError):
            self.fail(where, f"{_name(where)} is not what its tag says", "leave the tag out")
        if isinstance(value, float) and not math.isfinite(value):
            self.fail(where, f"{_name(where)} must be a finite number, not {node.value}", "write a number")
        return value

    def _mapping(
        self, node: yaml.MappingNode, where: Location, around: tuple[yaml.Node, ...]
    ) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            inner = (*where, key.value) if isinstance(key, yaml.ScalarNode) else where
            if inner == where:
                self._lines[where] = key.start_mark.line + 1
                self.fail(where, "a key must be a word", "write it as key: value")
            if key.value in found:
                first = self._lines[inner]
                self._lines[inner] = key.start_mark.line + 1
                self.fail(inner, f"{_name(inner)} stands here again (first in line {first})", "delete one")
            self._lines[inner] = key.start_mark.line + 1
            found[key.value] = self._value(value, inner, around)
        return found

    # -- mistakes that the record finds -----------------------------------------------------------

    def explain(self, error: ErrorDetails) -> NoReturn:
        """Say an error of pydantic's in words for an instructor."""
        where, kind = error["loc"], error["type"]
        if kind == "extra_forbidden":
            known = list(_keys(where[:-1]))
            self.fail(
                where, f"unknown key {_name(where)}", _nearest(str(where[-1]), known, "the keys here are")
            )
        if where[-1:] == ("[key]",):
            check = str(where[-2])
            self.fail(where[:-1], f"unknown check {check}", _nearest(check, CHECKS, "the checks are"))
        if kind == "value_error":
            self._break_of_a_rule(where, str(error["ctx"]["error"]))
        if where[:1] == ("input_shape",) and kind in ("missing", "too_long"):
            self.fail(where[:1], "input_shape must have three numbers", "write [channels, height, width]")
        if kind == "missing":
            self.fail(where[:-1], f"{_name(where)} is missing", "add it")
        if kind in ("greater_than", "greater_than_equal"):
            rule = "above 0" if kind == "greater_than" else "0 or more"
            self.fail(
                where, f"{_name(where)} must be {rule}, not {_shown(error['input'])}", "correct the number"
            )
        if kind == "literal_error":
            known = re.findall(r"'([^']*)'", error["ctx"]["expected"])
            self.fail(
                where,
                f"{_name(where)} cannot be {_shown(error['input'])}",
                _nearest(str(error["input"]), known, "it may be"),
            )
        if kind in _TYPES:
            wanted = _TYPES[kind]
            self.fail(
                where, f"{_name(where)} must be {wanted.what}, not {_shown(error['input'])}", wanted.fix
            )
        self.fail(where, f"{_name(where)}: {error['msg']}", "correct it")

    def _break_of_a_rule(self, where: Location, rule: str) -> NoReturn:
        if where == ():
            self.fail(("rubric",), rule, "give every check its points, 0 for one that should not count")
        if "epochs" in rule:
            self.fail(where, f"{_name(where)}: {rule}", "write one of the two")
        self.fail(
            (*where, "batch_size"), f"{_name(where)}: {rule}", "use 10, 20, 30 … or set balanced: false"
        )

    # -- mistakes that only this file can show ----------------------------------------------------

    def check_names(self, assignment: Assignment, folder: str) -> None:
        """Names that must fit what stands outside the file."""
        if assignment.name != folder:
            self.fail(
                ("name",), f"name is {assignment.name}, but the folder is {folder}", f"write name: {folder}"
            )
        if not assignment.classes:
            self.fail(("classes",), "classes is empty", "name the class that students write")
        for i, name in enumerate(assignment.classes):
            if not name.isidentifier() or keyword.iskeyword(name):
                self.fail(("classes", i), f"no Python class can be called {name!r}", "write a class name")
        if not any(assignment.rubric.values()):
            self.fail(("rubric",), "rubric gives no points at all", "give some check points")
        for profile in assignment.recipes:
            absent = [known for known in PROFILES if known not in assignment.recipes]
            if profile == "static":
                self.fail(("recipes", profile), "static means no training", "call the recipe something else")
            if near := get_close_matches(profile, absent, n=1, cutoff=0.8):
                self.fail(
                    ("recipes", profile),
                    f"no run asks for a recipe called {profile}",
                    f"did you mean {near[0]}?",
                )


def _loader(path: Path, text: str) -> _Loader:
    try:
        return _Loader(text)
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise AssignmentError(
            path, line, "there is a character that YAML does not allow", "delete it"
        ) from error


class _Wanted(NamedTuple):
    what: str
    fix: str


_TYPES: Mapping[str, _Wanted] = {
    "string_type": _Wanted("text", "put it in quotes"),
    "int_type": _Wanted("a whole number", "write a number such as 100"),
    "float_type": _Wanted("a number", "write a number such as 10 or 0.001, without quotes"),
    "bool_type": _Wanted("true or false", "write true or false"),
    "tuple_type": _Wanted("a list", "write it in brackets: [a, b]"),
    "dict_type": _Wanted("a mapping", "write indented lines of the form key: value under it"),
    "model_type": _Wanted("a mapping", "write indented lines of the form key: value under it"),
}

_MODELS: Mapping[str, type[BaseModel]] = {"title": Text, "recipes": Recipe, "open_design": OpenDesign}


def _keys(where: Location) -> Sequence[str]:
    """The keys that may stand at a place."""
    return list((_MODELS[str(where[0])] if where else Assignment).model_fields)


def _nearest(word: str, known: Sequence[str], otherwise: str) -> str:
    near = get_close_matches(word, known, n=1)
    return f"did you mean {near[0]}?" if near else f"{otherwise} {', '.join(known)}"


def _name(where: Location) -> str:
    """ "recipes.quick.steps", "classes[0]"."""
    parts = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where)
    return parts.removeprefix(".") or "the file"


def _shown(value: object) -> str:
    """A value as the instructor wrote it, roughly."""
    if value is None:
        return "nothing"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, dict):
        return "a mapping"
    return json.dumps(value, ensure_ascii=False)[:60]
