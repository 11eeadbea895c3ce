"""What all tests share: exact expected text, refreshed by `pytest --accept` and reviewed as a diff."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

CASES = Path(__file__).parent / "cases"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="write what the tests found as the expected text")
    parser.addoption(
        "--whole-library",
        action="store_true",
        help="check beside grading over every submission, not a sample",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first: one that begins last keeps one processor waiting for the other."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture
def expect(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """`expect(text, "reports/class/index.ko.txt")`: equal to that file under tests/cases/."""

    def compare(text: str, case: str) -> None:
        file = CASES / case
        if request.config.getoption("--accept"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode())
        assert file.is_file(), f"{file} is missing: run `make accept` and review it"
        assert text == file.read_bytes().decode(), f"differs from {file}: if it should, run `make accept`"

    return compare
