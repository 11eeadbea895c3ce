"""Student templates, made from the marked solutions: `python -m grader.authoring.template`.

`reference/<name>/solution.py` without what stands in its blanks becomes
`assignments/<name>/<name>_template.py` and `.ipynb`. The notebook opens with the part of the
handout (`README.md`) above `INTRO_ENDS`.
"""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
from nbformat import v4

from grader.course import default_root, exercise_names, read_assignment, read_solution
from grader.errors import AssignmentError
from grader.marks import Blank, BlankError, blanks_of
from grader.records.assignment import Assignment
from grader.yaml_file import read_text

INTRO_ENDS = "<!-- 템플릿 노트북에는 여기까지 들어가요 · the template notebook takes everything above -->"


def main(root: Path | None = None) -> None:
    """Write the templates of every exercise. Raises AssignmentError."""
    root = root or default_root()
    for name in exercise_names(root):
        for path, text in templates(root, name).items():
            path.write_text(text, encoding="utf-8")


def templates(root: Path, name: str) -> dict[Path, str]:
    """What the template files of an exercise must hold.

    Raises:
        AssignmentError: a mistake in the exercise's files, its marks included.
    """
    folder, reference = root / "assignments" / name, root / "reference" / name / "solution.py"
    assignment = read_assignment(folder / "assignment.yaml")
    solution = read_solution(reference, assignment.classes[0])
    body = _without_docstring(_emptied(reference, name, solution))
    handout = read_text(folder / "README.md", "write the exercise's handout there")
    intro, mark, _ = handout.partition(INTRO_ENDS)
    if not mark:
        raise AssignmentError(
            folder / "README.md",
            None,
            "nothing says where the notebook's intro ends",
            f"add the line {INTRO_ENDS}",
        )
    stem = folder / f"{name}_template"
    return {
        stem.with_suffix(
            ".py"
        ): f"{_header(assignment)}\n{body.strip()}\n\n\n{_guarded(_try_it(assignment))}",
        stem.with_suffix(".ipynb"): _notebook(assignment, intro.strip(), body.strip()),
    }


def _emptied(path: Path, name: str, solution: str) -> str:
    """The solution with a TODO line in place of each blank's code."""
    lines = solution.split("\n")
    try:
        blanks = blanks_of(solution)
    except BlankError as error:
        raise AssignmentError(path, error.line, str(error), "correct the marks") from error
    if not blanks:
        raise AssignmentError(path, None, "no blank is marked", f"mark one: # >>> BLANK {name}-1")
    bare = list(lines)
    for blank in reversed(blanks):  # from the end, so that earlier lines keep their numbers
        _check(path, name, blank, lines)
        indent = lines[blank.first - 1].partition("#")[0]
        todo = f"{indent}# TODO {name}-{blank.number}: 여기에 코드를 쓰세요 · write your code here"
        bare[blank.code - 1 : blank.last - 1] = [""] * (blank.last - blank.code)
        lines[blank.code - 1 : blank.last - 1] = [todo]
    try:
        ast.parse("\n".join(bare))
    except SyntaxError as error:
        raise AssignmentError(
            path,
            error.lineno,
            f"with its blanks empty this is not Python ({error.msg})",
            "leave a statement outside the blank",
        ) from error
    return "\n".join(lines)


def _check(path: Path, name: str, blank: Blank, lines: list[str]) -> None:
    if blank.exercise != name:
        raise AssignmentError(
            path,
            blank.first,
            f"the blank is called {blank.exercise}-{blank.number}, but the exercise is {name}",
            f"call it {name}-{blank.number}",
        )
    if not any(line.strip() for line in lines[blank.code - 1 : blank.last - 1]):
        raise AssignmentError(
            path, blank.first, f"blank {name}-{blank.number} has no solution", "write its code after the hint"
        )


def _without_docstring(source: str) -> str:
    """The docstring of a solution is not for students."""
    first = ast.parse(source).body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        return "\n".join(source.split("\n")[first.end_lineno or 0 :])
    return source


def _header(assignment: Assignment) -> str:
    accepted = " / ".join(assignment.classes)
    channels, height, width = assignment.input_shape
    lines = (
        f"{assignment.title.ko} · {assignment.title.en}",
        "",
        "빈칸(>>> BLANK 와 <<< BLANK 사이)을 모두 채우세요. TODO 줄을 지우고 그 자리에 쓰면 돼요.",
        "빈칸 밖의 코드는 그대로 두어도 되고, 같은 계산을 한다면 다르게 써도 돼요.",
        "Fill every blank (between >>> BLANK and <<< BLANK); replace its TODO line by your code.",
        "The code outside the blanks may stay as it is, or be rewritten as long as it computes the same.",
        "",
        f"클래스 이름 · class name: {accepted}",
        f"입력 · input: N×{channels}×{height}×{width}, 0..1 (N은 몇이든 · any N)",
        f"출력 · output: N×{assignment.outputs} 로짓, softmax 없이 · logits, no softmax",
    )
    return "\n".join(f"# {line}".rstrip() for line in lines) + "\n"


def _try_it(assignment: Assignment) -> str:
    """Code that checks the shape of the output on two random images."""
    shape = ", ".join(map(str, assignment.input_shape))
    return (
        "# 이미지 두 장으로 출력 모양 확인 · check the output's shape on two images\n"
        f"images = torch.rand(2, {shape})\n"
        f"logits = {assignment.classes[0]}()(images)\n"
        'print("출력 모양 · output shape:", tuple(logits.shape))\n'
        f'print("OK" if logits.shape == (2, {assignment.outputs}) else "(2, {assignment.outputs})이어야 해요 · expected")\n'
    )


def _guarded(code: str) -> str:
    return 'if __name__ == "__main__":\n' + "".join(f"    {line}\n" for line in code.splitlines())


def _notebook(assignment: Assignment, intro: str, body: str) -> str:
    how = (
        "**빈칸**(`>>> BLANK`와 `<<< BLANK` 사이)을 모두 채우세요. `TODO` 줄을 지우고 그 자리에 쓰면 돼요. "
        "그다음 아래 셀을 실행해서 출력 모양을 확인하세요.\n\n"
        "**Fill every blank** (between `>>> BLANK` and `<<< BLANK`): replace its `TODO` line by your code. "
        "Then run the last cell to check the output's shape."
    )
    cells = [
        v4.new_markdown_cell(intro, id=f"{assignment.name}-handout"),
        v4.new_markdown_cell(how, id=f"{assignment.name}-blanks"),
        v4.new_code_cell(body, id=f"{assignment.name}-class"),
        v4.new_code_cell(_try_it(assignment).strip(), id=f"{assignment.name}-shape"),
    ]
    notebook = v4.new_notebook(
        cells=cells,
        metadata={
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
    )
    notebook.nbformat_minor = 5
    nbformat.validate(notebook)
    return str(nbformat.writes(notebook)).rstrip("\n") + "\n"


if __name__ == "__main__":
    main()
