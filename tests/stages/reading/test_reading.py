"""Encodings, and files that are no submission."""

from __future__ import annotations

import codecs
import os
from pathlib import Path

import pytest
from stages.handing_in import packed as zipped
from stages.handing_in import write

from grader.class_work import read_submissions
from grader.errors import SubmissionsError
from grader.records.submission import Submission

TEXT = '# 합성곱\nname = "스킵 연결"\n\tclass_ = 1\n'.replace("\t", "")


def _read(folder: Path, data: bytes, name: str = "20231234_홍길동.py") -> Submission:
    (submission,) = read_submissions(write(folder, {name: data}))
    return submission


ENCODINGS = [
    ("utf-8", TEXT.encode(), None),
    ("with a byte order mark", codecs.BOM_UTF8 + TEXT.encode(), None),
    ("cp949", TEXT.encode("cp949"), "CP949"),
    ("a syllable that only cp949 has", ("# 똠방각하 펲시콜라\n" + TEXT).encode("cp949"), "CP949"),
    ("utf-16 little endian", codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "UTF-16"),
    ("utf-16 big endian", codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "UTF-16"),
    ("its own cookie", ("# -*- coding: johab -*-\n" + TEXT).encode("johab"), "JOHAB"),
    ("a cookie in the second line", ("#!/usr/bin/python\n# vim: set fileencoding=euc-kr :\n" + TEXT).encode("euc-kr"), "EUC_KR"),
    ("a wrong cookie", ("# coding: utf-8\n" + TEXT).encode("cp949"), "CP949"),
    ("an unknown cookie", ("# coding: klingon\n" + TEXT).encode("cp949"), "CP949"),
    ("a cookie of no text encoding", ("# coding: rot13\n" + TEXT).encode("cp949"), "CP949"),
]  # fmt: skip


@pytest.mark.parametrize(("situation", "data", "note"), ENCODINGS, ids=[row[0] for row in ENCODINGS])
def test_every_encoding_of_a_korean_students_machine_is_read(
    tmp_path: Path, situation: str, data: bytes, note: str | None
) -> None:
    (file,) = _read(tmp_path, data).files
    assert file.cells[0].text.endswith(TEXT)
    assert [n.en for n in file.notes] == ([f"read as {note}; UTF-8 is safer"] if note else [])


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_line_ends_become_lf_and_tabs_stay(tmp_path: Path, end: str) -> None:
    (file,) = _read(tmp_path, end.join(["if 1:", "\tx = 1", ""]).encode()).files
    assert file.cells[0].text == "if 1:\n\tx = 1\n"


def test_an_empty_script_is_told_unless_it_makes_a_folder_a_package(tmp_path: Path) -> None:
    (submission,) = read_submissions(
        write(tmp_path, {"20231234/nets/__init__.py": "", "20231234/skip.py": ""})
    )
    assert [file.path for file in submission.files] == ["nets/__init__.py"]
    assert [(o.path, o.reason.en, o.work) for o in submission.others] == [
        ("skip.py", "an empty file: there is nothing in it", True)
    ]


NOT_READ = [
    ("a.py", b"x = 1\0", "it holds NUL bytes"),
    ("a.py", b"\x81\xff\xfe\x80", "line 1: it cannot be decoded from here on; save it as UTF-8"),
    ("a.py", codecs.BOM_UTF16_LE + b"\x00", "it cannot be decoded (tried utf-16)"),
    ("a.py", b"%PDF-1.7", "a PDF document under the name of a .py file"),
    ("a.ipynb", b"PK\x03\x04", "an archive or an Office document under the name"),
    ("a.py", b"#" * 2_000_001, "larger than 2 MB"),
    ("a.pdf", b"", "a PDF document"),
    ("a.PNG", b"", "an image"),
    ("a.csv", b"", "a data set"),
    ("a.pth", b"", "saved weights"),
    ("a.hwp", b"", "a document"),
    ("a.7z", b"", "an archive of a kind that is not opened"),
    ("a.zip", b"PK", "the archive is broken"),
    ("Makefile", b"", "neither a .py file nor a notebook"),
]


@pytest.mark.parametrize(("name", "data", "why"), NOT_READ)
def test_a_file_that_is_no_submission_is_listed_beside_the_others(
    tmp_path: Path, name: str, data: bytes, why: str
) -> None:
    (submission,) = read_submissions(write(tmp_path, {f"20231234/{name}": data, "20231234/ok.py": "x = 1"}))
    assert [file.path for file in submission.files] == ["ok.py"]
    (other,) = submission.others
    assert other.path == name
    assert other.reason.en.startswith(why)
    assert other.reason.ko


@pytest.mark.parametrize("name", ["model.py.txt", "MODEL.PY", "모델 (1).py"])
def test_scripts_with_odd_endings_are_scripts(tmp_path: Path, name: str) -> None:
    (submission,) = read_submissions(write(tmp_path, {f"20231234/{name}": "x = 1"}))
    assert [file.path for file in submission.files] == [name]


def test_noise_is_dropped_in_silence(tmp_path: Path) -> None:
    noise = (
        "__MACOSX/._a.py ._a.py .DS_Store Thumbs.db desktop.ini __pycache__/a.pyc"
        " .ipynb_checkpoints/a-checkpoint.ipynb venv/lib/site.py .git/config ~$a.docx"
    )
    files = {f"20231234/{name}": "x" for name in noise.split()}
    (submission,) = read_submissions(write(tmp_path, files | {"20231234/a.py": "x = 1"}))
    assert [file.path for file in submission.files] == ["a.py"]
    assert submission.others == ()


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    secret = write(tmp_path, {"secret/key.py": "k = 1"}) / "secret"
    home = write(tmp_path / "in", {"20231234/a.py": "x = 1"}) / "20231234"
    (home / "out.py").symlink_to(secret / "key.py")
    (home / "folder.py").symlink_to(secret)
    (home / "gone.py").symlink_to(home / "nowhere.py")
    (home / "loop.py").symlink_to(home / "loop.py")
    (home / "same.py").symlink_to(home / "a.py")
    (submission,) = read_submissions(tmp_path / "in")
    assert [file.path for file in submission.files] == ["a.py", "same.py"]
    assert {other.path: other.reason.en for other in submission.others} == {
        "out.py": "a link that leads out of the folder",
        "folder.py": "a link that leads out of the folder",
        "gone.py": "a broken link",
        "loop.py": "a broken link",
    }


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    home = write(tmp_path, {"20231234/a.py": "x = 1"}) / "20231234"
    os.mkfifo(home / "b.py")
    (submission,) = read_submissions(tmp_path)
    assert submission.others[0].reason.en == "not a regular file"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_does_not_stop_the_others(tmp_path: Path) -> None:
    home = write(tmp_path, {"20231234/a.py": "x = 1", "20231234/b.py": "y = 1"}) / "20231234"
    (home / "b.py").chmod(0)
    (submission,) = read_submissions(tmp_path)
    assert submission.others[0].reason.en == "cannot be opened (Permission denied)"


def test_a_data_set_beside_the_homework_is_summed_up(tmp_path: Path) -> None:
    files = {f"20231234/data/{n}.png": b"" for n in range(120)}
    (submission,) = read_submissions(write(tmp_path, files | {"20231234/a.py": b"x = 1"}))
    assert len(submission.others) == 51
    assert submission.others[-1].reason.en == "70 more files that are no submission"


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        ("nowhere", "nowhere: there is no such file or folder; check the spelling"),
        ("empty/", "empty: no .py, .ipynb or .zip file in it; name the folder with the submissions"),
        ("only/report.pdf", "only: no .py, .ipynb or .zip file in it; name the folder with the submissions"),
        ("a.pdf", "a.pdf: neither a folder nor a .zip, .py or .ipynb file; name one of these"),
        ("a.zip", "a.zip: the archive is broken (File is not a zip file); pack or download it again"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(tmp_path: Path, make: str, sentence: str) -> None:
    if make.endswith("/"):
        (tmp_path / make).mkdir()
    elif make != "nowhere":
        write(tmp_path, {make: b"no archive"})
    path = tmp_path / make.partition("/")[0]
    with pytest.raises(SubmissionsError) as raised:
        read_submissions(path)
    assert str(raised.value) == f"{tmp_path}/{sentence}"


def test_a_single_file_is_a_submission(tmp_path: Path) -> None:
    file = write(tmp_path / "2022", {"20231234_홍길동_skip.py": "x = 1"}) / "20231234_홍길동_skip.py"
    (submission,) = read_submissions(file)
    assert (submission.student_id, submission.student_name) == ("20231234", "홍길동")


@pytest.mark.parametrize("packed", [False, True])
def test_small_files_that_code_may_read_are_kept_and_others_are_not(packed: bool, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "skip.py": "x = 1", "net.json": "{}", "sizes.csv": "a,b", "settings": "a=1", "weights.pt": b"0" * 1_000_001, "a.pdf": b"%PDF-",
    }  # fmt: skip
    if packed:
        write(tmp_path, {"20231234.zip": zipped(files)})
    else:
        write(tmp_path / "20231234", files)
    (submission,) = read_submissions(tmp_path)
    kept = {other.path: other.content for other in submission.others}

    assert kept == {
        "net.json": b"{}",
        "sizes.csv": b"a,b",
        "settings": b"a=1",
        "weights.pt": None,
        "a.pdf": None,
    }
