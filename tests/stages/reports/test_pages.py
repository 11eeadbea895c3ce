from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from stages.reports.readable import readable
from stages.reports.results_sample import INJECTION, RESULTS, RUN, student

from grader.errors import UserError
from grader.records.base import Text
from grader.records.gradebook import Column, CourseFile
from grader.records.repair import Repair
from grader.records.results import Override, Results
from grader.stages.reports import write_reports
from grader.stages.reports.words import CHECK_WORDS, WORDS

Expect = Callable[[str, str], None]

ALL_MISSING = tuple(RESULTS.submissions[-1].exercises.values())


@pytest.fixture(scope="module", params=["ko", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def out(language: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(language)
    assert write_reports(RESULTS, folder, language) == folder / "index.html"
    return folder


def pages(folder: Path) -> list[Path]:
    return [folder / "index.html", *sorted((folder / "students").iterdir())]


def without_scripts(page: str) -> str:
    """The page without those scripts that its own content policy names by hash: no others run."""

    def kept(found: re.Match[str]) -> str:
        hashed = b64encode(sha256(found[1].encode()).digest()).decode()
        return "" if f"'sha256-{hashed}'" in policy else found[0]

    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]  # type: ignore[index]
    return re.sub(r"<script>(.*?)</script>", kept, page, flags=re.DOTALL)


class Tags(HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_the_index_reads_as_expected(out: Path, language: str, expect: Expect) -> None:
    expect(readable((out / "index.html").read_text("utf-8")), f"reports/class/index.{language}.txt")


@pytest.mark.parametrize(
    ("number", "case"),
    [
        ("20231002", "crashed"),
        ("20231003", "misconceptions"),
        ("20231004", "our_fault"),
        ("20231006", "unsure"),
    ],
)
def test_a_students_page_reads_as_expected(
    out: Path, language: str, expect: Expect, number: str, case: str
) -> None:
    text = readable((out / "students" / f"{number}.html").read_text("utf-8"))
    expect(text, f"reports/class/{case}.{language}.txt")


def test_the_same_results_give_the_same_bytes(out: Path, language: str, tmp_path: Path) -> None:
    write_reports(RESULTS, tmp_path, language)
    assert [path.name for path in pages(tmp_path)] == [path.name for path in pages(out)]
    for first, second in zip(pages(out), pages(tmp_path), strict=True):
        assert first.read_bytes() == second.read_bytes()


def test_pages_say_their_language_and_load_nothing(out: Path, language: str) -> None:
    for path in pages(out):
        tags = Tags(path.read_text("utf-8")).found
        assert dict(tags)["html"] == {"lang": language}
        forbidden = {"link", "img", "iframe", "object", "embed", "base"}
        if path.parent.name == "students":
            forbidden |= {"script", "form", "input", "button"}
        assert not {tag for tag, _ in tags} & forbidden
        assert not any(attributes for tag, attributes in tags if tag == "script")
        targets = [attributes["href"] or "" for _, attributes in tags if "href" in attributes]
        assert targets
        for target in targets:
            file, _, _ = target.partition("#")
            assert not file or (path.parent / file).is_file(), target
        assert not re.search(r"url\((?!#)|@import", without_scripts(path.read_text("utf-8")))


def test_no_markup_of_a_student_gets_through(out: Path) -> None:
    for path in pages(out):
        page = without_scripts(path.read_text("utf-8"))
        assert "<script" not in page and "<img" not in page
        assert not any(name.startswith("on") for _, attributes in Tags(page).found for name in attributes)
    assert INJECTION in readable((out / "students" / "20231005.html").read_text("utf-8"))


def test_every_text_of_the_results_is_escaped(language: str, tmp_path: Path) -> None:
    """All strings of the sample that a student or an error can choose, replaced by markup."""

    def poison(value: object, key: str = "") -> object:
        if isinstance(value, dict):
            return {
                ("<script>" + name if key == "other_files" else name): poison(inner, name)
                for name, inner in value.items()
            }
        if isinstance(value, list):
            return [poison(inner, key) for inner in value]
        return f"`<script>`'\"><img src=x>{value}" if isinstance(value, str) and key not in fixed else value

    fixed = {"check", "outcome", "status", "layout", "joined_by", "language"}
    fixed |= {"at", "zone", "per", "attempt", "deadline", "submitted"}
    poisoned = Results.model_validate(poison(RESULTS.model_dump(mode="json")))
    write_reports(poisoned, tmp_path, language)
    assert len(pages(tmp_path)) == len(RESULTS.submissions) + 1
    for path in pages(tmp_path):
        page = without_scripts(path.read_text("utf-8"))
        assert "&lt;script&gt;" in page
        assert "<script" not in page and "<img" not in page


def test_a_students_page_names_no_other_student_and_no_path_of_ours(out: Path) -> None:
    known = {submission.student_id: submission.student_name for submission in RESULTS.submissions}
    for number in ("20231001", "20231002", "20231003", "20231004", "20231005", "20231006"):
        page = (out / "students" / f"{number}.html").read_text("utf-8")
        assert number in page
        for other, name in known.items():
            assert other == number or other not in page
            assert other == number or not name or name not in page
        assert "/srv/" not in page
    assert "/srv/" in (out / "index.html").read_text("utf-8")


def test_pages_of_students_who_left_are_removed_and_other_files_are_not(
    language: str, tmp_path: Path
) -> None:
    write_reports(RESULTS, tmp_path, language)
    (tmp_path / "students" / "mine.html").write_text("<p>notes", encoding="utf-8")
    write_reports(RESULTS.model_copy(update={"submissions": RESULTS.submissions[:1]}), tmp_path, language)
    assert sorted(path.name for path in (tmp_path / "students").iterdir()) == ["20231001.html", "mine.html"]


def test_a_class_of_nobody_still_has_an_index(language: str, tmp_path: Path) -> None:
    index = write_reports(Results(run=RUN, submissions=()), tmp_path, language)
    assert WORDS["no_students"].in_language(language) in index.read_text("utf-8")


def test_a_name_that_is_no_valid_unicode_still_has_a_page(tmp_path: Path) -> None:
    odd = student("\udcb1\udce8", "\udcb1", ("\udcb1.py",), *ALL_MISSING)
    write_reports(Results(run=RUN, submissions=(odd,)), tmp_path, "ko")
    assert len(pages(tmp_path)) == 2


def test_a_folder_in_the_way_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "index.html").mkdir()
    with pytest.raises(UserError, match=r"index\.html cannot be written"):
        write_reports(RESULTS, tmp_path, "ko")


def test_every_word_has_both_languages() -> None:
    for text in [
        *WORDS.values(),
        *(part for words in CHECK_WORDS.values() for part in (words.name, words.about)),
    ]:
        assert re.search("[가-힣]", text.ko) and re.search("[A-Za-z]", text.en), text
        assert set(re.findall(r"\{\d\}", text.en)) == set(re.findall(r"\{\d\}", text.ko)), text


def test_a_students_page_shows_each_column_as_it_is_exported(language: str, tmp_path: Path) -> None:
    columns = (
        Column(title="Lab <12>", exercises=("base", "skip"), points=10),
        Column(title="CA", exercises=("ca",), points=5),
        Column(title="Not graded here", exercises=("base", "combo"), points=5),
    )
    write_reports(RESULTS, tmp_path, language, CourseFile(columns=columns, decimals=1))

    def lines(number: str) -> list[str]:
        text = readable((tmp_path / "students" / f"{number}.html").read_text("utf-8"))
        return [line for line in text.splitlines() if line.startswith("LMS: ")]

    pending, nothing = (WORDS[key].in_language(language) for key in ("lms_waiting", "lms_missing"))
    assert lines("20231001") == [
        "LMS: Lab <12> 10 / 10 (base + skip = 200 / 200)",
        "LMS: CA 5 / 5 (ca = 100 / 100)",
    ]
    assert lines("20231002") == [
        "LMS: Lab <12> 3 / 10 (base + skip = 100 / 200, −20%)",
        f"LMS: CA – / 5 {nothing}",
    ]
    assert lines("20231004") == [
        "LMS: Lab <12> 10 / 10 (base + skip = 200 / 200)",
        f"LMS: CA ? / 5 {pending}",
    ]


@pytest.mark.parametrize(
    ("before", "status", "sentence"),
    [
        (None, "needs_review", {"ko": "조교가 86점을 줬어요. 이유: 코드를 읽음",
                                "en": "Course staff gave 86 points. Reason: 코드를 읽음"}),
        (60.0, "graded", {"ko": "조교가 점수를 60점에서 86점으로 고쳤어요. 이유: 코드를 읽음",
                          "en": "Course staff changed the points from 60 to 86. Reason: 코드를 읽음"}),
    ],
)  # fmt: skip
def test_what_a_person_has_settled_waits_for_nobody(
    language: str, tmp_path: Path, before: float | None, status: str, sentence: dict[str, str]
) -> None:
    (waiting,) = [one for one in RESULTS.submissions if one.student_id == "20231004"]
    override = Override.model_validate({"reason": "코드를 읽음", "points": before, "status": status})
    given = {"points": 86.0, "status": "graded", "override": override}
    ca = waiting.exercises["ca"].model_copy(update=given)
    settled = waiting.model_copy(update={"exercises": {**waiting.exercises, "ca": ca}})
    index = write_reports(Results(run=RUN, submissions=(settled,)), tmp_path, language)
    page = readable((tmp_path / "students" / "20231004.html").read_text("utf-8"))
    assert sentence[language] in page and WORDS["settled_note"].in_language(language) in page
    for word in ("review_heading", "grader_error_note", "grader_error", "so_far"):
        assert WORDS[word].in_language(language) not in page
    assert WORDS["nothing_to_review"].in_language(language) in readable(index.read_text("utf-8"))


@pytest.mark.parametrize(
    ("codes", "heading"),
    [(("blank-left", "method-left"), "blanks_heading"), (("bracket", "blank-left"), "repairs_heading")],
)
def test_repairs_are_told_as_what_they_are(codes: tuple[str, ...], heading: str, tmp_path: Path) -> None:
    said = Text(en="It is empty.", ko="비어 있어요.")
    repairs = tuple(
        Repair(
            code=code,
            price=8.0 - 4 * n,
            file="a.py",
            line=n,
            before="...",
            after="pass",
            message=said,
            hint=said,
        )
        for n, code in enumerate(codes, start=1)
    )
    first = RESULTS.submissions[0]
    exercises = {name: one.model_copy(update={"repairs": repairs}) for name, one in first.exercises.items()}
    one = first.model_copy(update={"exercises": exercises})
    write_reports(RESULTS.model_copy(update={"submissions": (one,)}), tmp_path, "ko")

    page = next((tmp_path / "students").iterdir()).read_text("utf-8")

    assert f"<h3>{WORDS[heading].ko}</h3>" in page
    assert page.count("비어 있어요.") >= 2 * len(codes)
    assert "−4" in page and "감점 없음" in page and "−0" not in page  # the same slip again costs nothing
    assert "−0" not in (tmp_path / "index.html").read_text("utf-8")
