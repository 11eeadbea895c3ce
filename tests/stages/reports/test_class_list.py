"""What the pages and the terminal say of the class list: whom it does not settle, who is absent, strays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from stages.reports.readable import readable
from stages.reports.results_sample import INJECTION, RESULTS

from grader.cli.summary import advice, needs_a_person, overridden, remarks, ungradable
from grader.records.base import Text
from grader.records.results import Override, Results
from grader.records.roster import Person, Unmatched
from grader.stages.reports import write_reports

Expect = Callable[[str, str], None]

FIRST, SECOND, THIRD, *_ = RESULTS.submissions
TWINS = Unmatched(
    reason=Text(en="2 people in the class list are called 김민수", ko="명단에 김민수 학생이 2명 있습니다"),
    candidates=(
        Person(student_id="20231006", name="김민수"),
        Person(student_id="20231007", name="김민수", ids={"canvas": "3150"}),
    ),
)
NOBODY = Unmatched(
    reason=Text(en=f"nobody is called {INJECTION}", ko=f"{INJECTION} 학생이 없습니다"), candidates=()
)
CLASS = RESULTS.model_copy(
    update={
        "run": RESULTS.run.model_copy(update={"layout": "canvas", "roster": "명단.csv"}),
        "submissions": (
            FIRST.model_copy(update={"unmatched": TWINS, "source": "김민수_3143_99101_skip.py"}),
            SECOND.model_copy(update={"unmatched": NOBODY, "source": "kim_3144_99102_skip.py"}),
            THIRD.model_copy(update={"joined_by": "name", "draft": True}),
            FIRST.model_copy(
                update={"student_id": "20231009", "student_name": "최지우", "files": (), "other_files": {}}
            ),
            FIRST.model_copy(
                update={"student_id": "20231006", "student_name": "김민수", "files": (), "other_files": {}}
            ),
        ),
        "strays": {"공지사항.txt": Text(en="a text file, not Python", ko="Python이 아닌 텍스트 파일이에요")},
    }
)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_index_shows_what_the_class_list_does_not_settle(
    language: str, tmp_path: Path, expect: Expect
) -> None:
    page = write_reports(CLASS, tmp_path, language).read_text("utf-8")
    assert INJECTION not in page
    read = readable(page)
    end = read.index("점수표\n" if language == "ko" else "Scores\n")
    strays = read.index("주인을 알 수 없는" if language == "ko" else "Files of nobody")
    expect(read[:end] + "…\n" + read[strays:].partition("\n점수 분포")[0].partition("\nDistribution")[0] + "\n",
           f"reports/class_list/index.{language}.txt")  # fmt: skip


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_terminal_names_them_too_and_says_what_to_do(language: str, expect: Expect) -> None:
    told = advice(CLASS, Path("grading"), language)
    lines = [*remarks(CLASS, language), "", *needs_a_person(CLASS, language)[:2], *told]
    expect("\n".join(lines) + "\n", f"reports/class_list/terminal.{language}.txt")


def test_a_long_list_of_names_is_cut_on_the_terminal_only() -> None:
    absent = [
        FIRST.model_copy(
            update={"student_id": str(number), "student_name": "", "files": (), "other_files": {}}
        )
        for number in range(20231000, 20231040)
    ]
    (line,) = remarks(CLASS.model_copy(update={"submissions": tuple(absent), "strays": {}}), "en")
    assert line.startswith("Handed in nothing: 20231000, ") and line.endswith("20231011 and 28 more")


def test_a_download_without_a_class_list_is_told_of_the_flag() -> None:
    run = RESULTS.run.model_copy(update={"layout": "moodle"})
    (line,) = remarks(RESULTS.model_copy(update={"run": run}), "en")
    assert line == "An LMS's download holds no student numbers; --roster FILE joins them."
    assert remarks(RESULTS, "en") == [] and len(advice(RESULTS, Path("grading"), "en")) == 1


def test_without_a_class_list_the_pages_say_nothing_of_it(tmp_path: Path) -> None:
    page = readable(write_reports(RESULTS, tmp_path, "en").read_text("utf-8"))
    assert not any(word in page for word in ("Class list", "class list", "Files of nobody", "name alone"))


def test_the_score_table_tells_unsettled_rows_from_the_others(tmp_path: Path) -> None:
    write_reports(CLASS, tmp_path, "en")
    rows = (tmp_path / "scores.csv").read_text("utf-8-sig").splitlines()
    assert [("not in the class list" in row) for row in rows] == [False, True, True, False, False, False]


def test_results_with_all_this_can_be_read_again(tmp_path: Path) -> None:
    assert Results.model_validate_json(CLASS.model_dump_json()) == CLASS


PDF = Text(en="a PDF document", ko="PDF 문서예요")
*_, NOTHING = RESULTS.submissions  # a file without any class that is asked for
DOCUMENT = NOTHING.model_copy(
    update={"student_id": "20231021", "files": (), "other_files": {"과제.pdf": PDF}}
)
UNGRADABLE = RESULTS.model_copy(
    update={
        "run": RESULTS.run.model_copy(update={"roster": "명단.csv"}),
        "submissions": (
            FIRST,
            DOCUMENT,
            NOTHING.model_copy(update={"student_id": "20231022", "student_name": "최지우"}),
            NOTHING.model_copy(update={"student_id": "20231023", "files": (), "other_files": {}}),
        ),
    }
)


def test_who_handed_in_nothing_that_can_be_graded_is_named_with_what_it_is(tmp_path: Path) -> None:
    assert ungradable(UNGRADABLE, "ko") == [
        "20231021 – 과제.pdf: PDF 문서예요",
        "20231022 최지우 – b.py: 과제의 클래스가 없어요",
    ]
    (absent,) = remarks(UNGRADABLE, "en")
    assert absent.startswith("Handed in nothing: 20231023") and "2023102" not in absent.replace(
        "20231023", ""
    )
    page = readable(write_reports(UNGRADABLE, tmp_path, "en").read_text("utf-8"))
    assert "Handed in, but nothing to grade in it 2" in page
    assert "과제.pdf a PDF document" in page and "nothing waits for a person" not in page
    own = readable((tmp_path / "students" / "20231021.html").read_text("utf-8"))
    head = own.partition("\n| ")[0]
    assert head.endswith("in what you handed in:\n과제.pdf a PDF document")


def test_who_was_given_points_for_it_by_a_person_is_named_no_more() -> None:
    override = Override(reason="shown in class", points=0, status="missing")
    skip = DOCUMENT.exercises["skip"].model_copy(
        update={"status": "graded", "points": 50, "override": override}
    )
    settled = DOCUMENT.model_copy(update={"exercises": {**DOCUMENT.exercises, "skip": skip}})
    assert ungradable(UNGRADABLE.model_copy(update={"submissions": (settled,)}), "en") == []


def test_whoever_grades_is_told_once_how_to_settle_what_waits() -> None:
    (line,) = advice(RESULTS, Path("grading-a"), "ko")
    assert line == (
        "`grader review grading-a`에서 코드를 보며 정하거나 grading-a/overrides.yaml에 직접 적은 뒤 내보내세요. "
        '예: "20231004": {ca: {points: 100, reason: "이유"}}'
    )
    assert not any("조교" in reason for reason in needs_a_person(RESULTS, "ko")[:1])


def test_the_overrides_that_count_are_named_and_files_that_do_not(tmp_path: Path) -> None:
    assert overridden(RESULTS, tmp_path, "ko") == []
    given = [
        FIRST.exercises[name].model_copy(update={"points": 92.5, "override": override})
        for name, override in (
            ("skip", Override(reason="x", points=86, status="graded")),
            ("ca", Override(reason="x", points=None, status="needs_review")),
            ("dense", Override(reason="x", points=0, status="missing")),
        )
    ]
    exercises = {**FIRST.exercises, **dict(zip(("skip", "ca", "dense"), given, strict=True))}
    results = RESULTS.model_copy(update={"submissions": (FIRST.model_copy(update={"exercises": exercises}),)})
    for name in ("overrides.yaml", "override.yaml", "Overrides.yml", "overrides.yaml.txt", "notes.txt"):
        (tmp_path / name).touch()
    told, *unread = overridden(results, tmp_path, "ko")
    assert (
        told == "조교 수정 3건 적용: 20231001 skip 86 → 92.5, 20231001 dense – → 92.5, 20231001 ca ? → 92.5"
    )
    assert [line.partition(" ")[0] for line in unread] == [
        str(tmp_path / name) for name in ("Overrides.yml", "override.yaml", "overrides.yaml.txt")
    ]
    assert unread[0].endswith("이름을 overrides.yaml로 바꿔 주세요.")
    assert overridden(RESULTS, tmp_path, "en")[0].endswith("was not read; its name must be overrides.yaml.")
