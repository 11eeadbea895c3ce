"""The template as a notebook that runs from top to bottom: fill in, check, train, hand in."""

from __future__ import annotations

import nbformat
from nbformat import v4

from grader.authoring.one_language import in_language, source
from grader.course import Exercise
from grader.records.base import Language, Text

INTRO = Text(
    en="# {title}\n\nFill the blanks in the second code cell, then run the cells below it. What is asked for stands in the "
    "handout (`handout.html`). On Colab: first upload the `.whl` file of the kit into the files on the left.",
    ko="# {title}\n\n두 번째 코드 셀의 빈칸을 채우고, 아래 셀들을 차례로 실행하세요. 무엇을 만드는지는 안내문(`handout.html`)에 있어요. "
    "Colab에서는 먼저 왼쪽 파일 창에 키트의 `.whl` 파일을 올려 주세요.",
)
HAND_IN = Text(
    en="## Hand in\n\nSave this notebook and hand it in, or the `.py` file; the class must be called `{name}`. What the cells "
    "above print does not matter: only the class is judged.",
    ko="## 제출\n\n이 노트북을 저장해서 내거나 `.py` 파일을 내세요. 클래스 이름은 `{name}`이어야 해요. 위 셀들의 출력은 점수와 "
    "상관없어요. 클래스만 채점해요.",
)
SETUP = """# 확인 도구 준비: torch는 건드리지 않아요 · the check; torch is left as it is
import glob
import importlib.util
import subprocess
import sys

if importlib.util.find_spec("vgglab_check") is None:
    wheels = glob.glob("vgglab_check-*.whl") + glob.glob("../vgglab_check-*.whl")
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", *wheels[:1]], check=True)
"""
CHECK = """from vgglab_check import check

check({name})
"""
DATA = """# 데이터: "synthetic"은 오프라인에서도 돼요. "cifar10"은 처음에 내려받아요 · the data: "synthetic" works offline
DATA = "synthetic"

import torch

if DATA == "cifar10":
    import torchvision

    sets = [torchvision.datasets.CIFAR10("./data", train=train, download=True) for train in (True, False)]
    images, test_images = (torch.tensor(s.data).permute(0, 3, 1, 2).float() / 255 for s in sets)
    labels, test_labels = (torch.tensor(s.targets) for s in sets)
else:
    from vgglab_check.images import make

    images, labels, test_images, test_labels = map(torch.from_numpy, make())
    images, test_images = images.float() / 255, test_images.float() / 255
print(tuple(images.shape), tuple(test_images.shape))
"""
TRAIN = '''# 학습: 에폭마다 손실을 기록해요 · training; the loss of each epoch is kept
import torch.nn.functional as F

EPOCHS, BATCH = (20, 100) if DATA == "cifar10" else (5, 20)
STEPS = len(images) // BATCH if DATA == "cifar10" else 40
device = "cuda" if torch.cuda.is_available() else "cpu"


def start(network):
    """짧은 학습에 맞는 시작값(He 초기화) · starting weights for a short training (He)"""
    layers = [m for m in network.modules() if isinstance(m, (torch.nn.Conv2d, torch.nn.Linear))]
    for layer in layers:
        torch.nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        torch.nn.init.zeros_(layer.bias)
    torch.nn.init.normal_(layers[-1].weight, std=0.01)


def train(network):
    """에폭마다의 평균 손실 · mean loss of each epoch"""
    if DATA == "cifar10":
        optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    else:
        start(network)
        optimizer = torch.optim.Adam(network.parameters(), lr=0.001)
    losses = []
    for epoch in range(EPOCHS):
        network.train()
        order, total = torch.randperm(len(images)), 0.0
        for step in range(STEPS):
            chosen = order[step * BATCH : (step + 1) * BATCH]
            loss = F.cross_entropy(network(images[chosen].to(device)), labels[chosen].to(device))
            # 짧은 학습에서는 학습률을 0까지 줄여요 · in a short training the learning rate falls to 0
            if DATA == "synthetic":
                optimizer.param_groups[0]["lr"] = 0.001 * (1 - (epoch * STEPS + step) / (EPOCHS * STEPS))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
            done = 20 * (step + 1) // STEPS
            print(f"\\r{epoch + 1:2}/{EPOCHS} [{'#' * done}{'.' * (20 - done)}] {total / (step + 1):.4f}", end="")
        losses.append(total / STEPS)
        print()
    return losses


losses = []
try:
    network = CLASS().to(device)
    network(images[:2].to(device))
except Exception as error:
    print("네트워크가 아직 돌아가지 않아요. 위의 확인 결과부터 보세요 · the network does not run yet, see the check above")
    print(type(error).__name__, error)
else:
    losses = train(network)
    network.eval()
    with torch.no_grad():
        parts = zip(test_images.split(500), test_labels.split(500))
        right = sum((network(x.to(device)).argmax(1).cpu() == y).sum().item() for x, y in parts)
    accuracy = right / len(test_images)
    print(f"정확도 {accuracy:.4f} · accuracy {accuracy:.4f}")
'''
PLOT = """# 기본 네트워크의 손실과 나란히 그려요 · beside the loss of the base network
BASE = BASE_LOSSES

if losses:
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        print([round(loss, 4) for loss in losses])
    else:
        epochs = range(1, len(losses) + 1)
        plt.plot(epochs, losses, marker="o", label="CLASS")
        known = BASE[DATA]
        if known:
            plt.plot(epochs if len(known) == len(losses) else [1, len(losses)], known, "--", label="VGG")
        plt.xlabel("epoch")
        plt.ylabel("loss")
        plt.legend()
        plt.show()
"""


def lab_notebook(
    exercise: Exercise, body: str, base_losses: dict[str, list[float]], language: Language
) -> str:
    """The notebook's text.

    Args:
        body: the template's class, in both languages.
        base_losses: of the base network: by data set, one for each epoch, or twice the last, or none.
    """
    assignment = exercise.assignment
    name = assignment.classes[0]

    def code(text: str, key: str) -> nbformat.NotebookNode:
        lines = [in_language(line, language) for line in text.strip().split("\n")]
        written = "\n".join(lines).replace("CLASS", name).replace("BASE_LOSSES", repr(base_losses))
        return v4.new_code_cell(written, id=f"{assignment.name}-{key}")

    def said(text: Text, key: str) -> nbformat.NotebookNode:
        words = text.in_language(language).format(title=assignment.title.in_language(language), name=name)
        return v4.new_markdown_cell(words, id=f"{assignment.name}-{key}")

    notebook = v4.new_notebook(
        cells=[
            said(INTRO, "intro"), code(SETUP, "setup"),
            v4.new_code_cell(source(body, language).strip(), id=f"{assignment.name}-class"),
            code(CHECK.format(name=name), "check"), code(DATA, "data"), code(TRAIN, "train"),
            code(PLOT, "plot"), said(HAND_IN, "hand-in"),
        ],
        metadata={
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
    )  # fmt: skip
    notebook.nbformat_minor = 5
    nbformat.validate(notebook)
    return str(nbformat.writes(notebook)).rstrip("\n") + "\n"
