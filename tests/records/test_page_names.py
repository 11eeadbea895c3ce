from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.records.page_names import page_names

AWKWARD = [
    "../../etc/passwd", "a/b", "a\\b", ".", "..", "", "a.b", "A", "a", 'quo"te', "new\nline", "con", "NUL", "com1",
    "김" * 85, unicodedata.normalize("NFD", "김하늘"), "김하늘", "x" * 255, "x" * 254 + "y", "a-b", "a b", "\udcb1",
]  # fmt: skip


def test_a_student_number_keeps_its_name() -> None:
    assert page_names(["20231234", "kim_1"]) == ("20231234.html", "kim_1.html")


def test_awkward_names_are_safe_and_apart_on_every_disk() -> None:
    names = page_names(AWKWARD)
    for name in names:
        assert set(name.removesuffix(".html")) <= set("abcdefghijklmnopqrstuvwxyz0123456789_-")
        assert len(name) < 70
        assert name.removesuffix(".html") not in {"", "con", "nul", "com1"}
    assert len(set(names)) == len(AWKWARD)


@pytest.mark.parametrize("student_id", ["20231234", "김하늘"])
def test_a_number_that_is_there_twice_has_two_pages(student_id: str) -> None:
    assert len(set(page_names([student_id, student_id, student_id]))) == 3


def test_a_student_cannot_take_the_page_of_another() -> None:
    (victim,) = page_names(["A/B"])
    assert victim not in page_names([victim.removesuffix(".html"), victim])


@given(st.lists(st.text(max_size=300), unique=True, max_size=20))
def test_any_names_at_all_are_apart(student_ids: list[str]) -> None:
    names = page_names(student_ids)
    assert len({name.casefold() for name in names}) == len(student_ids)
