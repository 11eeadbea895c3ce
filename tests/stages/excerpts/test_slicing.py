"""What of a file is kept for a class, and what is not. Every row is run."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent
from typing import Any, NamedTuple

import pytest
from stages.handing_in import NAMES, assert_nothing_moved, cells, handed_in, python

from grader.records.submission import Excerpt, SourceFile
from grader.stages.excerpts import cut

Run = Callable[[Excerpt | None], dict[str, Any]]


class Case(NamedTuple):
    """A source, an expression that the excerpt must make true, and words that must be gone from it."""

    situation: str
    source: str
    true: str
    gone: tuple[str, ...] = ()
    kept: str = ""


CASES = [
    Case(
        "names from bases, decorators, defaults and class bodies are kept",
        """
        class Base: width = 3
        def mark(cls):
            cls.marked = True
            return cls
        DEFAULT, BODY, UNUSED = 5, 6, 7
        other = 8
        @mark
        class VGG_SKIP(Base):
            body = BODY + 1
            def f(self, x=DEFAULT): return x
        """,
        "VGG_SKIP.marked and VGG_SKIP().f() == 5 and VGG_SKIP.body == 7 and VGG_SKIP.width == 3",
        gone=("other",),
    ),
    Case(
        "locals, arguments and attributes are not dependencies",
        """
        import wandb_missing as x
        model = wandb_missing_too.start()
        out = open("/nowhere")
        class VGG_SKIP:
            def forward(self, x):
                out = x
                model = out + 1
                return [out for out in (model,)]
        """,
        "VGG_SKIP().forward(1) == [2]",
        gone=(
            "wandb_missing",
            "wandb_missing_too",
            "open",
        ),
    ),
    Case(
        "names used in nested functions, lambdas and comprehensions are kept",
        """
        a, b, c = 1, 2, 3
        class VGG_SKIP:
            def forward(self):
                def inner(): return a
                return inner() + (lambda: b)() + sum(c for _ in range(1))
        """,
        "VGG_SKIP().forward() == 6",
    ),
    Case(
        "an import statement keeps only the needed names",
        """
        import math, wandb_missing
        import os.path as p, another_missing
        from collections import (OrderedDict,
                                 deque)
        class VGG_SKIP:
            def forward(self): return math.floor(2.5), p.join("a"), OrderedDict
        """,
        "VGG_SKIP().forward()[0] == 2",
        gone=(
            "wandb_missing",
            "another_missing",
            "deque",
        ),
    ),
    Case(
        "a submodule that nothing mentions need not be there",
        """
        import os
        import os.path
        import os.missing
        class VGG_SKIP:
            def forward(self): return os.path.basename("a/b")
        """,
        "VGG_SKIP().forward() == 'b'",
        gone=("missing",),
    ),
    Case(
        "the last definition of the class and of what it uses counts",
        """
        def f(): return 1
        class VGG_SKIP:
            def forward(self): return 0
        def f(): return 2
        class VGG_SKIP:
            def forward(self): return f()
        def f(): return 3
        """,
        "VGG_SKIP().forward() == 3",
        gone=(
            "return 0",
            "return 1",
            "return 2",
        ),
    ),
    Case(
        "a class that extends its own earlier definition keeps both",
        """
        class VGG_SKIP:
            a = 1
        class VGG_SKIP(VGG_SKIP):
            b = 2
        """,
        "VGG_SKIP.a + VGG_SKIP.b == 3",
    ),
    Case(
        "statements that change a needed object are kept",
        """
        import random
        cfg = [1]
        cfg.append(2)
        cfg += [3]
        cfg[0] = 9
        for c in (4, 5): cfg.append(c)
        random.shuffle([1])
        last = cfg.pop()
        unrelated = []
        unrelated.append(1)
        class VGG_SKIP:
            def forward(self): return cfg
        """,
        "VGG_SKIP().forward() == [9, 2, 3, 4]",
        gone=(
            "shuffle",
            "unrelated",
        ),
    ),
    Case(
        "methods given to the class afterwards are kept",
        """
        class VGG_SKIP: pass
        def forward(self): return self.helper() + 1
        def helper(self): return K
        K = 4
        VGG_SKIP.forward = forward
        setattr(VGG_SKIP, "helper", helper)
        print(VGG_SKIP().forward())
        """,
        "VGG_SKIP().forward() == 5",
        gone=("print",),
    ),
    Case(
        "methods added by a decorator are kept",
        """
        def add_to(cls):
            def put(f): setattr(cls, f.__name__, f)
            return put
        class VGG_SKIP: pass
        @add_to(VGG_SKIP)
        def forward(self): return 1
        """,
        "VGG_SKIP().forward() == 1",
    ),
    Case(
        "conditional definitions keep the definition before them",
        """
        import torch_missing_here as t2
        device = "cpu"
        if len("ab") == 3:
            device = "cuda"
        try:
            import not_installed_anywhere as fast
        except ImportError:
            fast = None
        class VGG_SKIP:
            def forward(self): return device, fast
        """,
        "VGG_SKIP().forward() == ('cpu', None)",
        gone=("torch_missing_here",),
    ),
    Case(
        "annotated, walrus, starred, chained and with-targets define names",
        """
        a: int = 1
        b: int
        print(c := 2)
        d, *e = 3, 4, 5
        f = g = 6
        class VGG_SKIP:
            def forward(self): return (a, c, d, e, f, g)
        """,
        "VGG_SKIP().forward() == (1, 2, 3, [4, 5], 6, 6)",
        gone=("b: int",),
    ),
    Case(
        "code that runs, loads or trains is not kept",
        """
        class VGG_SKIP:
            def forward(self): return 1
        print(open("/nowhere").read())
        model = VGG_SKIP().cuda()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for epoch in range(20):
            loss = model.forward()
            loss.backward()
        assert False
        raise SystemExit
        """,
        "VGG_SKIP().forward() == 1",
        gone=(
            "cuda",
            "SGD",
            "epoch",
            "assert",
            "raise",
            "open",
        ),
    ),
    Case(
        "a value out of a file or a training is not fetched for a method's sake",
        """
        data = open("/nowhere").read()
        mean = data.mean()
        class VGG_SKIP:
            def forward(self): return 1 if True else mean
        """,
        "VGG_SKIP().forward() == 1",
        gone=(
            "open",
            "data.mean",
        ),
    ),
    Case(
        "methods that nothing calls bring no imports",
        """
        import plotting_missing
        import wandb_missing
        class VGG_SKIP:
            def __init__(self): self._make()
            def _make(self): self.k = K
            def forward(self): return self.k
            def plot(self): plotting_missing.plot(self)
            def fit(self, loader): wandb_missing.log(self.plot())
        K = 3
        """,
        "VGG_SKIP().forward() == 3",
        gone=("import",),
    ),
    Case(
        "a class of the same name in two sections serves the class beside it",
        """
        class Block:
            n = 1
        class VGG_SKIP:
            def forward(self): return Block.n
        net = VGG_SKIP()
        class Block:
            n = 2
        class VGG_DENSE:
            def forward(self): return Block.n
        net = VGG_DENSE()
        """,
        "VGG_SKIP().forward() == 1",
    ),
    Case(
        "an instance under the class's own name is not the class",
        """
        class VGG_SKIP:
            def forward(self): return isinstance(self, VGG_SKIP)
        VGG_SKIP = VGG_SKIP().cuda()
        """,
        "VGG_SKIP().forward()",
        gone=("cuda",),
    ),
    Case(
        "another name for a class is a class",
        """
        class Net:
            def forward(self): return 1
        VGG_SKIP = Net
        """,
        "VGG_SKIP().forward() == 1",
    ),
    Case(
        "a function and a partial that make the network will do",
        """
        from functools import partial
        class Net:
            def __init__(self, skip): self.skip = skip
        VGG_SKIP = partial(Net, skip=True)
        """,
        "VGG_SKIP().skip",
    ),
    Case(
        "a function that makes the class will do",
        """
        def build(n):
            class VGG_SKIP:
                def forward(self): return n
            return VGG_SKIP
        VGG_SKIP = build(3)
        """,
        "VGG_SKIP().forward() == 3",
    ),
    Case(
        "a global that a function sets is there where the function is called",
        """
        def set_width():
            global width
            width = 3
        def set_all():
            set_width()
            global depth
            depth = 4
        def train():
            global best
            loss.backward()
            best = 5
        set_all()
        train()
        class VGG_SKIP:
            def forward(self): return width, depth if True else best
        """,
        "VGG_SKIP().forward() == (3, 4)",
        gone=("train", "backward"),
    ),
    Case(
        "a global that a function sets comes after what it was before",
        """
        n = 1
        def more():
            global n
            n += 1
        more()
        more()
        class VGG_SKIP:
            k = n
        """,
        "VGG_SKIP.k == 3",
    ),
    Case(
        "a global that a method counts up is there",
        """
        calls = 0
        class VGG_SKIP:
            def forward(self):
                global calls
                calls += 1
                return calls
        """,
        "VGG_SKIP().forward() == 1",
    ),
    Case(
        "definitions under the main guard are taken out of it",
        """
        def main(): raise SystemExit
        if __name__ == "__main__":
            k = 2
            main()
            class VGG_SKIP:
                def forward(self): return k
            main()
        """,
        "VGG_SKIP().forward() == 2",
        gone=("main()",),
        kept="if 1:",
    ),
    Case(
        "a class inside try and with is taken out of them",
        """
        try:
            import missing_thing
            with missing_thing.scope() as scope:
                class VGG_SKIP:
                    def forward(self): return 1
        except ImportError as error:
            print(error)
            raise
        """,
        "VGG_SKIP().forward() == 1",
        gone=(
            "missing_thing",
            "except",
        ),
    ),
    Case(
        "several statements on one line are taken apart",
        """
        a = 1; open("/nowhere"); b = 2; c = 3
        x = [1,
             2]; d = 4
        print(1); e = 5 ; \\
        f = 6;
        class VGG_SKIP:
            p = 1; q = 2
            def forward(self): return (a, b, d, e, f)
        """,
        "VGG_SKIP().forward() == (1, 2, 4, 5, 6)",
        gone=(
            "open",
            "print",
            "c = 3",
        ),
    ),
    Case(
        "future imports stay first",
        '''
        """A docstring."""
        from __future__ import annotations
        import missing
        class VGG_SKIP:
            def forward(self, x: missing.Tensor, y: VGG_SKIP) -> Undefined: return 1
        ''',
        "VGG_SKIP().forward(0, 0) == 1",
        gone=(
            "docstring",
            "import missing",
        ),
    ),
    Case(
        "a global that only a called function sets is reached by its first definition",
        """
        count = 0
        def setup():
            global count
            count = 3
        class VGG_SKIP:
            def forward(self): return count
        setup()
        """,
        "VGG_SKIP().forward() in (0, 3)",
    ),
    Case(
        "wide characters before a statement do not shift it",
        """
        이름 = "홍길동"; print("한글"); 너비 = 16
        class VGG_SKIP:
            def forward(self): return 너비
        """,
        "VGG_SKIP().forward() == 16",
        gone=("print",),
    ),
    Case(
        "lines that only look like line ends to some are one line",
        'a = "x\u2028y\x0c"; b = 1\n\x0cclass VGG_SKIP:\n    def forward(self): return a, b\n',
        "VGG_SKIP().forward()[1] == 1",
    ),
    Case(
        "named tuples, enums, dataclasses and type variables work",
        """
        from collections import namedtuple
        from dataclasses import dataclass, field
        from enum import Enum
        from typing import TypeVar, Generic
        T = TypeVar("T")
        Spec = namedtuple("Spec", "i o")
        class Mode(Enum):
            A = 1
        @dataclass
        class Config:
            specs: list = field(default_factory=lambda: [Spec(3, 16)])
        cfg = Config()
        class VGG_SKIP(Generic[T]):
            def forward(self, mode=Mode.A): return cfg.specs[0].o
        """,
        "VGG_SKIP().forward() == 16",
    ),
    Case(
        "a nested class and a metaclass are kept",
        """
        class Meta(type): pass
        n = 3
        class VGG_SKIP(metaclass=Meta):
            class Block:
                size = n
                def f(self): return later
            def forward(self): return self.Block.size + self.Block().f()
        later = 1
        """,
        "VGG_SKIP().forward() == 4",
    ),
    Case(
        "a table of functions is followed",
        """
        def relu(x): return max(x, floor)
        def tanh(x): return missing(x)
        floor = 0
        ACTIVATIONS = {"relu": relu}
        class VGG_SKIP:
            def forward(self, x): return ACTIVATIONS["relu"](x)
        """,
        "VGG_SKIP().forward(-2) == 0",
        gone=("tanh",),
    ),
    Case(
        "a function called while the file is read is given what it needs",
        """
        def make(): return [scale * i for i in range(2)]
        scale = 3
        widths = make()
        scale = 5
        class VGG_SKIP:
            def forward(self): return widths
        """,
        "VGG_SKIP().forward() == [0, 3]",
        gone=("scale = 5",),
    ),
    Case(
        "private and mangled names work",
        """
        def _hidden(): return 2
        class VGG_SKIP:
            def __secret(self): return _hidden()
            def forward(self): return self.__secret()
        """,
        "VGG_SKIP().forward() == 2",
    ),
    Case(
        "match statements and conditional expressions define names",
        """
        kind = "b"
        match kind:
            case "a": width = 1
            case "b": width = 2
            case other: width = 3
        class VGG_SKIP:
            def forward(self): return width
        """,
        "VGG_SKIP().forward() == 2",
    ),
    Case(
        "a class with a loop over globals in its body is kept whole",
        """
        names = ["a", "b"]
        class VGG_SKIP:
            for name in names:
                locals()[name] = 1
            def forward(self): return self.a + self.b
        """,
        "VGG_SKIP().forward() == 2",
    ),
    Case(
        "settings in capitals with ordinary words as names are harmless",
        """
        step, train, test, run, plot, load = 1, 2, 3, 4, 5, 6
        class VGG_SKIP:
            def forward(self): return step + train + test + run + plot + load
        """,
        "VGG_SKIP().forward() == 21",
    ),
    Case(
        "old-style super and the name of the class itself work",
        """
        class VGG_SKIP(object):
            def __init__(self):
                super(VGG_SKIP, self).__init__()
            def forward(self): return type(self) is VGG_SKIP
        vgg_skip = VGG_SKIP()
        """,
        "VGG_SKIP().forward()",
        gone=("vgg_skip = VGG",),
    ),
    Case(
        "a loop with its own counters that fills a table runs, the training loop beside it does not",
        """
        table = {}
        losses = []
        for i in range(3):
            for j in range(2):
                table[i, j] = i + j
        for epoch in range(10):
            losses.append(net.step())
        class VGG_SKIP:
            def __init__(self, history=losses): self.history = history
            def forward(self): return table[2, 1], self.history
        """,
        "VGG_SKIP().forward() == (3, [])",
        gone=("epoch",),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case.situation for case in CASES])
def test_the_excerpt_runs_and_holds_what_is_needed_and_no_more(case: Case, run: Run) -> None:
    submission = handed_in(python("skip.py", dedent(case.source)))
    assert submission.files[0].cells[0].problem is None
    excerpt = cut(submission, NAMES, "skip")
    assert excerpt is not None
    assert eval(case.true, run(excerpt))
    assert_nothing_moved(excerpt, submission)
    text = "".join(cell.text for cell in excerpt.cells)
    assert [word for word in case.gone if word in text] == []
    assert case.kept in text


def _excerpt(*files: SourceFile, names: tuple[str, ...] = NAMES, exercise: str = "skip") -> Excerpt:
    excerpt = cut(handed_in(*files), names, exercise)
    assert excerpt is not None
    return excerpt


ONE = "class VGG_SKIP:\n    n = 1\n"


def test_a_class_that_nobody_defines_is_missing() -> None:
    assert cut(handed_in(python("a.py", 'text = """\nclass VGG_SKIP:\n"""\n')), NAMES, "skip") is None
    assert cut(handed_in(), NAMES, "skip") is None


@pytest.mark.parametrize(
    ("paths", "graded"),
    [
        (("a.py", "b.py"), "b.py"),
        (("skip.py", "z.py"), "skip.py"),
        (("20231234_SKIP_홍길동.ipynb", "z.py"), "20231234_SKIP_홍길동.ipynb"),
        (("VGG_SKIP.py", "z.py"), "VGG_SKIP.py"),
        (("a.py", "skipper.py"), "skipper.py"),
        (("lab2.py", "lab10.py"), "lab10.py"),
        (("skip.py", "skip_template.py"), "skip.py"),
        (("skip1.py", "skip2.py"), "skip2.py"),
    ],
)
def test_of_several_files_the_one_named_after_the_exercise_else_the_last_is_graded(
    paths: tuple[str, ...], graded: str
) -> None:
    excerpt = _excerpt(*(python(path, ONE) for path in paths))
    assert excerpt.file == graded
    (other,) = set(paths) - {graded}
    assert other in excerpt.notes[0].en
    assert other in excerpt.notes[0].ko


def test_the_files_name_for_base_is_not_the_name_of_another_exercise() -> None:
    text = "class VGG: pass\nclass VGG_SKIP(VGG): pass\n"
    excerpt = _excerpt(
        python("VGG.py", text), python("VGG_SKIP.py", text), names=("VGG", "Model"), exercise="base"
    )
    assert excerpt.file == "VGG.py"


def test_vgg_goes_before_model_in_one_file() -> None:
    names = ("VGG", "Model")
    both = python("a.py", "class VGG: pass\nclass Model: pass\n")
    assert _excerpt(both, names=names, exercise="base").class_name == "VGG"
    assert _excerpt(python("a.py", "class Model: pass\n"), names=names, exercise="base").class_name == "Model"
    alias = python("a.py", "class VGG_SKIP: pass\nclass Model: pass\nVGG = VGG_SKIP\n")
    assert _excerpt(alias, names=names, exercise="base").class_name == "Model"


def test_several_definitions_are_mentioned() -> None:
    excerpt = _excerpt(python("a.py", ONE + ONE))
    assert excerpt.notes[0].en == "VGG_SKIP is defined 2 times; the last one is graded (a.py, line 3)"


def test_a_syntax_error_in_the_class_is_the_excerpts_problem() -> None:
    excerpt = _excerpt(cells("a.ipynb", "x = 1", "class VGG_SKIP:\n    def f(self:\n"))
    assert excerpt.problem is not None
    assert excerpt.problem.en.startswith("line 2: Python cannot read this (")
    assert [cell.label for cell in excerpt.cells] == ["a.ipynb [2]"]


def test_a_syntax_error_elsewhere_in_the_notebook_costs_nothing(run: Run) -> None:
    excerpt = _excerpt(cells("a.ipynb", "이 셀은 메모", ONE, "for x in"))
    assert run(excerpt)["VGG_SKIP"].n == 1
    assert excerpt.notes == ()


def test_a_broken_cell_is_mentioned_where_a_name_is_missing() -> None:
    excerpt = _excerpt(cells("a.ipynb", "import math, , os", "class VGG_SKIP:\n    n = math.pi\n"))
    assert excerpt.notes[0].en.startswith("a.ipynb [1]: line 1: Python cannot read this")


def test_a_class_inside_a_function_is_a_problem_told() -> None:
    excerpt = _excerpt(python("a.py", "def make():\n    class VGG_SKIP: pass\n    return VGG_SKIP\n"))
    assert excerpt.problem is not None
    assert "line 2: VGG_SKIP is defined inside a function" in excerpt.problem.en


def test_values_that_are_not_fetched_are_named() -> None:
    text = "mean = open('x').read()\nclass VGG_SKIP:\n    def forward(self): return mean\n"
    (note,) = _excerpt(python("a.py", text)).notes
    assert note.en == "mean: comes from code that is not run here (training, files, downloads)"


def test_notebook_cells_that_are_not_needed_are_left_out(run: Run) -> None:
    excerpt = _excerpt(
        cells(
            "a.ipynb", "import math", "print(1)", "class VGG_SKIP:\n    n = math.pi\n", "VGG_SKIP().train()"
        )
    )
    assert [cell.label for cell in excerpt.cells] == ["a.ipynb [1]", "a.ipynb [3]"]
    assert run(excerpt)["VGG_SKIP"].n > 3


def test_star_imports_of_torch_stay_and_others_only_where_a_name_is_open(run: Run) -> None:
    text = "from math import *\nfrom pylab_missing import *\nclass VGG_SKIP:\n    n = pi\n"
    assert run(_excerpt(python("a.py", text)))["VGG_SKIP"].n > 3
    text = "from pylab_missing import *\nclass VGG_SKIP:\n    n = pi\n"
    assert "pylab_missing" in _excerpt(python("a.py", text)).cells[0].text
    text = "from pylab_missing import *\nclass VGG_SKIP:\n    n = 1\n"
    assert "pylab_missing" not in _excerpt(python("a.py", text)).cells[0].text


def test_imports_in_a_later_cell_were_run_before(run: Run) -> None:
    excerpt = _excerpt(
        cells(
            "a.ipynb",
            "x = 1",
            "class VGG_SKIP(abc.ABC):\n    n = x\n",
            "import abc, missing\nprint(1)",
            "import math",
        )
    )
    assert [cell.label for cell in excerpt.cells] == ["a.ipynb [3]", "a.ipynb [1]", "a.ipynb [2]"]
    assert run(excerpt)["VGG_SKIP"].n == 1


def test_settings_out_of_an_argument_parser_are_kept(run: Run) -> None:
    text = """
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--width", type=int, default=16)
args = parser.parse_args([])
class VGG_SKIP:
    def forward(self): return args.width
"""
    assert run(_excerpt(python("a.py", text)))["VGG_SKIP"]().forward() == 16


def test_a_decoding_of_json_and_torch_without_gradients_are_harmless(run: Run) -> None:
    text = """
import contextlib, json
cfg = json.loads("[16]")
with contextlib.suppress(KeyError):
    cfg.append(json.loads("32"))
class VGG_SKIP:
    def forward(self): return cfg
"""
    assert run(_excerpt(python("a.py", text)))["VGG_SKIP"]().forward() == [16, 32]


def test_a_long_chain_of_assignments_takes_no_time(run: Run) -> None:
    chain = "\n".join(f"x{n} = x{n - 1} + x{max(n - 2, 0)} * 0" for n in range(1, 3000))
    text = f"x0 = 1\n{chain}\nclass VGG_SKIP:\n    def forward(self): return x2999\n"
    assert run(_excerpt(python("a.py", text)))["VGG_SKIP"]().forward() == 1


@pytest.mark.parametrize("depth", [50, 1000, 1500, 30_000])
@pytest.mark.parametrize("once", ["lambda: ", "-", "not ", "a if b else "])
def test_deep_nesting_is_either_read_or_told(once: str, depth: int) -> None:
    excerpt = _excerpt(python("a.py", f"x = {once * depth}1\nclass VGG_SKIP:\n    y = x\n"))
    assert excerpt.problem is not None or "VGG_SKIP" in excerpt.cells[0].text
