"""A whole Colab notebook: magics, a mounted drive, downloads, plots, training."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from grader.class_work import read_submissions
from grader.records.submission import Excerpt
from grader.stages.excerpts import cut

CASE = Path(__file__).parents[2] / "cases" / "excerpts" / "colab"


def _excerpt() -> Excerpt:
    (submission,) = read_submissions(CASE / "20231234_홍길동.ipynb")
    assert [cell.problem for cell in submission.files[0].cells] == [None] * 8
    excerpt = cut(submission, ("VGG_SKIP",), "skip")
    assert excerpt is not None
    return excerpt


def test_only_what_the_class_needs_is_left_where_it_was(expect: Callable[[str, str], None]) -> None:
    parts = [f"--- {cell.label}\n{cell.text}\n" for cell in _excerpt().cells]
    expect("".join(parts), "excerpts/colab/excerpt.txt")


def test_running_it_touches_neither_drive_nor_data_nor_plots(
    run: Callable[[Excerpt], dict[str, Any]],
) -> None:
    excerpt = _excerpt()
    imported = {
        alias.name
        for cell in excerpt.cells
        for node in ast.walk(ast.parse(cell.text))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert imported == {"torch.nn", "torch.nn.functional"}
    state = torch.random.get_rng_state()
    namespace = run(excerpt)
    assert torch.equal(state, torch.random.get_rng_state())
    assert {"network", "device", "optimizer", "train_loader"}.isdisjoint(namespace)
    assert namespace["VGG_SKIP"]()(torch.rand(2, 3, 32, 32)).shape == (2, 10)
