"""What only an attacker writes is shown to the teaching assistant, what students write is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.class_work import read_submissions
from grader.records.submission import Cell
from grader.stages.excerpts import cut
from grader.stages.screening.suspicion import suspicions

TESTS = Path(__file__).parents[2]
CLASSES = {"base": ("VGG", "Model"), "skip": ("VGG_SKIP",), "dense": ("VGG_DENSE",), "ca": ("VGG_CA",),
           "combo": ("VGG_COMBO",)}  # fmt: skip


def said(text: str) -> list[str]:
    return [flag.what.en for flag in suspicions([Cell(label="model.py", text=text)])]


@pytest.mark.parametrize("kind", ["correct", "broken"])
def test_no_homework_of_the_library_is_suspected(kind: str) -> None:
    files = sorted((TESTS / "submissions" / kind).glob("*/*.py"))
    assert len(files) > 80
    for file in files:
        assert said(file.read_text(encoding="utf-8")) == [], file


def test_no_example_is_suspected_in_the_part_that_is_run() -> None:
    submissions = read_submissions(TESTS.parent / "examples/submissions")
    assert len(submissions) >= 12
    for submission in submissions:
        for exercise, classes in CLASSES.items():
            excerpt = cut(submission, classes, exercise)
            assert excerpt is None or suspicions(excerpt.cells) == (), submission.student_id


@pytest.mark.parametrize(
    "honest",
    [
        "import os\nos.environ['CUDA_VISIBLE_DEVICES'] = '0'\nos.makedirs('data', exist_ok=True)\nos.path.exists('w.pth')",
        "import subprocess\nsubprocess.run(['pip', 'install', 'torch'])",
        "import os\nos.system('nvidia-smi')",
        "import torch\ntorch.backends.cudnn.benchmark = True\ntorch.manual_seed(0)",
        "import gc\ngc.collect()",
        "import urllib.request\nurllib.request.urlretrieve('http://x/y', 'y')",
        "import torch\nmodel = torch.load('results/model.pt')",
        "import inspect\ninspect.signature(print)",
        "import sys\nsys.path.append('/content/drive')",
        "socket = 1\nprint(socket)",
        "import json\njson.dump({}, open('results.json', 'w'))",
        "'see my solution.py for the rest'",
        "import socket\nsocket.gethostname()",
        "import resource\nresource.getrusage(resource.RUSAGE_SELF)",
        "import signal\nsignal.signal(signal.SIGINT, print)",
        "open('/proc/meminfo').read()",
        "import torch.multiprocessing as mp\nmp.set_start_method('spawn')",
    ],
)
def test_what_honest_students_write_is_left_alone(honest: str) -> None:
    assert said(honest) == []


@pytest.mark.parametrize(
    ("hostile", "words"),
    [
        ("import os as o\no._exit(0)", "ends the process itself"),
        ("from os import kill, getppid\nkill(getppid(), 9)", "starts or signals processes"),
        ("import torch\ntorch.allclose = torch.equal = lambda *a: True", "replaces a function of a library"),
        ("import torch\ndef f(*a):\n    return True\ntorch.equal = f", "replaces a function of a library"),
        ("import torch\nsetattr(torch, 'equal', print)", "replaces a function of a library"),
        ("import sys\nf = sys._getframe()", "looks at the program that runs it"),
        ("open('/proc/self/maps')", "reads files of the system"),
        ("import glob\nglob.glob('/**/solution.py')", "looks for the grader's own files"),
        ("import ctypes\nctypes.CDLL(None)", "reaches below Python"),
    ],
)
def test_an_attack_is_shown_with_its_line(hostile: str, words: str) -> None:
    flags = suspicions([Cell(label="model.py", text=hostile)])
    assert words in [flag.what.en for flag in flags]
    assert all(flag.place and flag.place.source for flag in flags)


@pytest.mark.parametrize("kind", ["reading", "escaping"])
def test_more_than_half_of_the_attacks_that_reach_out_are_flagged(kind: str) -> None:
    files = sorted((TESTS / "attacks/submissions" / kind).glob("*.py"))
    flagged = [file.stem for file in files if said(file.read_text(encoding="utf-8"))]
    assert len(flagged) > 0.5 * len(files), sorted({file.stem for file in files} - set(flagged))
