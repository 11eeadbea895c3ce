"""A receipt fits the file that was checked, whatever a system did to its line ends, and no other."""

from __future__ import annotations

from grader.receipts import receipt_notes, text_hash
from grader.records.base import Text
from grader.records.kit import Report
from grader.records.submission import OtherFile, SourceFile
from grader.stages.reading.handed_in import source


def read(data: bytes) -> SourceFile:
    (file,) = source("exam.py", lambda most: data[:most])
    assert isinstance(file, SourceFile)
    return file


def receipt(file: SourceFile) -> OtherFile:
    report = Report(
        language="ko",
        exam=True,
        file="exam.py",
        sha256=text_hash(file),
        checked_on="2026-12-01T01:02:03Z",
        seconds=1.0,
    )
    return OtherFile(
        path="exam.receipt.json", reason=Text(en="", ko=""), content=report.model_dump_json().encode()
    )


def test_line_ends_and_encoding_do_not_matter() -> None:
    checked = read("# 시험\nx = 1\n".encode())
    handed_in = read("# 시험\r\nx = 1\r\n".encode("cp949"))
    (note,) = receipt_notes([handed_in], [receipt(checked)])
    assert note.en == "exam.py is the file that was checked (2026-12-01T01:02:03Z)."


def test_a_change_after_the_check_is_told() -> None:
    (note,) = receipt_notes([read(b"x = 2\n")], [receipt(read(b"x = 1\n"))])
    assert note.en == (
        "exam.py was checked (2026-12-01T01:02:03Z), but the file handed in is another or was changed since."
    )


def test_what_is_no_receipt_is_told_and_other_files_are_not() -> None:
    broken = OtherFile(path="a.receipt.json", reason=Text(en="", ko=""), content=b"{}")
    (note,) = receipt_notes([], [broken, OtherFile(path="data.json", reason=Text(en="", ko=""))])
    assert note.en == "a.receipt.json is no receipt of the check."
