"""Modules that a student hands in beside the graded file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from stages.handing_in import NAMES, handed_in, python

from grader.records.submission import Excerpt
from grader.stages.excerpts import cut

Run = Callable[[Excerpt | None], dict[str, Any]]


class Case(NamedTuple):
    """Files, the modules that must come along, and words that must be in none of them."""

    situation: str
    files: dict[str, str]
    modules: tuple[str, ...]
    gone: tuple[str, ...] = ()


MAIN = "class VGG_SKIP:\n    def forward(self): return {}\n"
CASES = [
    Case(
        "from blocks import name brings that name's slice only",
        {
            "blocks.py": "import wandb_missing\nk = 1\ndef one(): return k\ndef two(): wandb_missing\nprint(1)\n",
            "skip.py": "from blocks import one, two\n" + MAIN.format("one()"),
        },
        ("blocks",),
        ("wandb_missing", "print", "two"),
    ),
    Case(
        "import blocks brings what is mentioned of it",
        {
            "blocks.py": "import wandb_missing\ndef one(): return 1\ndef two(): wandb_missing\n",
            "skip.py": "import blocks as b, torch_missing\n" + MAIN.format("b.one()"),
        },
        ("blocks",),
        ("missing",),
    ),
    Case(
        "star imports bring what is used",
        {
            "blocks.py": "def one(): return _k\n_k = 1\ndef two(): return missing\nimport missing\n",
            "skip.py": "from blocks import *\n" + MAIN.format("one()"),
        },
        ("blocks",),
        ("missing",),
    ),
    Case(
        "star imports go through a chain of modules",
        {
            "a.py": "def one(): return 1\n",
            "b.py": "from a import *\n",
            "skip.py": "from b import *\n" + MAIN.format("one()"),
        },
        ("a", "b"),
    ),
    Case(
        "relative imports of a script's neighbour",
        {
            "hw/blocks.py": "one = lambda: 1\n",
            "hw/skip.py": "from .blocks import one\n" + MAIN.format("one()"),
        },
        ("blocks",),
    ),
    Case(
        "from . import module",
        {
            "blocks.py": "def one(): return 1\n",
            "skip.py": "from . import blocks\n" + MAIN.format("blocks.one()"),
        },
        ("blocks",),
    ),
    Case(
        "a package with relative imports of its own",
        {
            "models/__init__.py": "from .blocks import one\nimport missing\n",
            "models/blocks.py": "from . import parts\nfrom ..models.parts import k\ndef one(): return parts.k * k\n",
            "models/parts.py": "k = 1\n",
            "skip.py": "from models import one\n" + MAIN.format("one()"),
        },
        ("models", "models.blocks", "models.parts"),
        ("missing",),
    ),
    Case(
        "a package without __init__",
        {
            "src/lib/blocks.py": "one = int\n",
            "src/skip.py": "import lib.blocks\n" + MAIN.format("lib.blocks.one(1)"),
        },
        ("lib", "lib.blocks"),
    ),
    Case(
        "from package import module",
        {
            "lib/blocks.py": "one = int\n",
            "skip.py": "from lib import blocks\n" + MAIN.format("blocks.one(1)"),
        },
        ("lib", "lib.blocks"),
    ),
    Case(
        "an import inside a method",
        {
            "blocks.py": "def one(): return 1\n",
            "skip.py": "class VGG_SKIP:\n    def forward(self):\n        from blocks import one\n        return one()\n",
        },
        ("blocks",),
    ),
    Case(
        "modules that import each other",
        {
            "a.py": "import b\ndef one(): return b.k\nz = 1\n",
            "b.py": "import a\nk = 1\ndef two(): return a.z\n",
            "skip.py": "from a import one\n" + MAIN.format("one()"),
        },
        ("a", "b"),
        ("two",),
    ),
    Case(
        "a base class out of another file",
        {
            "base.py": "class VGG:\n    def helper(self): return K\nK = 1\n",
            "skip.py": "from base import VGG\nclass VGG_SKIP(VGG):\n    def forward(self): return self.helper()\n",
        },
        ("base",),
    ),
    Case(
        "a module that a download renamed",
        {"blocks-1.py": "one = int\n", "skip.py": "from blocks import one\n" + MAIN.format("one(1)")},
        ("blocks",),
    ),
    Case(
        "a module that Canvas has renamed nine times",
        {
            "blocks-0f8fad5b-d9cb-469f-a165-70867728950e.py": "one = int\n",
            "skip-0f8fad5b-d9cb-469f-a165-70867728950f.py": "from blocks import one\n"
            + MAIN.format("one(1)"),
        },
        ("blocks",),
    ),
    Case(
        "a module with the student's number before it",
        {"20231234_blocks.py": "one = int\n", "skip.py": "from blocks import one\n" + MAIN.format("one(1)")},
        ("blocks",),
    ),
    Case(
        "a module with the student's number and name before it",
        {
            "20231234_홍길동_base.py": "class VGG:\n    def one(self): return 1\n",
            "20231234_홍길동_skip.py": "from base import VGG\nclass VGG_SKIP(VGG):\n    def forward(self): return self.one()\n",
        },
        ("base",),
    ),
    Case(
        "modules with a student's name, an LMS's words and a second attempt around them",
        {
            "hong_gildong_3143_99101_one.py": "a = 1\n",
            "홍길동_12_assignsubmission_file_two.py": "b = 1\n",
            "과제_20231234 홍길동 three-1.py": "c = 1\n",
            "skip.py": "from one import a\nfrom two import b\nfrom three import c\n"
            + MAIN.format("a * b * c"),
        },
        ("one", "three", "two"),
    ),
    Case(
        "a file under its own name goes before one with the student's number before it",
        {
            "20231234_blocks.py": "one = str\n",
            "blocks.py": "one = int\n",
            "skip.py": "from blocks import one\n" + MAIN.format("one(1)"),
        },
        ("blocks",),
    ),
    Case(
        "a module in a folder that the code puts into sys.path",
        {
            "lib/blocks.py": "one = int\n",
            "skip.py": "import sys\nsys.path.append('lib')\nfrom blocks import one\n" + MAIN.format("one(1)"),
        },
        ("blocks",),
    ),
    Case(
        "a module imported by importlib",
        {
            "base.py": "import missing\nclass VGG:\n    def one(self): return 1\n",
            "skip.py": "import importlib\nbase = importlib.import_module('base')\n"
            "class VGG_SKIP(base.VGG):\n    def forward(self): return self.one()\n",
        },
        ("base",),
        ("missing",),
    ),
    Case(
        "torch and the standard library are never the student's",
        {"math.py": "raise SystemExit\n", "skip.py": "import math\n" + MAIN.format("math.floor(1.5)")},
        (),
    ),
    Case(
        "an imported list that is changed here",
        {"conf.py": "cfg = []\n", "skip.py": "from conf import cfg\ncfg.append(1)\n" + MAIN.format("cfg[0]")},
        ("conf",),
    ),
    Case(
        "a module that is not needed stays away",
        {"train.py": "raise SystemExit\n", "skip.py": "import train\n" + MAIN.format("1")},
        (),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case.situation for case in CASES])
def test_the_students_own_modules_come_along_as_far_as_they_are_needed(case: Case, run: Run) -> None:
    excerpt = cut(handed_in(*(python(path, text) for path, text in case.files.items())), NAMES, "skip")
    assert excerpt is not None
    assert run(excerpt)["VGG_SKIP"]().forward() == 1
    assert tuple(module.name for module in excerpt.modules) == case.modules
    held = "".join(cell.text for part in (excerpt, *excerpt.modules) for cell in part.cells)
    assert [word for word in case.gone if word in held] == []
