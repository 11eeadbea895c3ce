"""Intake never raises on what a student writes, whatever it is."""

from __future__ import annotations

import ast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stages.handing_in import NAMES, cells, handed_in, python, write

from grader.class_work import read_submissions
from grader.file_names import clean, natural, owner
from grader.stages.excerpts import cut

LINES = st.sampled_from(
    """
class VGG_SKIP:
class VGG_SKIP(VGG_SKIP):
class VGG_SKIP(Base, metaclass=M): a = b; c = d
    def forward(self, x=y): return [a for a in z if (w := a)]
    async def g(self): await h; yield i
    global q; q = 1
if __name__ == "__main__":
    class VGG_SKIP: pass
    a = 1; b = 2; VGG_SKIP.c = d
try:
except E as e:
else:
with a as b:
for i in j: k.append(i)
while x: pass
import a.b.c, a, d as e
from .x import (y,
  z)
from x import *
from . import skip
from __future__ import annotations
@deco(VGG_SKIP)
def f(a: b = c, *d, **e) -> g: return VGG_SKIP
a, (b, *c) = d[e].f = g
x: y = z
x += y
del x
lambda: (yield)
match a:
  case {"b": c, **d}: e = c
%matplotlib inline
!ls \\
x = !ls
'''
s = f"{a!r:>{b}}" "한글" ; t = 1
return 1
await z
VGG_SKIP = partial(Net)
setattr(VGG_SKIP, "f", f)
\t
\\
;
(
)
\f
pass; pass ;\\
""".strip("\n").split("\n")
)
STATEMENTS = st.sampled_from(
    """
class VGG_SKIP:|    n = a; m = b|    def forward(self, x=c): return f(x), self.g, d
class VGG_SKIP(A, metaclass=B):|    def _g(self):|        global e|        e = [a for b in c]; return lambda: d
if __name__ == "__main__":|    a = 1; b = 2|    class VGG_SKIP: pass|    class A: pass; c = d
try:|  from . import x|  class VGG_SKIP: n = a|except a as b: c = 1|else: d = 2
with a as b, c:|\tclass VGG_SKIP: n = a|\td = b
for a in b: c.append(d)
while a: b += c; d = 1
if a: b = 1|elif c: d = 2|else: a = 3
import x, a.b, c as d
from x import (a, b as c,|  d)
from .x import *; from x import *
from __future__ import annotations
@f(VGG_SKIP)|def g(a: b = c, *d, **e) -> f: return VGG_SKIP
def f(): return a, b; import x
async def g():|  async with a as b: await c
a, (b, *c) = d[e].f = g; b = 2; c = 3;
a: b = c ; d: e|b = (1,|  2); c = 3
a += b; c.append(d); d[0] = a; del b
match a:|  case {"b": c, **d}: e = c|  case [*f]: pass
VGG_SKIP.f = g; setattr(VGG_SKIP, "h", a)
VGG_SKIP = A
print(VGG_SKIP()); a = (b := 3)
이름 = "가나다" ; a = 이름; b = '''|%ls|'''
a = 1 ; \\|b = 2
""".replace("\\t", "\t")
    .replace("\\\\", "\\")
    .strip("\n")
    .replace("|", "\r")
    .split("\n")
).map(lambda text: text.replace("\r", "\n"))
VALID = st.lists(STATEMENTS, max_size=14).map("\n".join)
PROGRAMS = st.lists(st.one_of(LINES, st.text(max_size=20)), max_size=14).map("\n".join)
FUZZ = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))


@FUZZ
@given(st.lists(VALID | PROGRAMS, min_size=1, max_size=3), VALID | PROGRAMS)
def test_cutting_never_raises_and_leaves_python_that_compiles_where_it_compiled(
    texts: list[str], other: str
) -> None:
    submission = handed_in(cells("a.ipynb", *texts), python("x.py", other), python("skip.py", other))
    excerpt = cut(submission, NAMES, "skip")
    if excerpt is None or excerpt.problem is not None:
        return
    originals = {cell.label: cell.text for file in submission.files for cell in file.cells}
    assert excerpt.cells
    for part in (excerpt, *excerpt.modules):
        for cell in part.cells:
            ast.parse(cell.text)
            assert cell.text.count("\n") == originals[cell.label].count("\n")


@FUZZ
@given(
    st.binary(max_size=300),
    st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), max_size=20),
)
def test_reading_never_raises_on_a_files_bytes_and_name(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str
) -> None:
    folder = tmp_path_factory.mktemp("in")
    files = {"ok.py": b"x = 1", "a.py": data, "b.ipynb": data, "c.zip": data, f"n{name}.py": data}
    write(folder / "20231234", files)
    (submission,) = read_submissions(folder)
    assert len(submission.files) + len(submission.others) >= 4
    submission.model_dump_json()


@FUZZ
@given(st.text(st.characters(), max_size=60))
def test_any_name_is_read(name: str) -> None:
    cleaned = clean(name)
    cleaned.encode()
    owner(cleaned)
    natural(cleaned)
