"""What a class's results say of the exercise itself."""

from __future__ import annotations

import ast

import pytest
from stages.reports.results_sample import RESULTS, finding, graded

from grader.records.base import Text
from grader.records.results import ExerciseResult, Override, Results
from grader.stages.reports.analysis import check_figures, shared_networks, unequal

OTHER = finding(
    "function", "failed", 0.4, "other-function",
    message=Text(en='With "the" same\nparameters it differs.', ko="같은 파라미터에서 달라요."),
)  # fmt: skip


def with_skip(*results: ExerciseResult) -> Results:
    rows = [
        submission.model_copy(update={"exercises": {**submission.exercises, "skip": result}})
        for submission, result in zip(RESULTS.submissions, results, strict=False)
    ]
    return RESULTS.model_copy(update={"submissions": tuple(rows)})


def test_a_wrong_network_that_two_share_is_named_with_a_draft_that_is_python() -> None:
    alone, same = graded("a.py", "V", OTHER, fingerprint="x"), graded("b.py", "V", OTHER, fingerprint="y")
    (found,) = shared_networks(with_skip(alone, same, same))
    assert (found.exercise, found.fingerprint, found.students) == ("skip", "y", (1, 2))
    call = ast.parse(found.draft).body[0]
    assert isinstance(call, ast.Expr) and isinstance(call.value, ast.Call)
    assert {keyword.arg for keyword in call.value.keywords} == {"code", "message", "hint", "ways"}


def test_a_draft_runs_nothing_that_a_student_wrote() -> None:
    evil = OTHER.model_copy(update={"message": Text(en='")\nimport os\u2028\r#', ko='"""\n")')})
    row = graded("a.py", "V", evil, fingerprint="y")
    (found,) = shared_networks(with_skip(row, row))
    assert len(ast.parse(found.draft).body) == 1


def test_a_check_that_strong_hand_ins_pass_and_weak_ones_miss_discriminates() -> None:
    right, weak = graded("a.py", "V"), graded("b.py", "V", OTHER, finding("gradients", "blocked"))
    figures = {row.check: row for row in check_figures(with_skip(right, right, weak, weak), "skip")}
    function = figures["function"]
    assert (function.judged, function.passed, function.earned) == (4, 2, pytest.approx(0.7))
    assert function.discrimination == pytest.approx(1.0)
    assert figures["loads"].discrimination is None


def test_a_persons_points_that_others_of_the_same_network_lack_are_said() -> None:
    row = graded("a.py", "V", OTHER, fingerprint="y")
    changed = row.model_copy(
        update={"points": 99.0, "override": Override(reason="x", points=row.points, status="graded")}
    )
    (found,) = unequal(with_skip(row, changed, row))
    assert (found.exercise, found.changed, found.others) == ("skip", (1,), (0, 2))
    assert not unequal(with_skip(changed, changed))
