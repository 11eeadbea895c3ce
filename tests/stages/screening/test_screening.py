from __future__ import annotations

import pytest

from grader.course import default_root, read_course
from grader.marks import blanks_of
from grader.records.submission import Cell, Excerpt, LocalModule
from grader.stages.screening import Screening, screen

COURSE = read_course(default_root())
SKIP = COURSE["skip"].template
LINES = SKIP.split("\n")


def excerpt(*sources: str) -> Excerpt:
    cells = tuple(Cell(label=f"lab.ipynb [{i}]", text=source) for i, source in enumerate(sources, start=1))
    return Excerpt(exercise="skip", class_name="VGG_SKIP", file="lab.ipynb", cells=cells)


def numbers(screening: Screening) -> list[int]:
    return [blank.number for blank in screening.blanks]


def todo(number: int) -> str:
    return next(line for line in LINES if f"TODO skip-{number}" in line)


@pytest.mark.parametrize(("name", "count"), [("base", 5), ("skip", 6), ("dense", 4), ("ca", 4)])
def test_every_blank_of_the_empty_template_is_found(name: str, count: int) -> None:
    template = COURSE[name].template

    assert numbers(screen(excerpt(template), template)) == list(range(1, count + 1))


@pytest.mark.parametrize("name", COURSE)
def test_no_blank_of_the_solution_is_found(name: str) -> None:
    assert screen(excerpt(COURSE[name].solution), COURSE[name].template) == Screening()


def test_a_blank_comes_with_its_place_and_its_hint() -> None:
    found = screen(excerpt("import torch", SKIP), SKIP).blanks[1]

    assert found.place.file == "lab.ipynb [2]"
    assert found.place.source == "# >>> BLANK skip-2" == LINES[found.place.line - 1].strip()
    assert found.hint.en == (
        "Make self.conv_skip2, the convolution on block 2's skip path. It takes N×32×16×16 and gives N×64×16×16. "
        "3×3, stride 1, padding 1. "
        "May help: nn.Conv2d(in_channels, out_channels, kernel_size=..., padding=...)"
    )
    assert found.hint.ko.startswith("블록 2의 skip 경로에 쓸 합성곱을 self.conv_skip2에 만드세요.")


def test_blanks_that_were_filled_are_not_found() -> None:
    source = SKIP.replace(todo(2), "        self.conv_skip2 = nn.Conv2d(32, 64, 3, padding=1)")
    source = source.replace(
        todo(5), todo(5) + "\n        out = torch.add(out, self.conv_skip2(block_in))  # 더하기"
    )

    assert numbers(screen(excerpt(source), SKIP)) == [1, 3, 4, 6]


@pytest.mark.parametrize(
    "nothing", ["", "        pass", "        ...", "        # 모르겠다", "        pass  # later"]
)
def test_a_blank_with_code_that_does_nothing_is_empty(nothing: str) -> None:
    assert numbers(screen(excerpt(SKIP.replace(todo(4), nothing)), SKIP)) == [1, 2, 3, 4, 5, 6]


def test_a_todo_line_without_the_other_marks_is_an_empty_blank() -> None:
    source = "\n".join(line for line in LINES if ">>>" not in line and "<<<" not in line)
    found = screen(excerpt(source), SKIP)

    assert numbers(found) == [1, 2, 3, 4, 5, 6]
    assert found.blanks[0].place.source == todo(1).strip()


@pytest.mark.parametrize("mark", [">>> BLANK skip-4", "<<< BLANK skip-4", "TODO skip-4"])
def test_code_written_just_outside_the_marks_fills_the_blank(mark: str) -> None:
    own = "        out = out + self.relu(self.conv_skip1(block_in))"
    at = next(i for i, line in enumerate(LINES) if mark in line) + (1 if "<<<" in mark else 0)
    source = "\n".join([*LINES[:at], own, *LINES[at:]])

    assert numbers(screen(excerpt(source), SKIP)) == [1, 2, 3, 5, 6]


def test_code_under_a_todo_line_fills_the_blank_when_the_marks_are_gone() -> None:
    lines = [line for line in LINES if "BLANK skip-4" not in line]
    at = lines.index(todo(4)) + 1
    source = "\n".join([*lines[:at], "        out = out + self.conv_skip1(block_in)", *lines[at:]])

    assert numbers(screen(excerpt(source), SKIP)) == [1, 2, 3, 5, 6]


def test_nothing_is_found_where_the_marks_were_deleted() -> None:
    source = "\n".join(line for line in LINES if not line.strip().startswith("#"))

    assert screen(excerpt(source), SKIP) == Screening()


def test_the_marks_survive_tabs_and_a_broken_line_elsewhere() -> None:
    source = SKIP.replace("    ", "\t").replace(
        "self.fc2 = nn.Linear(512, 256)", "self.fc2 = nn.Linear(512, 256"
    )

    assert numbers(screen(excerpt(source), SKIP)) == [1, 2, 3, 4, 5, 6]


def test_the_marks_of_another_exercise_are_not_this_ones() -> None:
    assert screen(excerpt(COURSE["dense"].template), SKIP) == Screening()


@pytest.mark.parametrize(
    "line",
    ["x = x.cuda()", 'device = torch.device("cuda")', "x = x.to('cuda:0')", 'd = "cuda" if ok else "cpu"'],
)
def test_code_that_names_cuda_is_noted_and_costs_nothing(line: str) -> None:
    found = screen(excerpt("import torch", f"x = 1\n{line}\nx.cuda()"), SKIP)

    assert [note.en for note in found.notes] == [
        "The code asks for a GPU (lab.ipynb [2]:2). It was run on a CPU instead, which costs nothing."
    ]
    assert [note.ko for note in found.notes] == [
        "코드에서 GPU(CUDA)를 써요(lab.ipynb [2]:2). 채점할 때는 CPU로 바꿔 실행했고, 감점은 없어요."
    ]


def test_a_module_of_the_students_own_is_read_too() -> None:
    module = LocalModule(name="layers", cells=(Cell(label="layers.py", text="x = y.cuda()"),))
    found = screen(excerpt("import layers").model_copy(update={"modules": (module,)}), SKIP)

    assert "layers.py:1" in found.notes[0].en


@pytest.mark.parametrize("line", ["x = 1  # x.cuda()", "cuda = 1", 'print("no cuda here")'])
def test_a_mention_of_cuda_that_asks_for_nothing_is_not_noted(line: str) -> None:
    assert screen(excerpt(line), SKIP).notes == ()


def test_the_blanks_of_template_and_solution_are_the_same() -> None:
    for exercise in COURSE.values():
        of_template, of_solution = blanks_of(exercise.template), blanks_of(exercise.solution)
        assert [b.hint for b in of_template] == [b.hint for b in of_solution]
