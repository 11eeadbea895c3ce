"""Which class, of which file, is graded for an exercise."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent
from typing import Any, NamedTuple

import pytest
from stages.handing_in import cells, handed_in, python

from grader.records.submission import Excerpt, SourceFile
from grader.stages.excerpts import cut

Run = Callable[[Excerpt | None], dict[str, Any]]
BASE = ("VGG", "Model")


class Case(NamedTuple):
    """A source, the class graded for base, and its `n`."""

    situation: str
    source: str
    graded: str
    n: int = 1


CASES = [
    Case(
        "a name that is used anew for each exercise is the class it was when the alias was made",
        """
        class Model: n = 1
        VGG = Model
        net = VGG()
        class Model: n = 2
        VGG_SKIP = Model
        """,
        "VGG",
    ),
    Case(
        "a name that is used anew for another exercise is the class it was before",
        """
        class Model:
            def __init__(self): self.n = k
        k = 1
        net = Model()
        k = 2
        class Model: n = 2
        Model.n = 3
        VGG_SKIP = Model
        """,
        "Model",
    ),
    Case("a name that another exercise's class has, too", "class Model: n = 1\nVGG_SKIP = Model", "Model"),
    Case("a tuple of names", "class A: n = 1\nclass B: n = 2\nVGG, VGG_SKIP = A, B", "VGG"),
    Case("an annotated name", "class A: n = 1\nVGG: type = A", "VGG"),
    Case("out of a dictionary", "class A: n = 1\nmodels = {'base': A}\nVGG = models['base']", "VGG"),
    Case("out of a dictionary by get", "class A: n = 1\nm = dict(base=A)\nVGG = m.get('base')", "VGG"),
    Case("put into a dictionary", "class A: n = 1\nm = {}\nm['base'] = A\nVGG = m['base']", "VGG"),
    Case("made by type", "VGG = type('VGG', (object,), {'n': 1})", "VGG"),
    Case("numbers out of a dictionary are no class", "m = {'VGG': [8]}\nVGG = m['VGG']\nclass Model: n = 1", "Model"),
    Case("a network is no class", "class Model: n = 1\nnets = {'a': Model()}\nVGG = nets['a']", "Model"),
    Case("a list is no class", "class Model: n = 1\ncfg = [16]\nVGG = cfg", "Model"),
    Case("an object's attribute is no class", "class Model: n = 1\ncfg = slice(1)\nVGG = cfg.stop", "Model"),
    Case("another exercise's class is not this one", "class VGG_SKIP: n = 2\nVGG = VGG_SKIP\nclass Model: n = 1", "Model"),
    Case(
        "the accepted class that can be made without arguments goes before its parent",
        """
        class VGG:
            def __init__(self, kind): self.n = kind
        class Model(VGG):
            def __init__(self): super().__init__(1)
        class VGG_SKIP(VGG):
            def __init__(self): super().__init__(2)
        """,
        "Model",
    ),
    Case(
        "arguments with defaults are no arguments",
        """
        class VGG:
            def __init__(self, n=1, *rest, k=3, **more): self.n = n
        class Model(VGG): pass
        """,
        "VGG",
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.situation for case in CASES])
def test_a_name_that_is_bound_to_a_class_is_graded(case: Case, run: Run) -> None:
    excerpt = cut(handed_in(python("hw.py", dedent(case.source))), BASE, "base")
    assert excerpt is not None
    assert excerpt.class_name == case.graded
    assert run(excerpt)[case.graded]().n == case.n


def test_an_import_under_the_accepted_name_counts_where_the_module_is_the_students(run: Run) -> None:
    renamed = python("main.py", "from base import Net as VGG\nfrom skip import Net as VGG_SKIP\n")
    nets = [python("base.py", "class Net: n = 1\n"), python("skip.py", "class Net: n = 2\n")]
    submission = handed_in(nets[0], renamed, nets[1])
    assert run(cut(submission, BASE, "base"))["VGG"].n == 1
    assert run(cut(submission, ("VGG_SKIP",), "skip"))["VGG_SKIP"].n == 2
    assert cut(handed_in(renamed), BASE, "base") is None


ALONE = "class VGG:\n    n = 1\n"
PARENT = "class VGG:\n    n = 2\nclass VGG_COMBO(VGG):\n    pass\n"
BESIDE = "class VGG(object):\n    n = 2\nclass VGG_COMBO(object):\n    pass\n"


@pytest.mark.parametrize(
    ("files", "graded", "why"),
    [
        ({"hw1.py": ALONE, "hw5.py": PARENT}, "hw1.py", "holds fewer classes of other exercises"),
        ({"hw1.py": ALONE, "hw5.py": BESIDE}, "hw1.py", "holds fewer classes of other exercises"),
        ({"hw1.py": PARENT, "hw5.py": ALONE}, "hw5.py", "holds fewer classes of other exercises"),
        ({"base.py": PARENT, "hw5.py": ALONE}, "base.py", "its name says base"),
        ({"vgg.py": PARENT, "hw5.py": ALONE}, "vgg.py", "it is named after the class"),
        ({"hw5.py": PARENT, "old.py": ALONE}, "hw5.py", "that it is a copy, an old one or a template"),
        ({"hw.py": ALONE, "hw-1.py": PARENT}, "hw-1.py", "it is the newer one"),
        ({"hw.py": ALONE, "hw (2).py": PARENT}, "hw (2).py", "it is the newer one"),
        ({"hw_v1.py": ALONE, "hw_v2.py": PARENT}, "hw_v2.py", "it is the newer one"),
        ({"hw.py": ALONE, "hw_최종.py": PARENT}, "hw_최종.py", "it is the newer one"),
        ({"hw1.py": ALONE, "hw2.py": ALONE}, "hw2.py", "it comes last"),
        (
            {"hw1.py": "class VGG:\n    def __init__(self):\n        pass\n", "net.py": "class VGG:\n    def __init__(self, n):\n        pass\n"},
            "hw1.py",
            "VGG can be made without arguments there",
        ),
    ],
)  # fmt: skip
def test_of_several_files_the_one_that_is_for_the_exercise_is_graded_and_the_note_says_why(
    files: dict[str, str], graded: str, why: str
) -> None:
    excerpt = cut(handed_in(*(python(path, text) for path, text in files.items())), BASE, "base")
    assert excerpt is not None
    assert excerpt.file == graded
    (other,) = set(files) - {graded}
    assert excerpt.notes[-1].en.startswith(
        f"{other} would do for this exercise, too; {graded} is graded, since "
    )
    assert excerpt.notes[-1].en.endswith(why)
    assert "때문이에요" in excerpt.notes[-1].ko


def test_the_classes_own_parts_are_no_other_exercises(run: Run) -> None:
    whole = "class VGG_Block(object): pass\nclass VGG:\n    n = 2\n    part = VGG_Block\n"
    excerpt = cut(handed_in(python("hw1.py", ALONE), python("hw2.py", whole)), BASE, "base")
    assert excerpt is not None
    assert excerpt.file == "hw2.py"


ASKS = "class VGG:\n    def __init__(self, kind): pass\n"
CHILD = "class VGG_COMBO(VGG):\n    def __init__(self): super().__init__('combo')\n"


@pytest.mark.parametrize(
    ("file", "missing"),
    [
        (python("combo.py", ASKS + CHILD), True),
        (cells("hw.ipynb", ASKS, CHILD), True),
        (python("hw.py", ASKS), False),
        (python("base.py", ASKS + CHILD), False),
        (python("vgg.py", ASKS + CHILD), False),
        (python("hw.py", f"{ASKS}{CHILD}model = VGG('base')\n"), False),
        (python("hw.py", f"{ASKS}class Both(VGG): pass\n"), False),
        (python("combo.py", PARENT), False),
    ],
)
def test_a_class_that_asks_for_arguments_and_only_serves_another_exercise_is_not_handed_in(
    file: SourceFile, missing: bool
) -> None:
    assert (cut(handed_in(file), BASE, "base") is None) == missing
    if "VGG_COMBO" in file.cells[-1].text:
        assert cut(handed_in(file), ("VGG_COMBO",), "combo") is not None


def test_long_chains_and_circles_of_names_end() -> None:
    lists = "\n".join(f"x{n} = [x{n - 1}, x{n - 1}]" for n in range(1, 2000))
    names = "\n".join(f"x{n} = x{n - 1}" for n in range(1, 2000))
    for text in (
        f"class Net: pass\nx0 = [Net]\n{lists}\nVGG = x1999[0]\nclass Model: pass\n",
        f"class Net: pass\nx0 = Net\n{names}\nVGG = x1999\nclass Model: pass\n",
        "class VGG(Model): pass\nclass Model(VGG): pass\n",
        "VGG = Model\nModel = VGG\nclass Model(Model): pass\n",
    ):
        assert cut(handed_in(python("hw.py", text)), BASE, "base") is not None
