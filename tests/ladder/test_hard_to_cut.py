"""Right hand-ins that are hard to cut out of their files, and the same with one fault each, through the whole grading."""

from __future__ import annotations

from pathlib import Path

import pytest
from ladder.hard_to_cut import Case, cases, write_out
from mending import judged_of

from grader.class_work import read_submissions
from grader.ladder import is_full
from grader.records.judgement import Judgement

CASES = cases()
RIGHT, FAULT = "+ torch.relu(s(x))", "+ s(x)"


def judged(folder: Path, case: Case, fault: bool) -> Judgement:
    """The judgement of one case; with the fault, the skip path has no relu."""
    files = {name: text.replace(RIGHT, FAULT) if fault else text for name, text in case.files.items()}
    assert (files != case.files) == fault
    write_out(folder / "20231234", files)
    (submission,) = read_submissions(folder)
    found = judged_of(submission, "skip")
    assert found is not None
    return found


def is_right(found: Judgement) -> bool:
    """Full marks, and nothing was mended for them."""
    return is_full(found) and not found.repairs


@pytest.mark.parametrize("name", CASES)
def test_a_right_network_that_is_hard_to_cut_out_gets_full_marks(name: str, tmp_path: Path) -> None:
    found = judged(tmp_path, CASES[name], fault=False)

    assert is_right(found) or (CASES[name].review and found.unsure is not None), found.verdicts


@pytest.mark.parametrize("name", CASES)
def test_the_same_with_a_fault_never_gets_full_marks(name: str, tmp_path: Path) -> None:
    found = judged(tmp_path, CASES[name], fault=True)

    assert not is_right(found)
