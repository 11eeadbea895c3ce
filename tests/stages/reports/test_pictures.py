"""Which networks are drawn for whom."""

from __future__ import annotations

import pytest
from browser.classes import with_pictures

from grader.records.base import Text
from grader.records.gradebook import Column, CourseFile
from grader.records.repair import Mending, Repair
from grader.stages.reports import student_pages

REPAIR = Repair(
    code="bracket", price=4, file="model.py", line=3, before="a", after="b",
    message=Text(en="m", ko="m"), hint=Text(en="h", ko="h"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("repaired", "show", "drawn"), [(False, False, 4), (True, False, 3), (True, True, 4)]
)
def test_a_mended_network_is_drawn_only_where_students_may_see_the_edits(
    repaired: bool, show: bool, drawn: int
) -> None:
    results = with_pictures()
    first = results.submissions[0]
    skip = first.exercises["skip"].model_copy(update={"repairs": (REPAIR,) if repaired else ()})
    row = first.model_copy(update={"exercises": {**first.exercises, "skip": skip}})
    results = results.model_copy(update={"submissions": (row,)})
    column = Column(title="x", exercises=("skip",), points=1)
    course = CourseFile(columns=(column,), mending=Mending(show_edits=show))
    (page,) = student_pages(results, "en", course)
    assert page.decode().count('class="network"') == drawn
