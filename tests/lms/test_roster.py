"""Class lists: the TA's own exports and simple tables, in what a Korean Excel makes of them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from lms_class import PUPILS, packed, write_roster

from grader.errors import UserError
from grader.lms.roster import read_roster


def _people(folder: Path, data: str | bytes) -> list[tuple[str, str, dict[str, str]]]:
    file = folder / "list.csv"
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    return [(p.student_id, p.name, p.ids) for p in read_roster(file).people]


TWO = [("20231234", "홍길동", {}), ("20231235", "이영희", {})]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encoding_and_separator_are_found(tmp_path: Path, encoding: str, separator: str) -> None:
    text = "학번,이름\r\n20231234,홍길동\r\n20231235,이영희\r\n".replace(",", separator)
    assert _people(tmp_path, text.encode(encoding)) == TWO


@pytest.mark.parametrize(
    "text",
    [
        "student number,name\n20231234,홍길동\n20231235,이영희\n",
        "No,Student ID,Full Name\n1,20231234,홍길동\n2,20231235,이영희\n",
        "순번,학 번,성 명(한글),학과\n1,20231234,홍길동,AI\n2,20231235,이영희,AI\n",
        "2026-2 기계학습 수강생,,\n,,\n학번,성,이름\n20231234,홍,길동\n20231235,이,영희\n",
        '학번,이름\n="20231234",홍길동\n\'20231235,이영희\n',
        "이름,학번\n홍길동 ,  20231234\n\n이영희,20231235\n,\n",
    ],
    ids=["English", "columns that say nothing", "brackets", "title and two names", "kept from counting", "blanks"],
)  # fmt: skip
def test_usual_headings_are_known(tmp_path: Path, text: str) -> None:
    assert _people(tmp_path, text) == TWO


def test_ids_of_an_lms_may_stand_in_a_simple_list(tmp_path: Path) -> None:
    text = "학번,성명,이메일,canvas,moodle\n00231234,홍길동,gd@x.ac.kr,3143,12\n,Lee,,3144,\n"
    assert _people(tmp_path, text) == [
        ("00231234", "홍길동", {"email": "gd@x.ac.kr", "canvas": "3143", "moodle": "12"}),
        ("", "Lee", {"canvas": "3144"}),
    ]


def test_western_names_are_put_together_the_way_they_are_said(tmp_path: Path) -> None:
    assert _people(tmp_path, "number,last name,first name\n1,Kim,Min-Su\n") == [("1", "Min-Su Kim", {})]
    assert _people(tmp_path, 'number,name\n1,"Kim, Min-Su"\n2,"홍, 길동"\n3,"Kim, Jr., Min"\n') == [
        ("1", "Min-Su Kim", {}),
        ("2", "홍길동", {}),
        ("3", "Kim, Jr., Min", {}),
    ]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ("a,b\n1,2\n", "list.csv:1: no column with student numbers or names; give it a heading line"),
        ("", "list.csv:1: no column with student numbers or names"),
        ("학번,이름\n", "list.csv: nobody in it"),
        ("학번,이름\n20231234,홍길동\n20231235,이영희\n20231234,김민수\n", "list.csv:4: 20231234 stands in line 2 already"),
        ("학번,이름\n2.02E+07,홍길동\n", "list.csv:2: a spreadsheet has turned a student number into 2.02E+07"),
        ("학번,이름,성명\n1,a,b\n", "list.csv:1: “이름” and “성명” could both be the name"),
        (b"\xff\xd8\xff\xe0\xff\xff", "list.csv: neither UTF-8 nor CP949; save it as “CSV UTF-8”"),
        (b"PK\x03\x04....", "list.csv: this is a zip archive, not a CSV file; name the class list"),
        (packed({"[Content_Types].xml": b""}), "list.csv: this is a spreadsheet, not a CSV file; save it as “CSV UTF-8”"),
        (b"\xd0\xcf\x11\xe0....", "list.csv: this is a spreadsheet, not a CSV file"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_sentence_with_its_line(
    tmp_path: Path, data: str | bytes, sentence: str
) -> None:
    with pytest.raises(UserError) as caught:
        _people(tmp_path, data)
    assert sentence in str(caught.value)


def test_sections_and_times_of_hand_ins_are_read(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("학번,이름,분반,제출 시각\n1,a,001,2026-11-27 23:59\n2,b,002,-\n3,c,,\n")
    assert [(p.section, p.submitted) for p in read_roster(path).people] == [
        ("001", datetime(2026, 11, 27, 23, 59)),
        ("002", None),
        ("", None),
    ]
    path.write_text("학번,제출 시각\n1,어제\n")
    with pytest.raises(
        UserError, match=r"list\.csv:2: “어제” is no time of a hand-in; write it like 2026-11-27 23:59"
    ):
        read_roster(path)


def test_moodles_worksheet_says_when_and_canvas_which_section(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(
        'Identifier,"Full name",Status,Group,"Last modified (submission)"\n'
        '"Participant 7",Kim,"Submitted for grading",B,"Monday, 12 October 2026, 3:41 PM"\n'
        '"Participant 8",Lee,"No submission",A,-\n'
    )
    assert [(p.section, p.submitted) for p in read_roster(sheet).people] == [
        ("B", datetime(2026, 10, 12, 15, 41)),
        ("A", None),
    ]
    book = tmp_path / "book.csv"
    book.write_text(
        "Student,ID,SIS User ID,Section,HW (1)\n    Points Possible,,,,100\n홍,3143,20261234,001분반,\n"
    )
    assert [p.section for p in read_roster(book).people] == ["001분반"]


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"nobody\.csv: there is no such file"):
        read_roster(tmp_path / "nobody.csv")


@pytest.mark.parametrize("kind", ["canvas", "moodle ko", "moodle en", "simple"])
def test_every_export_names_the_whole_class(tmp_path: Path, kind: str) -> None:
    people = {p.student_id: p for p in read_roster(write_roster(tmp_path, kind)).people}
    assert sorted(people) == sorted(pupil.number for pupil in PUPILS)
    for pupil in PUPILS:
        found = people[pupil.number]
        assert found.name == pupil.name
        if kind == "canvas":
            assert found.ids["canvas"] == str(pupil.canvas)
        if kind.startswith("moodle"):
            assert found.ids["moodle"] == str(pupil.participant)
            assert found.late is pupil.late
