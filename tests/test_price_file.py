"""`prices.yaml`: every mistake in it is one sentence with file, line, problem and fix."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.price_file import read_prices
from grader.errors import AssignmentError

RIGHT = "findings:\n  slip: 10\n  grows: [20, 60]\nrepairs:\n  default: 8\n"


def read(folder: Path, text: str) -> object:
    path = folder / "prices.yaml"
    path.write_text(text, encoding="utf-8")
    return read_prices(path)


def test_one_number_is_the_least_and_the_most(tmp_path: Path) -> None:
    (tmp_path / "prices.yaml").write_text(RIGHT, encoding="utf-8")
    prices = read_prices(tmp_path / "prices.yaml")

    assert prices.of_finding("slip", 0.0) == pytest.approx(10)
    assert prices.of_finding("grows", 0.25) == pytest.approx(50)
    assert prices.of_finding("unknown", 0.5) is None


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("slip: 10", "slip: 110", "prices.yaml:2: "),
        ("slip: 10", "slip: much", "prices.yaml:2: "),
        ("[20, 60]", "[20]", "prices.yaml:3: "),
        ("repairs:", "repair:", "prices.yaml"),
        ("default: 8", "bracket: 8", "add a line default: 8"),
    ],
)
def test_a_mistake_in_the_prices_is_one_sentence(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    with pytest.raises(AssignmentError) as caught:
        read(tmp_path, RIGHT.replace(old, new))

    assert complaint in str(caught.value) and "\n" not in str(caught.value)
    assert "Input should" not in str(caught.value), caught.value
