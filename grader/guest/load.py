"""Runs the student's own definitions, each file or cell under its own name and line numbers."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import linecache
import os
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import files
import torch
from one_by_one import OneByOne, as_torch_was
from stand_ins import StandIns

MODULE = "submission"
"""`__name__` of the student's code, so that `if __name__ == "__main__":` is not taken."""


def execute(cells: list[dict[str, str]], namespace: dict[str, Any], until: None = None) -> None:
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

    def __init__(self, modules: list[dict[str, Any]], run: Callable[..., None], root: str) -> None:
        self.cells = {module["name"]: module["cells"] for module in modules}
        self.files = {
            module["name"]: os.path.join(root, module["path"])  # noqa: PTH118
            for module in modules
            if module["path"]
        }
        self.run = run
        for name in self.cells:
            sys.modules.pop(name, None)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The student's own module of that name, before any installed one."""
        if fullname not in self.cells:
            return None
        is_package = any(name.startswith(f"{fullname}.") for name in self.cells)
        spec = importlib.machinery.ModuleSpec(
            fullname, self, origin=self.files.get(fullname), is_package=is_package
        )
        spec.has_location = fullname in self.files  # then Python sets `__file__`
        return spec

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        """Leave it to Python."""

    def exec_module(self, module: types.ModuleType) -> None:
        """Run the module's definitions."""
        self.run(self.cells[module.__name__], module.__dict__)


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


def namespace_of(request: dict[str, Any], stand_ins: StandIns, one_by_one: OneByOne) -> dict[str, Any]:
    """Run the excerpt; return what it defined."""
    own = [request["cells"], *(module["cells"] for module in request["modules"])]
    if any("torchvision" in cell["text"] for cells in own for cell in cells):
        make_torchvision_importable()
    sys.argv = [""]  # `argparse` in the student's code finds no arguments, as in a notebook
    whole = request["whole"]
    name, root, run = MODULE, "", execute
    if whole:
        # what is run whole is run as a program: `if __name__ == "__main__":` is taken
        name, run = "__main__", one_by_one.execute
        root = files.lay_out(whole["files"], whole["path"])
    sys.meta_path.insert(0, OwnModules(request["modules"], run, root))
    if whole and whole["stand_ins"]:
        stand_ins.stand_in(whole["files"], root)
    module = types.ModuleType(name)
    sys.modules[name] = module  # dataclasses and typing look their module up
    if whole:
        module.__file__ = os.path.join(root, whole["path"])  # noqa: PTH118
        module.__package__ = whole["package"] or None
    run(request["cells"], module.__dict__, whole and whole["until"])
    if whole:
        as_torch_was()
    return module.__dict__
