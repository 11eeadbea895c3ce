"""The check says what the grading says: over the whole library of submissions, finding by finding."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

import pytest
from tracing import sandbox

from grader.authoring import check_kit
from grader.check.examine import examine_file
from grader.class_work import read_submissions
from grader.course import Exercise, default_root, read_course
from grader.engines.local import LocalEngine
from grader.grading import Grading
from grader.records.findings import CheckName, Verdict
from grader.records.graph import Capture
from grader.records.kit import Checked, Kit
from grader.records.repair import Mending
from grader.records.results import Finding
from grader.records.submission import Excerpt
from grader.records.work import Terms
from grader.stages.capture import capture
from grader.stages.excerpts import cut
from grader.stages.scoring import LEAST, findings
from grader.stages.scoring.naming import named, with_blanks
from grader.stages.screening import screen

LIBRARY = Path(__file__).parents[1] / "submissions"
CLASSES = {"base": "VGG", "skip": "VGG_SKIP", "dense": "VGG_DENSE", "ca": "VGG_CA", "combo": "VGG_COMBO"}


def cases() -> list[pytest.ParameterSet]:
    return [
        pytest.param(file.parent.name, file, id=f"{file.parent.parent.name}-{file.parent.name}-{file.stem}")
        for file in sorted(LIBRARY.glob("*/*/*.py"))
        if file.parent.name in CLASSES
    ]


@pytest.fixture(scope="module")
def kit() -> Iterator[Kit]:
    with LocalEngine(1, preload=("grader.pipeline_jobs",)) as engine:
        yield check_kit.kit_of(default_root(), (), "ko", exam=False, engine=engine)


@cache
def course() -> dict[str, Exercise]:
    return read_course(default_root())


def asked(excerpt: Excerpt, meter: object = None) -> Capture:
    return capture(excerpt, (3, 32, 32), sandbox().run)


@cache
def graph_of(name: str) -> str:
    one = course()[name]
    graph = asked(check_kit._excerpt(one.assignment, one.solution)).graph
    assert graph is not None
    return graph.model_dump_json()


@cache
def start_of(name: str) -> str | None:
    one = course()[name]
    if one.assignment.builds_on:
        return graph_of(one.assignment.builds_on)
    graph = asked(check_kit._excerpt(one.assignment, one.template)).graph
    return graph.model_dump_json() if graph else None


def graded(file: Path, name: str) -> dict[CheckName, Finding] | None:
    """What a run without training finds; None where a person would look."""
    one = course()[name]
    (submission,) = read_submissions(file)
    excerpt = cut(submission, one.assignment.classes, name)
    blanks = screen(excerpt, one.template).blanks if excerpt else ()
    terms = Terms(
        assignment=one.assignment, reference=graph_of(name), start=start_of(name), template=one.template,
        marked=None, others=frozenset(), mending=Mending(mode="off" if blanks else "repair"),
        prices=one.prices.repairs,
    )  # fmt: skip
    judgement = Grading(terms, submission, partial(asked), whole_files=False).judged(excerpt)
    if judgement is None or judgement.unsure is not None:
        return None
    mistakes = one.catalogue.get(judgement.fingerprint or "", ())
    verdicts: tuple[Verdict, ...] = with_blanks(named(judgement.verdicts, mistakes), blanks)
    return {f.check: f for f in findings(verdicts, one.assignment, "static", one.prices)}


def told(checked: Checked) -> dict[CheckName, Finding]:
    return {line.finding.check: line.finding for line in checked.lines}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "file"), cases())
def test_what_the_check_is_certain_of_is_what_grading_finds(name: str, file: Path, kit: Kit) -> None:
    expected = graded(file, name)
    report = examine_file(file, kit, (name,))
    if expected is None:
        assert all(one.held is not None for one in report.exercises)
        return
    (checked,) = report.exercises
    still_open = {line.finding.check for line in checked.lines if line.open}
    found = told(checked)
    assert found.keys() == expected.keys()
    for check, theirs in expected.items():
        ours = found[check]
        assert ours.outcome == theirs.outcome or (check in still_open and ours.outcome == "passed")
        if check in still_open:
            continue  # the rest waits for the reference, or for a name that is not public
        # a table of layers that fails beside the function has a tenth of a point less there, and so more here
        tenth = LEAST if "channels" in still_open else 0.0
        assert ours.points is None or ours.points == pytest.approx(theirs.points, abs=tenth + 1e-6)
        assert (ours.code, ours.hint, ours.details) == (theirs.code, theirs.hint, theirs.details)
        # grading may say what else is paid for here, and layers of one size may be paired in another order
        said = ours.message.ko.partition(": ")[0] if check == "channels" else ours.message.ko
        assert theirs.message.ko.startswith(said)
        if check != "function":  # the line where a network leaves the reference is known with the reference
            assert ours.place == theirs.place
    if expected and all(finding.outcome == "passed" for finding in expected.values()):
        assert not still_open and all(f.points == f.max_points for f in found.values())
