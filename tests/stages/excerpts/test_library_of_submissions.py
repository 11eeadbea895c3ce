"""The library of correct and broken submissions: an excerpt computes what the whole file computes."""

from __future__ import annotations

import contextlib
import io
import random
import sys
import types
import warnings
from pathlib import Path

import pytest
import torch

from grader.class_work import read_submissions
from grader.stages.excerpts import cut

LIBRARY = Path(__file__).parents[2] / "submissions"
CLASSES = {
    "base": ("VGG", "Model"),
    "skip": ("VGG_SKIP",),
    "dense": ("VGG_DENSE",),
    "ca": ("VGG_CA",),
    "combo": ("VGG_COMBO",),
}
FILES = sorted(LIBRARY.glob("*/*/*.py"))


def _outcome(text: str, class_name: str, monkeypatch: pytest.MonkeyPatch) -> tuple[object, ...]:
    """Parameter names and an output, or the error."""
    module = types.ModuleType("submission")
    monkeypatch.setitem(sys.modules, "submission", module)
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(compile(text, "submission", "exec", dont_inherit=True), module.__dict__)
            random.seed(1)
            torch.manual_seed(1)
            network = module.__dict__[class_name]()
            output = network(torch.rand(2, 3, 32, 32))
        except Exception as error:  # noqa: BLE001
            return type(error).__name__, str(error)
    return [n for n, _ in network.named_parameters()], output.tolist() if hasattr(output, "tolist") else None


@pytest.mark.parametrize("file", FILES, ids=[str(file.relative_to(LIBRARY)) for file in FILES])
def test_an_excerpt_computes_what_the_whole_file_computes(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)
    (submission,) = read_submissions(file)
    exercise = file.parent.name
    excerpt = cut(submission, CLASSES[exercise], exercise)
    if file.name == "other_class_name.py":
        assert excerpt is None
        return
    assert excerpt is not None
    if file.name == "syntax_error.py":
        assert excerpt.problem is not None
        return
    whole = _outcome(submission.files[0].cells[0].text, excerpt.class_name, monkeypatch)
    assert _outcome(excerpt.cells[0].text, excerpt.class_name, monkeypatch) == whole
