"""Wrong networks by rule are found wrong, right ones by rule are found right."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.authoring.catalogue import graph_of, open_course
from grader.authoring.mutants import generated
from grader.authoring.mutations import equivalent, mutants
from grader.authoring.variations import variations
from grader.course import default_root
from grader.engines.local import LocalEngine


@pytest.fixture(scope="module")
def engine() -> Iterator[LocalEngine]:
    with LocalEngine(1, preload=("torch",)) as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.parametrize("name", ["base", "skip", "dense", "ca"])
def test_every_mutant_loses_points_and_no_variation_does(name: str, engine: LocalEngine) -> None:
    course = open_course(default_root(), name)
    assert course is not None
    found = generated(course, engine, mutant_count=12, variation_count=12)
    assert not found.survived
    assert not found.marked_down
    assert found.mutants == 12 and found.variations == 12
    assert found.killed + found.equivalent == 12


def test_mutants_and_variations_are_distinct_and_the_same_every_time() -> None:
    course = open_course(default_root(), "skip")
    assert course is not None
    drawn = [m.source for m in mutants(course.solution, 100)]
    assert len(set(drawn)) == 100 and course.solution not in drawn
    assert drawn == [m.source for m in mutants(course.solution, 100)]
    assert len(set(variations(course.solution, 30))) == 30
    assert variations(course.solution, 30) == variations(course.solution, 30)


def test_only_the_same_operators_on_the_same_values_are_proven_equivalent() -> None:
    course = open_course(default_root(), "dense")
    assert course is not None
    reference = graph_of(course.solution, course.assignment)
    same = graph_of(course.solution.replace("block_in, out", "x, out", 1), course.assignment)
    other = graph_of(course.solution.replace("self.relu(self.fc2(out))", "self.fc2(out)"), course.assignment)
    assert reference is not None and same is not None and other is not None
    assert equivalent(same, reference)
    assert not equivalent(other, reference)
