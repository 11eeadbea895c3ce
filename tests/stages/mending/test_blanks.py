from __future__ import annotations

import ast

import pytest

from grader.course import default_root, read_course
from grader.marks import blanks_of
from grader.records.submission import Cell, Excerpt, LocalModule
from grader.stages.mending.blanks import LeftBlank, filled, left_blanks

COURSE = {name: e for name, e in read_course(default_root()).items() if e.assignment.open_design is None}
SKIP = COURSE["skip"]


def excerpt(source: str, name: str = "skip") -> Excerpt:
    cell = Cell(label="model.py", text=source)
    class_name = COURSE[name].assignment.classes[0]
    return Excerpt(exercise=name, class_name=class_name, file="model.py", cells=(cell,))


def found(source: str, name: str = "skip") -> tuple[LeftBlank, ...]:
    """The largest set of blanks that may have been left."""
    exercise = COURSE[name]
    return next(left_blanks(excerpt(source, name), exercise.template, exercise.assignment), ())


def names(source: str, name: str = "skip") -> list[str]:
    return [left.name for left in found(source, name)]


def solution_with(number: int, *lines: str, name: str = "skip") -> str:
    """The solution with other lines between the marks of one blank."""
    solution = COURSE[name].solution.split("\n")
    blank = blanks_of(COURSE[name].solution)[number - 1]
    indent = solution[blank.first - 1].partition("#")[0]
    solution[blank.code - 1 : blank.last - 1] = [indent + line for line in lines]
    return "\n".join(solution)


@pytest.mark.parametrize("name", COURSE)
def test_every_blank_of_the_template_is_left_and_none_of_the_solution(name: str) -> None:
    assert names(COURSE[name].template, name) == list(COURSE[name].assignment.blanks)
    assert names(COURSE[name].solution, name) == []


@pytest.mark.parametrize(
    "lines",
    [
        (), ("pass",), ("...",), ("# 나중에",), ("raise NotImplementedError",), ('raise NotImplementedError("4")',),
        ("out = None",), ("out = ...",), ("out = out",), ("out = out + ____",), ("out = torch.add(out, ...)",),
        ('"""아직"""',), ("out =",), ("out",),
    ],
)  # fmt: skip
def test_a_step_is_left_where_nothing_is_computed(lines: tuple[str, ...]) -> None:
    assert names(solution_with(4, *lines)) == ["skip-4"]


@pytest.mark.parametrize(
    "lines",
    [
        ("out = out + block_in",),
        ("skip = self.relu(self.conv_skip1(block_in))",),
        ("out += self.relu(self.conv_skip1(block_in))",),
        ("out = out + self.relu(self.conv_skip1(block_in)",),  # a bracket is missing
    ],
)
def test_a_step_that_computes_something_wrong_is_not_left(lines: tuple[str, ...]) -> None:
    assert names(solution_with(4, *lines)) == []


@pytest.mark.parametrize(
    ("lines", "missing"),
    [
        ((), ("gate_conv1", "gate_conv2", "sigmoid")),
        (("self.gate_conv1 = nn.Conv2d(64, 64, 1)", "self.gate_conv2 = None", "self.sigmoid = nn.Sigmoid()"), ("gate_conv2",)),
        (("self.gate_conv1 = nn.Conv2d(64, 64, 1)", "self.sigmoid = nn.Sigmoid()"), ("gate_conv2",)),
        (("self.gate_conv1, self.gate_conv2 = nn.Conv2d(64, 64, 1), nn.Conv2d(64, 64, 1)",), ("sigmoid",)),
        (("self.gate_conv1 = self.gate_conv2 = nn.Conv2d(____, ____, 1)", "self.sigmoid = nn.Sigmoid()"), ("gate_conv1", "gate_conv2")),
        (("self.gate_conv1 =", "self.gate_conv2 =", "self.sigmoid ="), ("gate_conv1", "gate_conv2", "sigmoid")),
    ],
)  # fmt: skip
def test_a_blank_of_layers_is_left_where_one_is_not_made(
    lines: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    (left,) = found(solution_with(2, *lines, name="ca"), "ca")

    assert (left.name, left.missing) == ("ca-2", missing)


@pytest.mark.parametrize(
    "lines",
    [
        ("self.gate_conv1 = nn.Conv2d(64, 16, 1)", "self.gate_conv2 = nn.Conv2d(64, 64, 1)", "self.sigmoid = nn.Tanh()"),
        ("self.conv_gate1 = nn.Conv2d(64, 64, 1)", "self.gate_conv2 = nn.Conv2d(64, 64, 1)", "self.sigmoid = nn.Sigmoid()"),
        ("for n in (1, 2): setattr(self, f'gate_conv{n}', nn.Conv2d(64, 64, 1))", "self.gate = nn.Sigmoid()"),
        ("self.gate_conv1 nn.Conv2d(64, 64, 1)",),
    ],
)  # fmt: skip
def test_layers_that_are_wrong_misspelt_or_unreadable_are_not_left(lines: tuple[str, ...]) -> None:
    assert names(solution_with(2, *lines, name="ca"), "ca") == []


def test_a_layer_that_nobody_makes_is_left_without_marks_too() -> None:
    source = "\n".join(
        line
        for line in SKIP.solution.split("\n")
        if "BLANK" not in line and "self.conv_skip2 = nn" not in line
    )

    (left,) = found(source)

    assert (left.name, left.missing, left.source) == ("skip-2", ("conv_skip2",), "super().__init__()")


def test_code_below_the_marks_is_a_reason_for_doubt() -> None:
    source = solution_with(4).replace(
        "# <<< BLANK skip-4", "# <<< BLANK skip-4\n        out = out + self.relu(self.conv_skip1(block_in))"
    )
    source = source.replace("out = out + self.relu(self.conv_skip3(block_in))", "pass")

    both = list(left_blanks(excerpt(source), SKIP.template, SKIP.assignment))

    assert [[left.name for left in each] for each in both] == [["skip-4", "skip-6"], ["skip-6"]]


def test_a_blank_is_told_with_its_line_its_hint_and_what_it_is_worth() -> None:
    (left,) = found(solution_with(2, "self.gate_conv1 = nn.Conv2d(64, 64, 1)", "self.gate_conv2 = None",
                                  "self.sigmoid = nn.Sigmoid()", name="ca"), "ca")  # fmt: skip
    repair = left.repair()

    assert (repair.code, repair.price, repair.before) == ("blank-left", 19.0, "self.gate_conv2 = None")
    assert "(not made: `self.gate_conv2`)" in repair.message.en and "`self.gate_conv2`" in repair.message.ko
    assert repair.hint == blanks_of(COURSE["ca"].template)[1].hint


@pytest.mark.parametrize("name", COURSE)
def test_lines_keep_their_numbers_and_nothing_of_the_solution_is_in_what_runs(name: str) -> None:
    exercise = COURSE[name]
    before = excerpt(exercise.template, name)
    left = found(exercise.template, name)

    after = filled(before, left, exercise.template, exercise.assignment)

    own = next(cell for cell in after.cells if cell.label == "model.py")
    changed = [
        new
        for old, new in zip(exercise.template.split("\n"), own.text.split("\n"), strict=True)
        if old != new
    ]
    assert len(changed) >= len(left)
    assert all("_blank_" in line or not line.strip() for line in changed)
    for blank in blanks_of(exercise.solution):
        for line in exercise.solution.split("\n")[blank.code - 1 : blank.last - 1]:
            if line.strip() and line.strip() not in exercise.template:
                assert not any(line.strip() in cell.text for cell in after.cells)
    for cell in after.cells:
        ast.parse(cell.text)


def test_a_stand_in_is_defined_where_the_class_is() -> None:
    module = LocalModule(name="nets", cells=(Cell(label="nets.py", text=solution_with(4)),))
    main = excerpt("from nets import VGG_SKIP").model_copy(update={"modules": (module,)})
    (left,) = next(left_blanks(main, SKIP.template, SKIP.assignment))

    after = filled(main, [left], SKIP.template, SKIP.assignment)

    assert [cell.label for cell in after.cells] == ["model.py"]
    assert [cell.label for cell in after.modules[0].cells] == ["blank skip-4", "nets.py"]


@pytest.mark.parametrize("method", ["__init__", "forward"])
def test_a_method_without_a_body_is_left_with_all_its_blanks(method: str) -> None:
    tree = ast.parse(SKIP.solution)
    body = next(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == method)
    body.body = [body.body[0], ast.Pass()] if method == "__init__" else [ast.Pass()]

    (left,) = found(ast.unparse(tree))

    assert (left.name, left.worth) == (method, {"__init__": 54.0, "forward": 69.0}[method])


def test_a_class_without_any_body_has_nothing_left_to_judge() -> None:
    source = "class VGG_SKIP(nn.Module):\n    def __init__(self):\n        super().__init__()\n    def forward(self, x):\n        pass\n"

    assert names(source) == []
