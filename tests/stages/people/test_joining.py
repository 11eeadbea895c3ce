"""Submissions and the class list: certain or listed, never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
from stages.handing_in import write

from grader.class_work import read_class
from grader.errors import SubmissionsError
from grader.records.roster import Person, Roster
from grader.records.submission import ClassWork, Submission
from grader.stages.people.joining import bare_number, spellings

X = "x = 1\n"


def _person(number: str, name: str, **more: object) -> Person:
    ids = {kind: str(value) for kind, value in more.items() if kind not in ("late", "draft")}
    flags = {kind: bool(value) for kind, value in more.items() if kind in ("late", "draft")}
    return Person(student_id=number, name=name, ids=ids, **flags)


PLAIN = Roster(
    source="명단.csv",
    people=(
        _person("20231234", "홍길동"),
        _person("20231235", "이영희"),
        _person("20231236", "김민수"),
        _person("20231237", "김민수"),
        _person("00231238", "Kim, Min-Su"),
        _person("2023-12399", "남궁민"),
    ),
)
CANVAS = Roster(
    source="gradebook.csv",
    people=(
        _person("20231234", "홍, 길동", canvas=3143),
        _person("20231236", "김민수", canvas=3144),
        _person("20231237", "김민수", canvas=3145),
    ),
)


def _joined(folder: Path, roster: Roster, *names: str) -> ClassWork:
    return read_class(write(folder / "in", dict.fromkeys(names, X)), roster)


def _of(work: ClassWork, student_id: str) -> Submission:
    (submission,) = [s for s in work.submissions if s.student_id == student_id]
    return submission


def _unmatched(work: ClassWork) -> dict[str, tuple[str, list[str]]]:
    return {
        s.source: (s.unmatched.reason.en, [person.student_id for person in s.unmatched.candidates])
        for s in work.submissions
        if s.unmatched
    }


def test_numbers_are_compared_without_zeros_and_hyphens_and_names_in_every_order() -> None:
    assert bare_number("0023-12345") == bare_number("2312345") == bare_number("２３１２３４５")
    assert bare_number("a-17") == "A17"
    assert spellings("홍, 길동") & spellings("홍길동")
    assert spellings("Kim, Min-Su") & spellings("kimminsu") & spellings("Min-Su Kim")
    assert not spellings("김민수") & spellings("김민주")
    assert spellings("") == frozenset()


@pytest.mark.parametrize(
    ("name", "student_id", "by"),
    [
        ("20231234_홍길동.py", "20231234", "number"),
        ("20231234_스킵연결.py", "20231234", "number"),
        ("20231234_vgg_skip.py", "20231234", "number"),
        ("231238_skip.py", "00231238", "number"),
        ("2023-12399_skip.py", "2023-12399", "number"),
        ("202312399.py", "2023-12399", "number"),
        ("홍길동_skip.py", "20231234", "name"),
        ("홍길동/skip.py", "20231234", "name"),
        ("min-su kim.py", "00231238", "name"),
        ("kim_minsu_skip.py", "00231238", "name"),
    ],
)
def test_a_number_or_a_name_that_only_one_student_has_is_joined(
    tmp_path: Path, name: str, student_id: str, by: str
) -> None:
    work = _joined(tmp_path, PLAIN, name)
    found = _of(work, student_id)
    assert (found.joined_by, len(found.files)) == (by, 1)
    assert _unmatched(work) == {}
    absent = {s.student_id for s in work.submissions if not s.files and not s.others}
    assert absent == {person.student_id for person in PLAIN.people} - {student_id}


@pytest.mark.parametrize(
    ("name", "reason", "candidates"),
    [
        ("김민수_skip.py", "2 people in the class list are called 김민수", ["20231236", "20231237"]),
        ("20231243_홍길동.py", "the class list has no number 20231243", ["20231234"]),
        ("20231324.py", "the class list has no number 20231324", ["20231234"]),
        ("홍길순.py", "the class list has nobody called 홍길순", ["20231234"]),
        (
            "20231234_이영희.py",
            "the class list has 20231234 홍길동, but the submission says 이영희",
            ["20231234", "20231235"],
        ),
        ("my_network.py", "the class list has nobody called my_network", []),
    ],
)
def test_what_is_not_certain_is_listed_with_the_nearest_and_nobody_is_chosen(
    tmp_path: Path, name: str, reason: str, candidates: list[str]
) -> None:
    work = _joined(tmp_path, PLAIN, name)
    ((source, (why, nearest)),) = _unmatched(work).items()
    assert (source, why) == (name, reason)
    assert nearest[: len(candidates)] == candidates and len(nearest) <= 3
    assert bool(nearest) == bool(candidates)
    people = {person.student_id for person in PLAIN.people}
    assert all(not _of(work, number).files for number in people)
    assert len({s.student_id for s in work.submissions}) == len(people) + 1


def test_several_files_of_a_student_come_together_however_they_are_named(tmp_path: Path) -> None:
    work = _joined(
        tmp_path, PLAIN, "20231234_skip.py", "홍길동_dense.py", "2023-12399_a.py", "2023-12399_b.py"
    )
    assert [file.path for file in _of(work, "20231234").files] == ["20231234_skip.py", "홍길동_dense.py"]
    assert [file.path for file in _of(work, "2023-12399").files] == ["2023-12399_a.py", "2023-12399_b.py"]
    assert _unmatched(work) == {}


def test_an_id_decides_between_two_of_one_name(tmp_path: Path) -> None:
    work = _joined(tmp_path, CANVAS, "김민수_3145_99101_skip.py", "김민수_LATE_3144_99102_skip.py")
    assert {s.student_id: (s.joined_by, s.late, s.ids["canvas"]) for s in work.submissions} == {
        "20231234": (None, False, "3143"),
        "20231236": ("id", True, "3144"),
        "20231237": ("id", False, "3145"),
    }


def test_an_account_outside_the_list_is_not_joined_by_its_name(tmp_path: Path) -> None:
    """Somebody who left the course may be called like somebody who is in it."""
    work = _joined(tmp_path, CANVAS, "홍길동_9999_99101_skip.py", "김민수_3144_99102_skip.py")
    assert _unmatched(work) == {
        "홍길동_9999_99101_skip.py": ("the class list has no Canvas user 9999", ["20231234"])
    }


def test_a_list_may_hold_the_ids_of_some_students_only(tmp_path: Path) -> None:
    """The two who share a name have theirs; everybody else is known by the name."""
    people = (
        _person("20231234", "홍길동"),
        _person("20231236", "김민수", canvas=3144),
        _person("20231237", "김민수", canvas=3145),
    )
    work = _joined(
        tmp_path,
        Roster(source="명단.csv", people=people),
        *("홍길동_3143_99101_skip.py", "김민수_3145_99102_skip.py", "김민수_3150_99103_skip.py"),
    )
    assert {s.student_id: s.joined_by for s in work.submissions if s.files} == {
        "20231234": "name",
        "20231237": "id",
        "3150": None,
    }
    assert list(_unmatched(work).values()) == [
        ("김민수 in the class list has another account", ["20231236", "20231237"])
    ]


def test_a_group_is_not_taken_for_the_member_whose_id_it_bears(tmp_path: Path) -> None:
    work = _joined(tmp_path, CANVAS, "팀3_3143_99101_skip.py", "김민수_3144_99102_skip.py")
    assert _unmatched(work) == {
        "팀3_3143_99101_skip.py": (
            "Canvas user 3143 is 20231234 홍, 길동 in the class list, the download says 팀3",
            ["20231234"],
        )
    }


def test_without_ids_an_account_needs_a_number_that_agrees_or_a_name_of_its_own(tmp_path: Path) -> None:
    work = _joined(
        tmp_path,
        PLAIN,
        "홍길동_3143_99101_skip.py",
        "김민수_3144_99102_20231236_skip.py",
        "김민수_3145_99103_skip.py",
        "이영희_3146_99104_20231234.py",
    )
    assert _of(work, "20231234").joined_by == "name"
    assert _of(work, "20231236").joined_by == "number"
    assert {source: reason for source, (reason, _) in _unmatched(work).items()} == {
        "김민수_3145_99103_skip.py": "2 people in the class list are called 김민수",
        "이영희_3146_99104_20231234.py": "the class list has 20231234 홍길동, but the submission says 이영희",
    }


def test_two_accounts_with_one_students_name_are_both_listed(tmp_path: Path) -> None:
    work = _joined(tmp_path, PLAIN, "홍길동_3143_99101_skip.py", "홍길동_3144_99102_skip.py")
    assert {reason for reason, _ in _unmatched(work).values()} == {
        "the same signs point to 20231234 홍길동 as for another account"
    }
    assert len(_unmatched(work)) == 2 and not _of(work, "20231234").files


def test_the_wrong_class_list_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(
        SubmissionsError, match=r"none of its Canvas accounts is in gradebook\.csv; take the class list from"
    ):
        _joined(tmp_path, CANVAS, "홍길동_5143_99101_skip.py", "김민수_5144_99102_skip.py")


def test_a_document_that_names_nobody_on_the_list_is_a_stray(tmp_path: Path) -> None:
    work = _joined(tmp_path, PLAIN, "20231234.py", "공지사항.txt", "이영희.pdf", "김민수.pdf")
    assert [stray.path for stray in work.strays] == ["공지사항.txt"]
    assert [other.path for other in _of(work, "20231235").others] == ["이영희.pdf"]
    assert list(_unmatched(work)) == ["김민수.pdf"]


def test_the_worksheet_says_who_is_late_and_what_is_a_draft(tmp_path: Path) -> None:
    roster = Roster(
        source="w.csv",
        people=(
            _person("20231234", "홍길동", moodle=12, late=True),
            _person("20231235", "이영희", moodle=13, draft=True),
            _person("", "박서준", moodle=14),
            _person("20231237", "최지우", moodle=15),
        ),
    )
    work = _joined(
        tmp_path,
        roster,
        "참가자_12_assignsubmission_file/skip.py",
        "참가자_13_assignsubmission_file/skip.py",
        "참가자_14_assignsubmission_file/skip.py",
    )
    found = [(s.student_id, s.student_name, s.late, s.draft, len(s.files)) for s in work.submissions]
    assert found == [
        ("14", "박서준", False, False, 1),
        ("20231234", "홍길동", True, False, 1),
        ("20231235", "이영희", False, True, 1),
        ("20231237", "최지우", False, False, 0),
    ]
