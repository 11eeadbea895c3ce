"""Which excerpts stand above the narrow one, and what is in them."""

from __future__ import annotations

from stages.handing_in import NAMES, cells, handed_in, python

from grader.records.base import Text
from grader.records.submission import Cell, Excerpt, OtherFile, SourceFile, Submission
from grader.stages.excerpts import cut, wider
from grader.stages.excerpts.pieces import readable

PROBLEM = Text(en="Python cannot read this", ko="Python이 읽지 못해요")
NET = "class VGG_SKIP:\n    def forward(self, x):\n        return x\n"


def above(*files: SourceFile, others: tuple[OtherFile, ...] = ()) -> list[Excerpt]:
    work: Submission = handed_in(*files)
    narrow = cut(work, NAMES, "skip")
    assert narrow is not None
    return list(wider(work.files, others, narrow, NAMES))


def whole(*files: SourceFile, others: tuple[OtherFile, ...] = ()) -> Excerpt:
    """The first that is run whole."""
    return next(excerpt for excerpt in above(*files, others=others) if excerpt.whole)


def counted(file: SourceFile, *counts: int | None) -> SourceFile:
    numbered = [c.model_copy(update={"execution": n}) for c, n in zip(file.cells, counts, strict=True)]
    return file.model_copy(update={"cells": tuple(numbered)})


def test_methods_that_only_torch_calls_bring_what_they_need() -> None:
    helper = "def he(w): ...\n"
    found = above(python("a.py", f"{helper}{NET}    def reset_parameters(self):\n        he(self.w)\n"))

    assert found[0].whole is None and helper.strip() in found[0].cells[0].text


def test_own_functions_are_judged_by_what_they_do() -> None:
    narrow = "def fit(n):\n    return n\ndef train(n):\n    return n.backward()\nA = fit(1)\nB = train(2)\n"
    found = above(python("a.py", narrow + NET.replace("return x", "return A, B")))

    assert "A = fit(1)" in found[0].cells[0].text
    assert "B = train(2)" not in found[0].cells[0].text


def test_where_following_methods_adds_nothing_the_next_excerpt_is_the_whole_file() -> None:
    assert [excerpt.whole is not None for excerpt in above(python("a.py", NET))] == [True, True]


def test_a_whole_file_is_run_up_to_where_the_class_is_last_used_then_to_its_end() -> None:
    found = above(python("a.py", f"{NET}\nlayers = 3\nmodel = VGG_SKIP()\nlayers = 4\n"))
    settings = [(e.whole.until.line if e.whole.until else None, e.whole.stand_ins) for e in found if e.whole]

    assert settings == [(6, False), (6, True), (None, True)]


def test_cells_are_run_in_the_order_of_complete_counts() -> None:
    lab = counted(cells("a.ipynb", NET, "A = 1", ""), 7, 3, None)

    assert [cell.label for cell in whole(lab).cells if cell.text] == ["a.ipynb [2]", "a.ipynb [1]"]


def test_cells_are_run_as_they_stand_where_a_count_is_missing_or_stands_twice() -> None:
    for counts in ((7, None), (7, 7)):
        lab = counted(cells("a.ipynb", NET, "A = 1"), *counts)
        assert [cell.label for cell in whole(lab).cells] == ["a.ipynb [1]", "a.ipynb [2]"]


def test_small_files_and_sources_lie_beside_the_class_and_large_ones_do_not() -> None:
    reason = Text(en="a text file", ko="텍스트 파일")
    others = (
        OtherFile(path="conf/net.json", reason=reason, content=b"{}"),
        OtherFile(path="weights.pt", reason=reason),
    )
    found = whole(python("lab/a.py", NET), python("lab/b.py", "B = 1"), others=others)

    assert found.whole is not None
    assert [file.path for file in found.whole.files] == ["lab/a.py", "lab/b.py", "conf/net.json"]
    assert (found.whole.path, found.whole.package) == ("lab/a.py", "lab")


def test_modules_have_the_names_that_the_files_may_call_them_by() -> None:
    found = whole(
        python("net/__init__.py", "from .model import VGG_SKIP"),
        python("net/model.py", f"from . import parts\n{NET}"),
        python("net/parts.py", "P = 1"),
    )
    names = {module.name: module.path for module in found.modules}

    assert names["net"] == "net/__init__.py"
    assert names["net.parts"] == names["parts"] == "net/parts.py"


def test_a_network_that_is_given_another_layer_is_rebuilt_and_one_that_is_given_weights_is_not() -> None:
    for line, rebuilt in (
        ("model.fc = Linear(2)", True),
        ("model.layers[0] = Linear(2)", True),
        ("setattr(model, 'fc', f())", True),
        ("model.add_module('fc', f())", True),
        ("model.fc.weight = f()", False),
        ("model.fc.weight.data = f()", False),
        ("model.name = 'mine'", False),
        ("other.fc = Linear(2)", False),
    ):
        found = whole(python("a.py", f"{NET}\nmodel = VGG_SKIP()\n{line}\n"))
        assert found.whole is not None and found.whole.rebuilt == rebuilt, line


def test_what_cannot_be_read_is_left_out_and_nothing_moves() -> None:
    for text, left, lost in (
        ("A = 1\ndef f(x)\n    return x\nB = 2", "A = 1\n\n\nB = 2", "pieces"),
        ("A = 1\n---> 1 out = model(x)\nRuntimeError: no (1x2\nB = 2", "A = 1\n\n\nB = 2", "pieces"),
        ('"""C:\\Users\n# Titel\n"""\nB = 2', "\n\n\nB = 2", "text"),
        ("A = 1\nprint('x'\n", "A = 1\n\n", "end"),
        ("A = 1\nfor a in b:\n", "A = 1\n\n", "end"),
        ("A = (1\nB = 2", "\nB = 2", "pieces"),
        ("if __name__ == “__main__”:\n    run()", "\n", "pieces"),
    ):
        cell, found = readable(Cell(label="a.py", text=text, problem=PROBLEM))
        assert (cell.text, found, cell.problem) == (left, lost, None), text


def test_a_class_in_a_torn_cell_says_so_and_one_beside_it_does_not() -> None:
    torn = "def f(:\n    pass\n"

    assert whole(python("a.py", torn + NET)).whole.torn == "pieces"  # type: ignore[union-attr]
    assert whole(cells("a.ipynb", torn + NET)).whole.torn == "pieces"  # type: ignore[union-attr]
    assert whole(cells("a.ipynb", torn, NET)).whole.torn == ""  # type: ignore[union-attr]
