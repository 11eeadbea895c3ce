"""Notebooks of every format, and IPython's own lines in them."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import v3, v4
from stages.handing_in import notebook, write
from tracing import exercise

from grader.class_work import read_submissions
from grader.records.base import Text
from grader.records.submission import Cell, Excerpt, OtherFile, SourceFile, Submission
from grader.stages.excerpts import cut
from grader.stages.judging import judge
from grader.stages.reading.magics import may_be_newer, neutralised, without_cell_magic

Run = Callable[[Excerpt | None], dict[str, Any]]


def _read(folder: Path, text: str | bytes, name: str = "20231234.ipynb") -> Submission:
    (submission,) = read_submissions(write(folder, {name: text}))
    return submission


NEUTRALISED = [
    ("%matplotlib inline\nx = 1", "pass\nx = 1"),
    ("!pip install x\n!pip install y", "pass\npass"),
    ("if 1:\n    !pip install 'x\n    y = 1", "if 1:\n    pass\n    y = 1"),
    ("files = !ls\nx = %pwd", "pass\npass"),
    ("nn.Conv2d?\n??nn.Linear\nx = 1", "pass\npass\nx = 1"),
    ("!wget \\\n  -q \\\n  http://x\nx = 1", "pass\n\n\nx = 1"),
    ("pip install torchsummary\nls data\nx = 1", "pass\npass\nx = 1"),
    ('s = """\n%matplotlib inline\n!ls\n"""', None),
    ("x = (7\n% 4)\ny = 7 \\\n% 4", None),
    ("print('%d' % 3)\nassert 5 != 4", None),
    ('%time\ns = """\n%time\n"""\n!ls', 'pass\ns = """\n%time\n"""\npass'),
    ("!echo \"it's\nx = '''\n!a\n'''", "pass\nx = '''\n!a\n'''"),
    ("\t%time x\n", None),
]


@pytest.mark.parametrize(("before", "after"), NEUTRALISED)
def test_magics_become_pass_and_what_only_looks_like_one_stays(before: str, after: str | None) -> None:
    cell = neutralised("a.py", before)
    if before.startswith("\t"):
        assert cell.problem is None or cell.text == before or cell.text == "\tpass\n"
        return
    assert cell.problem is None
    assert cell.text == (before if after is None else after)


def test_a_thousand_magics_take_no_longer_than_one() -> None:
    assert neutralised("a.py", "!ls\n" * 100_000 + "x = 1").problem is None


def test_a_mistake_of_the_students_is_told_with_its_line() -> None:
    problem = neutralised("a.py", "x = 1\n\ny = = 2\n").problem
    assert problem is not None
    assert problem.en == "line 3: Python cannot read this (invalid syntax)"
    assert problem.ko == "3번째 줄: Python이 읽지 못해요 (invalid syntax)"


@pytest.mark.parametrize("name", ["time", "capture", "timeit -n 1", "prun", "memit", "wandb"])
def test_a_magic_over_a_python_cell_leaves_the_cell(name: str) -> None:
    assert without_cell_magic(f"\n%%{name}\nx = 1") == ("\n\nx = 1", None)


@pytest.mark.parametrize("name", ["bash", "html", "javascript", "writefile notes.txt", "sh", "script ruby"])
def test_a_cell_in_another_language_is_no_python(name: str) -> None:
    assert without_cell_magic(f"%%{name}\nx = 1") == ("", None)


@pytest.mark.parametrize("minor", range(6))
def test_every_minor_version_of_format_4_is_read(tmp_path: Path, minor: int) -> None:
    made = v4.new_notebook(nbformat_minor=minor)
    made.cells = [
        v4.new_markdown_cell("# 과제"),
        v4.new_code_cell("x = 1", outputs=[v4.new_output("stream", text="1")]),
        v4.new_raw_cell("raw"),
        v4.new_code_cell("y = 2"),
    ]
    for cell in made.cells if minor < 5 else []:
        del cell["id"]
    (file,) = _read(tmp_path, nbformat.writes(made)).files
    assert [(cell.label, cell.text) for cell in file.cells] == [
        ("20231234.ipynb [1]", "x = 1"),
        ("20231234.ipynb [2]", "y = 2"),
    ]


def test_format_3_is_read(tmp_path: Path) -> None:
    made = v3.new_notebook(
        worksheets=[
            v3.new_worksheet(cells=[v3.new_text_cell("markdown", "m"), v3.new_code_cell("x = 1\ny = 2")])
        ]
    )
    (file,) = _read(tmp_path, v3.writes_json(made)).files
    assert file.cells[0].text == "x = 1\ny = 2"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "an empty file"),
        ("{", "it is no notebook: its JSON is broken"),
        ("[1]", "it has no list of cells"),
        ('{"cells": 3}', "it has no list of cells"),
        ("<!DOCTYPE html><html>", "a web page (HTML) was saved"),
        ('{"cells":' + "[" * 100_000, "its JSON is broken"),
        (b"\xff\xfe\x00", "cannot be decoded"),
    ],
)
def test_what_is_no_notebook_is_listed_with_its_reason(tmp_path: Path, text: str | bytes, why: str) -> None:
    submission = _read(tmp_path, text)
    assert submission.files == ()
    (other,) = submission.others
    assert why in other.reason.en
    assert other.reason.ko


@pytest.mark.parametrize(
    "cell", ["null", "3", '{"cell_type": "code"}', '{"cell_type": "code", "source": [3, "x"]}']
)
def test_odd_cells_do_not_stop_the_others(tmp_path: Path, cell: str) -> None:
    good = '{"cell_type": "code", "source": ["y = \\ud83d\\n", "z = 2"]}'
    (file,) = _read(tmp_path, f'{{"cells": [{cell}, {good}], "nbformat": 4}}').files
    assert file.cells[-1].text == "y = ?\nz = 2"


def test_a_cell_that_writes_a_module_hands_the_module_in(tmp_path: Path) -> None:
    text = notebook(
        "%%writefile blocks.py\nK = 1\n",
        "%%writefile -a ./blocks.py\nL = 2\n",
        "from blocks import K, L\nclass VGG_SKIP:\n    n = K + L",
        "%%writefile data.txt\nhello",
    )
    submission = _read(tmp_path, text)
    assert [(file.path, file.kind) for file in submission.files] == [
        ("20231234.ipynb", "notebook"),
        ("blocks.py", "python"),
    ]
    excerpt = cut(submission, ("VGG_SKIP",), "skip")
    assert excerpt is not None
    assert excerpt.file == "20231234.ipynb"
    assert excerpt.modules[0].cells[0].text.split() == ["K", "=", "1", "L", "=", "2"]


@pytest.mark.parametrize(
    ("written", "path", "line"),
    [
        ("models/vgg.py", "models/vgg.py", "from models.vgg import VGG"),
        ("./models/vgg.py", "models/vgg.py", "from models import vgg\nVGG = vgg.VGG"),
        ("/content/models/vgg.py", "models/vgg.py", "import models.vgg as m\nVGG = m.VGG"),
        ("models/vgg.py", "models/vgg.py", "import sys\nsys.path.append('models')\nfrom vgg import VGG"),
        ("../vgg.py", "vgg.py", "from vgg import VGG"),
        ("/tmp/x/vgg.py", "vgg.py", "from vgg import VGG"),
        ("vgg.py", "vgg.py", "%run vgg.py"),
        ("models/vgg.py", "models/vgg.py", '%run -i "./models/vgg.py" --epochs 1'),
    ],
)
def test_a_module_that_a_cell_writes_keeps_its_folder(
    tmp_path: Path, run: Run, written: str, path: str, line: str
) -> None:
    submission = _read(
        tmp_path,
        notebook(f"%%writefile {written}\nclass VGG:\n    n = 1\n", line, "class VGG_SKIP(VGG): pass"),
    )
    assert [file.path for file in submission.files] == ["20231234.ipynb", path]
    assert run(cut(submission, ("VGG_SKIP",), "skip"))["VGG_SKIP"].n == 1


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("base.ipynb", "%run base.ipynb"),
        ("base.ipynb", "%run ./base.ipynb"),
        ("1주차 과제.ipynb", '%run "1주차 과제.ipynb"'),
        ("base.py", "%run base.py"),
        ("base.py", "%run base"),
        ("base.py", "%run base.ipynb"),
        ("base.ipynb", "%run base"),
        ("20231234_홍길동_base.ipynb", "%run base.ipynb"),
        ("base.ipynb", "import import_ipynb\nfrom base import *"),
        ("base.ipynb", "import import_ipynb\nimport base\nVGG = base.VGG"),
    ],
)
def test_what_a_notebook_runs_defines_its_names(tmp_path: Path, run: Run, name: str, line: str) -> None:
    base = ("import missing\n", "K = 1\nclass VGG:\n    n = K\n")
    files = {
        f"20231234/{name}": notebook(*base) if name.endswith(".ipynb") else "".join(base),
        "20231234/skip.ipynb": notebook(line, "class VGG_SKIP(VGG): pass"),
    }
    (submission,) = read_submissions(write(tmp_path, files))
    excerpt = cut(submission, ("VGG_SKIP",), "skip")
    assert run(excerpt)["VGG_SKIP"].n == 1


def test_a_run_of_what_is_not_there_or_inside_a_block_costs_nothing(tmp_path: Path, run: Run) -> None:
    text = notebook(
        "%run train.py\n%run class.py\n%run .\n%run\nif 1:\n    %run other.py\n", "class VGG_SKIP:\n    n = 1"
    )
    assert run(cut(_read(tmp_path, text), ("VGG_SKIP",), "skip"))["VGG_SKIP"].n == 1


def test_a_notebook_is_not_imported_without_a_package_that_does_it(tmp_path: Path) -> None:
    files = {
        "20231234/blocks.ipynb": notebook("K = 1"),
        "20231234/skip.py": "from blocks import K\nclass VGG_SKIP:\n    k = K\n",
    }
    (submission,) = read_submissions(write(tmp_path, files))
    excerpt = cut(submission, ("VGG_SKIP",), "skip")
    assert excerpt is not None
    assert excerpt.modules == ()
    assert excerpt.cells[0].text.startswith("from blocks import K\n")


def test_a_notebook_under_the_name_of_a_script_is_read_as_one(tmp_path: Path) -> None:
    submission = _read(tmp_path, json.dumps(json.loads(notebook("x = 1")), indent=1), "20231234.py")
    assert isinstance(submission.files[0], SourceFile)
    assert submission.files[0].kind == "notebook"


def test_a_script_that_colab_wrote_keeps_its_lines(tmp_path: Path) -> None:
    text = (
        '# -*- coding: utf-8 -*-\n"""Untitled0.ipynb"""\n\n!pip install torchinfo\n\nclass VGG_SKIP: pass\n'
    )
    (file,) = _read(tmp_path, text, "20231234.py").files
    assert file.cells[0].problem is None
    assert file.cells[0].text.split("\n")[5] == "class VGG_SKIP: pass"


def test_nothing_is_said_of_a_readable_notebook(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    submission = _read(
        tmp_path, '{"cells": [{"cell_type": "code", "source": "x = \\"\\\\d\\""}], "nbformat": 9}'
    )
    assert not any(isinstance(other, OtherFile) for other in submission.others)
    assert capfd.readouterr() == ("", "")


def test_a_notebook_of_100_000_cells_and_a_line_of_200_mb_are_listed_and_quickly(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": "x = 1"}
    book = {"cells": [cell] * 100_000, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "20231234").mkdir()
    (tmp_path / "20231234/lab.ipynb").write_text(json.dumps(book))
    with (tmp_path / "20231234/model.py").open("wb") as file:
        file.write(b"x = '")
        file.truncate(200 << 20)
    began = time.monotonic()
    (submission,) = read_submissions(tmp_path)
    assert time.monotonic() - began < 20
    assert submission.files == ()
    assert {other.path: other.reason.en for other in submission.others} == {
        "lab.ipynb": "it has more than 5000 code cells",
        "model.py": "larger than 2 MB",
    }


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python reads what 3.12 has brought")
@pytest.mark.parametrize(
    ("line", "newer"),
    [
        ("""print(f"{rows["loss"]}")""", True),
        (r"""print(f"{'\n'.join(names)}")""", True),
        ("type Shape = tuple[int, ...]", True),
        ("def first[T](items: list[T]) -> T: return items[0]", True),
        ("print('loss'", False),
        ("def forward(self, x)", False),
        ("type = 3 +", False),
    ],
)
def test_what_a_newer_python_may_read_waits_for_a_person(line: str, newer: bool) -> None:
    text = f"import torch.nn as nn\nclass VGG(nn.Module):\n    pass\n{line}\n"
    assert may_be_newer(text, "base.py") is newer
    excerpt = Excerpt(
        exercise="base", class_name="VGG", file="base.py", cells=(Cell(label="base.py", text=text),),
        problem=Text(en="line 4", ko="4번째 줄"), newer=newer,
    )  # fmt: skip
    assignment, reference = exercise("base")
    judgement = judge(None, excerpt, assignment, reference, None)
    assert (judgement.unsure is not None) is newer
    assert newer or judgement.verdicts[0].code == "syntax-error"


@pytest.mark.parametrize(
    ("line", "python"),
    [
        ("%env SIZE=512", "__import__(\"os\").environ['SIZE'] = '512'"),
        ("  %set_env SIZE 512 ", "  __import__(\"os\").environ['SIZE'] = '512'"),
        ("env SIZE = a b", "__import__(\"os\").environ['SIZE'] = 'a b'"),
        ("%env SIZE=$OTHER", "pass"),
        ("%env", "pass"),
    ],
)
def test_an_environment_variable_that_a_magic_sets_is_set(line: str, python: str) -> None:
    head = "if 1:\n" if line.startswith(" ") else ""

    assert neutralised("lab", head + line).text == head + python


@pytest.mark.parametrize(
    "line", ["rm -rf sample_data", "matplotlib inline", "load_ext tensorboard", "cp a.py b.py"]
)
def test_words_that_ipython_takes_without_their_mark_are_no_python(line: str) -> None:
    cell = neutralised("lab", f"{line}\nx = 1")

    assert (cell.problem, cell.text) == (None, "pass\nx = 1")


def test_a_cell_that_colab_commented_out_for_its_magic_is_read(tmp_path: Path) -> None:
    marker = "# Commented out IPython magic to ensure Python compatibility."
    text = f"{marker}\n# %%time\n# class VGG_SKIP:\n#     # a comment\n#\n#     x = 1\n\ny = 2\n# z = 3\n"
    cell = _read(tmp_path, text, "20231234.py").files[0].cells[0]

    assert (
        cell.text == f"{marker}\n# %%time\nclass VGG_SKIP:\n    # a comment\n\n    x = 1\n\ny = 2\n# z = 3\n"
    )


@pytest.mark.parametrize("magic", ["%matplotlib inline", "%%bash", "%%writefile a.py"])
def test_what_colab_commented_out_and_is_no_python_stays_a_comment(magic: str, tmp_path: Path) -> None:
    text = f"# Commented out IPython magic to ensure Python compatibility.\n# {magic}\n# ls -l\n"

    assert _read(tmp_path, text, "20231234.py").files[0].cells[0].text == text


def test_execution_counts_are_kept(tmp_path: Path) -> None:
    made = json.loads(notebook("x = 1", "y = 2", "z = 3"))
    for cell, count in zip(made["cells"], (7, None, "3"), strict=True):
        cell["execution_count"] = count
    (file,) = _read(tmp_path, json.dumps(made)).files

    assert [cell.execution for cell in file.cells] == [7, None, None]
