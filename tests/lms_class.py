"""One class of thirty, handed in through every door: Canvas, Moodle, Gradescope, folders, zips.

`python tests/lms_class.py FOLDER` writes all of it as sample files, and prints what each is for.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

LIBRARY = Path(__file__).parent / "submissions"
Language = Literal["ko", "en"]


def _source(name: str) -> bytes:
    return (LIBRARY / name).read_bytes()


GOOD, WRONG = _source("correct/skip/plain.py"), _source("broken/skip/added_after_pool.py")
DENSE = _source("correct/dense/plain.py")
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
KOREAN = "# 12주차 실습: 스킵 커넥션\r\n".encode("cp949") + GOOD.decode().replace("\n", "\r\n").encode(
    "cp949"
)


def _notebook(source: bytes) -> bytes:
    cell = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": source.decode(),
    }
    book = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(book, ensure_ascii=False).encode()


def packed(files: dict[str, bytes]) -> bytes:
    """A zip archive with UTF-8 names."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


@dataclass(frozen=True)
class Pupil:
    """One line of the class list, and what came of it."""

    place: int
    family: str
    given: str
    files: dict[str, bytes] = field(default_factory=dict)
    """The newest attempt; empty: nothing was handed in."""
    earlier: dict[str, bytes] = field(default_factory=dict)
    """An attempt before it, with files of the same names."""
    late: bool = False
    typed: bool = False
    """Text was typed into the LMS instead of a file."""

    @property
    def number(self) -> str:
        """The student number."""
        return str(20231200 + self.place * 7)

    @property
    def name(self) -> str:
        """As on a class list."""
        latin = self.family.isascii()
        return f"{self.given} {self.family}" if latin else self.family + self.given

    @property
    def sortable(self) -> str:
        """As in Canvas's gradebook."""
        return f"{self.family}, {self.given}"

    @property
    def canvas(self) -> int:
        """Canvas's user id."""
        return 3143 + self.place * 3

    @property
    def participant(self) -> int:
        """Moodle's participant number in this assignment: in another order than the student numbers."""
        return 500 + self.place * 11 % 31

    @property
    def email(self) -> str:
        """The university's address."""
        return f"s{self.number}@university.ac.kr"


_SKIP, _BAD, _BOTH = {"skip.py": GOOD}, {"skip.py": WRONG}, {"skip.py": GOOD, "dense.py": DENSE}

PUPILS = tuple(
    Pupil(place, family, given, **more)
    for place, (family, given, more) in enumerate(
        [
            ("김", "민수", {"files": _SKIP}),
            ("김", "민수", {"files": _BAD}),
            ("홍", "길동", {"files": _SKIP, "late": True}),
            ("이", "영희", {"files": _SKIP, "earlier": _BAD, "late": True}),
            ("박", "서준", {"files": _SKIP, "earlier": _BAD}),
            ("남궁", "민", {"files": _BAD, "earlier": _SKIP}),
            ("최", "지우", {}),
            ("정", "하늘", {}),
            ("강", "다은", {"files": {"12주차 과제.pdf": PDF}}),
            ("조", "은별", {"files": {"과제.zip": packed({"skip.py": GOOD, "읽어보세요.txt": b""})}}),
            ("윤", "도현", {"files": {"lab.ipynb": _notebook(GOOD)}}),
            ("장", "미래", {"files": {"skip.py": KOREAN}}),
            ("임", "수빈", {"files": _BOTH}),
            ("한", "지민", {"files": {**_BOTH, "보고서.pdf": PDF}}),
            ("오", "세훈", {"typed": True}),
            ("Nguyen", "Thi Lan", {"files": _SKIP}),
            ("Kim", "Min-Su", {"files": _BAD, "late": True}),
            ("서", "준호", {"files": _SKIP}),
            ("신", "유진", {"files": {"dense.py": DENSE}}),
            ("권", "나라", {"files": _SKIP}),
            ("황보", "석", {"files": _BAD}),
            ("안", "소희", {"files": _SKIP}),
            ("송", "가람", {"files": _SKIP}),
            ("류", "현진", {"files": _BOTH}),
            ("전", "지현", {"files": _SKIP}),
            ("고", "은아", {"files": {"dense.py": DENSE}}),
            ("문", "채원", {"files": _BAD}),
            ("양", "세찬", {"files": _SKIP}),
            ("배", "수지", {"files": _SKIP}),
            ("백", "현우", {"files": _SKIP}),
        ]
    )
)


def expected(pupil: Pupil) -> dict[str, str]:
    """ "full", "part" or "missing" for each of skip and dense."""
    held = {name: content for name, content in pupil.files.items() if not name.endswith(".pdf")}
    skip = "missing" if not held or set(held) == {"dense.py"} else "part" if held == _BAD else "full"
    return {"skip": skip, "dense": "full" if "dense.py" in held else "missing"}


# what each system hands out: paths in the archive, and the files


def canvas_entries() -> Iterator[tuple[str, bytes]]:
    """Canvas's "Download Submissions": flat, the newest attempt, renamed where one came before."""
    attachment = 207000
    for pupil in PUPILS:
        name = "".join(c for c in pupil.sortable.lower() if c.isalnum() or c == "_")
        head = f"{name}{'_LATE' if pupil.late else ''}_{pupil.canvas}"
        for file, content in pupil.files.items():
            attachment += 13
            stem, dot, ending = file.rpartition(".")
            shown = f"{stem}-1{dot}{ending}" if file in pupil.earlier else file
            yield f"{head}_{attachment}_{shown}", content
        if pupil.typed:
            yield f"{head}_text.html", "<p>늦게 내도 될까요?</p>".encode()


def moodle_entries(folders: bool, old: bool = False, blind: str = "") -> Iterator[tuple[str, bytes]]:
    """Moodle's "Download all submissions"; `old`: as versions up to 4.0 name folders."""
    for pupil in PUPILS:
        head = f"{blind or pupil.name}_{pupil.participant}_assignsubmission_"
        between = ("_/" if old else "/") if folders else "_"
        for file, content in pupil.files.items():
            yield f"{head}file{between}{file}", content
        if pupil.typed:
            yield f"{head}onlinetext{between}onlinetext.html", "<p>늦게 내도 될까요?</p>".encode()


def gradescope_entries() -> Iterator[tuple[str, bytes]]:
    """Gradescope's export: who is who stands in a YAML file with Ruby's symbols as keys."""
    lines = ["---"]
    for pupil in PUPILS:
        if not pupil.files:
            continue
        folder = f"submission_{98000000 + pupil.place}"
        lines += [
            f"{folder}:",
            "  :submitters:",
            f"  - :name: {pupil.name}",
            f"    :email: {pupil.email}",
            f"    :sid: '{pupil.number}'",
            f"  :created_at: 2026-11-{10 + pupil.late * 2} 06:41:07.000000000 Z",
            "  :score: 0.0",
            "  :status: processed",
            "  :results: !ruby/hash:ActiveSupport::HashWithIndifferentAccess",
            "    tests: []",
            "  :history: []",
        ]
        for file, content in pupil.files.items():
            yield f"assignment_4567_export/{folder}/{file}", content
    yield "assignment_4567_export/submission_metadata.yml", "\n".join([*lines, ""]).encode()


def folder_entries() -> Iterator[tuple[str, bytes]]:
    """A folder per student, as teaching assistants collect them; a second download is "skip (1).py"."""
    for pupil in PUPILS:
        head = f"{pupil.number}_{pupil.name}"
        for file, content in pupil.earlier.items():
            yield f"{head}/{file}", content
        for file, content in pupil.files.items():
            stem, dot, ending = file.rpartition(".")
            yield f"{head}/{stem} (1){dot}{ending}" if file in pupil.earlier else f"{head}/{file}", content


def flat_entries() -> Iterator[tuple[str, bytes]]:
    """All files side by side, the student's number first."""
    yield "공지사항.txt", "12주차 실습 제출 안내".encode()
    for path, content in folder_entries():
        yield path.replace("/", "_"), content


# archives


class _RawName(zipfile.ZipInfo):
    """An entry whose name is stored as given bytes, without the mark for UTF-8."""

    raw = b""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802  zipfile's own name
        return self.raw, self.flag_bits


def write_zip(file: Path, entries: Iterator[tuple[str, bytes]], encoding: str = "") -> Path:
    """A zip with UTF-8 names; with an encoding, as Windows (cp949) or macOS (NFD) write them."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in entries:
            entry: zipfile.ZipInfo = zipfile.ZipInfo(path, (2026, 11, 12, 9, 30, 0))
            if encoding:
                entry = _RawName(path, (2026, 11, 12, 9, 30, 0))
                decomposed = unicodedata.normalize("NFD", path).encode()
                entry.raw = decomposed if encoding == "nfd" else path.encode(encoding)
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
            if encoding == "nfd":
                noise = _RawName(f"x{len(archive.filelist)}", (2026, 11, 12, 9, 30, 0))
                noise.raw = (
                    b"__MACOSX/" + entry.raw.rpartition(b"/")[0] + b"/._" + entry.raw.rpartition(b"/")[2]
                )
                archive.writestr(noise, b"\0\5\x16\7")
    return file


def write_folder(folder: Path, entries: Iterator[tuple[str, bytes]]) -> Path:
    """The same, unpacked."""
    for path, content in entries:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


FORMS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "canvas zip": (lambda at: write_zip(at / "submissions.zip", canvas_entries()), "canvas"),
    "canvas unpacked": (lambda at: write_folder(at / "submissions", canvas_entries()), "canvas"),
    "moodle folders ko": (
        lambda at: write_zip(at / "기계학습-12주차 실습-4567.zip", moodle_entries(folders=True)),
        "moodle ko",
    ),
    "moodle folders en": (
        lambda at: write_zip(at / "ML-Lab 12-4567.zip", moodle_entries(folders=True, old=True)),
        "moodle en",
    ),
    "moodle flat ko": (
        lambda at: write_zip(at / "기계학습-실습-4568.zip", moodle_entries(folders=False)),
        "moodle ko",
    ),
    "moodle flat en": (
        lambda at: write_zip(at / "ML-Lab-4568.zip", moodle_entries(folders=False)),
        "moodle en",
    ),
    "moodle blind ko": (
        lambda at: write_zip(at / "기계학습-블라인드-4569.zip", moodle_entries(True, False, "참가자")),
        "moodle ko",
    ),
    "moodle blind en": (
        lambda at: write_zip(at / "ML-blind-4569.zip", moodle_entries(True, True, "Participant")),
        "moodle en",
    ),
    "gradescope": (lambda at: write_zip(at / "assignment_4567_export.zip", gradescope_entries()), "simple"),
    "folders": (lambda at: write_folder(at / "12주차", folder_entries()), "simple"),
    "flat": (lambda at: write_folder(at / "한 폴더에", flat_entries()), "simple"),
    "windows zip": (lambda at: write_zip(at / "윈도우.zip", folder_entries(), "cp949"), "simple"),
    "macos zip": (lambda at: write_zip(at / "맥.zip", folder_entries(), "nfd"), "simple"),
}
"""How to write each form into a folder, and which class list goes with it."""


# class lists


def write_roster(at: Path, kind: str) -> Path:
    """The class list "canvas", "moodle ko", "moodle en" or "simple", as its system exports it."""
    file, rows = {
        "canvas": ("gradebook.csv", _gradebook()),
        "moodle ko": ("성적-기계학습-4567.csv", _worksheet("ko")),
        "moodle en": ("Grades-ML-4567.csv", _worksheet("en")),
        "simple": ("명단.csv", [["학번", "이름"], *([p.number, p.name] for p in PUPILS)]),
    }[kind]
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    (at / file).write_bytes(text.getvalue().encode("cp949" if kind == "simple" else "utf-8-sig"))
    return at / file


def _gradebook() -> list[list[str]]:
    header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Lab 12 CNN (4567)", "Final Score"]
    points = ["    Points Possible", "", "", "", "", "100.00", "(read only)"]
    rows = [
        [
            p.sortable,
            str(p.canvas),
            p.number,
            f"u{p.number}",
            "001분반",
            "",
            "",
        ]
        for p in PUPILS
    ]
    return [header, points, *rows, ["Student, Test", "3999", "", "f1e2d3c4", "001분반", "", ""]]


def _worksheet(language: Language) -> list[list[str]]:
    korean = language == "ko"
    header = (
        ["식별자", "이름", "학번", "이메일 주소", "상태", "성적", "최대 성적", "성적 변경 가능",
         "마지막 수정됨(제출)", "마지막 수정됨(성적)", "피드백 코멘트"]
        if korean
        else ["Identifier", "Full name", "ID number", "Email address", "Status", "Grade", "Maximum grade",
              "Grade can be changed", "Last modified (submission)", "Last modified (grade)",
              "Feedback comments"]
    )  # fmt: skip
    submitted = "채점을 위해 제출되었습니다. - " if korean else "Submitted for grading - "
    nothing = "제출물이 없습니다. - " if korean else "No submission - "
    late = "1 일 2 시간 늦음" if korean else "1 day 2 hours late"
    when = "2026년 11월 10일, 화요일, 오후 03:41" if korean else "Tuesday, 10 November 2026, 3:41 PM"
    rows = [
        [
            f"참가자{p.participant}" if korean else f"Participant {p.participant}",
            p.name, p.number, p.email,
            (submitted if p.files or p.typed else nothing) + (late if p.late else ""),
            "", "100.00", "예" if korean else "Yes", when if p.files or p.typed else "-", "-", "",
        ]
        for p in PUPILS
    ]  # fmt: skip
    return [header, *rows]


STEPS = {
    "submissions.zip": "2.1  Canvas: Download Submissions",
    "submissions": "2.1  the same, unpacked",
    "gradebook.csv": "2.2  Canvas: the gradebook, for run and for export",
    "기계학습-12주차 실습-4567.zip": "3.1  Moodle in Korean: Download all submissions",
    "성적-기계학습-4567.csv": "3.2  Moodle in Korean: the worksheet of every Korean zip here",
    "ML-Lab 12-4567.zip": "3.1  Moodle in English: Download all submissions",
    "Grades-ML-4567.csv": "3.2  Moodle in English: the worksheet of every English zip here",
    "기계학습-실습-4568.zip": "3.1  in Korean, downloaded without folders",
    "ML-Lab-4568.zip": "3.1  in English, downloaded without folders",
    "기계학습-블라인드-4569.zip": "3.1  in Korean, blind marking",
    "ML-blind-4569.zip": "3.1  in English, blind marking",
    "assignment_4567_export.zip": "4    Gradescope: export",
    "명단.csv": "     class list of numbers and names, for the files below",
    "12주차": "     a folder per student",
    "한 폴더에": "     all files in one folder",
    "윈도우.zip": "     the folder, packed by Windows",
    "맥.zip": "     the folder, packed by macOS",
}
"""Which step of docs/lms.md each sample is for."""


def write_samples(folder: Path) -> None:
    """Every form and every class list."""
    folder.mkdir(parents=True, exist_ok=True)
    for write, _ in FORMS.values():
        write(folder)
    for kind in ("canvas", "moodle ko", "moodle en", "simple"):
        write_roster(folder, kind)


if __name__ == "__main__":
    write_samples(Path(sys.argv[1]))
    print(f"step of docs/lms.md · file in {sys.argv[1]}")
    for name, step in STEPS.items():
        print(f"{step:<62} {name}")
