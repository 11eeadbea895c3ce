"""A YAML file that a person writes: plain data that knows the line of every value.

Every mistake in it is one sentence with file, line, problem and fix; a key that stands twice is one.
"""

from __future__ import annotations

import json
import math
import re
import types
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, Union, get_args, get_origin

import yaml
from pydantic import BaseModel
from pydantic_core import ErrorDetails

from grader.errors import AssignmentError

Location = tuple[str | int, ...]
"""Keys and list positions that lead to a value: ("recipes", "quick", "steps")."""


class _Loader(yaml.SafeLoader):
    """PyYAML takes `1e-3` for text, as YAML 1.1 says; here it is the number that was meant."""


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+$"), list("-+0123456789")
)

_PLAIN = tuple(f"tag:yaml.org,2002:{kind}" for kind in ("int", "float", "bool", "null"))


def read_text(path: Path, if_missing: str) -> str:
    """A person's text file. Raises AssignmentError: missing, unreadable, or not UTF-8."""
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


class YamlFile:
    """The file's values as dict, list, str, int, float, bool or None; keys are always text.

    Args:
        if_empty: what to do about a file without values; None: such a file is an empty mapping.

    Raises:
        AssignmentError: it is no YAML, no mapping, or a key stands in it twice.
    """

    def __init__(self, path: Path, text: str, if_empty: str | None) -> None:
        self.path = path
        self._lines: dict[Location, int] = {}
        self._loader = _loader(path, text)
        root = self._compose()
        self.data = self._value(root, (), ()) if root is not None else None
        if root is None and if_empty is not None:
            self.fail((), "the file is empty", if_empty)
        if root is None:
            self.data = {}
        if not isinstance(self.data, dict):
            self.fail((), "the file must be a mapping", "write it as lines of the form key: value")

    def fail(self, where: Location, problem: str, fix: str) -> NoReturn:
        """Raise the AssignmentError of a place."""
        raise AssignmentError(self.path, self.line(where), problem, fix)

    def line(self, where: Location) -> int | None:
        """Line of a value, or of the nearest thing around it."""
        while where and where not in self._lines:
            where = where[:-1]
        return self._lines.get(where)

    def first(self, errors: Sequence[ErrorDetails]) -> ErrorDetails:
        """The first of pydantic's errors in the file."""
        # a misspelt key is also a missing one: name the misspelling
        return min(errors, key=lambda one: (one["type"] == "missing", self.line(one["loc"]) or 0))

    def explain(self, error: ErrorDetails, form: object) -> NoReturn:
        """Say an error of pydantic's in words for a person.

        Args:
            form: the record, or the type built of records, that the data was to be.
        """
        where, kind, context = error["loc"], error["type"], error.get("ctx", {})
        if kind == "extra_forbidden":
            known = _keys(form, where[:-1])
            self.fail(
                where, f"unknown key {named(where)}", nearest(str(where[-1]), known, "the keys here are")
            )
        if kind == "missing":
            self.fail(where[:-1], f"{named(where)} is missing", "add it")
        if kind in ("too_short", "string_too_short"):
            self.fail(where, f"{named(where)} is empty", "fill it in")
        if kind in _BOUNDS:
            rule = _BOUNDS[kind].format(*context.values())
            self.fail(
                where, f"{named(where)} must be {rule}, not {_shown(error['input'])}", "correct the number"
            )
        if kind == "literal_error":
            known = re.findall(r"'([^']*)'", context["expected"])
            self.fail(
                where,
                f"{named(where)} cannot be {_shown(error['input'])}",
                nearest(str(error["input"]), known, "it may be"),
            )
        if kind in _TYPES:
            wanted = _TYPES[kind]
            self.fail(
                where, f"{named(where)} must be {wanted.what}, not {_shown(error['input'])}", wanted.fix
            )
        rule = error["msg"].removeprefix("Value error, ")
        problem, semicolon, fix = rule.rpartition("; ")  # a rule of our own may say how to mend it
        self.fail(
            where,
            f"{named(where)}: {problem if semicolon else rule}",
            fix if semicolon else "correct it",
        )

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
        self._lines.setdefault(where, node.start_mark.line + 1)
        if node in around:
            self.fail(where, f"{named(where)} contains itself", "write it out instead of using an alias")
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
            self.fail(where, f"{named(where)} is not what its tag says", "leave the tag out")
        if isinstance(value, float) and not math.isfinite(value):
            self.fail(where, f"{named(where)} must be a finite number, not {node.value}", "write a number")
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
                self.fail(inner, f"{named(inner)} stands here again (first in line {first})", "delete one")
            self._lines[inner] = key.start_mark.line + 1
            found[key.value] = self._value(value, inner, around)
        return found


def nearest(word: str, known: Sequence[str], otherwise: str) -> str:
    """ "did you mean skip?", or all that is known."""
    near = get_close_matches(word, known, n=1)
    return f"did you mean {near[0]}?" if near else f"{otherwise} {', '.join(known)}"


def named(where: Location) -> str:
    """ "recipes.quick.steps", "classes[0]"."""
    parts = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where)
    return parts.removeprefix(".") or "the file"


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


_TEXT = _Wanted("text", "put it in quotes")
_WHOLE = _Wanted("a whole number", "write a number such as 100")
_NUMBER = _Wanted("a number", "write a number such as 10 or 0.001, without quotes")
_YES_NO = _Wanted("true or false", "write true or false")
_LIST = _Wanted("a list", "write it in brackets: [a, b]")
_TIME = _Wanted("a day and a time of day", "write it like 2026-11-27 23:59")
_MAPPING = _Wanted("a mapping", "write indented lines of the form key: value under it")
_TYPES: Mapping[str, _Wanted] = {
    "string_type": _TEXT, "int_type": _WHOLE, "int_parsing": _WHOLE, "int_from_float": _WHOLE,
    "float_type": _NUMBER, "float_parsing": _NUMBER, "bool_type": _YES_NO, "bool_parsing": _YES_NO,
    "datetime_type": _TIME, "datetime_parsing": _TIME, "datetime_from_date_parsing": _TIME,
    "tuple_type": _LIST, "list_type": _LIST, "dict_type": _MAPPING, "model_type": _MAPPING,
}  # fmt: skip
_BOUNDS = {
    "greater_than": "above {0:g}", "greater_than_equal": "{0:g} or more",
    "less_than": "below {0:g}", "less_than_equal": "{0:g} or less",
}  # fmt: skip


def _keys(form: Any, where: Location) -> list[str]:
    """The keys that may stand at a place in data of a form."""
    form = _only(form)
    for step in where:
        if isinstance(form, type) and issubclass(form, BaseModel):
            field = form.model_fields.get(str(step))
            form = _only(field.annotation if field else None)
        else:
            # of a list the items' form is the first argument, of a mapping the values' is the last
            inside = get_args(form) or (None,)
            form = _only(inside[0] if isinstance(step, int) else inside[-1])
    return list(form.model_fields) if isinstance(form, type) and issubclass(form, BaseModel) else []


def _only(form: Any) -> Any:
    """The form without its "or None"."""
    if get_origin(form) in (Union, types.UnionType):
        return next(one for one in get_args(form) if one is not type(None))
    return form


def _shown(value: object) -> str:
    """A value as it was written, roughly."""
    if value is None:
        return "nothing"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, dict):
        return "a mapping"
    return json.dumps(value, ensure_ascii=False)[:60]
