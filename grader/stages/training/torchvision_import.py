"""Importing torchvision where its compiled operators do not fit the installed torch.

A CPU build of torch beside a torchvision built for CUDA (what PyPI hands out on some machines)
fails on import with "operator torchvision::nms does not exist". Reading data sets needs no
compiled operator, so declaring the two that the import asks for is enough.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

import torch

_KEPT: list[torch.library.Library] = []
"""A library's declarations go away with the object."""

_NMS = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


def torchvision_datasets() -> ModuleType:
    """`torchvision.datasets`; ImportError where torchvision is missing."""
    try:
        return importlib.import_module("torchvision.datasets")
    except RuntimeError as error:
        if "operator torchvision::nms does not exist" not in str(error):
            raise
    for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
        del sys.modules[name]  # what the failed import left half made
    library = torch.library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call]
    for operator in ("nms", "qnms"):
        library.define(f"{operator}{_NMS}")  # type: ignore[no-untyped-call]
    _KEPT.append(library)
    return importlib.import_module("torchvision.datasets")
