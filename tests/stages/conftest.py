"""Runs excerpts as the guest does."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterator
from importlib.machinery import ModuleSpec
from typing import Any

import pytest

from grader.records.submission import Cell, Excerpt


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Excerpt | None], dict[str, Any]]]:
    """Runs an excerpt as the guest does: modules first, each cell under its label."""
    before = set(sys.modules)

    def execute(made: tuple[Cell, ...], name: str) -> dict[str, Any]:
        module = types.ModuleType(name)
        module.__path__ = []
        monkeypatch.setitem(sys.modules, name, module)
        for cell in made:
            exec(compile(cell.text, cell.label, "exec", dont_inherit=True), module.__dict__)
        return module.__dict__

    def all_of(excerpt: Excerpt | None) -> dict[str, Any]:
        assert excerpt is not None
        assert excerpt.problem is None
        finder = _Finder({module.name: module.cells for module in excerpt.modules})
        monkeypatch.setattr(sys, "meta_path", [finder, *sys.meta_path])
        return execute(excerpt.cells, "submission")

    yield all_of
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__own__", False):
            del sys.modules[name]


class _Finder:
    """The guest's rule in small: the student's own modules, before installed ones."""

    def __init__(self, modules: dict[str, tuple[Cell, ...]]) -> None:
        self.modules = modules

    def find_spec(self, name: str, path: object = None, target: object = None) -> Any:
        if name not in self.modules:
            return None
        package = any(other.startswith(f"{name}.") for other in self.modules)
        return ModuleSpec(name, self, is_package=package)  # type: ignore[arg-type]

    def create_module(self, spec: object) -> None:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        module.__dict__["__own__"] = True
        for cell in self.modules[module.__name__]:
            exec(compile(cell.text, cell.label, "exec", dont_inherit=True), module.__dict__)
