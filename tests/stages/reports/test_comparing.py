"""Two runs beside each other."""

from __future__ import annotations

import csv
import io

from stages.reports.readable import readable
from stages.reports.results_sample import AFTER_POOL, RESULTS, graded, missing

from grader.records.results import ExerciseResult, Override, Results
from grader.stages.reports.comparing import compare, comparison_csv, comparison_page


def with_skip(student: str, result: ExerciseResult) -> Results:
    rows = [
        row.model_copy(update={"exercises": {**row.exercises, "skip": result}})
        if row.student_id == student
        else row
        for row in RESULTS.submissions
    ]
    return RESULTS.model_copy(update={"submissions": tuple(rows)})


def test_equal_runs_move_nobody() -> None:
    found = compare(RESULTS, RESULTS)
    assert (found.moves, found.told) == ((), 0)
    assert found.same == 4 * len(RESULTS.submissions)


def test_a_move_says_by_how_much_and_why() -> None:
    (move,) = compare(RESULTS, with_skip("20231003", graded("hw12.py", "VGG_SKIP"))).moves
    assert (move.student_id, move.exercise, move.before, move.after, move.by) == (
        "20231003",
        "skip",
        85,
        100,
        15,
    )
    assert [text.en for text in move.why] == ["Function: skip-added-after-pool → passed (20 → 35)"]


def test_what_waits_for_a_person_or_was_handed_in_again_is_said_without_a_difference() -> None:
    (move,) = compare(RESULTS, with_skip("20231006", graded("a.py", "VGG_SKIP"))).moves
    assert (move.before, move.after, move.by) == (None, 100, None)
    assert move.why[0].en == "needs_review → graded"
    (move,) = compare(RESULTS, with_skip("20231001", missing("VGG_SKIP"))).moves
    assert (move.by, move.why[0].en) == (-100, "graded → missing")


def test_a_person_who_decided_is_a_reason() -> None:
    decided = graded("hw12.py", "VGG_SKIP", AFTER_POOL, training="own run").model_copy(
        update={"points": 95.0, "override": Override(reason="appeal", points=85, status="graded")}
    )
    (move,) = compare(RESULTS, with_skip("20231003", decided)).moves
    assert move.why[0].en == "decided by a person: – → appeal"


def test_who_is_in_one_run_alone_is_named() -> None:
    fewer = RESULTS.model_copy(update={"submissions": RESULTS.submissions[1:]})
    moves = compare(RESULTS, fewer).moves
    assert {(move.student_id, move.why[0].en) for move in moves} == {("20231001", "only in the first run")}


def test_the_page_and_the_table_say_the_same() -> None:
    found = compare(RESULTS, with_skip("20231003", graded("hw12.py", "VGG_SKIP")))
    page = readable(comparison_page(found, "a", "b", "ko").decode())
    assert "| 20231003 | 박지후 | skip | 85 | 100 | +15 |" in page
    rows = list(csv.DictReader(io.StringIO(comparison_csv(found, "ko").decode("utf-8-sig"))))
    assert rows[0]["difference"] == "15" and rows[0]["why"].startswith("계산 결과: skip-added-after-pool")
