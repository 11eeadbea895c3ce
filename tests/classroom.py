"""A class of students out of the library: copies with variations, as files and notebooks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat

LIBRARY = Path(__file__).parent / "submissions"
CLASSES = {"base": "VGG", "skip": "VGG_SKIP", "dense": "VGG_DENSE", "ca": "VGG_CA"}

COLAB = """!pip install -q wandb
%matplotlib inline
from google.colab import drive
drive.mount('/content/drive')
import wandb, torchvision
train = torchvision.datasets.CIFAR10('./data', train=True, download=True)
"""
TRAINING = """network = {name}().cuda()
optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
for epoch in range(20):
    for images, labels in loader:
        optimizer.zero_grad()
        loss = criterion(network(images.cuda()), labels.cuda())
        loss.backward()
        optimizer.step()
    print('Epoch:', epoch + 1, 'Loss = {{:>.6f}}'.format(loss))
open('/tmp/grader_should_never_write_this', 'w').write('{name}')
"""


@dataclass(frozen=True)
class Student:
    """One row of the class list."""

    number: str
    exercise: str
    case: str
    correct: bool


def choose(kind: str, per_exercise: dict[str, int]) -> list[tuple[str, Path]]:
    """Cases spread evenly over each exercise's part of the library."""
    chosen = []
    for exercise, count in per_exercise.items():
        files = sorted((LIBRARY / kind / exercise).glob("*.py"))
        chosen += [(exercise, files[(k * len(files)) // count]) for k in range(count)]
    return chosen


def write(folder: Path, cases: list[tuple[str, Path]], correct: bool, first: int) -> list[Student]:
    """Hand in each case in one of several forms; students get consecutive numbers."""
    students = []
    for position, (exercise, file) in enumerate(cases):
        number = str(first + position)
        source = file.read_text("utf-8")
        accepted = (CLASSES[exercise], "Model") if exercise == "base" else (CLASSES[exercise],)
        name = [found for found in re.findall(r"^\s*class (\w+)", source, re.M) if found in accepted][-1]
        FORMS[position % len(FORMS)](folder, number, exercise, name, source)
        students.append(Student(number, exercise, file.stem, correct))
    return students


def _plain(folder: Path, number: str, exercise: str, name: str, source: str) -> None:
    (folder / f"{number}_{exercise}.py").write_text(source, "utf-8")


def _windows(folder: Path, number: str, exercise: str, name: str, source: str) -> None:
    """CP949 where it can be, CRLF, Korean comments, in a folder of the student's own."""
    own = folder / f"{number}_홍길동"
    own.mkdir()
    text = f"# 12주차 실습 {exercise}\n{source}\nprint('끝났어요')\n"
    try:
        data = text.replace("\n", "\r\n").encode("cp949")
    except UnicodeEncodeError:
        data = text.replace("\n", "\r\n").encode("utf-8-sig")
    (own / "제출.py").write_bytes(data)


def _unguarded(folder: Path, number: str, exercise: str, name: str, source: str) -> None:
    """A training loop that would run at import."""
    text = f"import wandb\n{source}\n{TRAINING.format(name=name)}"
    (folder / f"{number} {exercise} 최종.py").write_text(text, "utf-8")


def _notebook(folder: Path, number: str, exercise: str, name: str, source: str) -> None:
    """A Colab notebook with everything in it."""
    own = folder / f"{number}"
    own.mkdir()
    book = nbformat.v4.new_notebook()
    book.cells = [
        nbformat.v4.new_markdown_cell("# 12주차"),
        nbformat.v4.new_code_cell(COLAB),
        nbformat.v4.new_code_cell(source),
        nbformat.v4.new_code_cell(f"%%time\n{TRAINING.format(name=name)}"),
        nbformat.v4.new_code_cell("이 셀은 그냥 메모입니다 :)"),
    ]
    nbformat.write(book, own / "week12.ipynb")


FORMS = (_plain, _windows, _unguarded, _notebook)
