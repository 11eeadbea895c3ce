"""What a student's check has in pydantic's place: as much of it as our records need, in one small file.

The check must run where torch is and nothing else. It is packaged from the very modules of the grader;
in them `from pydantic import …` then means this file. `tests/check/test_plain_records.py` holds the two
beside each other.
"""

from __future__ import annotations

import base64
import json
import types
import typing
from collections.abc import Callable
from typing import Any


class ValidationError(ValueError):
    """A value is not what its field may hold."""


class FieldInfo:
    """A field's default."""

    def __init__(self, default: Any, default_factory: Callable[[], Any] | None) -> None:
        self.default, self.default_factory = default, default_factory


def Field(default: Any = ..., *, default_factory: Callable[[], Any] | None = None, **_: Any) -> Any:  # noqa: N802
    """A default; limits on values were checked where the value was made."""
    return FieldInfo(default, default_factory)


def ConfigDict(**settings: Any) -> dict[str, Any]:  # noqa: N802
    """Settings; all our records have the same."""
    return settings


def model_validator(mode: str) -> Callable[[Any], Any]:
    """A check of a whole record: made where the record was written, not again."""
    return lambda method: method


def field_validator(*_: str) -> Callable[[Any], Any]:
    """As `model_validator`."""
    return lambda method: method


class BeforeValidator:
    """How a person may write a value; what a kit holds was written by us."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function


class BaseModel:
    """A frozen record with typed fields."""

    _fields: dict[str, Any] | None = None

    def __init__(self, **given: Any) -> None:
        fields = type(self).fields()
        if unknown := given.keys() - fields.keys():
            raise ValidationError(f"{type(self).__name__} has no field {', '.join(sorted(unknown))}")
        for name, hint in fields.items():
            vars(self)[name] = converted(given[name], hint) if name in given else self._default(name)

    @classmethod
    def fields(cls) -> dict[str, Any]:
        """Name and type of each field."""
        if "_fields" not in vars(cls):
            hints = typing.get_type_hints(cls)
            cls._fields = {
                name: hint
                for name, hint in hints.items()
                if name[0] != "_" and typing.get_origin(hint) is not typing.ClassVar
            }
        assert cls._fields is not None
        return cls._fields

    @classmethod
    def _default(cls, name: str) -> Any:
        default = getattr(cls, name, FieldInfo(..., None))
        if not isinstance(default, FieldInfo):
            return default
        if default.default_factory is not None:
            return default.default_factory()
        if default.default is ...:
            raise ValidationError(f"{cls.__name__} needs {name}")
        return default.default

    def __setattr__(self, name: str, value: Any) -> None:
        raise ValidationError(f"{type(self).__name__} is frozen")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), tuple(vars(self).values())))

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"
        )

    def model_copy(self, *, update: dict[str, Any] | None = None) -> Any:
        """The record with some fields otherwise."""
        copy = object.__new__(type(self))
        vars(copy).update({**vars(self), **(update or {})})
        return copy

    @classmethod
    def model_validate(cls, value: Any) -> Any:
        """A record from a dict."""
        return converted(value, cls)

    @classmethod
    def model_validate_json(cls, text: str | bytes) -> Any:
        """A record from JSON."""
        return converted(json.loads(text), cls)

    def model_dump(self, **_: Any) -> dict[str, Any]:
        """Dicts and lists, as JSON has them."""
        return {name: _plain(value) for name, value in vars(self).items()}

    def model_dump_json(self, *, exclude: set[str] | None = None) -> str:
        """JSON."""
        return json.dumps({k: v for k, v in self.model_dump().items() if k not in (exclude or ())})


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump()
    if isinstance(value, tuple | list | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


_EXACT = (bool, int, str)


def converted(value: Any, hint: Any) -> Any:
    """The value as its type says: lists to tuples, dicts to records.

    Raises:
        ValidationError: it is of another type.
    """
    origin = typing.get_origin(hint)
    if isinstance(hint, type) and origin is None:
        return _single(value, hint)
    if origin is typing.Literal:
        if value in typing.get_args(hint):
            return value
    elif origin in (typing.Union, types.UnionType):
        for option in typing.get_args(hint):
            try:
                return converted(value, option)
            except ValidationError:
                continue
    elif origin is tuple and isinstance(value, tuple | list):
        inner = typing.get_args(hint)
        if inner[-1:] == (...,):
            return tuple(converted(item, inner[0]) for item in value)
        if len(inner) == len(value):
            return tuple(map(converted, value, inner))
    elif origin in (list, set, frozenset) and isinstance(value, tuple | list | set | frozenset):
        return origin(converted(item, typing.get_args(hint)[0]) for item in value)
    elif origin is dict and isinstance(value, dict):
        key_hint, item_hint = typing.get_args(hint)
        return {converted(key, key_hint): converted(item, item_hint) for key, item in value.items()}
    elif hint is Any:
        return value
    raise ValidationError(f"{value!r:.80} is no {hint}")


def _single(value: Any, hint: type) -> Any:
    if issubclass(hint, BaseModel) and isinstance(value, dict):
        return hint(**value)
    if hint in _EXACT:
        if type(value) is hint:
            return value
    elif hint is float:
        if type(value) in (int, float):
            return float(value)
    elif hint is bytes and isinstance(value, str):
        return base64.b64decode(value)
    elif isinstance(value, hint):
        return value
    raise ValidationError(f"{value!r:.80} is no {hint.__name__}")


class TypeAdapter:
    """Values of a type that is no record."""

    def __init__(self, hint: Any) -> None:
        self.hint = hint

    def validate_json(self, text: str | bytes) -> Any:
        """A value from JSON."""
        return converted(json.loads(text), self.hint)

    def validate_python(self, value: Any) -> Any:
        """A value from dicts and lists."""
        return converted(value, self.hint)
