"""Which of two files is the later one, as their names tell."""

from __future__ import annotations

import pytest

from grader.file_names import standing


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("skip.py", "skip_최종.py"),
        ("skip_최종.py", "skip_진짜최종.py"),
        ("skip_최종.py", "skip_최종_수정.py"),
        ("skip_final.py", "skip_final_final.py"),
        ("skip_v2.py", "skip_v10.py"),
        ("skip_v1.9.py", "skip_v1.10.py"),
        ("skip_v1.10.py", "skip_v2.py"),
        ("skip.py", "skip (1).py"),
        ("skip_1118.py", "skip_1120.py"),
        ("skip_2024-11-18.py", "skip_20241120.py"),
        ("skip_241118_v2.py", "skip_241120_v2.py"),
        ("skip_1120_v1.py", "skip_1118_v2.py"),
        ("skip.py", "skip_재제출.py"),
    ],
)
def test_of_two_versions_of_one_work_one_is_the_later(earlier: str, later: str) -> None:
    one, other = standing(earlier), standing(later)
    assert one.work == other.work
    assert (one.against(other), other.against(one)) == (-1, 1)


@pytest.mark.parametrize(("one", "other"), [("alpha.py", "beta.py"), ("skip.py", "skip_1120.py")])
def test_names_that_say_nothing_of_time_decide_nothing(one: str, other: str) -> None:
    assert standing(one).against(standing(other)) == 0
