"""Gradebooks and worksheets, filled, and what the LMS's own importer makes of them."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from export_orders import CLASS, RUN, TITLE, order, result, student
from lms.importers import Canvas, Moodle, feedback_owner

from grader.errors import UserError
from grader.records.deadline import Deadline
from grader.records.gradebook import Column, CourseFile
from grader.records.results import Results
from grader.stages.exports import EXPORTERS, Outcome
from grader.stages.exports.grades import OWN_COMMENT, grades
from grader.stages.scoring.lateness import with_lateness

EXPECTED = {"20231001": 91.25, "20231002": 0.0, "20231003": 100.0, "20231005": 20.83, "00731007": 50.0}

GRADEBOOK = f'''\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,{TITLE} (4567),Other (9),Final Score
    Points Possible,,,,,100.00,10.00,(read only)
"홍, 길동",1,20231001,u1,001분반,,7.00,91.2
"김, 민수",2,20231002,u2,001분반,,7.00,
"김, 민수",3,20231003,u3,001분반,50.00,7.00,
"이, 영희",4,20231004,u4,001분반,70.00,7.00,
"=cmd()",5,20231005,u5,001분반,,7.00,
"Kim, ""Min""",6,20231006,u6,001분반,60.00,7.00,
"박, 서준",7,731007,u7,001분반,EX,7.00,
"Student, Test",8,,f1e2,001분반,,,
'''


def words(outcome: Outcome) -> dict[str, str]:
    return {change.student_id: change.what for change in outcome.changes}


def test_canvas_takes_the_filled_gradebook_and_touches_nothing_else(tmp_path: Path) -> None:
    outcome = EXPORTERS["canvas"](order(tmp_path, GRADEBOOK))
    course = Canvas(
        {4567: TITLE, 9: "Other"}, {(4, 4567): "70.0", (6, 4567): "60.0", (7, 4567): "EX", (1, 9): "7.0"}
    )
    course.users = {n: str(n) for n in range(1, 9)}
    course.take(outcome.files[0].read_bytes())
    assert course.grades == {
        (1, 4567): "91.25", (2, 4567): "0.0", (3, 4567): "100.0", (5, 4567): "20.83",
        (4, 4567): "70.0", (6, 4567): "60.0", (7, 4567): "EX", (1, 9): "7.0",
    }  # fmt: skip
    assert words(outcome) == {
        "20231001": "set", "20231002": "set", "20231003": "set", "20231004": "held", "20231005": "set",
        "20231006": "missing", "00731007": "held", "": "missing",
    }  # fmt: skip


def test_canvas_gets_its_own_bytes_back(tmp_path: Path) -> None:
    outcome = EXPORTERS["canvas"](order(tmp_path, GRADEBOOK))
    written = outcome.files[0].read_bytes().decode()
    assert written.startswith(f"\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,{TITLE} (4567)\n")
    assert '\n"홍, 길동",1,20231001,u1,001분반,91.25\n' in written
    assert "Final Score" not in written and "Other" not in written


def test_the_same_run_exported_again_changes_nothing(tmp_path: Path) -> None:
    EXPORTERS["canvas"](order(tmp_path, GRADEBOOK))
    first = (tmp_path / "exports/canvas-source.csv").read_text("utf-8-sig")
    again = EXPORTERS["canvas"](order(tmp_path, "\ufeff" + first))
    assert {change.what for change in again.changes if change.new} == {"same"}
    assert again.files[0].read_text("utf-8-sig") == first


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    for target, source in (("canvas", GRADEBOOK), ("moodle", worksheet("ko")), ("csv", "")):
        outcome = EXPORTERS[target](order(tmp_path, source, dry_run=True))
        assert not outcome.files and not (tmp_path / "exports").exists()
        assert words(outcome)["20231001"] == "set"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda s: s.replace("SIS Login ID,Section", "SIS Login ID"), "no gradebook of Canvas"),
        (
            lambda s: s.replace(TITLE, "13주차 실습"),
            "course.yaml:4: there is no column “12주차 실습” in source.csv; "
            "name one of those that it has: 13주차 실습 (4567), Other (9)",
        ),
        (
            lambda s: s.replace(f",{TITLE} (4567),Other (9)", ""),
            "course.yaml:4: there is no column “12주차 실습” in source.csv; make the assignment in Canvas first",
        ),
        (
            lambda s: s.replace("100.00", "10.00"),
            "course.yaml:4: the column has 100 points there and 10 in Canvas",
        ),
        (lambda s: worksheet("ko"), "a grading worksheet from Moodle; it goes with --to moodle --worksheet"),
        (lambda s: s.replace("100.00", "(read only)"), "computes this column itself"),
        (lambda s: s.replace("Other (9)", f"{TITLE} (9)"), "two columns are called"),
        (
            lambda s: s + '"open',
            "a quotation mark is never closed",
        ),
        (lambda s: "", "it is empty"),
    ],
)
def test_what_is_wrong_with_a_gradebook_is_one_sentence(
    tmp_path: Path, change: Callable[[str], str], sentence: str
) -> None:
    bad = order(tmp_path, "x", place="course.yaml:4")
    assert bad.source is not None
    bad.source.write_bytes(change(GRADEBOOK).encode())
    with pytest.raises(UserError, match=r"source\.csv") as caught:
        EXPORTERS["canvas"](bad)
    assert sentence in str(caught.value)


def test_a_gradebook_saved_by_a_spreadsheet_is_refused(tmp_path: Path) -> None:
    bad = order(tmp_path, "x")
    assert bad.source is not None
    bad.source.write_bytes(GRADEBOOK.removeprefix("\ufeff").encode("cp949"))
    with pytest.raises(UserError, match="not UTF-8"):
        EXPORTERS["canvas"](bad)


@pytest.mark.parametrize("title", ["Final Grade project", "Current Score", "Override Status of labs"])
def test_titles_that_canvas_drops_are_refused(tmp_path: Path, title: str) -> None:
    column = Column(title=title, exercises=("skip",), points=100)
    with pytest.raises(UserError, match="Canvas ignores columns"):
        EXPORTERS["canvas"](order(tmp_path, GRADEBOOK.replace(TITLE, title), column=column))


def worksheet(language: str, grades: dict[str, str] | None = None, changeable: str = "") -> str:
    korean = language == "ko"
    head = (
        "식별자,이름,학번,상태,성적,최대 성적,성적 변경 가능,마지막 수정됨(제출),마지막 수정됨(성적),피드백 코멘트"
        if korean
        else "Identifier,Full name,ID number,Status,Grade,Maximum grade,Grade can be changed,"
        "Last modified (submission),Last modified (grade),Feedback comments"
    )
    when = "2026년 10월 12일, 월요일, 오후 03:41" if korean else "Monday, 12 October 2026, 3:41 PM"
    rows = [head]
    for place, pupil in enumerate(CLASS, 500):
        name = pupil.student_name.replace('"', '""')
        identifier = f"참가자{place}" if korean else f"Participant {place}"
        grade = (grades or {}).get(pupil.student_id, "")
        rows.append(
            f'"{identifier}","{name}",{pupil.student_id},제출,{grade},100.00,'
            f'{changeable or ("예" if korean else "Yes")},-,"{when if grade else "-"}",'
        )
    return "\ufeff" + "\r\n".join(rows) + "\r\n"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_moodle_takes_the_worksheet_in_the_language_it_was_downloaded_in(
    tmp_path: Path, language: str
) -> None:
    outcome = EXPORTERS["moodle"](order(tmp_path, worksheet(language)))
    moodle = Moodle(language, zero_counts=True)
    assert moodle.take(outcome.files[0].read_bytes()) == []
    assert moodle.grades == {500: 91.25, 501: 0.0, 502: 100.0, 504: 20.83, 506: 50.0}
    assert moodle.comments[500] == "skip 80/80 · dense 66/80"


def test_everything_but_grade_and_comment_goes_back_byte_for_byte(tmp_path: Path) -> None:
    sheet = worksheet("ko")
    outcome = EXPORTERS["moodle"](order(tmp_path, sheet))
    before, after = sheet.encode().split(b"\r\n"), outcome.files[0].read_bytes().split(b"\r\n")
    assert after[0] == before[0] and after[4] == before[4] and after[6] == before[6]
    assert after[1] == before[1].replace(b",,100.00", b",91.25,100.00") + "skip 80/80 · dense 66/80".encode()


@pytest.mark.parametrize(
    ("there", "then"),
    [
        ("skip 70/80 · dense 66/80", "skip 80/80 · dense 66/80"),
        ("skip 70/80 · dense –", "skip 80/80 · dense 66/80"),
        ("잘했어요. skip 70/80", "잘했어요. skip 70/80"),
    ],
)
def test_a_comment_of_an_earlier_export_is_brought_up_to_date_and_a_persons_is_kept(
    tmp_path: Path, there: str, then: str
) -> None:
    head, first, *rest = worksheet("ko", {"20231001": "80.00"}).split("\r\n")
    outcome = EXPORTERS["moodle"](order(tmp_path, "\r\n".join([head, first + there, *rest])))
    moodle = Moodle("ko", zero_counts=True)
    moodle.take(outcome.files[0].read_bytes(), ignore_modified=True)
    assert (moodle.grades[500], moodle.comments[500]) == (91.25, then)
    assert moodle.comments[504] == "skip 33.335/80 · dense –"


def test_moodle_zeros_and_stale_rows_are_told(tmp_path: Path) -> None:
    sheet = worksheet("ko", {"20231001": "10.00"})
    outcome = EXPORTERS["moodle"](order(tmp_path, sheet))
    moodle = Moodle("ko", grades={500: 10.0})
    assert moodle.take(outcome.files[0].read_bytes()) == [500, 501]
    advice = " ".join(text.ko for text in outcome.advice)
    assert "상자를 체크하세요" in advice and "20231002" in advice
    again = Moodle("ko", grades={500: 10.0}, zero_counts=True)
    assert again.take(outcome.files[0].read_bytes(), ignore_modified=True) == []
    assert again.grades[500] == 91.25


def test_a_grade_that_moodle_has_locked_is_held_back(tmp_path: Path) -> None:
    outcome = EXPORTERS["moodle"](order(tmp_path, worksheet("ko", changeable="아니오")))
    assert set(words(outcome).values()) == {"held", "missing"} and not outcome.files


def test_another_maximum_and_an_unknown_language_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"course\.yaml: the column has 100 points there and 10 in Moodle"):
        EXPORTERS["moodle"](order(tmp_path, worksheet("en").replace("100.00", "10.00")))
    with pytest.raises(UserError, match=r"a gradebook from Canvas; it goes with --to canvas --gradebook"):
        EXPORTERS["moodle"](order(tmp_path, GRADEBOOK))
    sheet = worksheet("en").replace(",Grade,", ",Note,")
    with pytest.raises(UserError, match=r"no column is known to be the grade .*course\.yaml: moodle"):
        EXPORTERS["moodle"](order(tmp_path, sheet))
    column = Column(title=TITLE, exercises=("skip", "dense"), points=100)
    own = CourseFile(columns=(column,), moodle={"grade": "Note"})
    assert words(EXPORTERS["moodle"](order(tmp_path, sheet, course=own)))["20231001"] == "set"


def test_moodle_gives_each_page_to_its_student(tmp_path: Path) -> None:
    pages = {pupil.student_id: f"page of {pupil.student_id}".encode() for pupil in CLASS}
    outcome = EXPORTERS["moodle"](order(tmp_path, worksheet("ko"), pages=pages))
    with zipfile.ZipFile(outcome.files[1]) as packed:
        found = {feedback_owner(name): packed.read(name).decode() for name in packed.namelist()}
        assert all(info.flag_bits & 0x800 or info.filename.isascii() for info in packed.infolist())
    assert found["홍길동", 500] == "page of 20231001" and found["김민수", 502] == "page of 20231003"
    assert {participant for _, participant in found} == {500, 501, 502, 504, 506}


def test_a_spreadsheet_gets_the_columns_that_were_named_and_no_formula(tmp_path: Path) -> None:
    column = Column(title=TITLE, exercises=("skip", "dense"), points=100)
    course = CourseFile(
        columns=(column,), csv=("student_id", "student_name", "skip", TITLE, "status", "comment")
    )
    outcome = EXPORTERS["csv"](order(tmp_path, course=course))
    data = outcome.files[0].read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = {row["student_id"]: row for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig")))}
    assert {n: float(r[TITLE]) for n, r in rows.items() if r[TITLE]} == EXPECTED
    assert rows["20231005"]["student_name"] == "'=cmd()"
    assert rows["20231004"][TITLE] == "" and rows["20231004"]["status"] == "조교 확인이 필요해요: skip"
    with pytest.raises(UserError, match=r"no column “skipp”; did you mean skip\?"):
        EXPORTERS["csv"](order(tmp_path, course=CourseFile(columns=(column,), csv=("skipp",))))


def test_a_column_with_an_exercise_that_was_not_graded_is_refused(tmp_path: Path) -> None:
    column = Column(title=TITLE, exercises=("skip", "ca"), points=100)
    with pytest.raises(UserError, match=r"counts ca, which .* did not grade .*; grade it too"):
        EXPORTERS["canvas"](order(tmp_path, GRADEBOOK, column=column))
    column = Column(title=TITLE, exercises=("skipp",), points=100)
    with pytest.raises(UserError, match=r"^course\.yaml:4: .* counts skipp, .*; did you mean skip\?"):
        EXPORTERS["canvas"](order(tmp_path, GRADEBOOK, column=column, place="course.yaml:4"))


def test_one_word_stands_for_all_columns_of_a_spreadsheet(tmp_path: Path) -> None:
    columns = (
        Column(title=TITLE, exercises=("skip", "dense"), points=100),
        Column(title="Skip", exercises=("skip",), points=10),
    )
    course = CourseFile(columns=columns, csv=("student_id", "columns", "late", "Skip"))
    outcome = EXPORTERS["csv"](order(tmp_path, course=course, column=columns[0]))
    head, first = outcome.files[0].read_text("utf-8-sig").splitlines()[:2]
    assert head == f"student_id,{TITLE},Skip,late,Skip"
    assert first == "00731007,50,5,,5"


@pytest.mark.parametrize(("target", "sheet"), [("canvas", "gradebook"), ("moodle", "worksheet")])
def test_a_student_number_that_a_spreadsheet_has_changed_is_told_by_name(
    tmp_path: Path, target: str, sheet: str
) -> None:
    text = GRADEBOOK if sheet == "gradebook" else worksheet("ko").replace("00731007", "731007")
    text = text.replace("20231003", "2.0231E+07").replace("20231001", '"=""20231001"""')
    ids = {"canvas": "3", "moodle": "502"}
    changed = tuple(
        one.model_copy(update={"ids": ids}) if one.student_id == "20231003" else one for one in CLASS
    )
    outcome = EXPORTERS[target](order(tmp_path, text, results=Results(run=RUN, submissions=changed)))
    told = " ".join(advice.en for advice in outcome.advice)
    assert "saved by a spreadsheet?): 김민수 20231003 ≠ 2.0231E+07, 박서준 00731007 ≠ 731007." in told
    assert words(outcome)["20231003"] == "set"


def test_numbers_that_are_as_they_were_are_told_of_nobody(tmp_path: Path) -> None:
    outcome = EXPORTERS["canvas"](order(tmp_path, GRADEBOOK.replace("731007", "00731007")))
    assert outcome.advice == ()


PDF = {"과제.pdf": {"en": "a PDF document", "ko": "PDF 문서예요"}}


def test_who_handed_in_nothing_that_can_be_graded_gets_a_page_that_says_so(tmp_path: Path) -> None:
    nothing = [result(0.0, "missing")] * 2
    students = (
        student("20231001", "홍길동", *nothing, other_files=PDF),
        student("20231002", "김민수", *nothing),
        student("20231003", "김민수", result(0.0, "missing"), result(80), files=("dense.py",)),
    )
    only_skip = Column(title=TITLE, exercises=("skip",), points=100)
    pages = {one.student_id: one.student_id.encode() for one in students}
    outcome = EXPORTERS["moodle"](
        order(
            tmp_path,
            worksheet("ko"),
            results=Results(run=RUN, submissions=students),
            pages=pages,
            column=only_skip,
        )
    )
    found = {change.student_id: change for change in outcome.changes}
    assert [found[one.student_id].what for one in students] == ["page", "missing", "page"]
    assert [why.en for one in students if (why := found[one.student_id].why)] == [
        "nothing to grade in what was handed in: 과제.pdf",
        "nothing handed in",
        "nothing handed in for this column",
    ]
    with zipfile.ZipFile(outcome.files[1]) as packed:
        assert {feedback_owner(name)[1] for name in packed.namelist()} == {500, 502}
    sheet = list(csv.reader(io.StringIO(outcome.files[0].read_text("utf-8-sig"))))
    assert [row[4] for row in sheet[1:4]] == ["", "", ""]


def test_whom_the_class_list_does_not_settle_is_listed_once(tmp_path: Path) -> None:
    nothing = [result(0.0, "missing")] * 2
    twins = [{"student_id": number, "name": "김민수"} for number in ("20231002", "20231003")]
    reason = {"en": "2 people are called so", "ko": "두 명이에요"}
    unmatched = {"reason": reason, "candidates": twins}
    students = (
        student("20231002", "김민수", *nothing),
        student("20231003", "김민수", *nothing),
        student("2", "김민수", result(80), result(80), unmatched=unmatched, source="a_2_skip.py", files=("a.py",)),
        student("9", "누구", result(80), result(80), unmatched={"reason": reason, "candidates": []}, files=("b.py",)),
    )  # fmt: skip
    results = Results(run=RUN, submissions=students)
    found = EXPORTERS["canvas"](order(tmp_path, GRADEBOOK, results=results)).changes
    told = [(one.student_id, one.what, one.why.en if one.why else "") for one in found if one.student_id]
    assert [row for row in told if row[2] != "not among the submissions"] == [
        ("20231002", "held", "not settled whose this is: a_2_skip.py"),
        ("20231003", "held", "not settled whose this is: a_2_skip.py"),
        ("9", "held", "not in the class list"),
    ]


def _late() -> Results:
    """The class with a deadline: one student is two days late, one late by nobody knows how much."""
    due = Deadline.model_validate(
        {"at": "2026-11-27 23:59", "zone": "Asia/Seoul", "percent": 10, "at_most": 50}
    )
    changes = {"20231001": {"submitted": datetime(2026, 11, 29, 12)}, "20231002": {"late": True}}
    rows = tuple(
        row.model_copy(update={"files": ("a.py",), "section": "001", **changes.get(row.student_id, {})})
        for row in CLASS
    )
    return with_lateness(Results(run=RUN, submissions=rows), due)


def test_lateness_is_a_line_of_its_own_and_its_size_is_never_guessed(tmp_path: Path) -> None:
    wanted = (
        "student_id",
        "section",
        "skip",
        "dense",
        "late",
        "submitted",
        "late_percent",
        "total",
        "comment",
    )
    column = Column(title=TITLE, exercises=("skip", "dense"), points=100)
    course = CourseFile(columns=(column,), csv=wanted)
    asked = order(tmp_path, results=_late(), course=course)
    outcome = EXPORTERS["csv"](asked)
    table = list(csv.DictReader(io.StringIO(outcome.files[0].read_bytes().decode("utf-8-sig"))))
    rows = {row["student_id"]: tuple(row.values())[1:] for row in table}
    assert rows["20231001"] == (
        "001", "80", "66", "late", "2026-11-29 12:00", "20", "71.25", "skip 80/80 · dense 66/80 · 늦은 제출 −20%",
    )  # fmt: skip
    assert rows["20231002"] == ("001", "0", "0", "late", "", "?", "", "")
    assert rows["20231003"][3:6] == ("", "", "")
    held = {change.student_id: change.why for change in outcome.changes if change.what == "held"}
    assert held["20231002"] is not None and "run.deadline.submitted" in held["20231002"].en


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_comment_that_tells_of_lateness_is_known_as_our_own(tmp_path: Path, language: str) -> None:
    asked = order(tmp_path, results=_late(), language=language)
    comments = [grade.comment for grade in grades(asked) if grade.late]
    assert len(comments) == 1 and OWN_COMMENT.fullmatch(comments[0])
