from __future__ import annotations

import io
import shutil
import types
from contextlib import redirect_stdout
from pathlib import Path

import nbformat
import pytest

from grader.authoring import template
from grader.course import default_root, read_course
from grader.errors import AssignmentError
from grader.marks import blanks_of

ROOT = default_root()
COURSE = read_course(ROOT)
BLANKS = {"base": 5, "skip": 6, "dense": 4, "ca": 4, "combo": 5}


def printed(source: str) -> str:
    """What the source prints when it is run as a script."""
    module = types.ModuleType("__main__")
    out = io.StringIO()
    with redirect_stdout(out):
        exec(compile(source, "template.py", "exec"), module.__dict__)
    return out.getvalue()


def filled(name: str) -> str:
    """The template with the solution's code in its blanks."""
    source, solution = COURSE[name].template.split("\n"), COURSE[name].solution.split("\n")
    pairs = zip(blanks_of(COURSE[name].template), blanks_of(COURSE[name].solution), strict=True)
    for blank, solved in reversed(list(pairs)):
        source[blank.code - 1 : blank.last - 1] = solution[solved.code - 1 : solved.last - 1]
    return "\n".join(source)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A course with `skip` alone, to be spoilt."""
    for folder in ("assignments", "reference"):
        shutil.copytree(ROOT / folder / "skip", tmp_path / folder / "skip")
    return tmp_path


def spoil(copy: Path, old: str, new: str, file: str = "reference/skip/solution.py") -> str:
    """Replace in one file, make the templates, and return the sentence of the error."""
    path = copy / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(AssignmentError) as caught:
        template.main(copy)
    return str(caught.value).replace(f"{copy}/", "")


@pytest.mark.parametrize("name", COURSE)
def test_the_committed_templates_are_what_the_solutions_give(name: str) -> None:
    for path, text in template.templates(ROOT, name).items():
        assert path.read_text(encoding="utf-8") == text, f"run make templates: {path.name} is stale"


def test_the_module_rewrites_the_templates(copy: Path) -> None:
    py, notebook = (copy / "assignments/skip" / f"skip_template.{kind}" for kind in ("py", "ipynb"))
    py.write_text("old")
    notebook.unlink()

    template.main(copy)

    assert py.read_bytes() == (ROOT / "assignments/skip/skip_template.py").read_bytes()
    assert notebook.read_bytes() == (ROOT / "assignments/skip/skip_template.ipynb").read_bytes()


@pytest.mark.parametrize("name", COURSE)
def test_no_line_of_an_answer_is_in_a_template(name: str) -> None:
    solution = COURSE[name].solution.split("\n")
    notebook = (COURSE[name].public / f"{name}_template.ipynb").read_text(encoding="utf-8")
    blanks = blanks_of(COURSE[name].solution)
    answers = {line.strip() for blank in blanks for line in solution[blank.code - 1 : blank.last - 1]}
    outside = {
        line.strip()
        for number, line in enumerate(solution, start=1)
        if not any(blank.first <= number <= blank.last for blank in blanks)
    }

    assert len(blanks) == BLANKS[name]
    assert len(answers - outside) >= 3
    for answer in answers - outside:
        assert answer not in COURSE[name].template
        assert answer not in notebook


@pytest.mark.parametrize("name", COURSE)
def test_a_filled_template_is_the_solution_and_says_ok(name: str) -> None:
    assert printed(filled(name)) == "출력 모양 · output shape: (2, 10)\nOK\n"


@pytest.mark.parametrize("name", ["skip", "ca", "combo"])
def test_what_is_added_to_the_base_network_may_be_left_out_without_a_crash(name: str) -> None:
    assert printed(COURSE[name].template) == "출력 모양 · output shape: (2, 10)\nOK\n"


def test_the_base_template_says_which_shape_is_expected() -> None:
    assert printed(COURSE["base"].template) == (
        "출력 모양 · output shape: (2, 64, 8, 8)\n(2, 10)이어야 해요 · expected\n"
    )


@pytest.mark.parametrize("name", COURSE)
def test_an_empty_template_can_be_imported_and_instantiated(name: str) -> None:
    module = types.ModuleType("submission")
    exec(compile(COURSE[name].template, "template.py", "exec"), module.__dict__)

    network = getattr(module, COURSE[name].assignment.classes[0])()

    assert hasattr(network, "conv1_1")


@pytest.mark.parametrize("name", COURSE)
def test_a_template_can_be_saved_by_a_korean_windows_editor(name: str) -> None:
    assert COURSE[name].template.encode("cp949").decode("cp949") == COURSE[name].template


@pytest.mark.parametrize("name", COURSE)
def test_every_blank_says_what_belongs_there_in_both_languages(name: str) -> None:
    for blank in blanks_of(COURSE[name].template):
        assert "N×" in blank.hint.en and "N×" in blank.hint.ko
        assert " May help: " in blank.hint.en and " 도움이 될 함수: " in blank.hint.ko


@pytest.mark.parametrize("name", COURSE)
def test_a_notebook_is_valid_and_runs_like_the_script(name: str) -> None:
    path = COURSE[name].public / f"{name}_template.ipynb"
    notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    ids = [cell.id for cell in notebook.cells]
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]

    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert ids == [f"{name}-handout", f"{name}-blanks", f"{name}-class", f"{name}-shape"]
    assert code[0] in COURSE[name].template
    assert COURSE[name].assignment.classes[0] in notebook.cells[0].source
    if name in ("skip", "ca", "combo"):
        assert printed("\n".join(code)) == "출력 모양 · output shape: (2, 10)\nOK\n"


@pytest.mark.parametrize("name", COURSE)
def test_a_handout_has_the_points_of_the_rubric_and_the_class(name: str) -> None:
    handout = (COURSE[name].public / "README.md").read_text(encoding="utf-8")
    assignment = COURSE[name].assignment

    assert f"`{assignment.classes[0]}(nn.Module)`" in handout
    for check, points in assignment.rubric.items():
        assert f"| `{check}` | {points:g} |" in handout


def test_the_dense_handout_leaves_the_channels_to_the_student() -> None:
    handout = (ROOT / "assignments/dense/README.md").read_text(encoding="utf-8")

    assert "| conv2_1 | ? → 32 |" in handout and "| conv3_1 | ? → 128 |" in handout
    assert "35" not in handout.replace("| 35 |", "") and "99" not in handout


SPOILT = {
    "a blank that is not closed": (
        "        # <<< BLANK skip-2\n",
        "",
        "reference/skip/solution.py:31: blank skip-2 is not closed; correct the marks",
    ),
    "a number left out": (
        "BLANK skip-6",
        "BLANK skip-7",
        "reference/skip/solution.py:85: blank skip-7 should have the number 6; correct the marks",
    ),
    "an end without a start": (
        "        # >>> BLANK skip-1\n",
        "",
        "reference/skip/solution.py:28: blank skip-1 is closed but not opened; correct the marks",
    ),
    "another exercise's name": (
        "BLANK skip-1",
        "BLANK dense-1",
        "reference/skip/solution.py:22: the blank is called dense-1, but the exercise is skip; call it skip-1",
    ),
    "a hint in one language": (
        "# ko: 블록 2의",
        "# 블록 2의",
        "reference/skip/solution.py:31: blank skip-2 has no hint in ko; correct the marks",
    ),
    "a blank without code": (
        "        self.conv_skip2 = nn.Conv2d(32, 64, kernel_size=3, padding=1)\n",
        "",
        "reference/skip/solution.py:31: blank skip-2 has no solution; write its code after the hint",
    ),
    "no blank at all": (
        "BLANK",
        "GAP",
        "reference/skip/solution.py: no blank is marked; mark one: # >>> BLANK skip-1",
    ),
}


@pytest.mark.parametrize("case", SPOILT)
def test_a_mistake_in_the_marks_is_one_sentence(copy: Path, case: str) -> None:
    old, new, sentence = SPOILT[case]
    assert spoil(copy, old, new) == sentence


def test_a_template_must_be_python_with_its_blanks_empty(copy: Path) -> None:
    old = "    def forward(self, x):\n"
    new = "    def doubled(self, x):\n" + "".join(
        f"        {line}\n"
        for line in ("# >>> BLANK skip-7", "# ko: a", "# en: b", "return 2 * x", "# <<< BLANK skip-7")
    )
    path = copy / "reference/skip/solution.py"
    path.write_text(path.read_text(encoding="utf-8") + "\n" + new, encoding="utf-8")

    assert spoil(copy, old, old) == (
        "reference/skip/solution.py:103: with its blanks empty this is not Python "
        "(expected an indented block after function definition on line 98); "
        "leave a statement outside the blank"
    )


def test_a_handout_says_where_the_notebook_stops(copy: Path) -> None:
    assert spoil(copy, template.INTRO_ENDS, "", "assignments/skip/README.md") == (
        "assignments/skip/README.md: nothing says where the notebook's intro ends; "
        f"add the line {template.INTRO_ENDS}"
    )
