"""Accidents of handing in that somebody had, a student each, in one run over the whole class: what becomes of them.

The right file of each is right but for the accident; what cannot be read is told to whoever grades.
"""

from __future__ import annotations

import json
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from typing import NamedTuple

import pytest
from stages.handing_in import notebook, packed, write

from grader.bench import Settings
from grader.cli.summary import needs_a_person, ungradable
from grader.course import default_root
from grader.pipeline import run
from grader.records.results import Results

ROOT = default_root()
SKIP = (ROOT / "reference" / "skip" / "solution.py").read_text("utf-8")
CA = (ROOT / "reference" / "ca" / "solution.py").read_text("utf-8")
TEMPLATE = (ROOT / "assignments" / "skip" / "skip_template.py").read_text("utf-8")
WRONG = SKIP.replace("nn.Conv2d(3, 16,", "nn.Conv2d(3, 24,").replace("nn.Conv2d(16, 32,", "nn.Conv2d(24, 32,")
HEAD, BODY = SKIP.split("    def forward(self, x):\n")
METHOD = "".join(line.removeprefix("    ") for line in BODY.splitlines(keepends=True))
FORWARD = "    def forward(self, x):\n"


def raw_named(name: str, shown: bytes, text: str) -> bytes:
    """A zip whose entry bears its name in the Unicode field alone."""
    held = BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        info = zipfile.ZipInfo(shown.decode())
        field = struct.pack("<BL", 1, zlib.crc32(shown)) + name.encode()
        info.extra = struct.pack("<HH", 0x7075, len(field)) + field
        archive.writestr(info, text)
    return held.getvalue()


def book(*cells: tuple[str, str], **more: object) -> str:
    """A notebook of cells of any kind."""
    made = [{"cell_type": kind, "source": text, "metadata": {}} for kind, text in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more})


class Accident(NamedTuple):
    """What one student handed in, and what must become of each exercise: states joined by `|`.

    `full`; `short` (graded, not full); `missing`; `waits` (no points, a person is asked); `asked` (points, and a
    person is asked); `told` (a line for whoever grades names the student).
    """

    situation: str
    files: Mapping[str, str | bytes]
    becomes: Mapping[str, str]
    said: str = ""
    """An expression that the reason, a note or a line for whoever grades has."""


FULL, NOT_LOST = {"skip": "full"}, {"skip": "full|waits|asked|told"}
ACCIDENTS = [
    # right networks in forms that a trace could stumble over
    Accident("lazy layers among others", {"skip.py": SKIP.replace("nn.Linear(4096, 512)", "nn.LazyLinear(512)").replace(
        "nn.Conv2d(64, 128, ", "nn.LazyConv2d(128, ")}, FULL),
    Accident("autocast by the device of the input, and a scaler", {"skip.py": HEAD + FORWARD
        + "        with torch.autocast(device_type=x.device.type, enabled=x.is_cuda):\n            return self.inner(x)\n\n"
        + BODY.join(["    def inner(self, x):\n", "\n\nscaler = torch.amp.GradScaler()\n"])}, FULL),
    Accident("compile with options, as a method's decorator", {"skip.py": HEAD
        + '    @torch.compile(mode="reduce-overhead", dynamic=True)\n' + FORWARD + BODY}, FULL),
    Accident("compiled in the constructor", {"skip.py": HEAD.rstrip() + "\n        self.forward = torch.compile(self.forward)\n\n"
        + FORWARD + BODY}, FULL),
    Accident("checkpoint around a method", {"skip.py": "from torch.utils import checkpoint as ckpt\n" + HEAD + FORWARD
        + "        return ckpt.checkpoint(self.inner, x, use_reentrant=False)\n\n    def inner(self, x):\n" + BODY}, FULL),
    Accident("channels last and switches of the backend", {"skip.py": "import torch\ntorch.backends.cuda.matmul.allow_tf32 = True\n"
        "torch.set_float32_matmul_precision('high')\n" + HEAD.rstrip() + "\n        self.to(memory_format=torch.channels_last)\n\n"
        + FORWARD + BODY}, FULL),
    Accident("scripted below the class under a name of its own", {"skip.py": SKIP + "\nscripted = torch.jit.script(VGG_SKIP())\n"}, FULL),
    Accident("the class is made again by type()", {"skip.ipynb": notebook(HEAD, f"def go(self, x):\n{METHOD}",
        "VGG_SKIP = type('VGG_SKIP', (VGG_SKIP,), {'forward': go})")}, FULL),
    Accident("the class is opened again for forward, below one that is not implemented", {"skip.ipynb": notebook(
        HEAD + FORWARD + "        raise NotImplementedError\n", "class VGG_SKIP(VGG_SKIP):\n" + FORWARD + BODY)}, FULL),
    Accident("everything in one cell behind shell words", {"skip.ipynb": notebook("ls -al\n%pwd\ncd /content\n?torch\n" + SKIP)}, FULL),
    Accident("imports of what Colab has", {"skip.py": "import torchsummary, torchinfo\nfrom tqdm.auto import trange\n"
        "from google.colab import files\n" + SKIP}, FULL),
    Accident("one image becomes a vector in the gate", {"ca.py": re.sub(r"(return self\.fc3\(\w+\))", r"\1.squeeze().view(-1, 10)", CA)},
        {"ca": "full"}),
    Accident("one image loses its row", {"skip.py": SKIP.replace("return self.fc3(out)", "return self.fc3(out).squeeze(0)")},
        {"skip": "short"}, r"\b1 image|10, expected 1×10"),
    # which file
    Accident("a copy in Korean of a template, with work in it", {"skip_template - 복사본.py": SKIP, "skip_template.py": TEMPLATE}, NOT_LOST),
    Accident("a cloud's copy of a conflict", {"skip.py": SKIP, "skip (conflicted copy 2024-11-20).py": WRONG}, NOT_LOST),
    Accident("what editors leave beside the file", {"skip.py": SKIP, "skip.py~": WRONG, ".skip.py.swp": b"b0VIM 8.2",
        ".ipynb_checkpoints/skip-checkpoint.py": WRONG}, FULL),
    Accident("versions by the day in their names", {"skip_1118.py": WRONG, "skip_1120.py": SKIP}, NOT_LOST),
    Accident("an abstract parent under the asked name in another file", {"base_skip.py": "import torch.nn as nn\nclass VGG_SKIP(nn.Module):\n"
        "    def __init__(self, block):\n        super().__init__()\n        self.block = block\n", "net.py": SKIP}, FULL),
    Accident("the work in a helper module, and a notebook that only uses it", {"train.ipynb": notebook(
        "from mynet import VGG_SKIP", "model = VGG_SKIP()\nprint(model)"), "mynet.py": SKIP}, FULL),
    Accident("the class twice in a notebook, begun again and left at the end", {"skip.ipynb": notebook(
        SKIP, "# 다시 해보기\nclass VGG_SKIP(nn.Module):\n    def __init__(self):\n        super().__init__()\n    pass")}, {"skip": "full|asked|waits|short"}),
    # half a hand-in
    Accident("half of it in a word processor's file", {"skip.py": SKIP, "dense.hwp": b"\xd0\xcf\x11\xe0" + b"\0" * 64},
        {"skip": "full", "dense": "waits|told"}),
    Accident("half of it a picture of the code", {"skip.py": SKIP, "dense.png": b"\x89PNG\r\n\x1a\n" + b"\0" * 64},
        {"skip": "full", "dense": "waits|told"}),
    Accident("half of it a notebook that is cut off", {"skip.py": SKIP, "dense.ipynb": book(("code", "x = 1"))[:-9]},
        {"skip": "full", "dense": "waits|told"}),
    Accident("half of it in an archive with a password", {"skip.py": SKIP, "dense.zip": packed({"dense.py": "x"}).replace(
        b"PK\x03\x04\x14\x00\x00\x00", b"PK\x03\x04\x14\x00\x01\x00").replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00")},
        {"skip": "full", "dense": "waits|told"}),
    # what cannot be read, or is not there
    Accident("a link of a cloud", {"skip.py": "https://drive.google.com/file/d/1AbC/view?usp=drive_link"}, {"skip": "waits|told"}, "link"),
    Accident("a shortcut of the cloud's program", {"skip.gdoc": '{"url": "https://docs.google.com/x"}'}, {"skip": "waits|told"}),
    Accident("a page that says that one must log in", {"skip.ipynb": "<html><head><title>Sign in</title></head></html>"},
        {"skip": "waits|told"}, "web page"),
    Accident("an archive of another kind under a script's name", {"skip.py": b"7z\xbc\xaf\x27\x1c" + b"\1" * 40}, {"skip": "waits|told"}, "7z"),
    Accident("zeros where the middle of the file was", {"skip.py": SKIP.encode()[:900] + b"\0" * 512 + SKIP.encode()[1412:]},
        {"skip": "waits|told|short"}),
    Accident("text of a shell's session", {"skip.py": ">>> import torch\n>>> " + SKIP.replace("\n", "\n... ")}, {"skip": "full|waits|told|short"}),
    Accident("a name that only the archive's Unicode field has", {"lab.zip": raw_named("스킵.py", b"???.py", SKIP)}, FULL),
    Accident("a class in a text cell", {"skip.ipynb": book(("code", "import torch.nn as nn"), ("markdown", SKIP))}, {"skip": "full|told|waits"}),
    Accident("UTF-8 that broke off, in a comment", {"skip.py": SKIP.encode() + "\n# 끝났습".encode()[:-1] + b"\n"}, FULL),
    Accident("the class's name in other letters", {"skip.py": SKIP.replace("VGG_SKIP", "Vgg_Skip")}, {"skip": "full|asked|waits|short"}, "Vgg_Skip"),
    # what could stop a class
    Accident("a notebook a hundred thousand lists deep", {"skip.ipynb": "[" * 100_000}, {"skip": "waits|told"}),
    Accident("a notebook whose cells are a mapping, or no cells", {"a.ipynb": book(cells={"0": 1}), "b.ipynb": book(cells=[None, 3, "x", {}]),
        "c.ipynb": "[1, 2]", "skip.py": SKIP}, FULL),
    Accident("brackets without end", {"skip.py": "x = " + "(" * 9_000 + ")" * 9_000 + "\n" + SKIP}, {"skip": "full|waits|told|short"}),
    Accident("a sum of ten thousand numbers", {"skip.py": SKIP + "\nx = " + " + ".join(["1"] * 20_000) + "\n"}, {"skip": "full|waits|told|short"}),
    Accident("an entry that is no name, and one that leads out", {"lab.zip": packed(
        {"/": "", "../../skip.py": WRONG, "a//skip.py": SKIP})}, {"skip": "full|told|waits"}),
    Accident("escapes that are half of a letter", {"skip.py": SKIP + "\nname = '\\ud800'\nprint(name)\n"}, FULL),
    Accident("a coding line that nobody knows", {"skip.py": "# -*- coding: hangul-x -*-\n" + SKIP}, {"skip": "full|told|waits"}),
    Accident("form feeds, and ends of lines of three kinds", {"skip.py": "\x0c" + SKIP.replace("\n", "\r\n", 30).replace("\n", "\n\x0c\n", 1)}, FULL),
    Accident("two hundred folders deep", {"/".join(["d"] * 200) + "/skip.py": SKIP}, {"skip": "full|told|waits"}),
    Accident("an archive of nothing but folders", {"lab.zip": packed({"lab12/": "", "lab12/src/": ""})}, {"skip": "told"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("accidents")
    for number, accident in enumerate(ACCIDENTS):
        write(folder / "class" / f"{20240001 + number}", accident.files)
    exercises = ("skip", "dense", "ca")
    return run(Settings(
        submissions=folder / "class", out=folder / "out", course=ROOT, exercises=exercises, profile="static", language="en"
    ))  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(ACCIDENTS)), ids=[accident.situation for accident in ACCIDENTS])
def test_an_accident_costs_no_point_unsaid_and_stops_nobody(graded: Results, number: int) -> None:
    accident, student = ACCIDENTS[number], str(20240001 + number)
    (row,) = [row for row in graded.submissions if row.student_id == student]
    lines = [line for line in (*needs_a_person(graded, "en"), *ungradable(graded, "en")) if student in line]
    for exercise, states in accident.becomes.items():
        found = row.exercises[exercise]
        now = {
            "full": found.status == "graded" and found.points == found.max_points,
            "short": found.status == "graded" and found.points != found.max_points,
            "missing": found.status == "missing",
            "waits": found.status == "needs_review",
            "asked": found.asked is not None,
            "told": bool(lines),
        }
        assert any(now[state] for state in states.split("|")), (found, lines)
    told = " ".join([*lines, row.model_dump_json()])
    assert re.search(accident.said, told)


def test_there_is_a_row_for_each_and_no_other(graded: Results) -> None:
    assert [row.student_id for row in graded.submissions] == [
        str(20240001 + number) for number in range(len(ACCIDENTS))
    ]
