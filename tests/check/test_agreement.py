"""The check says what the grading says: over the library of submissions, finding by finding.

What each file comes to is recorded in `tests/cases/check/behaviours.txt`. One file of each behaviour is
compared every time; `make agreement` compares all of them and checks the record, `--accept` writes it.
"""

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
RECORD = Path(__file__).parents[1] / "cases" / "check" / "behaviours.txt"
EXERCISES = ("base", "skip", "dense", "ca", "combo")


def recorded() -> dict[str, str]:
    """File of the library → what the check makes of it (`behaviour`)."""
    lines = RECORD.read_text("utf-8").splitlines() if RECORD.exists() else []
    return dict(line.split(": ", 1) for line in lines)


def cases(everything: bool) -> list[pytest.ParameterSet]:
    """All files of the library; or one of each behaviour of each exercise, and those that are not recorded."""
    known, seen, chosen = recorded(), set(), []
    for file in sorted(LIBRARY.glob("*/*/*.py")):
        name = file.relative_to(LIBRARY).with_suffix("").as_posix()
        kind = (file.parent.name if file.parent.parent.name == "correct" else "", known.get(name, name))
        if file.parent.name in EXERCISES and (everything or kind not in seen):
            chosen.append(pytest.param(file.parent.name, file, id=name))
        seen.add(kind)
    return chosen


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "file" in metafunc.fixturenames:
        metafunc.parametrize(("name", "file"), cases(metafunc.config.getoption("--whole-library")))


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


def behaviour(checked: Checked | None, name: str) -> str:
    """Which of its ways the check takes with a file: outcomes, what stays open (?), what was mended.

    Mistakes that the exercise's catalogue names are all one.
    """
    if checked is None:
        return "nothing to judge"
    if checked.held is not None:
        return "held for a person"
    mistakes = {known.code for several in course()[name].catalogue.values() for known in several}
    said = [f"mended {repair.code}" for repair in checked.repairs]
    for line in checked.lines:
        code = "a known mistake" if line.finding.code in mistakes else line.finding.code
        if line.finding.outcome != "passed" or line.open:
            said.append(f"{line.finding.check}{'?' if line.open else ''} {code or line.finding.outcome}")
    return ", ".join(said) or "all right"


def test_what_the_check_is_certain_of_is_what_grading_finds(
    name: str, file: Path, kit: Kit, found: dict[str, str]
) -> None:
    expected = graded(file, name)
    report = examine_file(file, kit, (name,))
    case = file.relative_to(LIBRARY).with_suffix("").as_posix()
    checked = next(iter(report.exercises), None)
    found[case] = behaviour(checked, name)
    if expected is None:
        assert checked is None or checked.held is not None
        return
    assert checked is not None and len(report.exercises) == 1
    agree(checked, expected)


def agree(checked: Checked, expected: dict[CheckName, Finding]) -> None:
    still_open = {line.finding.check for line in checked.lines if line.open}
    found = {line.finding.check: line.finding for line in checked.lines}
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
        # grading may say what else is paid for here
        for said, also in ((ours.message.ko, theirs.message.ko), (ours.message.en, theirs.message.en)):
            assert also.startswith(said)
        if check != "function":  # the line where a network leaves the reference is known with the reference
            assert ours.place == theirs.place
    if expected and all(finding.outcome == "passed" for finding in expected.values()):
        assert not still_open and all(f.points == f.max_points for f in found.values())


@pytest.fixture(scope="module")
def found(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """What the files came to; held against the record when all of them have been looked at."""
    made: dict[str, str] = {}
    yield made
    if request.config.getoption("--whole-library") and request.config.getoption("--accept"):
        RECORD.parent.mkdir(parents=True, exist_ok=True)
        RECORD.write_text("".join(f"{file}: {said}\n" for file, said in sorted(made.items())), "utf-8")
    known = recorded()
    assert made == {file: known.get(file) for file in made}, (
        "look at it, then: make agreement ACCEPT=--accept"
    )
