"""How classes are laid out and named in the wild, one of each kind: who handed in what, and what is asked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from stages.handing_in import packed, write

from grader.class_work import read_class
from grader.lms.roster import read_roster
from grader.records.submission import Submission

SKIP = "class VGG_SKIP(nn.Module):\n    n = 1\n"
OTHER = SKIP.replace("1", "2")
DENSE = "class VGG_DENSE(nn.Module):\n    n = 1\n"
CLASSES = {"skip": ("VGG_SKIP",), "dense": ("VGG_DENSE",)}
ROSTER = """학번,이름,영문이름,로그인,이메일,조
20231101,김서준,"Kim, Seojun",sjkim07,sjkim07@univ.ac.kr,1
20231102,이하린,Harin Lee,harin-lee,hl@univ.ac.kr,1
20231103,박도윤(재수강),Doyun Park,dypark,dy@univ.ac.kr,2
20231104,김민수,Minsu Kim,mskim,ms@univ.ac.kr,2
20231105,김민수,Minsu Kim,minsu2,m2@univ.ac.kr,3
20239001,Lucia del Carmen Alvarez Quintero,,lucia,lu@univ.ac.kr,3
"""
CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,12주차 (4567)
김서준,7101,20231101,u1,1분반,
이하린,7102,20231102,u2,1분반,
박도윤,7103,20231103,u3,1분반,
"""


class Kind(NamedTuple):
    """A class as it lies there, and who is who in it."""

    situation: str
    files: Mapping[str, str | bytes]
    rows: Mapping[str, list[str]]
    """Paths of each settled student's files, by number, name or label; whoever handed in nothing is left out."""
    asked: tuple[str, ...] = ()
    """Rows that wait for a person."""
    roster: str = ""
    root: str = "class"


KINDS = [
    Kind(
        "the exercise stands before the name",
        {"skip_김서준.py": SKIP, "dense_김서준.py": DENSE, "skip 이하린.py": SKIP},
        {"김서준": ["dense_김서준.py", "skip_김서준.py"], "이하린": ["skip 이하린.py"]},
    ),
    Kind(
        "flat files by login",
        {"dypark_skip.py": SKIP, "dypark_dense.py": DENSE, "harin.lee_skip.py": SKIP, "harin.kim_skip.py": OTHER},
        {
            "dypark_dense": ["dypark_dense.py", "dypark_skip.py"],
            "harin.lee_skip": ["harin.lee_skip.py"],
            "harin.kim_skip": ["harin.kim_skip.py"],
        },
    ),
    Kind(
        "a folder for each exercise, in it a file for each login",
        {"skip/dypark.py": SKIP, "dense/dypark.py": DENSE, "skip/sjkim07.py": OTHER},
        {"dypark": ["dense/dypark.py", "skip/dypark.py"], "sjkim07": ["skip/sjkim07.py"]},
    ),
    Kind(
        "one student's project with a package, a notebook and data",
        {"skip.py": "from blocks import x\n" + SKIP, "blocks.py": "x = 1\n", "dense/dense.py": DENSE, "data/a.csv": "1"},
        {"class": ["blocks.py", "dense/dense.py", "skip.py"]},
    ),
    Kind(
        "sections by letter, late ones apart, two of one name in two sections",
        {"A반/김서준/skip.py": SKIP, "A반/지각/이하린/skip.py": SKIP, "B반/김서준/skip.py": OTHER, "B반/박도윤/skip.py": SKIP},
        {"A반/김서준": ["skip.py"], "B반/김서준": ["skip.py"], "이하린": ["skip.py"], "박도윤": ["skip.py"]},
    ),
    Kind(
        "a day in the folder around the class, and times in the files' names",
        {"2024.11.20 제출물/김서준_20241120_2341.py": SKIP, "2024.11.20 제출물/이하린_20241119_0912.py": OTHER},
        {"김서준": ["김서준_20241120_2341.py"], "이하린": ["이하린_20241119_0912.py"]},
    ),
    Kind(
        "a day stands beside everybody's number",
        {"20231101_김서준_20241120.py": SKIP, "20231102_이하린_20241120.py": OTHER, "20231103_20241120.py": SKIP},
        {
            "20231101": ["20231101_김서준_20241120.py"],
            "20231102": ["20231102_이하린_20241120.py"],
            "20231103": ["20231103_20241120.py"],
        },
    ),
    Kind(
        "a copy of one's own file is a version of it",
        {"김서준 - skip.py": OTHER, "김서준 - Copy of skip.py": SKIP, "이하린 - skip.py": SKIP},
        {"김서준": ["김서준 - Copy of skip.py", "김서준 - skip.py"], "이하린": ["이하린 - skip.py"]},
    ),
    Kind(
        "the course's number stands beside everybody's",
        {"CSE4012001_20231101_김서준.py": SKIP, "CSE4012001_20231102_이하린.py": OTHER},
        {"20231101": ["CSE4012001_20231101_김서준.py"], "20231102": ["CSE4012001_20231102_이하린.py"]},
    ),
    Kind(
        "two versions of nobody's and of two works: one student's, or asked about",
        {"vgg/skip.py": SKIP, "final/skip.py": OTHER, "works/skip.py": OTHER},
        {},
        asked=("class",),
    ),
    Kind(
        "the day of the download is the class's folder's",
        {"dypark/skip.py": SKIP, "harin.lee/skip.py": OTHER},
        {"dypark": ["skip.py"], "harin.lee": ["skip.py"]},
        root="20241120",
    ),
    Kind(
        "a pair's folder and a pair's file count for both",
        {"20231101+20231102/skip.py": SKIP, "20231103_20231104_dense.py": DENSE},
        {
            "20231101": ["skip.py"],
            "20231102": ["skip.py"],
            "20231103": ["20231103_20231104_dense.py"],
            "20231104": ["20231103_20231104_dense.py"],
        },
    ),
    Kind(
        "folders of one name without numbers are asked about",
        {"김민수/skip.py": SKIP, "김민수 (2)/skip.py": OTHER, "이하린/skip.py": SKIP},
        {"이하린": ["skip.py"]},
        asked=("김민수", "김민수 (2)"),
    ),
    Kind(
        "a student's folder with several others' named files in it is nobody's",
        {"김서준/이하린_skip.py": SKIP, "김서준/박도윤_skip.py": OTHER, "김서준/skip.py": SKIP, "최예나/skip.py": SKIP},
        {"최예나": ["skip.py"]},
        asked=("김서준",),
    ),
    Kind(
        "work that names nobody beside others' that does is asked about",
        {"20231101_skip.py": SKIP, "final.ipynb": "{}"},
        {"20231101": ["20231101_skip.py"]},
        asked=("final",),
    ),
    Kind(
        "departments, honorifics and words of the work around names",
        {"소프트웨어학부 이하린 최종본.py": SKIP, "과제제출_김서준님.py": SKIP, "[머신러닝] 박도윤학생 12주차.py": OTHER},
        {"이하린": ["소프트웨어학부 이하린 최종본.py"], "김서준": ["과제제출_김서준님.py"], "박도윤": ["[머신러닝] 박도윤학생 12주차.py"]},
    ),
    Kind(
        "a class list joins by login, mailbox, English name and team",
        {
            "week-12-harin-lee/skip.py": SKIP,
            "sjkim07@univ.ac.kr/skip.py": OTHER,
            "Park Doyun_skip.py": SKIP,
            "Alvarez Quintero Lucia del Carmen/skip.py": SKIP,
        },
        {"20231101": ["skip.py"], "20231102": ["skip.py"], "20231103": ["Park Doyun_skip.py"], "20239001": ["skip.py"]},
        roster=ROSTER,
    ),
    Kind(
        "a team's folder counts for each member of the list",
        {"1조/skip.py": SKIP, "02팀_dense.py": DENSE},
        {"20231101": ["skip.py"], "20231102": ["skip.py"], "20231103": ["02팀_dense.py"], "20231104": ["02팀_dense.py"]},
        roster=ROSTER,
    ),
    Kind(
        "namesakes of the list are asked about, and settled by a number",
        {"김민수/skip.py": SKIP, "김민수_20231105/skip.py": OTHER},
        {"20231105": ["skip.py"]},
        asked=("김민수",),
        roster=ROSTER,
    ),
    Kind(
        "a young Canvas, late, with two files that came by mail",
        {"김서준_41_301_skip.py": SKIP, "이하린_LATE_42_302_skip.py": OTHER, "박도윤_43_303_skip.py": SKIP, "박도윤_43_304_dense.py": DENSE,
         "최예나 skip.py": SKIP},
        {"41": ["skip.py"], "42": ["skip.py"], "43": ["skip.py", "dense.py"], "최예나": ["최예나 skip.py"]},
    ),
    Kind(
        "Canvas's test student in Korean is set aside",
        {"김서준_7101_62001_skip.py": SKIP, "학생테스트_7999_62009_skip.py": OTHER},
        {"20231101": ["skip.py"]},
        roster=CANVAS,
    ),
    Kind(
        "an anonymous download says so; a number in a name still joins",
        {"anon_aB3dE_61001_skip.py": SKIP, "anon_Zx9Qw_61002_20231102_skip.py": OTHER},
        {"20231102": ["20231102_skip.py"]},
        asked=("aB3dE",),
        roster=CANVAS,
    ),
    Kind(
        "Moodle's team stands before the member's name",
        {"Team 1-김서준_611_assignsubmission_file_/skip.py": SKIP, "2조-박도윤_613_assignsubmission_file_/skip.py": OTHER},
        {"611": ["skip.py"], "613": ["skip.py"]},
    ),
    Kind(
        "Blackboard's attempts by login: the newest counts",
        {
            "Lab 12_sjkim07_attempt_2024-11-19-10-02-33_skip.py": OTHER,
            "Lab 12_sjkim07_attempt_2024-11-20-23-41-07_skip.py": SKIP,
            "Lab 12_dypark_attempt_2024-11-20-20-00-00_hw.zip": packed({"skip.py": SKIP}),
        },
        {"sjkim07": ["skip.py"], "dypark": ["skip.py"]},
    ),
    Kind(
        "empty hand-ins have rows",
        {"1분반/20231101_김서준.zip": packed({"lab/": ""}), "1분반/20231102.zip": packed({"__MACOSX/._a.py": "x"}), "1분반/20231103/skip.py": SKIP},
        {"20231101": [], "20231102": [], "20231103": ["skip.py"]},
    ),
    Kind(
        "results of an earlier run among the submissions are passed by",
        {"20231101/skip.py": SKIP, "out/results.json": "{}", "out/index.html": "", "out/students/20231101.html": "<p>", "out/a.py": SKIP},
        {"20231101": ["skip.py"]},
    ),
    Kind(
        "what Gradescope unpacks: one student's folders, one for each exercise",
        {"student/part1/skip.py": SKIP, "student/part2/dense.py": DENSE, "student/part2/weights.csv": "1"},
        {"student": ["part1/skip.py", "part2/dense.py"]},
    ),
    Kind(
        "an anonymous Moodle's worksheet is a class list",
        {"Participant_611_assignsubmission_file_/skip.py": SKIP, "Participant_612_assignsubmission_file_/lab/skip.py": OTHER},
        {"611": ["skip.py"], "612": ["lab/skip.py"]},
        roster='Identifier,Status,Grade,Maximum grade\n"Participant 611","Submitted for grading",,100.00\n'
        '"Participant 612","Submitted for grading",,100.00\n"Participant 613","No submission",,100.00\n',
    ),
    Kind(
        "Canvas's ids join names of six words and romanised ones; remarks do no harm",
        {
            "deoliveirasantosmariaeduarda_7201_501_skip.py": SKIP,
            "parkdoyun_7103_502_skip.py": OTHER,
            "이하린_7102_503_20231102_skip.py": SKIP,
        },
        {"20239001": ["skip.py"], "20231103": ["skip.py"], "20231102": ["20231102_skip.py"]},
        roster=CANVAS.replace("이하린", "이하린 (청강)") + '"de Oliveira Santos, Maria Eduarda",7201,20239001,u4,1분반,\n',
    ),
    Kind(
        "a Gradescope export over the end of summer time: the later attempt has the smaller clock time",
        {
            "submission_11/skip.py": OTHER,
            "submission_12/skip.py": SKIP,
            "submission_metadata.yml": "---\n"
            + "".join(
                f"submission_{n}:\n  :submitters:\n  - :name: 김서준\n    :sid: '20231101'\n    :email: a@b.ac.kr\n  :created_at: {when}\n"
                for n, when in ((12, "2024-11-03 01:05:00.000000000 -05:00"), (11, "2024-11-03 01:55:00.000000000 -04:00"))
            ),
        },
        {"20231101": ["skip.py"]},
        root="assignment_77_export",
    ),
    Kind(
        "wide digits and a surname that stands apart",
        {"２０２３１１０１_김서준.py": SKIP, "20231101_dense.py": DENSE, "이 하린_skip.py": OTHER, "박 도 윤/skip.py": SKIP},
        {"20231101": ["20231101_dense.py", "２０２３１１０１_김서준.py"], "이하린": ["이 하린_skip.py"], "박도윤": ["skip.py"]},
    ),
    Kind(
        "telephone numbers are nobody's number",
        {"202311012_김서준_01012345678.py": SKIP, "202311013_이하린_010-2345-6789.py": OTHER, "202311014 010 2222 3333/skip.py": SKIP},
        {
            "202311012": ["202311012_김서준_01012345678.py"],
            "202311013": ["202311013_이하린_010-2345-6789.py"],
            "202311014": ["skip.py"],
        },
    ),
    Kind(
        "random names that a system made hold no number",
        {"9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d/skip.py": SKIP, "3fa85f64-5717-4562-b3fc-2c963f66afa6/skip.py": OTHER},
        {"9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d": ["skip.py"], "3fa85f64-5717-4562-b3fc-2c963f66afa6": ["skip.py"]},
    ),
    Kind(
        "names without their accents, and files by mail address",
        {"Jose Garcia_skip.py": SKIP, "Nguyen Thi Lan/skip.py": OTHER, "sj@univ.ac.kr_skip.py": SKIP},
        {"20231101": ["sj@univ.ac.kr_skip.py"], "20239001": ["Jose Garcia_skip.py"], "20239002": ["skip.py"]},
        roster="number,name,email\n20231101,김서준,sj@univ.ac.kr\n20239001,José García,jg@univ.ac.kr\n20239002,Nguyễn Thị Lan,\n",
    ),
    Kind(
        "one's zip holds nothing but another's work: nobody's, until a person says so",
        {"20231101.zip": packed({"20231102_이하린/skip.py": SKIP}), "김서준/이하린_skip.py": OTHER, "20231103/20241120/skip.py": SKIP},
        {"20231103": ["20241120/skip.py"]},
        asked=("20231101", "김서준"),
    ),
    Kind(
        "the same with a class list, on which the zip's number stands",
        {"20231101.zip": packed({"20231102_이하린/skip.py": SKIP}), "20231103.zip": packed({"skip.py": SKIP})},
        {"20231103": ["skip.py"]},
        asked=("20231101 (?)",),
        roster=ROSTER,
    ),
    Kind(
        "letters before numbers, numbers with hyphens, a list's place before the name",
        {"s20231101_skip.py": SKIP, "2023-1102 이하린/skip.py": OTHER, "1분반-03-박도윤.py": SKIP},
        {"20231101": ["s20231101_skip.py"], "20231102": ["skip.py"], "20231103": ["1분반-03-박도윤.py"]},
        roster=ROSTER,
    ),
    Kind(
        "what came by chat and mail",
        {"KakaoTalk_20241120_김서준_skip.py": SKIP, "RE_ 과제 제출합니다 이하린/skip.py": OTHER, "Fwd_ [과제] 20231103 박도윤/skip.py": SKIP},
        {"김서준": ["KakaoTalk_20241120_김서준_skip.py"], "이하린": ["skip.py"], "20231103": ["skip.py"]},
    ),
    Kind(
        "a cloud's download in two parts, and zips of one name in each folder",
        {
            "drive-download-20241120T123456Z-001.zip": packed({"20231101/skip.py": SKIP, "20231102/lab12.zip": packed({"skip.py": OTHER})}),
            "drive-download-20241120T123456Z-002.zip": packed({"20231101/dense.py": DENSE, "20231103/lab12.zip": packed({"skip.py": SKIP})}),
        },
        {"20231101": ["dense.py", "skip.py"], "20231102": ["lab12/skip.py"], "20231103": ["lab12/skip.py"]},
    ),
    Kind(
        "hand-ins and later ones in folders of their own",
        {"제출/20231101_김서준/skip.py": OTHER, "재제출/20231101_김서준/skip.py": SKIP, "제출/이하린/skip.py": SKIP},
        {"20231101": ["20231101_김서준/skip.py", "skip.py"], "이하린": ["skip.py"]},
    ),
    Kind(
        "numbers of the list with names of others",
        {"20231101_이하린.py": SKIP, "20231103_박도윤.py": OTHER, "2023110_김서준.py": SKIP},
        {"20231103": ["20231103_박도윤.py"]},
        asked=("20231101_이하린", "2023110"),
        roster=ROSTER,
    ),
]  # fmt: skip


def _key(submission: Submission, rows: Mapping[str, list[str]]) -> str:
    known = (submission.student_id, submission.student_name, submission.source.removesuffix(".py"))
    return next((key for key in known if key in rows), submission.student_id)


@pytest.mark.parametrize("kind", KINDS, ids=[kind.situation for kind in KINDS])
def test_everybody_has_what_they_handed_in_and_doubt_is_asked_about(tmp_path: Path, kind: Kind) -> None:
    root = write(tmp_path / kind.root, kind.files)
    roster = None
    if kind.roster:
        (tmp_path / "roster.csv").write_text(kind.roster, "utf-8")
        roster = read_roster(tmp_path / "roster.csv")
    work = read_class(root, roster, CLASSES)
    there = [s for s in work.submissions if s.files or s.others]
    settled = {_key(s, kind.rows): [f.path for f in s.files] for s in there if s.unmatched is None}
    assert settled == dict(kind.rows)
    assert sorted(s.student_id for s in there if s.unmatched) == sorted(kind.asked)
