from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from stages.reports.results_sample import RESULTS

from grader.records.cells import number, plain_cell
from grader.stages.reports.scores import scores_csv


def rows() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(scores_csv(RESULTS).decode("utf-8-sig"), newline="")))


def test_the_table_is_as_expected(expect: Callable[[str, str], None]) -> None:
    expect(scores_csv(RESULTS).decode("utf-8"), "reports/class/scores.csv")


def test_excel_is_told_the_encoding_once() -> None:
    assert scores_csv(RESULTS).startswith(
        b"\xef\xbb\xbfstudent_id,student_name,late,submitted,late_percent,base,"
    )
    assert scores_csv(RESULTS).count(b"\xef\xbb\xbf") == 1


def test_every_student_has_one_row_whatever_is_in_the_name() -> None:
    assert [row["student_id"] for row in rows()] == [one.student_id for one in RESULTS.submissions]


def test_a_total_waits_for_the_person_who_has_to_look() -> None:
    by_id = {row["student_id"]: row for row in rows()}
    assert by_id["20231004"] == {
        "student_id": "20231004", "student_name": "최유나", "late": "", "submitted": "", "late_percent": "",
        "base": "100", "skip": "100", "dense": "100", "ca": "", "total": "", "max_total": "400", "status": "needs review: ca",
    }  # fmt: skip
    assert by_id["20231002"]["total"] == "119"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_spreadsheet_runs_no_name(start: str) -> None:
    assert plain_cell(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"
    assert plain_cell(f"김{start}") == f"김{start}"


def test_the_formula_of_the_sample_is_neutralised() -> None:
    assert any(row["student_name"].startswith("'=HYPERLINK(") for row in rows())


@pytest.mark.parametrize(
    ("points", "cell"),
    [(None, ""), (0.0, "0"), (100.0, "100"), (72.5, "72.5"), (215 / 3, "71.67"), (20.0, "20")],
)
def test_points_have_no_needless_zeros(points: float | None, cell: str) -> None:
    assert number(points) == cell
