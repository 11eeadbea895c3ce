"""Files as sync programs, browsers, editors and Colab leave them: read, or named with what they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from stages.handing_in import packed, write

from grader.class_work import read_class
from grader.records.submission import OtherFile, SourceFile, Submission

SKIP = "import torch.nn as nn\nclass VGG_SKIP(nn.Module):\n    n = 1\n"


def _one(folder: Path, name: str, data: str | bytes) -> Submission:
    work = read_class(write(folder, {f"20231101/{name}": data, "20231102/ok.py": "x = 1\n"}))
    return next(one for one in work.submissions if one.student_id == "20231101")


def _book(*cells: tuple[str, str]) -> str:
    made = [{"cell_type": kind, "source": text, "metadata": {}} for kind, text in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


COLAB = "# Commented out IPython magic to ensure Python compatibility.\n"
COMMENTED = "".join(f"# {line}".rstrip() + "\n" for line in SKIP.splitlines())

READ = [
    ("the ending .txt", "skip.txt", SKIP),
    ("no ending at all", "skip", SKIP),
    ("a notebook saved as .json", "skip.json", _book(("code", SKIP))),
    ("a notebook with .html behind it", "skip.ipynb.html", _book(("code", SKIP))),
    ("an editor's copy", "skip.py.bak", SKIP),
    ("a zip under the name of a script", "skip.py", packed({"inner.py": SKIP})),
    ("UTF-16 without its mark", "skip.py", SKIP.encode("utf-16-le")),
    ("Latin-1 in a comment", "skip.py", "# \xe9\xe8\xff caf\xe9\n".encode("latin-1") + SKIP.encode()),
    ("Shift-JIS in a comment", "skip.py", "# 深層学習ソ\n".encode("shift-jis") + SKIP.encode()),
    ("a path in a text that Colab wrote", "skip.py", f'"""보고서: D:\\new\\Users\\x"""\n\n{SKIP}'),
    ("a cell that Colab commented out", "skip.py", f"{COLAB}# %%timeit\n{COMMENTED}\nx = 1\n"),
    (
        "a class in a text cell, fenced",
        "skip.ipynb",
        _book(("code", "import torch"), ("markdown", f"답:\n```python\n{SKIP}```\n")),
    ),
    (
        "shell words without a mark",
        "skip.ipynb",
        _book(("code", f"cp -r /content/drive/x .\nload_ext autoreload\n{SKIP}")),
    ),
    ("a cell magic below a comment", "skip.ipynb", _book(("code", f"# 모델\n\n%%capture out\n{SKIP}"))),
]


@pytest.mark.parametrize(("situation", "name", "data"), READ, ids=[row[0] for row in READ])
def test_what_holds_a_network_is_read_whatever_it_is_called(
    tmp_path: Path, situation: str, name: str, data: str | bytes
) -> None:
    submission = _one(tmp_path, name, data)
    (file,) = submission.files
    assert isinstance(file, SourceFile)
    assert any("class VGG_SKIP" in cell.text and cell.problem is None for cell in file.cells)


TOLD = [
    ("skip.py", "<!DOCTYPE html>\n<html><body>404</body></html>", "web page"),
    ("skip.ipynb", "https://drive.google.com/file/d/1abc/view", "link"),
    (".skip.ipynb.icloud", b"bplist00\x00", "iCloud"),
    ("skip.py.crdownload", b"imp", "unfinished download"),
    ("skip.py", b"\n  \n", "empty file"),
    ("skip.ipynb", b"\0" * 100, "nothing but zeros"),
    ("skip.zip", b"7z\xbc\xaf\x27\x1c" + b"3" * 40, "7z"),
    ("skip.alz", b"ALZ\x01" + b"3" * 40, "ALZ"),
    ("skip.py", b"Rar!\x1a\x07\x00", "RAR"),
    ("skip.py", "x = '\xff\xfe\xfd".encode("latin-1") + b"\n", "line 1"),
    ("skip.ipynb", _book(("code", SKIP))[:-30], "JSON is broken"),
]


@pytest.mark.parametrize(("name", "data", "why"), TOLD)
def test_what_cannot_be_read_says_what_it_is_and_waits_for_a_person(
    tmp_path: Path, name: str, data: str | bytes, why: str
) -> None:
    submission = _one(tmp_path, name, data)
    assert submission.files == ()
    (other,) = submission.others
    assert isinstance(other, OtherFile) and other.work
    assert why in other.reason.en and other.reason.ko


def test_a_cell_that_runs_counts_before_one_that_does_not(tmp_path: Path) -> None:
    old = SKIP.replace("1", "2")
    (file,) = _one(tmp_path, "a.ipynb", _book(("raw", old), ("code", SKIP))).files
    assert [cell.text for cell in file.cells] == [SKIP]
