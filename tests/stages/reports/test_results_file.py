from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from stages.reports.results_sample import RESULTS, RUN, missing, student

from grader.errors import UserError
from grader.records.results import Results
from grader.stages.reports import read_results, write_results


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write_results(RESULTS, tmp_path / "results.json")
    return tmp_path / "results.json"


def test_version_1_of_the_file_stays_as_it_is(file: Path, expect: Callable[[str, str], None]) -> None:
    expect(file.read_bytes().decode(), "reports/class/results.json")


def test_what_was_written_is_read_back(file: Path) -> None:
    assert read_results(file) == RESULTS


def test_nothing_is_left_beside_it(file: Path) -> None:
    assert list(file.parent.iterdir()) == [file]


def test_a_file_name_that_is_no_valid_unicode_survives(tmp_path: Path) -> None:
    four = [missing(name) for name in ("VGG", "VGG_SKIP", "VGG_DENSE", "VGG_CA")]
    results = Results(run=RUN, submissions=(student("1", "\udcb1", ("\udcb1.py",), *four),))
    write_results(results, tmp_path / "results.json")
    assert read_results(tmp_path / "results.json") == results


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is not complete JSON"),
        (b'{"schema_version": 1, "run"', "is not complete JSON"),
        (b"\xb0\xa1", "is not complete JSON"),
        (b"[" * 100_000, "is not complete JSON"),
        (b"[]", "has no version"),
        (b'{"run": {}}', "has no version"),
        (b'{"schema_version": 2}', "has version 2, this grader reads version 1"),
        (b'{"schema_version": 1, "submissions": []}', "does not fit version 1 at run: Field required"),
    ],
)
def test_a_broken_file_is_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "results.json").write_bytes(content)
    with pytest.raises(UserError) as caught:
        read_results(tmp_path / "results.json")
    assert str(caught.value).startswith(f"{tmp_path / 'results.json'} {sentence}")
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        read_results(tmp_path / "results.json")


def test_a_student_without_an_exercise_of_the_run_is_one_sentence(file: Path) -> None:
    data = json.loads(file.read_text("utf-8"))
    del data["submissions"][2]["exercises"]["ca"]
    file.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(UserError, match="other exercises for 20231003"):
        read_results(file)
