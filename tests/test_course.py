"""The exercises as they are read from disk: every mistake has one exact sentence."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.course import default_root, read_course
from grader.errors import AssignmentError
from grader.records.assignment import Calibration, Measured
from grader.records.findings import CHECKS

ROOT = default_root()
YAML = "assignments/skip/assignment.yaml"

ASSIGNMENT = """\
name: skip
title:
  en: Skip connections
  ko: 스킵 연결
classes: [VGG_SKIP]
rubric:
  loads: 5
  shape: 10
  channels: 20
  function: 35
  gradients: 10
  learning: 10
  accuracy: 10
recipes:
  quick:
    steps: 100
    batch_size: 40
    optimizer: adam
    learning_rate: 0.001
    start: he
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course with `skip` alone."""
    for folder in ("assignments", "reference"):
        shutil.copytree(
            ROOT / folder / "skip",
            tmp_path / folder / "skip",
            ignore=shutil.ignore_patterns("catalogue.json"),
        )
    (tmp_path / YAML).write_text(ASSIGNMENT, encoding="utf-8")
    (tmp_path / "reference/skip/calibration.json").unlink(missing_ok=True)
    return tmp_path


def sentence(course: Path, names: list[str] | None = None) -> str:
    """What reading the course complains of."""
    with pytest.raises(AssignmentError) as caught:
        read_course(course, names)
    return str(caught.value).replace(f"{course}/", "")


def test_the_exercises_come_in_the_order_of_the_course() -> None:
    assert list(read_course(ROOT)) == ["base", "skip", "dense", "ca", "combo"]


def test_only_the_exercises_asked_for_are_read_in_the_order_of_the_course(course: Path) -> None:
    (course / "assignments/other").mkdir()  # would be a mistake if it were read

    assert list(read_course(ROOT, ["ca", "base", "ca"])) == ["base", "ca"]
    assert list(read_course(course, ["skip"])) == ["skip"]


@pytest.mark.parametrize(
    ("name", "classes"),
    [
        ("base", ("VGG", "Model")),
        ("skip", ("VGG_SKIP",)),
        ("dense", ("VGG_DENSE",)),
        ("ca", ("VGG_CA",)),
        ("combo", ("VGG_COMBO",)),
    ],
)
def test_an_exercise_has_its_files_and_the_points_of_the_course(name: str, classes: tuple[str, ...]) -> None:
    exercise = read_course(ROOT, [name])[name]

    assert exercise.assignment.classes == classes
    assert exercise.assignment.rubric == dict(zip(CHECKS, (5, 10, 20, 35, 10, 10, 10), strict=True))
    assert exercise.assignment.recipes["quick"].balanced
    assert f"class {classes[0]}(nn.Module):" in exercise.solution
    assert f"class {classes[0]}(nn.Module):" in exercise.template
    assert exercise.solution == (exercise.secret / "solution.py").read_text(encoding="utf-8")
    assert (exercise.public / "README.md").is_file()


def test_reading_the_course_does_not_load_torch() -> None:
    code = (
        "import sys; from grader.course import *; read_course(default_root()); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)

    assert done.stdout == "False\n"


# -- assignment.yaml ---------------------------------------------------------------------------------

MISTAKES = {
    "tab": (
        "  en: Skip",
        "\ten: Skip",
        ":3: this is not YAML (found character '\\t' that cannot start any token); indent with spaces, not tabs",
    ),
    "missing colon": (
        "classes: [VGG_SKIP]",
        "classes [VGG_SKIP]",
        ":6: this is not YAML (could not find expected ':'); look at the colons, quotes and indentation here",
    ),
    "open bracket": (
        "[VGG_SKIP]",
        "[VGG_SKIP",
        ":6: this is not YAML (expected ',' or ']', but got ':'); "
        "look at the colons, quotes and indentation here",
    ),
    "wrong indentation": (
        "  shape: 10",
        "   shape: 10",
        ":8: this is not YAML (mapping values are not allowed here); "
        "look at the colons, quotes and indentation here",
    ),
    "two documents": (
        "rubric:",
        "---\nrubric:",
        ":6: this is not YAML (but found another document); look at the colons, quotes and indentation here",
    ),
    "control character": (
        "Skip connections",
        "Skip \x07",
        ":3: there is a character that YAML does not allow; delete it",
    ),
    "not a mapping": (
        ASSIGNMENT,
        "- skip\n",
        ":1: the file must be a mapping; write it as lines of the form key: value",
    ),
    "empty": (ASSIGNMENT, "# nothing yet\n", ": the file is empty; describe the exercise there"),
    "duplicate key": (
        "  accuracy: 10",
        "  accuracy: 10\n  loads: 10",
        ":14: rubric.loads stands here again (first in line 7); delete one",
    ),
    "key that is a list": ("name: skip", "[name]: skip", ":1: a key must be a word; write it as key: value"),
    "value that contains itself": (
        "classes: [VGG_SKIP]",
        "classes: &c [*c]",
        ":5: classes[0] contains itself; write it out instead of using an alias",
    ),
    "tag that lies": (
        "steps: 100",
        "steps: !!int many",
        ":16: recipes.quick.steps is not what its tag says; leave the tag out",
    ),
    "unknown key": ("title:", "titel:", ":2: unknown key titel; did you mean title?"),
    "unknown key like no other": (
        "name: skip",
        "name: skip\ndue: 2024-11-30",
        ":2: unknown key due; the keys here are name, title, order, classes, input_shape, "
        "outputs, builds_on, rubric, recipes, open_design, public, blanks, given_worth, thresholds_of",
    ),
    "unknown key in a recipe": (
        "steps: 100",
        "step: 100",
        ":16: unknown key recipes.quick.step; did you mean steps?",
    ),
    "unknown language": (
        "  ko: 스킵 연결",
        "  ko: 스킵 연결\n  fr: Connexions",
        ":5: unknown key title.fr; the keys here are en, ko",
    ),
    "missing key": ("classes: [VGG_SKIP]\n", "", ":1: classes is missing; add it"),
    "missing key in a recipe": (
        "    steps: 100\n",
        "",
        ":15: recipes.quick: a recipe has either steps or epochs; write one of the two",
    ),
    "steps and epochs": (
        "    steps: 100\n",
        "    steps: 100\n    epochs: 2\n",
        ":15: recipes.quick: a recipe has either steps or epochs; write one of the two",
    ),
    "a recipe called static": (
        "  quick:",
        "  static:",
        ":15: static means no training; call the recipe something else",
    ),
    "missing language": ("  ko: 스킵 연결\n", "", ":2: title.ko is missing; add it"),
    "text instead of a number": (
        "loads: 5",
        "loads: five",
        ':7: rubric.loads must be a number, not "five"; write a number such as 10 or 0.001, without quotes',
    ),
    "quoted number": (
        "loads: 5",
        'loads: "5"',
        ':7: rubric.loads must be a number, not "5"; write a number such as 10 or 0.001, without quotes',
    ),
    "yes instead of a number": (
        "loads: 5",
        "loads: yes",
        ":7: rubric.loads must be a number, not true; write a number such as 10 or 0.001, without quotes",
    ),
    "no number": (
        "loads: 5",
        "loads:",
        ":7: rubric.loads must be a number, not nothing; write a number such as 10 or 0.001, without quotes",
    ),
    "fraction of a step": (
        "steps: 100",
        "steps: 99.5",
        ":16: recipes.quick.steps must be a whole number, not 99.5; write a number such as 100",
    ),
    "number instead of a title": (
        "en: Skip connections",
        "en: 12",
        ":3: title.en must be text, not 12; put it in quotes",
    ),
    "title in one language": (
        "title:\n  en: Skip connections\n  ko: 스킵 연결",
        "title: 스킵 연결",
        ':2: title must be a mapping, not "스킵 연결"; write indented lines of the form key: value under it',
    ),
    "class outside a list": (
        "[VGG_SKIP]",
        "VGG_SKIP",
        ':5: classes must be a list, not "VGG_SKIP"; write it in brackets: [a, b]',
    ),
    "rubric that is a list": (
        ASSIGNMENT[ASSIGNMENT.index("rubric:") : ASSIGNMENT.index("recipes:")],
        "rubric: [loads, shape]\n",
        ":6: rubric must be a mapping, not a list; write indented lines of the form key: value under it",
    ),
    "rubric that is a number": (
        ASSIGNMENT[ASSIGNMENT.index("rubric:") : ASSIGNMENT.index("recipes:")],
        "rubric: 100\n",
        ":6: rubric must be a mapping, not 100; write indented lines of the form key: value under it",
    ),
    "recipe that is a number": (
        ASSIGNMENT[ASSIGNMENT.index("  quick:") :],
        "  quick: 100\n",
        ":15: recipes.quick must be a mapping, not 100; write indented lines of the form key: value under it",
    ),
    "balanced maybe": (
        "start: he",
        "start: he\n    balanced: maybe",
        ':21: recipes.quick.balanced must be true or false, not "maybe"; write true or false',
    ),
    "negative points": (
        "loads: 5",
        "loads: -5",
        ":7: rubric.loads must be 0 or more, not -5; correct the number",
    ),
    "infinite points": (
        "loads: 5",
        "loads: .inf",
        ":7: rubric.loads must be a finite number, not .inf; write a number",
    ),
    "points that are no number": (
        "loads: 5",
        "loads: .nan",
        ":7: rubric.loads must be a finite number, not .nan; write a number",
    ),
    "no step": (
        "steps: 100",
        "steps: 0",
        ":16: recipes.quick.steps must be above 0, not 0; correct the number",
    ),
    "learning rate of 0": (
        "learning_rate: 0.001",
        "learning_rate: 0",
        ":19: recipes.quick.learning_rate must be above 0, not 0; correct the number",
    ),
    "unknown check": (
        "gradients: 10",
        "gradient: 10",
        ":11: unknown check gradient; did you mean gradients?",
    ),
    "check like no other": (
        "gradients: 10",
        "style: 10",
        ":11: unknown check style; the checks are loads, shape, channels, function, gradients, learning, accuracy",
    ),
    "check without points": (
        "  gradients: 10\n",
        "",
        ":6: rubric lacks gradients; give every check its points, 0 for one that should not count",
    ),
    "no points at all": (
        ASSIGNMENT[ASSIGNMENT.index("  loads:") : ASSIGNMENT.index("recipes:")],
        "".join(f"  {check}: 0\n" for check in CHECKS),
        ":6: rubric gives no points at all; give some check points",
    ),
    "unknown optimizer": (
        "optimizer: adam",
        "optimizer: adm",
        ':18: recipes.quick.optimizer cannot be "adm"; did you mean adam?',
    ),
    "optimizer like no other": (
        "optimizer: adam",
        "optimizer: lbfgs",
        ':18: recipes.quick.optimizer cannot be "lbfgs"; it may be adam, sgd',
    ),
    "batch without every class": (
        "batch_size: 40",
        "batch_size: 32",
        ":17: recipes.quick: a balanced batch_size must be a multiple of the 10 classes; "
        "use 10, 20, 30 … or set balanced: false",
    ),
    "unknown recipe": (
        "  quick:",
        "  quik:",
        ":15: no run asks for a recipe called quik; did you mean quick?",
    ),
    "a blank that neither makes layers nor is a step": (
        "rubric:",
        "blanks: {skip-1: {worth: 5}}\nrubric:",
        ":6: blanks.skip-1: a blank has either layers, or reads and makes, or own_layers; say what the blank's hint says",
    ),
    "a blank that the solution does not mark": (
        "rubric:",
        "blanks: {skip-9: {worth: 5, reads: [x], makes: {x: [10]}}}\nrubric:",
        ": blanks has skip-9, which the solution does not mark; its blanks are skip-1, skip-2, skip-3, skip-4, skip-5, skip-6",
    ),
    "a free blank where the design is not open": (
        "rubric:",
        "blanks: {skip-1: {worth: 5, own_layers: true}}\nrubric:",
        ":6: own_layers is for the blanks of an open design, which have no single answer, and for them alone; "
        "say of each blank which layers it makes, or what it reads and makes",
    ),
    "two numbers in a shape": (
        "rubric:",
        "input_shape: [32, 32]\nrubric:",
        ":6: input_shape must have three numbers; write [channels, height, width]",
    ),
    "four numbers in a shape": (
        "rubric:",
        "input_shape: [1, 3, 32, 32]\nrubric:",
        ":6: input_shape must have three numbers; write [channels, height, width]",
    ),
    "a side of 0": (
        "rubric:",
        "input_shape: [3, 32, 0]\nrubric:",
        ":6: input_shape[2] must be above 0, not 0; correct the number",
    ),
    "class name with a hyphen": (
        "[VGG_SKIP]",
        "[VGG_SKIP, VGG-SKIP]",
        ":5: no Python class can be called 'VGG-SKIP'; write a class name",
    ),
    "class name that is a keyword": (
        "[VGG_SKIP]",
        "\n  - class",
        ":6: no Python class can be called 'class'; write a class name",
    ),
    "no class name": ("[VGG_SKIP]", "[]", ":5: classes is empty; name the class that students write"),
    "name of another folder": (
        "name: skip",
        "name: skipp",
        ":1: name is skipp, but the folder is skip; write name: skip",
    ),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_in_assignment_yaml_is_one_sentence(course: Path, case: str) -> None:
    old, new, expected = MISTAKES[case]
    assert ASSIGNMENT.count(old) == 1
    (course / YAML).write_text(ASSIGNMENT.replace(old, new), encoding="utf-8")

    assert sentence(course) == YAML + expected


def test_the_first_of_several_mistakes_is_named(course: Path) -> None:
    text = ASSIGNMENT.replace("steps: 100", "steps: x").replace("loads: 5", "loads: -1")
    (course / YAML).write_text(text, encoding="utf-8")

    assert sentence(course) == f"{YAML}:7: rubric.loads must be 0 or more, not -1; correct the number"


def test_an_assignment_must_be_utf_8(course: Path) -> None:
    (course / YAML).write_bytes(ASSIGNMENT.encode("cp949"))

    assert sentence(course) == f"{YAML}:4: this is not UTF-8 text; save the file as UTF-8"


def test_windows_line_ends_and_a_byte_order_mark_are_no_mistake(course: Path) -> None:
    (course / YAML).write_bytes(b"\xef\xbb\xbf" + ASSIGNMENT.replace("\n", "\r\n").encode())

    assert read_course(course)["skip"].assignment.title.ko == "스킵 연결"


@pytest.mark.parametrize("written", ["1e-3", "1.0e-3", "0.001", "1E-3"])
def test_a_learning_rate_may_be_written_as_a_scientist_does(course: Path, written: str) -> None:
    (course / YAML).write_text(ASSIGNMENT.replace("0.001", written), encoding="utf-8")

    assert read_course(course)["skip"].assignment.recipes["quick"].learning_rate == 0.001


# -- the other files ---------------------------------------------------------------------------------


def test_the_file_must_be_there(course: Path) -> None:
    (course / YAML).unlink()

    assert sentence(course) == f"{YAML}: there is no such file; describe the exercise there"


def test_a_folder_in_place_of_the_file_is_no_file(course: Path) -> None:
    (course / YAML).unlink()
    (course / YAML).mkdir()

    assert sentence(course) == f"{YAML}: it cannot be read (Is a directory); make it a readable file"


def test_a_solution_must_be_there(course: Path) -> None:
    (course / "reference/skip/solution.py").unlink()

    assert sentence(course) == (
        "reference/skip/solution.py: there is no such file; write the exercise's solution there"
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("class VGG_SKIP(:\n    pass\n", ":1: this is not Python (invalid syntax); correct it"),
        ("x = '\0'\n", ": this is not Python (source code string cannot contain null bytes); correct it"),
        (
            "class VGG: pass\n",
            ": it defines only VGG, but assignment.yaml asks for VGG_SKIP first; name the solution's class VGG_SKIP",
        ),
        (
            "import torch\n",
            ": it defines no class at all, but assignment.yaml asks for VGG_SKIP first; "
            "name the solution's class VGG_SKIP",
        ),
    ],
)
def test_a_solution_must_define_the_class(course: Path, source: str, expected: str) -> None:
    (course / "reference/skip/solution.py").write_text(source, encoding="utf-8")

    assert sentence(course) == f"reference/skip/solution.py{expected}"


def test_a_template_must_be_there(course: Path) -> None:
    (course / "assignments/skip/skip_template.py").unlink()

    assert sentence(course) == (
        "assignments/skip/skip_template.py: there is no such file; make it with make templates"
    )


def calibration() -> Calibration:
    measured = Measured(n=10, mean=0.5, spread=0.01, worst=0.4, threshold=0.3)
    return Calibration(
        profile="quick",
        data="synthetic-1",
        recipe=read_course(ROOT)["skip"].assignment.recipes["quick"],
        accuracy=measured,
        loss=measured,
        seeds=tuple(range(10)),
        miss_probability=0.001,
        assumption="normal",
        machine="a machine",
        versions={"torch": "2"},
        seconds_per_run=1.0,
        made_on="2025-01-01",
    )


def test_stored_calibrations_are_read_and_none_is_no_mistake(course: Path) -> None:
    assert read_course(course)["skip"].calibrations == ()

    stored = calibration()
    (course / "reference/skip/calibration.json").write_text(f"[{stored.model_dump_json()}]", encoding="utf-8")

    assert read_course(course)["skip"].calibrations == (stored,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[", "Invalid JSON: EOF while parsing a list at line 1 column 1"),
        ("{}", "Input should be a valid array"),
        ('[{"profile": "quick"}]', "0.data: Field required"),
    ],
)
def test_a_broken_calibration_is_a_mistake(course: Path, text: str, expected: str) -> None:
    (course / "reference/skip/calibration.json").write_text(text, encoding="utf-8")

    assert (
        sentence(course) == f"reference/skip/calibration.json: {expected}; delete it and run grader calibrate"
    )


# -- the course --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (
            "skp",
            "there is no exercise called skp; did you mean skip? the exercises are base, ca, combo, dense, skip",
        ),
        ("resnet", "there is no exercise called resnet; the exercises are base, ca, combo, dense, skip"),
    ],
)
def test_an_unknown_exercise_is_answered_with_those_there_are(asked: str, expected: str) -> None:
    with pytest.raises(AssignmentError) as caught:
        read_course(ROOT, ["base", asked])

    assert str(caught.value) == f"{ROOT}/assignments: {expected}"


def test_a_course_needs_its_folder(tmp_path: Path) -> None:
    assert sentence(tmp_path) == (
        "assignments: there is no such folder; run the grader from a checkout that has the exercises"
    )


def test_a_course_needs_an_exercise(tmp_path: Path) -> None:
    (tmp_path / "assignments/.git").mkdir(parents=True)

    assert sentence(tmp_path) == "assignments: there is no exercise; add a folder with an assignment.yaml"


def test_two_exercises_do_not_share_a_class(course: Path) -> None:
    for folder in ("assignments", "reference"):
        shutil.copytree(course / folder / "skip", course / folder / "skip2")
    (course / "assignments/skip2/skip_template.py").rename(course / "assignments/skip2/skip2_template.py")
    (course / "assignments/skip2/assignment.yaml").write_text(
        ASSIGNMENT.replace("name: skip", "name: skip2"), encoding="utf-8"
    )

    assert sentence(course) == (
        "assignments/skip2/assignment.yaml: the class VGG_SKIP is also that of the exercise skip; "
        "give each exercise class names of its own"
    )


def test_an_open_design_says_what_must_be_there_and_whose_thresholds_hold() -> None:
    course = read_course(ROOT, ["base", "combo"])
    design = course["combo"].assignment.open_design

    assert design is not None and course["base"].assignment.open_design is None
    assert design.components == ("skip", "dense", "gate") and design.pooling == "max"
    assert design.blocks == ((16, 32), (32, 64), (128, 256)) and design.classifier == (512, 256, 10)
    assert course["combo"].calibrations == course["base"].calibrations


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("[skip, dense, gate]", "[skip, dense, gates]", ':11: open_design.components[2] cannot be "gates"; did you mean gate?'),
        ("  pooling: max", "  poling: max", ":13: unknown key open_design.poling; did you mean pooling?"),
        ("thresholds_of: base", "thresholds_of: bose", ": thresholds_of names no exercise (bose); write one of base, combo"),
        ("steps: 200", "steps: 300", ": its recipes differ from those of base; copy them: the thresholds of base hold for them alone"),
    ],
)  # fmt: skip
def test_a_mistake_in_an_open_design_is_one_sentence(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    for name in ("base", "combo"):
        for folder in ("assignments", "reference"):
            shutil.copytree(
                ROOT / folder / name,
                tmp_path / folder / name,
                ignore=shutil.ignore_patterns("catalogue.json"),
            )
    path = tmp_path / "assignments/combo/assignment.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")

    assert sentence(tmp_path, ["combo"]) == f"assignments/combo/assignment.yaml{expected}"
