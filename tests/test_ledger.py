"""What is done is on disk, whole or not at all."""

from __future__ import annotations

from pathlib import Path

from grader.ledger import Ledger, key_of


def test_an_entry_is_found_by_a_later_run(tmp_path: Path) -> None:
    Ledger(tmp_path).write("judged", "a", "한글")
    assert Ledger(tmp_path).find("judged", "a") == "한글"
    assert Ledger(tmp_path).find("trained", "a") is None


def test_a_fresh_run_finds_only_its_own_entries(tmp_path: Path) -> None:
    Ledger(tmp_path).write("judged", "a", "old")
    fresh = Ledger(tmp_path, fresh=True)
    assert fresh.find("judged", "a") is None
    fresh.write("judged", "a", "new")
    assert fresh.find("judged", "a") == "new"


def test_no_half_written_file_is_left(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.write("judged", "a", "x" * 100_000)
    ledger.write("judged", "a", "y")
    assert [file.name for file in (tmp_path / "judged").iterdir()] == ["a.json"]


def test_the_parts_of_a_key_do_not_run_into_each_other() -> None:
    assert key_of("ab", "c") != key_of("a", "bc")
    assert key_of("a", "b") == key_of("a", "b")
