"""Downloads of Canvas, Moodle and Gradescope: which names they are known by, and whose files are whose."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from stages.handing_in import notebook, packed, write

from grader.class_work import read_class
from grader.errors import SubmissionsError
from grader.lms.download_names import canvas_name, moodle
from grader.records.deadline import Deadline
from grader.records.submission import ClassWork, Layout
from grader.stages.excerpts import cut

X = "x = 1\n"
SKIP = "class VGG_SKIP:\n    pass\n"

CANVAS = [
    ("kim_ml_3143_207797_2026_hw2.py", ("kim_ml", "3143", "2026_hw2.py", False)),
    ("홍길동_LATE_3143_207797_skip-1.py", ("홍길동", "3143", "skip-1.py", True)),
    ("studenttest_3143_207797_zipsubmission.zip", ("studenttest", "3143", "zipsubmission.zip", False)),
    ("20231234_3143_207797_lab.ipynb", ("20231234", "3143", "lab.ipynb", False)),
    ("anon_aB3x_207797_skip.py", ("", "aB3x", "skip.py", False)),
    ("LATE_anon_aB3x_207797_skip.py", ("", "aB3x", "skip.py", True)),
    ("홍길동_3143_text.html", ("홍길동", "3143", "text.html", False)),
    ("홍길동_LATE_3143_link.html", ("홍길동", "3143", "link.html", True)),
]


@pytest.mark.parametrize(("name", "expected"), CANVAS)
def test_a_canvas_name_has_a_name_a_user_and_a_file(name: str, expected: tuple[str, str, str, bool]) -> None:
    found = canvas_name(name)
    assert found is not None
    assert (found.name, found.user, found.file, found.late) == expected


@pytest.mark.parametrize("name", ["skip.py", "20231234_홍길동.py", "홍길동_skip_1.py", "hw_1_2.py"])
def test_other_names_are_none_of_canvas(name: str) -> None:
    assert canvas_name(name) is None


MOODLE = [
    ("홍길동_123_assignsubmission_file/skip.py", ("홍길동", "123", "skip.py", "file")),
    ("홍길동_123_assignsubmission_file_/src/skip.py", ("홍길동", "123", "src/skip.py", "file")),
    ("홍길동_123_assignsubmission_file_skip.py", ("홍길동", "123", "skip.py", "file")),
    ("홍길동_123_assignsubmission_file_my_skip.py", ("홍길동", "123", "my_skip.py", "file")),
    (
        "홍길동_123_assignsubmission_onlinetext/onlinetext.html",
        ("홍길동", "123", "onlinetext.html", "text"),
    ),
    ("Gildong Hong_7_assignsubmission_onlinetext_onlinetext.html", ("Gildong Hong", "7", "onlinetext.html", "text")),
    ("참가자_123_assignsubmission_file_/skip.py", ("", "123", "skip.py", "file")),
    ("Participant_123_assignsubmission_file/skip.py", ("", "123", "skip.py", "file")),
    ("기본 모둠_assignsubmission_file/skip.py", ("기본 모둠", "기본 모둠", "skip.py", "file")),
]  # fmt: skip


@pytest.mark.parametrize(("path", "expected"), MOODLE)
def test_a_moodle_path_has_a_name_a_participant_and_a_file(
    path: str, expected: tuple[str, str, str, str]
) -> None:
    found = moodle(path)
    assert found is not None
    assert (found.name, found.user, found.file, found.kind) == expected


def _read(folder: Path, files: dict[str, str | bytes]) -> ClassWork:
    """The same from a folder and from a zip, which must agree."""
    unpacked = read_class(write(folder / "in", files))
    (folder / "class.zip").write_bytes(packed(files))
    from_zip = read_class(folder / "class.zip")
    assert from_zip.submissions == unpacked.submissions
    assert from_zip.strays == unpacked.strays
    return unpacked


def _who(work: ClassWork) -> dict[str, tuple[list[str], list[str]]]:
    return {s.student_id: ([f.path for f in s.files], [o.path for o in s.others]) for s in work.submissions}


DOWNLOADS: list[tuple[str, Layout, dict[str, str | bytes], dict[str, tuple[list[str], list[str]]]]] = [
    (
        "Canvas: a document, an entry and an archive go to their user",
        "canvas",
        {
            "홍길동_3143_99101_skip.py": X,
            "홍길동_3143_99102_보고서.pdf": b"%PDF-",
            "이영희_3144_99103_hw.zip": packed({"skip.py": X, "dense.py": X}),
            "박서준_3145_99104_보고서.pdf": b"%PDF-",
            "최지우_3146_text.html": "<p>",
        },
        {
            "3143": (["skip.py"], ["보고서.pdf"]),
            "3144": (["dense.py", "skip.py"], []),
            "3145": ([], ["보고서.pdf"]),
            "3146": ([], ["text.html"]),
        },
    ),
    (
        "Canvas: the newest of several downloads comes last, whatever its name",
        "canvas",
        {"홍길동_3143_99900_a.py": X, "홍길동_3143_99101_b.py": X, "홍길동_3143_99500_b-1.py": X},
        {"3143": (["b.py", "b-1.py", "a.py"], [])},
    ),
    (
        "Canvas: an anonymous assignment",
        "canvas",
        {"anon_aB3x_99101_skip.py": X, "LATE_anon_Zz9_99102_lab.ipynb": notebook(X)},
        {"aB3x": (["skip.py"], []), "Zz9": (["lab.ipynb"], [])},
    ),
    (
        "Canvas: a folder around it, and another download beside it",
        "canvas",
        {"skip/홍길동_3143_99101_skip.py": X, "dense/홍길동_3143_99201_dense.py": X, "dense/이영희_3144_99202_dense.py": X},
        {"3143": (["skip.py", "dense.py"], []), "3144": (["dense.py"], [])},
    ),
    (
        "Moodle: folders, text typed in, an archive",
        "moodle",
        {
            "홍길동_12_assignsubmission_file/src/skip.py": X,
            "홍길동_12_assignsubmission_onlinetext/onlinetext.html": "<p>",
            "이영희_13_assignsubmission_file/hw.zip": packed({"skip.py": X}),
        },
        {"12": (["src/skip.py"], ["onlinetext.html"]), "13": (["hw/skip.py"], [])},
    ),
    (
        "Moodle: flat, wrapped in a folder by whoever unpacked it",
        "moodle",
        {
            "ML-Lab 12-77/홍길동_12_assignsubmission_file_20231234_skip.py": X,
            "ML-Lab 12-77/이영희_13_assignsubmission_file_hw.zip": packed({"skip.py": X}),
            "ML-Lab 12-77/박서준_14_assignsubmission_onlinetext_onlinetext.html": "<p>",
        },
        {"13": (["hw/skip.py"], []), "14": ([], ["onlinetext.html"]), "20231234": (["20231234_skip.py"], [])},
    ),
    (
        "Gradescope without its metadata: a folder's number is no student number",
        "gradescope",
        {"export/submission_98765432/skip.py": X, "export/submission_98765433/20231234_dense.py": X},
        {"20231234": (["20231234_dense.py"], []), "submission_98765432": (["skip.py"], [])},
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("situation", "layout", "files", "expected"), DOWNLOADS, ids=[d[0] for d in DOWNLOADS]
)
def test_files_of_a_download_find_their_account(
    tmp_path: Path,
    situation: str,
    layout: Layout,
    files: dict[str, str | bytes],
    expected: dict[str, tuple[list[str], list[str]]],
) -> None:
    work = _read(tmp_path, files)
    assert work.layout == layout
    assert _who(work) == expected


def test_what_a_teaching_assistant_laid_beside_the_download_is_a_stray(tmp_path: Path) -> None:
    work = _read(
        tmp_path, {"홍길동_12_assignsubmission_file/skip.py": X, "Grades-ML-77.csv": "a", "메모.txt": ""}
    )
    assert work.layout == "moodle"
    assert {stray.path: stray.reason.en for stray in work.strays} == {
        "Grades-ML-77.csv": "a data set",
        "메모.txt": "a text file, not Python",
    }


def test_a_download_may_lie_in_a_folder_unopened_and_beside_its_class_list(tmp_path: Path) -> None:
    download = packed(
        {
            "홍길동_3143_99101_skip.py": X,
            "이영희_3144_99102_hw.zip": packed({"skip.py": X, "deeper.zip": packed({"dense.py": X})}),
        }
    )
    work = read_class(write(tmp_path, {"submissions.zip": download, "gradebook.csv": "Student"}))
    assert work.layout == "canvas"
    assert _who(work) == {"3143": (["skip.py"], []), "3144": (["deeper/dense.py", "skip.py"], [])}
    assert [stray.path for stray in work.strays] == ["gradebook.csv"]


def test_files_that_name_nobody_are_strays_in_a_plain_folder_too(tmp_path: Path) -> None:
    work = _read(tmp_path, {"20231234_skip.py": X, "README.md": "#", "grades.xlsx": b""})
    assert [stray.path for stray in work.strays] == ["README.md", "grades.xlsx"]


def test_one_file_in_another_style_makes_it_no_download(tmp_path: Path) -> None:
    work = _read(tmp_path, {"홍길동_3143_99101_skip.py": X, "20231234_dense.py": X})
    assert work.layout == "files"


def test_the_newest_attempt_is_graded_and_the_older_one_is_named(tmp_path: Path) -> None:
    new = SKIP.replace("pass", "new = 1")
    for older, newer in (
        ("홍길동_3143_99101_skip.py", "홍길동_3143_99202_skip-1.py"),
        ("20231234/skip.py", "20231234/skip (1).py"),
        ("20231234/skip (9).py", "20231234/skip (10).py"),
        ("20231234/skip-2.py", "20231234/skip-0f8fad5b-d9cb-469f-a165-70867728950e.py"),
    ):
        folder = tmp_path / newer.replace("/", "_")
        (submission,) = _read(folder, {older: SKIP, newer: new}).submissions
        excerpt = cut(submission, ("VGG_SKIP",), "skip")
        assert excerpt is not None and "new = 1" in excerpt.cells[0].text
        (note,) = [note.en for note in excerpt.notes if "would do for this exercise, too" in note.en]
        assert submission.files[0].path in note


def test_moodles_numbers_are_never_joined_across_assignments(tmp_path: Path) -> None:
    groups = {
        "1/홍길동_12_assignsubmission_file/skip.py": X,
        "2/이영희_13_assignsubmission_file/skip.py": X,
        "3/홍길동_12_assignsubmission_file/dense.py": X,
    }
    assert _who(_read(tmp_path / "groups", {**groups})) == {
        "12": (["dense.py", "skip.py"], []),
        "13": (["skip.py"], []),
    }
    for other in ("이영희", "참가자"):
        files: dict[str, str | bytes] = {**groups, f"4/{other}_12_assignsubmission_file/skip.py": X}
        with pytest.raises(
            SubmissionsError, match=r"number 12 is somebody else's .* one assignment at a time"
        ):
            read_class(write(tmp_path / other, files))


METADATA = """---
submission_98765:
  :submitters:
  - :name: 홍길동
    :email: gd@x.ac.kr
    :sid: '20261234'
  :created_at: 2026-10-12 06:41:07.000000000 Z
  :status: processed
  :results: !ruby/hash:ActiveSupport::HashWithIndifferentAccess
    output: !binary |-
      7ZmN6ri464+Z
submission_98766:
  :submitters:
  - :name: 이영희
    :email: yh@x.ac.kr
    :sid: '0261235'
  - :name: 박서준
    :email: sj@x.ac.kr
    :sid: 20261236
  :created_at: 2026-10-12 06:41:07.000000000 Z
submission_98767:
  :submitters:
submission_98799:
  :submitters:
  - :name: 홍길동
    :email: gd@x.ac.kr
    :sid: '20261234'
  :created_at: 2026-10-13 23:00:00.000000000 Z
submission_98800:
  :submitters:
  - :name: 최지우
    :email: jw@x.ac.kr
    :sid:
  :created_at: 2026-10-13 23:00:00.000000000 Z
"""


def _gradescope(metadata: str | bytes) -> dict[str, str | bytes]:
    top = "assignment_1_export"
    return {
        f"{top}/submission_metadata.yml": metadata,
        f"{top}/submission_98765/skip.py": "old = 1\n" + SKIP,
        f"{top}/submission_98766/skip.py": SKIP,
        f"{top}/submission_98767/skip.py": SKIP,
        f"{top}/submission_98799/skip.py": "new = 1\n" + SKIP,
        f"{top}/submission_98800.pdf": b"%PDF-",
        f"{top}/__MACOSX/._x": b"",
    }


def test_gradescope_says_whose_folder_is_whose_and_the_newest_attempt_counts(tmp_path: Path) -> None:
    work = _read(tmp_path, _gradescope(METADATA))
    assert work.layout == "gradescope" and work.strays == ()
    assert _who(work) == {
        "0261235": (["skip.py"], []),
        "20261234": (["skip.py"], ["submission_98765/skip.py"]),
        "20261236": (["skip.py"], []),
        "submission_98767": (["skip.py"], []),
        "submission_98800": ([], ["submission_98800.pdf"]),
    }
    mine = next(s for s in work.submissions if s.student_id == "20261234")
    assert mine.student_name == "홍길동" and mine.ids == {"gradescope": "98799", "email": "gd@x.ac.kr"}
    assert mine.files[0].cells[0].text.startswith("new")
    assert mine.others[0].reason.en == "an earlier attempt (2026-10-12 06:41); another one counts"


@pytest.mark.parametrize(
    ("policy", "at", "begins"),
    [
        ("newest", "2026-10-13 00:00", "new"),
        ("first", "2026-10-20 00:00", "old"),
        ("newest_in_time", "2026-10-13 00:00", "old"),
        ("newest_in_time", "2026-10-20 00:00", "new"),
        ("newest_in_time", "2026-10-01 00:00", "new"),
    ],
)
def test_the_course_says_which_attempt_counts(tmp_path: Path, policy: str, at: str, begins: str) -> None:
    due = Deadline.model_validate({"at": at, "zone": "UTC", "attempt": policy})
    work = read_class(write(tmp_path, _gradescope(METADATA)), deadline=due)
    mine = next(s for s in work.submissions if s.student_id == "20261234")
    assert mine.files[0].cells[0].text.startswith(begins) and len(mine.files) == 1
    assert mine.submitted is not None and mine.submitted.day == (12 if begins == "old" else 13)
    assert mine.others[0].reason.en.startswith("a later" if begins == "old" else "an earlier")


def test_blackboards_attempts_have_times(tmp_path: Path) -> None:
    names = [f"Lab_20231101_attempt_2024-11-{day}-23-41-07_skip.py" for day in ("20", "22")]
    due = Deadline.model_validate(
        {"at": "2024-11-21 00:00", "zone": "Asia/Seoul", "attempt": "newest_in_time"}
    )
    [mine] = read_class(write(tmp_path, dict.fromkeys(names, SKIP)), deadline=due).submissions
    assert mine.submitted == datetime(2024, 11, 20, 23, 41, 7)
    assert [other.reason.en for other in mine.others] == [
        "a later attempt (2024-11-22 23:41); another one counts"
    ]


def test_the_export_may_be_named_by_its_inner_folder(tmp_path: Path) -> None:
    root = write(tmp_path, _gradescope(METADATA)) / "assignment_1_export"
    assert _who(read_class(root)) == _who(read_class(tmp_path))


@pytest.mark.parametrize(
    "metadata",
    [
        "submission_1: [",
        "- a\n- b",
        b"\xff\xfe\x00",
        "a: " + "[" * 5000,
        "a: " + "{b: " * 100 + "1" + "}" * 100,
    ],
    ids=["cut off", "a list", "no text", "very deep and cut off", "very deep"],
)
def test_metadata_that_gradescope_did_not_write_is_one_sentence(
    tmp_path: Path, metadata: str | bytes
) -> None:
    with pytest.raises(
        SubmissionsError, match=r"submission_metadata\.yml cannot be read; download the export again"
    ):
        read_class(write(tmp_path, _gradescope(metadata)))


def test_a_students_own_metadata_stops_nobody(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "20231234/submission_metadata.yml": "[" * 5000,
        "20231234/submission_1/skip.py": X,
        "20231235/skip.py": X,
    }
    work = _read(tmp_path, files)
    assert work.layout == "files"
    assert [s.student_id for s in work.submissions] == ["20231234", "20231235"]


def test_two_exports_side_by_side_have_their_own_metadata(tmp_path: Path) -> None:
    one = "submission_1:\n  :submitters:\n  - :name: 홍길동\n    :sid: '20261234'\n"
    files: dict[str, str | bytes] = {
        "a/submission_metadata.yml": one,
        "a/submission_1/skip.py": X,
        "b/submission_metadata.yml": one.replace("submission_1", "submission_2"),
        "b/submission_2/dense.py": X,
    }
    assert _who(_read(tmp_path, files)) == {"20261234": (["dense.py", "skip.py"], [])}


def test_tags_in_the_metadata_run_nothing(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    evil = METADATA + f"  :x: !!python/object/apply:os.mkdir ['{trap}']\n"
    assert len(read_class(write(tmp_path / "in", _gradescope(evil))).submissions) == 5
    assert not trap.exists()


@pytest.mark.parametrize(
    ("name", "late"),
    [
        ("20231234_홍길동_지각.py", True),
        ("20231234_홍길동 늦은제출.py", True),
        ("20231234_LATE_skip.py", True),
        ("20231234_late_fusion.py", False),
        ("20231234_지각능력_skip.py", False),
    ],
)
def test_a_name_may_say_that_it_came_late(tmp_path: Path, name: str, late: bool) -> None:
    (submission,) = _read(tmp_path, {name: X}).submissions
    assert submission.late is late


def test_a_folder_for_the_late_ones_says_so_of_all_in_it(tmp_path: Path) -> None:
    work = _read(
        tmp_path, {"지각/20231234.py": X, "지각/20231235.py": X, "제때/20231236.py": X, "제때/20231237.py": X}
    )
    assert [s.student_id for s in work.submissions if s.late] == ["20231234", "20231235"]
