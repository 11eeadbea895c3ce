"""Who handed a file in, read off the names of files and folders."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from grader.records.base import Record

GRADED = (".py", ".ipynb", ".zip")
"""Endings of what is opened."""

_NUMBER = re.compile(r"(?<!\d)\d{7,10}(?!\d)")
_EXTENSION = re.compile(r"(\.(py|ipynb|zip|txt))+$", re.IGNORECASE)

_LATE = re.compile(r"(?<![^\W_])(?:지각|늦은[ _]?제출|LATE)(?![^\W_])")

_HANGUL_WORDS = re.compile(
    "(?:과제|제출|주차|실습|숙제|레포트|리포트|보고서|머신러닝|기계학습|딥러닝|인공지능|컴퓨터비전|최종|수정|완성|진짜|찐"
    "|마지막|복사|사본|폴더|파일|코드|모델|구조|선언|학생|학번|이름|분반|기말|중간|시험|강의|수업|문제|정답|연습|자료|추가"
    "|재제출|지각|압축|소스|부록|첨부|스킵|덴스|어텐션|채널|커넥션|베이스|제목|없음|데이터|결과|테스트|학습|학과|학부"
    "|대학교|학년|학기|년도)+(?:용|본|물|의)?"
)
_LATIN_WORDS = frozenset(
    """skip dense ca combo base vgg vggnet model models week wk lab labs hw homework assignment report
    final real last submit submission submissions ml machine learning deep dl copy of untitled notebook
    main test train cnn cifar pytorch torch code source src ver version fix fixed new late channel
    attention net network nets resnet densenet senet se block blocks layer layers connection my answer
    answers solution solutions template practice exercise ex task project prj python file files the and
    backup edit edited resubmit resubmission student colab draft cse class section group team week12
    midterm exam data utils util helper helpers""".split()  # noqa: SIM905
)


def suffix(path: str) -> str:
    """ ".py", ".ipynb" or ".zip" for what is to be opened (also "model.py.txt"), else ""."""
    name = PurePosixPath(path).name.lower().rstrip(". ")
    name = name.removesuffix(".txt") if name.endswith((".py.txt", ".ipynb.txt")) else name
    name = name.removesuffix(".json") if name.endswith(".ipynb.json") else name
    return next((ending for ending in GRADED if name.endswith(ending)), "")


class Owner(Record):
    """What a name says of the student; an empty string where it says nothing."""

    number: str
    name: str


def clean(name: str) -> str:
    """NFC, without control and direction marks: fit for a label, a page and JSON."""
    try:
        name = name.encode(errors="surrogateescape").decode()
    except UnicodeDecodeError:  # a file name that is no UTF-8 on disk: an old Korean Windows archive
        name = name.encode(errors="surrogateescape").decode("cp949", errors="replace")
    except UnicodeEncodeError:
        name = name.encode(errors="replace").decode()
    return "".join(
        c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c) not in ("Cc", "Cf")
    )


def owner(name: str) -> Owner:
    """Student number and name in a (cleaned) file or folder name without its folders."""
    stem = _EXTENSION.sub("", name)
    found = _NUMBER.search(stem)
    number = found.group() if found else ""
    tokens = re.findall(r"[가-힣]+|[^\W\d_가-힣]+", stem.replace(number, " ") if number else stem)
    hangul = [
        t for t in tokens if "가" <= t[0] <= "힣" and 2 <= len(t) <= 5 and not _HANGUL_WORDS.fullmatch(t)
    ]
    if hangul:
        return Owner(number=number, name=hangul[0])
    latin = [t for t in tokens if not "가" <= t[0] <= "힣" and len(t) > 1 and t.lower() not in _LATIN_WORDS]
    # without a number beside it, a Latin word is as likely the name of the work as of its author
    return Owner(number=number, name=" ".join(latin) if number and len(latin) <= 4 else "")


def words(name: str) -> str:
    """What may be a person's name in a file or folder name: its words without those of the course."""
    found = re.findall(r"[^\W\d_]+", _EXTENSION.sub("", name))
    return " ".join(w for w in found if not _HANGUL_WORDS.fullmatch(w) and w.lower() not in _LATIN_WORDS)


def as_module(stem: str) -> str:
    """A file's name as a module could be called: "20231234 base" as `_20231234_base`."""
    name = re.sub(r"\W", "_", stem)
    return f"_{name}" if name[:1].isdigit() else name


def bare(stem: str) -> str:
    """A file's name without what an LMS and its student wrote before it: "20231234_홍길동_base" is "base"."""
    for length in range(len(stem) - 1, 0, -1):
        before = stem[:length]
        if not re.search(r"[\W_]$", before):
            continue
        who = owner(before)
        theirs = who.name.split()
        rest = [w for w in re.findall(r"[^\W\d_]+", before) if not _HANGUL_WORDS.fullmatch(w) and w != "LATE"]
        if (who.number or theirs) and all(word in theirs for word in rest):
            return stem[length:]
    return stem


def says_late(label: str) -> bool:
    """Whether a folder or file is marked as late: 지각, 늦은 제출, LATE (not "late fusion")."""
    return bool(_LATE.search(label)) or "late" in (part.lower() for part in label.split("/"))


def attempt(path: str) -> tuple[str, int]:
    """A path without the suffix of a file that came again, and that suffix's number; 0 without one.

    Canvas writes "skip-1.py", browsers "skip (1).py". Canvas gives a uuid to what came nine times.
    """
    match = re.fullmatch(r"(.+?)(?:-(\d{1,2})|\s*\((\d{1,2})\)|-([0-9a-f-]{36}))(\.\w+)", path)
    if match is None:
        return path, 0
    base, canvas, browser, uuid, ending = match.groups()
    return base + ending, 100 if uuid else int(canvas or browser)


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key by which "lab2" comes before "lab10"."""
    return tuple(
        (0, int(part), part) if part.isdecimal() and part.isascii() else (1, 0, part)
        for part in re.split(r"([0-9]{1,18})", text)
        if part
    )
