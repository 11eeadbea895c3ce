"""Class lists as registrars, spreadsheets and LMSs leave them: read as they are meant, or refused with line and cause."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from grader.errors import UserError
from grader.lms.roster import read_roster

HEAD = "Student,ID,SIS User ID,SIS Login ID,Section,12주차 실습 (4567)\n"


class Listed(NamedTuple):
    """A list, and who is in it: number and name."""

    situation: str
    text: str | bytes
    people: dict[str, str]


TWO = {"20231101": "김서준", "20231102": "이하린"}
READ = [
    Listed("numbers that became decimals, a line of the assistant's", "학번,이름\n20231101.0,김서준\n20231102.0,이하린\n,조교\n",
           TWO | {"": "조교"}),
    Listed("numbers with marks between thousands", '학번,이름\n"20,231,101",김서준\n"20,231,102",이하린\n', TWO),
    Listed("blanks and marks that cannot be seen", "학번,이름\n\u00a020231101\u200b,\u3000김서준 \n\ufeff20231102,이하린\u200b\n", TWO),
    Listed("the heading and a title again on each page", "2024-2 출석부,,\n순번,학번,성명\n1,20231101,김서준\n기계학습(02),,\n"
           "순번,학번,성명\n2,20231102,이하린\n소계,2,\n", TWO),
    Listed("sums at the end", "학번,이름,비고\n20231101,김서준,\n20231102,이하린,\n합계,2명,\n총원,2,\nTotal,2,\n", TWO),
    Listed("one line for each section, in another order", "번호,이름,분반\n20231101,김서준,L01\n20231102,이하린,L01\n20231102,이하린,P02\n"
           "20231101,김서준,P01\n", TWO),
    Listed("a gradebook with one line for each section", HEAD + "    Points Possible,,,,,100.00\n김서준,7101,20231101,u1,L01,\n"
           "김서준,7101,20231101,u1,P03,\n이하린,7102,20231102,u2,L01,\n", TWO),
    Listed("a gradebook with hidden scores and the test student", HEAD + ",,,,,Manual Posting (scores hidden)\n    Points Possible,,,,,100.00\n"
           "김서준,7101,20231101,u1,L01,\n이하린,7102,20231102,u2,L01,\n\"학생, 테스트\",7999,,ab12cd34,L01,\n", TWO),
    Listed("no SIS ids, and the logins are mail addresses of numbers", "Student,ID,SIS Login ID,Section,12주차 (4567)\n"
           "김서준,7101,20231101@univ.ac.kr,1분반,\n이하린,7102,20231102@univ.ac.kr,1분반,\n", TWO),
    Listed("remarks in square and wide brackets", "학번,성명\n20231101,김서준[교환]\n20231102,이하린（재수강）\n", TWO),
    Listed("Excel's Unicode text, surname apart", "학번\t성\t이름\n20231101\t김\t서준\n20231102\t이\t하린\n".encode("utf-16"), TWO),
    Listed("an old Mac's ends of lines, wide digits", "학번,이름\r２０２３１１０１,김서준\r２０２３１１０２,이하린\r", TWO),
]  # fmt: skip
REFUSED = [
    ("first digits alone", "학번,이름\n2.02E+07,김서준\n2.02E+07,이하린\n", r"r\.csv:2: a spreadsheet has turned"),
    ("first digits alone in a gradebook", HEAD + "김서준,7101,2.02411E+11,u1,L01,\n", r"r\.csv:2: a spreadsheet has turned"),
    ("one number for two", "학번,이름\n20231101,김서준\n20231101,이하린\n", r"r\.csv:3: 20231101 stands in line 2 already"),
    ("a workbook under the name of a list", b"PK\x03\x04" + b"\0" * 40, "zip archive, not a CSV"),
    ("no heading", "20231101,김서준\n20231102,이하린\n", r"r\.csv:1: no column with student numbers or names"),
]  # fmt: skip


@pytest.mark.parametrize("listed", READ, ids=[one.situation for one in READ])
def test_a_list_is_read_as_it_is_meant(tmp_path: Path, listed: Listed) -> None:
    file = tmp_path / "r.csv"
    file.write_bytes(listed.text.encode() if isinstance(listed.text, str) else listed.text)
    assert {p.student_id: p.name for p in read_roster(file).people} == listed.people


@pytest.mark.parametrize(("situation", "text", "said"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_cannot_be_meant_is_one_sentence(
    tmp_path: Path, situation: str, text: str | bytes, said: str
) -> None:
    file = tmp_path / "r.csv"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(UserError, match=said):
        read_roster(file)
