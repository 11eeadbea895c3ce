"""The ladder's rules, with networks that are only said to have been captured."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.ladder import Climbed, Tried, climb
from grader.records.base import Text
from grader.records.findings import Verdict
from grader.records.graph import Aside, Capture, Crash, ModelGraph, Problem, Program
from grader.records.judgement import Judgement
from grader.records.submission import Cell, Excerpt, Whole

SAID = Text(en="said", ko="말")
GRAPH = Program(batch=2, nodes=(), output=0)
NETWORK = ModelGraph(values=(), train=GRAPH, eval=GRAPH, layers=())
NARROW = Excerpt(
    exercise="skip", class_name="Net", file="a.py", cells=(Cell(label="a.py", text="class Net: ..."),)
)
WHOLE = NARROW.model_copy(update={"whole": Whole(path="a.py")})
STAND_INS = NARROW.model_copy(update={"whole": Whole(path="a.py", stand_ins=True)})


def judgement(share: float, fingerprint: str = "f") -> Judgement:
    passed = share == 1.0
    verdict = Verdict(
        check="function", outcome="passed" if passed else "failed", share=share, code="x", message=SAID
    )
    return Judgement(verdicts=(verdict,), fingerprint=fingerprint)


def network(excerpt: Excerpt, share: float, fingerprint: str = "f", aside: Aside = Aside()) -> Tried:  # noqa: B008
    return Tried(excerpt, Capture(graph=NETWORK, aside=aside), judgement(share, fingerprint))


def crashed(excerpt: Excerpt, message: str, aside: Aside = Aside()) -> Tried:  # noqa: B008
    crash = Crash(phase="construct", error="NameError", message=message, line=None, traceback="")
    return Tried(excerpt, Capture(crash=crash, aside=aside), judgement(0.0, ""))


def climbed(first: Tried, *wider: Tried) -> tuple[Climbed, int]:
    """Where the ladder ends, and how many of the wider ones were tried."""
    left = list(wider)

    def rungs() -> Iterator[Excerpt]:
        yield from (tried.excerpt for tried in wider)

    return climb(first, rungs(), lambda _: left.pop(0)), len(wider) - len(left)


def test_full_marks_at_once_try_nothing_more() -> None:
    first = network(NARROW, 1.0)

    assert climbed(first, network(WHOLE, 0.5)) == (Climbed(first.judgement, True, first.judgement), 0)


def test_a_wider_excerpt_gives_full_marks_and_says_so() -> None:
    found, _ = climbed(crashed(NARROW, "name 'a' is not defined"), network(WHOLE, 1.0))

    assert found.settled and found.judgement.verdicts == judgement(1.0).verdicts
    assert "statement by statement" in found.judgement.notes[0].en


def test_the_same_network_in_a_whole_file_ends_the_ladder_with_the_first_ones_points() -> None:
    first = network(NARROW, 0.4)
    found, tried = climbed(first, network(WHOLE, 0.4), network(STAND_INS, 1.0))

    assert (found.judgement, found.settled, tried) == (first.judgement, False, 1)


@pytest.mark.parametrize("share", [0.2, 0.8])
def test_another_network_in_a_whole_file_is_for_a_person_and_not_for_points(share: float) -> None:
    other = network(WHOLE, share, "g")
    found, _ = climbed(network(NARROW, 0.4), other, network(STAND_INS, share, "g"))

    assert found.settled and found.judgement.unsure is not None and found.judgement.verdicts == ()


def test_a_network_where_there_was_none_gives_no_part_of_the_points() -> None:
    found, _ = climbed(crashed(NARROW, "name 'a' is not defined"), network(WHOLE, 0.8))

    assert found.judgement.unsure is not None


def test_the_same_crash_is_the_students_own() -> None:
    first = crashed(NARROW, "name 'skip_2' is not defined")
    found, tried = climbed(first, crashed(WHOLE, "name 'skip_2' is not defined"), network(STAND_INS, 1.0))

    assert (found.judgement, found.settled, tried) == (first.judgement, False, 1)


def test_a_crash_about_a_name_that_a_failed_statement_sets_is_for_a_person() -> None:
    message, aside = "name 'sizes' is not defined", Aside(lost=("sizes",))
    first = crashed(NARROW, message)
    found, tried = climbed(first, crashed(WHOLE, message, aside), crashed(STAND_INS, message, aside))

    assert tried == 2
    assert found.settled and found.judgement.unsure is not None and "`sizes`" in found.judgement.unsure.en


def test_a_value_that_got_lost_on_the_way_to_a_network_is_for_a_person() -> None:
    aside = Aside(lost=("CFG",))
    wider = crashed(WHOLE, "name 'CFG' is not defined", aside)
    found, _ = climbed(network(NARROW, 0.4), wider, crashed(STAND_INS, "name 'CFG' is not defined", aside))

    assert found.judgement.unsure is not None


@pytest.mark.parametrize(("package", "waits"), [("einops", True), ("blocks", False)])
def test_a_public_package_that_is_missing_is_ours_and_a_file_that_is_missing_the_students(
    package: str, waits: bool
) -> None:
    message = f"No module named '{package}'"
    found, _ = climbed(crashed(NARROW, message), crashed(WHOLE, message), crashed(STAND_INS, message))

    assert (found.judgement.unsure is not None) == waits


def test_full_marks_that_a_stand_in_had_a_part_in_are_for_a_person() -> None:
    first = crashed(NARROW, "No module named 'kornia'")
    found, _ = climbed(
        first, network(STAND_INS, 1.0, aside=Aside(stand_ins=("kornia",), touched=("kornia",)))
    )

    assert found.settled and found.judgement.unsure is not None and "kornia" in found.judgement.unsure.en


def test_full_marks_with_a_stand_in_that_had_no_part_are_full_marks() -> None:
    first = crashed(NARROW, "No module named 'munch'")
    found, _ = climbed(first, network(STAND_INS, 1.0, aside=Aside(stand_ins=("munch",))))

    assert found.judgement.unsure is None and "munch" in found.judgement.notes[0].en


@pytest.mark.parametrize(("torn", "settled"), [("end", True), ("pieces", False)])
def test_a_right_class_in_a_torn_file_is_mended_first_unless_only_its_end_is_missing(
    torn: str, settled: bool
) -> None:
    excerpt = NARROW.model_copy(update={"whole": Whole.model_validate({"path": "a.py", "torn": torn})})
    first = Tried(NARROW, None, judgement(0.0))
    found, _ = climbed(first, network(excerpt, 1.0))

    assert found.settled == settled and found.unmended.unsure is not None
    assert found.judgement == (found.unmended if settled else first.judgement)


def test_a_network_that_is_rebuilt_after_it_was_made_is_for_a_person() -> None:
    rebuilt = NARROW.model_copy(update={"whole": Whole(path="a.py", rebuilt=True)})
    found, _ = climbed(network(NARROW, 0.4), network(rebuilt, 0.4))

    assert found.settled and found.judgement.unsure is not None


def test_a_wider_excerpt_that_runs_out_of_time_says_nothing_and_is_the_last() -> None:
    first = network(NARROW, 0.4)
    late = [Tried(e, Capture(problem=Problem(code="timeout")), judgement(0.0)) for e in (WHOLE, STAND_INS)]
    found, tried = climbed(first, *late)

    assert (found.judgement, found.settled, tried) == (first.judgement, False, 1)


def test_what_waits_for_a_person_already_climbs_no_further() -> None:
    first = Tried(NARROW, Capture(), Judgement(verdicts=(), unsure=SAID))

    assert climbed(first, network(WHOLE, 1.0)) == (Climbed(first.judgement, True, first.judgement), 0)
