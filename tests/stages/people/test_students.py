"""Who handed what in: names, folders, archives, Canvas downloads."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from stages.handing_in import notebook, packed, write

from grader.class_work import read_submissions
from grader.file_names import clean, natural, owner

OWNERS = [
    ("20231234_홍길동", "20231234", "홍길동"),
    ("홍길동_20231234_skip.py", "20231234", "홍길동"),
    ("20231234.py", "20231234", ""),
    ("20231234 홍길동 12주차 과제.ipynb", "20231234", "홍길동"),
    ("[12주차]_20231234_홍길동.zip", "20231234", "홍길동"),
    ("12주차_실습과제_최종본_20231234.py", "20231234", ""),
    ("머신러닝(최종)_수정_남궁민수(20231234).ipynb", "20231234", "남궁민수"),
    ("20231234홍길동.py", "20231234", "홍길동"),
    ("20231234_kim_minsu_vgg_skip.py", "20231234", "kim minsu"),
    ("20231114_NguyenThiLan.ipynb", "20231114", "NguyenThiLan"),
    ("week12_skip_final.py", "", ""),
    ("my_network.py", "", ""),
    ("012345678901.py", "", ""),
    ("123456_홍길동.py", "", "홍길동"),
    ("1234567890.py", "1234567890", ""),
    ("제출용.py", "", ""),
    ("20231234_홍길동.py.txt", "20231234", "홍길동"),
]


@pytest.mark.parametrize(("name", "number", "student"), OWNERS)
def test_number_and_name_are_read_off_a_name(name: str, number: str, student: str) -> None:
    who = owner(name)
    assert (who.number, who.name) == (number, student)


def test_names_are_composed_and_free_of_invisible_characters() -> None:
    assert clean(unicodedata.normalize("NFD", "홍길동")) == "홍길동"
    assert clean("a\u202egnp\n.py\u200f\x07") == "agnp.py"
    assert clean("홍길동".encode("cp949").decode(errors="surrogateescape")) == "홍길동"
    assert clean("\ud800x") == "?x"


def test_lab_2_comes_before_lab_10() -> None:
    assert sorted(["lab10", "lab2", "Lab1", "가1"], key=natural) == ["Lab1", "lab2", "lab10", "가1"]


def _who(path: Path) -> dict[str, list[str]]:
    return {s.student_id: [f.path for f in s.files] for s in read_submissions(path)}


X = "x = 1\n"
LAYOUTS: list[tuple[str, dict[str, str | bytes], dict[str, list[str]]]] = [
    (
        "flat files go together by number",
        {"20231234_skip.py": X, "20231234_dense.py": X, "20231235.ipynb": notebook(X)},
        {"20231234": ["20231234_dense.py", "20231234_skip.py"], "20231235": ["20231235.ipynb"]},
    ),
    ("flat files without a number are students by their name", {"kim.py": X, "이영희.py": X}, {"kim": ["kim.py"], "이영희": ["이영희.py"]}),
    (
        "a folder is a student with all that lies below it",
        {"20231234_홍길동/a.py": X, "20231234_홍길동/src/deep/b.py": X, "kim/a.py": X},
        {"20231234": ["a.py", "src/deep/b.py"], "kim": ["a.py"]},
    ),
    ("a folder's number may stand on its files", {"홍길동/20231234_skip.py": X}, {"20231234": ["20231234_skip.py"]}),
    ("folders and files may be mixed", {"20231234/a.py": X, "20231234_b.py": X}, {"20231234": ["20231234_b.py", "a.py"]}),
    ("a second folder of the same student is added", {"20231234/a.py": X, "20231234 (1)/a.py": X}, {"20231234": ["20231234/a.py", "a.py"]}),
    (
        "a section's folder is not a student",
        {"01분반/20231234_홍길동/a.py": X, "01분반/20231235.py": X, "02분반/20231236.py": X, "02분반/20231237.py": X},
        {"20231234": ["a.py"], "20231235": ["20231235.py"], "20231236": ["20231236.py"], "20231237": ["20231237.py"]},
    ),
    (
        "the class's folder may be wrapped once more",
        {"submissions/kim/a.py": X, "submissions/lee/a.py": X},
        {"kim": ["a.py"], "lee": ["a.py"]},
    ),
    (
        "every student's zip is opened",
        {"20231234_홍길동.zip": packed({"a.py": X, "hw/b.py": X}), "20231235/hw.zip": packed({"c.py": X})},
        {"20231234": ["a.py", "hw/b.py"], "20231235": ["hw/c.py"]},
    ),
    (
        "a Canvas download goes by user and takes the number from the file's name",
        {"홍길동_3143_99101_20231234_skip.py": X, "홍길동_3143_99102_dense-1.py": X, "kimminsu_LATE_3144_99103_skip.py": X},
        {"20231234": ["20231234_skip.py", "dense-1.py"], "3144": ["skip.py"]},
    ),
    (
        "a week and a number are no Canvas download",
        {"hw_112_20231234_홍길동.py": X, "hw_112_20231235_이영희.py": X},
        {"20231234": ["hw_112_20231234_홍길동.py"], "20231235": ["hw_112_20231235_이영희.py"]},
    ),
    (
        "a module that a notebook writes is its student's",
        {"20231234.ipynb": notebook("%%writefile b.py\n"), "kim.ipynb": notebook("%%writefile b.py\n"), "lee/a.ipynb": notebook("%%writefile b.py\n")},
        {"20231234": ["20231234.ipynb", "b.py"], "kim": ["b.py", "kim.ipynb"], "lee": ["a.ipynb", "b.py"]},
    ),
    ("who handed in a PDF only is a student, a stray README is not", {"이영희.pdf": b"", "README.md": b"", "kim.py": X}, {"kim": ["kim.py"], "이영희": []}),
    (
        "quotes, line ends, direction marks and long names",
        {"20231234_\"a'b\n\u202e.py": X, "가" * 80 + ".py": X, "20231235_<script>.py": X},
        {"20231234": ["20231234_\"a'b.py"], "20231235": ["20231235_<script>.py"], "가" * 80: ["가" * 80 + ".py"]},
    ),
    ("names in NFD", {unicodedata.normalize("NFD", "20231234_홍길동/모델.py"): X}, {"20231234": ["모델.py"]}),
]  # fmt: skip


@pytest.mark.parametrize(("situation", "files", "expected"), LAYOUTS, ids=[row[0] for row in LAYOUTS])
def test_files_find_their_student_in_a_folder_and_in_a_zip(
    tmp_path: Path, situation: str, files: dict[str, str | bytes], expected: dict[str, list[str]]
) -> None:
    assert _who(write(tmp_path / "in", files)) == expected
    (tmp_path / "class.zip").write_bytes(packed(files))
    assert _who(tmp_path / "class.zip") == expected
    assert list(_who(tmp_path / "class.zip")) == sorted(expected, key=natural)


def test_canvas_marks_who_was_late_and_names_them(tmp_path: Path) -> None:
    write(tmp_path, {"홍길동_3143_99101_a.py": X, "kimminsu_LATE_3144_99103_b.py": X})
    found = [(s.student_id, s.student_name, s.late) for s in read_submissions(tmp_path)]
    assert found == [("3143", "홍길동", False), ("3144", "kimminsu", True)]


def test_a_folder_with_a_number_in_its_own_name_is_one_student(tmp_path: Path) -> None:
    root = write(tmp_path / "20231234_홍길동", {"skip.py": X, "dense.py": X})
    assert _who(root) == {"20231234": ["dense.py", "skip.py"]}
    (tmp_path / "20231234_홍길동.zip").write_bytes(packed({"hw/skip.py": X, "hw/dense.py": X}))
    assert _who(tmp_path / "20231234_홍길동.zip") == {"20231234": ["hw/dense.py", "hw/skip.py"]}


def test_labels_follow_the_path_within_the_students_files(tmp_path: Path) -> None:
    write(tmp_path, {"20231234/src/lab.ipynb": notebook(X, X), "20231234/a.zip": packed({"m.py": X})})
    (submission,) = read_submissions(tmp_path)
    assert [cell.label for file in submission.files for cell in file.cells] == [
        "a/m.py",
        "src/lab.ipynb [1]",
        "src/lab.ipynb [2]",
    ]


def test_a_cell_cannot_write_a_file_for_another_student(tmp_path: Path) -> None:
    files = {
        "Untitled.ipynb": notebook("%%writefile 20230001_base.py\n", "%%writefile 20230002/skip.py\n", "%%writefile 20230003/skip.py\n"),
        "김민수/lab.ipynb": notebook("%%writefile 20230001_base.py\n"),
        "20230001.py": "x = 1\n",
    }  # fmt: skip
    found = {s.student_id: [file.path for file in s.files] for s in read_submissions(write(tmp_path, files))}
    assert found == {
        "20230001": ["20230001.py"],
        "Untitled": ["20230001_base.py", "20230002/skip.py", "20230003/skip.py", "Untitled.ipynb"],
        "김민수": ["20230001_base.py", "lab.ipynb"],
    }
