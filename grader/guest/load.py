"""Runs the student's own definitions, each file or cell under its own name and line numbers."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import linecache
import sys
import types
from collections.abc import Sequence
from typing import Any, ClassVar

import torch

MODULE = "submission"
"""`__name__` of the student's code, so that `if __name__ == "__main__":` is not taken."""


def execute(cells: list[dict[str, str]], namespace: dict[str, Any]) -> None:
    """Run the cells in order in one namespace; whatever they raise is the caller's."""
    for cell in cells:
        label, text = cell["label"], cell["text"]
        # without this neither tracebacks nor inspect.getsource can show a source that is no file
        linecache.cache[label] = (len(text), None, text.splitlines(keepends=True), label)
        exec(compile(text, label, "exec", dont_inherit=True), namespace)


class OwnModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules that the student handed in beside the graded file."""

    kept: ClassVar[list[object]] = []
    """What must live as long as the process."""

    def __init__(self, modules: list[dict[str, Any]]) -> None:
        self.cells = {module["name"]: module["cells"] for module in modules}
        for name in self.cells:
            sys.modules.pop(name, None)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The student's own module of that name, before any installed one."""
        if fullname not in self.cells:
            return None
        is_package = any(name.startswith(f"{fullname}.") for name in self.cells)
        return importlib.machinery.ModuleSpec(fullname, self, is_package=is_package)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        """Leave it to Python."""

    def exec_module(self, module: types.ModuleType) -> None:
        """Run the module's definitions."""
        execute(self.cells[module.__name__], module.__dict__)


def make_torchvision_importable() -> None:
    """A torchvision that was built for another torch lacks two operators and cannot be imported.

    No network of a student needs them, and declaring them is enough.
    """
    try:
        importlib.import_module("torchvision")
    except Exception as error:  # noqa: BLE001 - torch raises RuntimeError here; a missing package is the student's
        if "torchvision::nms" not in str(error):
            return
        library = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]
        for name in ("nms", "qnms"):
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")  # type: ignore[no-untyped-call]
        OwnModules.kept.append(library)
        for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
            del sys.modules[name]


def namespace_of(request: dict[str, Any]) -> dict[str, Any]:
    """Run the excerpt; return what it defined."""
    if any("torchvision" in cell["text"] for cell in request["cells"]):
        make_torchvision_importable()
    sys.argv = [""]  # `argparse` in the student's code finds no arguments, as in a notebook
    sys.meta_path.insert(0, OwnModules(request["modules"]))
    module = types.ModuleType(MODULE)
    sys.modules[MODULE] = module  # dataclasses and typing look their module up
    execute(request["cells"], module.__dict__)
    return module.__dict__
