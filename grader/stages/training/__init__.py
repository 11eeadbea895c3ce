"""Trains each distinct network once and judges what it learned: `learning` and `accuracy`.

Judging needs no torch, so the names that do are only imported when they are asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from grader.stages.training.verdicts import calibration_for, judge_accuracy, judge_learning

if TYPE_CHECKING:
    from grader.stages.training.data import DataSet, load
    from grader.stages.training.loop import train

__all__ = ["DataSet", "calibration_for", "judge_accuracy", "judge_learning", "load", "train"]

_NEED_TORCH = {"DataSet": "data", "load": "data", "train": "loop"}


def __getattr__(name: str) -> object:
    if name not in _NEED_TORCH:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_NEED_TORCH[name]}"), name)
