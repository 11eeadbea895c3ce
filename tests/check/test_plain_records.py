"""What the student's check has in pydantic's place does what pydantic does, for all records that it reads."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import io
import sys
import types
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.authoring.check_wheel import ROOTS, modules, wheel
from grader.records.assignment import Assignment
from grader.records.findings import Verdict
from grader.records.graph import Affine, Node, ValueRef
from grader.records.kit import Kit
from grader.records.repair import Mending

Plain = Callable[[str], types.ModuleType]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], types.ModuleType]]:
    """Our record modules as the wheel has them."""
    folder = tmp_path_factory.mktemp("wheel")
    zipfile.ZipFile(
        io.BytesIO(wheel(Kit(language="ko", exam=False, mending=Mending(), exercises=()))[1])
    ).extractall(folder)
    sys.path.insert(0, str(folder))
    yield lambda name: importlib.import_module(f"vgglab_check.{name}")
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.startswith("vgglab_check")]:
        del sys.modules[name]


def test_a_record_reads_its_own_json_in_both(plain: Plain) -> None:
    node = Node(
        op="aten.add.Tensor",
        args=(ValueRef(value=3), (1, 2), 0.5, True, None, Affine(per_image=2, plus=1), "x"),
        kwargs={"alpha": 2},
        outputs=(7, None),
        shapes=((2, 3),),
    )
    theirs = plain("grader.records.graph").Node.model_validate_json(node.model_dump_json())
    assert Node.model_validate_json(theirs.model_dump_json()) == node
    assert type(theirs.args[2]) is float and theirs.args[3] is True and theirs.args[1] == (1, 2)
    assert theirs == theirs.model_copy() and hash(theirs.args[0]) == hash(theirs.args[0].model_copy())


def test_defaults_are_the_same(plain: Plain) -> None:
    given = {
        "check": "loads",
        "outcome": "passed",
        "share": 1,
        "code": "passed",
        "message": {"en": "a", "ko": "b"},
    }
    theirs = plain("grader.records.findings").Verdict.model_validate(given)
    assert Verdict.model_validate_json(theirs.model_dump_json()) == Verdict.model_validate(given)


@pytest.mark.parametrize(
    "wrong",
    [
        {"check": "loads"},
        {"check": "colour", "outcome": "passed", "share": 1.0, "code": "", "message": {"en": "", "ko": ""}},
        {"check": "loads", "outcome": "passed", "share": "1", "code": "", "message": {"en": "", "ko": ""}},
        {"check": "loads", "outcome": "passed", "share": 1.0, "code": "", "message": "words"},
    ],
)
def test_what_a_field_may_not_hold_is_refused(plain: Plain, wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=" "):
        plain("grader.records.findings").Verdict.model_validate(wrong)


def test_records_are_frozen_and_know_their_fields(plain: Plain) -> None:
    text = plain("grader.records.base").Text(en="a", ko="b")
    with pytest.raises(ValueError, match=" "):
        text.en = "c"
    with pytest.raises(ValueError, match=" "):
        plain("grader.records.base").Text(en="a", ko="b", fr="c")


def test_the_check_imports_only_what_it_brings_along() -> None:
    """Every import at the top of a packaged module is of our own, of torch, of the standard library, or renamed."""
    outside = set()
    for name in modules(ROOTS):
        spec = importlib.util.find_spec(name)
        assert spec is not None and spec.origin is not None
        for node in ast.parse(Path(spec.origin).read_text("utf-8")).body:
            if isinstance(node, ast.ImportFrom) and node.module:
                outside.add(node.module.partition(".")[0])
            elif isinstance(node, ast.Import):
                outside |= {alias.name.partition(".")[0] for alias in node.names}
    assert outside - sys.stdlib_module_names == {"grader", "torch", "pydantic", "parso"}
    assert Assignment.__module__ in modules(ROOTS)
    assert not any(
        name.startswith(("grader.course", "grader.sandboxes", "grader.authoring")) for name in modules(ROOTS)
    )
