"""Known mistakes: the catalogues are fresh, tell every mistake from the reference, and name it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pydantic import ValidationError
from tracing import exercise

from grader.authoring.catalogue import examine, forms, open_course, pairs, singles
from grader.authoring.rewriting import STYLES
from grader.course import default_root, exercise_names, read_course
from grader.course.misconceptions import CATALOGUE, read_mistakes
from grader.errors import AssignmentError
from grader.records.base import Text
from grader.records.misconception import DoesNotApply, Edit, Misconception, applied, joined

ROOT = default_root()
COVERED = [
    name for name in exercise_names(ROOT) if (ROOT / "reference" / name / "misconceptions.py").exists()
]
AT_LEAST = {"base": 8, "skip": 15, "dense": 15, "ca": 15}
SAMPLE = {
    "base": ("max-pooling", "relu-after-the-pool", "convolutions-frozen"),
    "skip": ("skip-added-after-pool", "skip-missing-in-block-2", "skip-detached"),
    "dense": ("dense-middle-feature", "dense-in-block-3-too", "dense-input-detached"),
    "ca": ("ca-gate-added", "ca-one-layer-twice", "ca-gate-detached"),
}


PRICES = read_course(ROOT, ["base"])["base"].prices


def misconception(code: str = "a", **more: object) -> Misconception:
    fields = {"message": Text(en=f"{code} is.", ko=f"{code}예요."), "hint": Text(en="Why?", ko="왜요?")}
    ways = ((Edit(old=code, new=""),),)
    return Misconception.model_validate({"code": code, "ways": ways, **fields, **more})


def seen(source: str, name: str) -> tuple[str, bool]:
    """Fingerprint of a source, and whether it passes."""
    assignment, reference = exercise(name)
    found = examine(source, assignment.model_dump_json(), reference)
    return found.fingerprint, found.passed


# -- the catalogues of the course -------------------------------------------------------------------


@pytest.mark.parametrize("name", COVERED)
def test_a_catalogue_is_as_new_as_what_it_was_made_from(name: str) -> None:
    found = read_course(ROOT, [name])[name]  # a stale catalogue raises

    named = {one.code for mistakes in found.catalogue.values() for one in mistakes}
    mistakes = read_mistakes(found.secret, found.solution)
    assert mistakes is not None
    assert named == {one.code for one in mistakes.misconceptions}


@pytest.mark.parametrize("name", COVERED)
def test_there_are_enough_misconceptions_of_an_exercises_own(name: str) -> None:
    found = read_course(ROOT, [name])[name]
    codes = {mistakes[0].code for mistakes in found.catalogue.values() if len(mistakes) == 1}

    assert len([code for code in codes if name in ("base", code.split("-")[0])]) >= AT_LEAST[name]


@pytest.mark.parametrize("name", COVERED)
def test_a_sample_of_mistakes_is_named_in_every_style_and_never_passes(name: str) -> None:
    found = read_course(ROOT, [name])[name]
    mistakes = read_mistakes(found.secret, found.solution)
    assert mistakes is not None
    known = {one.code: one for one in mistakes.misconceptions}

    for code, style in zip(SAMPLE[name], STYLES.values(), strict=True):
        source = applied(known[code].ways[0], found.solution)
        for written in (source, style(source)):
            fingerprint, passed = seen(written, name)
            assert not passed, code
            assert [one.code for one in found.catalogue[fingerprint]] == [code]


@pytest.mark.parametrize("name", COVERED)
@pytest.mark.parametrize("style", STYLES)
def test_the_reference_in_another_style_passes(name: str, style: str) -> None:
    solution = read_course(ROOT, [name])[name].solution

    assert STYLES[style](solution) != solution
    assert seen(STYLES[style](solution), name)[1]


def test_two_mistakes_at_once_are_both_named() -> None:
    course = open_course(ROOT, "skip")
    assert course is not None
    pair = next(pair for pair in pairs(course) if pair.codes == ("max-pooling", "skip-relu-missing"))

    fingerprint, passed = seen(pair.source, "skip")

    assert not passed
    assert tuple(one.code for one in read_course(ROOT, ["skip"])["skip"].catalogue[fingerprint]) == pair.codes


def test_a_mistake_is_known_with_its_channels_permuted() -> None:
    course = open_course(ROOT, "dense")
    assert course is not None
    variant = next(variant for variant in singles(course) if variant.codes == ("softmax-at-the-end",))
    permuted = forms(variant, course.mistakes.harmless)

    assert len(permuted) == 3
    fingerprint, passed = seen(permuted[0].source, "dense")
    assert not passed
    assert read_course(ROOT, ["dense"])["dense"].catalogue[fingerprint][0].code == "softmax-at-the-end"


def test_permuted_channels_alone_are_the_reference() -> None:
    course = open_course(ROOT, "dense")
    assert course is not None

    assert seen(applied(course.mistakes.harmless[0], course.solution), "dense")[1]


# -- prices -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("skip-relu-missing-in-block-1", "skip-relu-missing"),
        ("skip-missing-in-block-1", "skip-only-in-block-1"),
        ("skip-only-in-block-1", "skip-nothing-added"),
        ("skip-missing-in-block-1", "skip-multiplied"),
        ("dense-missing-in-block-1", "dense-nothing-added"),
        ("dense-in-block-3-too", "dense-missing-in-block-1"),
        ("ca-reduced", "ca-one-layer-only"),
        ("ca-one-layer-only", "ca-no-layers"),
        ("ca-sigmoid-missing", "ca-gate-added"),
        ("ca-relu-missing-in-gate", "ca-gate-not-applied"),
        ("relu-missing-after-conv1_1", "relu-missing-after-first-convs"),
        ("relu-missing-after-first-convs", "relu-missing-after-convs"),
        ("relu-missing-after-convs", "relu-missing-everywhere"),
        ("log-softmax-at-the-end", "softmax-at-the-end"),
    ],
)
def test_a_worse_mistake_never_costs_less(better: str, worse: str) -> None:
    less, more = (PRICES.of_finding(code, 0.5) for code in (better, worse))

    assert less is not None and more is not None and less <= more


def test_every_known_mistake_has_a_price() -> None:
    codes = {
        one.code
        for found in read_course(ROOT).values()
        for known in found.catalogue.values()
        for one in known
    }

    assert len(codes) > 100
    assert [code for code in sorted(codes) if PRICES.of_finding(code, 0.5) is None] == []


def test_two_mistakes_are_both_told() -> None:
    both = joined([misconception("a"), misconception("b")])

    assert (both.code, both.message.en) == ("a+b", "a is. b is.")
    assert both.hint.en == "Why?"


def test_one_mistake_stays_as_it_is() -> None:
    one = misconception()

    assert joined([one]) is one


# -- edits ------------------------------------------------------------------------------------------


def test_an_edit_replaces_every_place_that_it_counts() -> None:
    assert applied([Edit(old="a", new="b", times=2)], "a-a") == "b-b"


def test_an_edit_whose_text_is_not_there_as_often_does_not_apply() -> None:
    with pytest.raises(DoesNotApply) as caught:
        applied([Edit(old="a", new="b")], "a-a")

    assert str(caught.value) == "'a' stands there 2 times, not 1"


def test_an_edit_must_change_something() -> None:
    with pytest.raises(ValidationError, match="must replace some text by another"):
        Edit(old="a", new="a")


# -- mistakes in the instructor's files -------------------------------------------------------------


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course with `skip` alone."""
    for folder in ("assignments", "reference"):
        shutil.copytree(ROOT / folder / "skip", tmp_path / folder / "skip")
    shutil.copy(ROOT / "reference/every_exercise.py", tmp_path / "reference")
    return tmp_path


def rewrite(course: Path, file: str, old: str, new: str) -> None:
    path = course / "reference" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def sentence(course: Path) -> str:
    """What reading the course complains of."""
    with pytest.raises(AssignmentError) as caught:
        read_course(course)
    return str(caught.value).replace(f"{course}/reference/", "")


def test_an_exercise_without_a_catalogue_has_an_empty_one(course: Path) -> None:
    (course / "reference/skip" / CATALOGUE).unlink()

    assert read_course(course)["skip"].catalogue == {}


def test_an_exercise_without_misconceptions_has_an_empty_catalogue(course: Path) -> None:
    (course / "reference/skip/misconceptions.py").unlink()

    assert read_course(course)["skip"].catalogue == {}


def test_another_message_needs_no_new_catalogue(course: Path) -> None:
    before = len(read_course(course)["skip"].catalogue)
    rewrite(course, "skip/misconceptions.py", "The skip path is added twice.", "It is added twice.")

    assert len(read_course(course)["skip"].catalogue) == before > 100


def test_a_catalogue_of_another_solution_is_refused(course: Path) -> None:
    rewrite(course, "skip/solution.py", "# classifier", "# three layers")

    assert sentence(course) == (
        "skip/catalogue.json: it was made from another solution or other misconceptions; "
        "make it again: make mutants"
    )


def test_a_broken_catalogue_is_refused(course: Path) -> None:
    (course / "reference/skip" / CATALOGUE).write_text('{"source": 1}', encoding="utf-8")

    assert sentence(course).endswith("make it again: make mutants")
    assert "catalogue.json: it is broken" in sentence(course)


def test_an_edit_that_the_solution_has_no_place_for_is_refused(course: Path) -> None:
    rewrite(course, "skip/misconceptions.py", "out = out - self.relu", "out = out - self.gelu")
    rewrite(course, "skip/misconceptions.py", 'ADDED = "        out = out +', 'ADDED = "        sum = out +')

    assert sentence(course).startswith(
        "skip/misconceptions.py: skip-nothing-added: in solution.py '        sum = out + self.relu"
    )
    assert sentence(course).endswith("stands there 0 times, not 1; correct the edit")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            "MISCONCEPTIONS = 3",
            "skip/misconceptions.py: there is no tuple MISCONCEPTIONS; define MISCONCEPTIONS = (…)",
        ),
        (
            "MISCONCEPTIONS = (",
            "skip/misconceptions.py:1: this is not Python ('(' was never closed); correct it",
        ),
        (
            "MISCONCEPTIONS = (1,)",
            "skip/misconceptions.py: MISCONCEPTIONS holds something else; make each a Misconception(…)",
        ),
        ("\n1 / 0", "skip/misconceptions.py:2: ZeroDivisionError: division by zero; correct it"),
        (
            "MISCONCEPTIONS = ()\nCOMMON = ('skip-nothing',)",
            "skip/misconceptions.py: COMMON names skip-nothing, which is not there; correct the code",
        ),
        (
            "from grader.records.misconception import Edit\nMISCONCEPTIONS = (Edit(old='a', new='a'),)",
            "skip/misconceptions.py:2: Edit: an edit must replace some text by another; correct it",
        ),
    ],
)
def test_a_mistake_in_the_file_of_misconceptions_is_one_sentence(
    course: Path, text: str, complaint: str
) -> None:
    (course / "reference/skip/misconceptions.py").write_text(text, encoding="utf-8")

    assert sentence(course) == complaint
