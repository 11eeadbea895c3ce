"""What is no exercise's file, or no machine for it, is answered in one sentence that says what to do."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader.check.command import USAGE, main, torch_problem
from grader.check.examine import examine_file
from grader.records.kit import Kit
from grader.records.repair import Mending

NOTHING = Kit(language="ko", exam=False, mending=Mending(), exercises=())


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("report.txt", "과제".encode(), "텍스트 파일"),
        ("skip.docx", b"PK\x03\x04", "문서 파일"),
        ("skip.pdf", b"%PDF-1.4", "PDF 문서"),
        ("empty.py", b"", "빈 파일"),
        ("bytes.py", b"\x00\x01\x02", "NUL 바이트"),
        ("script.ipynb", b"import torch\n", "노트북으로 열 수 없어요"),
    ],
)
def test_another_file_is_told_what_it_is_and_what_to_give(
    name: str, data: bytes, says: str, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_bytes(data)
    report = examine_file(file, NOTHING)
    assert report.problem is not None and not report.exercises
    told = report.problem.ko
    assert told.startswith(f"{name}: ") and says in told
    assert told.endswith(".py나 .ipynb 파일을 지정해 주세요.")


@pytest.mark.parametrize(
    ("name", "says"), [("folder", "folder은(는) 폴더예요."), ("none.py", "none.py 파일이 없어요.")]
)
def test_a_folder_and_a_missing_file_are_answered_without_torch(
    name: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder").mkdir()
    kit = tmp_path / "kit.json"
    kit.write_text(NOTHING.model_dump_json(), "utf-8")
    monkeypatch.chdir(tmp_path)
    assert main([name, "--kit", str(kit)]) == USAGE
    assert capsys.readouterr().err.startswith(says)


@pytest.mark.parametrize(
    ("torch", "says"),
    [(None, "pip install torch"), (SimpleNamespace(__version__="1.13.1+cpu"), "1.13.1+cpu")],
)
def test_no_torch_and_an_old_one_are_told_with_the_command_that_helps(
    torch: object, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", torch)
    problem = torch_problem()
    assert problem is not None and says in problem.ko and says in problem.en
