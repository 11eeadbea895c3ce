"""Variants: the same exercises with other widths, for the student and for the grading alike."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from tracing import graph_of

from grader.authoring.release import release_variants
from grader.authoring.variants import UNITS, make_variants, rewritten, rewritten_yaml, widened
from grader.bench import Settings
from grader.check.examine import examine_file
from grader.course import default_root, exercise_names, read_assignment, read_solution
from grader.course.misconceptions import read_mistakes
from grader.course.variants import variant_of, variant_root
from grader.engines.local import LocalEngine
from grader.errors import AssignmentError, UserError
from grader.networks.layers import Wiring, layers
from grader.pipeline import run
from grader.records.graph import ModelGraph
from grader.records.kit import Kit
from grader.records.misconception import applied

ROOT = default_root()
MISTAKES = """from grader.records.base import Text
from grader.records.misconception import Edit, Misconception

MISCONCEPTIONS = (
    Misconception(
        code="ca-no-sigmoid", message=Text(en="No sigmoid over the 64 channels.", ko="채널 64개에 sigmoid가 없어요."),
        hint=Text(en="What keeps a gate between 0 and 1?", ko="게이트는 무엇으로 0과 1 사이에 있나요?"),
        ways=((Edit(old="self.sigmoid(self.gate_conv2(gate))", new="self.gate_conv2(gate)"),),),
    ),
)
"""


def test_sums_and_products_of_widths_stay_sums_and_products() -> None:
    for unit in UNITS:
        for a in (16, 32, 64, 128, 256):
            assert widened(a, unit) * 16 == a * unit
            assert widened(a + 3, unit) == widened(a, unit) + 3  # an image joined to it
            assert widened(a * 4 * 4 if a >= 64 else 1024, unit) == widened(a if a >= 64 else 64, unit) * 16
        assert [widened(n, unit) for n in (1, 3, 10)] == [1, 3, 10]


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("nn.Conv2d(35, 32, kernel_size=3, padding=1)", "nn.Conv2d(27, 24, kernel_size=3, padding=1)"),
        ("N×32×16×16, 16×16 values, block 1 (32×32)", "N×24×16×16, 16×16 values, block 1 (32×32)"),
        ("fc1은 N×4096을 받아 N×256을 내요", "fc1은 N×3072를 받아 N×192를 내요"),
        ("(He et al., 2015), no longer 4096.", "(He et al., 2015), no longer 3072."),
        ("| `function` | 35 | 출력 |", "| `function` | 35 | 출력 |"),
        ("0.485, 1e-16, conv16", "0.485, 1e-16, conv16"),
    ],
)
def test_only_numbers_of_channels_are_exchanged(text: str, becomes: str) -> None:
    assert rewritten(text, 12) == becomes


def test_points_steps_and_sizes_of_maps_stay_in_the_yaml_file() -> None:
    for name in exercise_names(ROOT):
        path = ROOT / "assignments" / name / "assignment.yaml"
        own = read_assignment(path)
        text = rewritten_yaml(path.read_text("utf-8"), 20)
        changed = {
            a for a, b in zip(path.read_text("utf-8").split("\n"), text.split("\n"), strict=True) if a != b
        }
        assert all("[" in line for line in changed)
        assert len(changed) >= len(own.blanks) > 0 or own.open_design


@pytest.fixture(scope="module")
def rewritten_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole course of the first variant, without catalogues."""
    root = tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "assignments", root / "assignments")
    shutil.copytree(ROOT / "reference", root / "reference")
    with LocalEngine(1) as engine:
        make_variants(root, 2, ("combo",), engine, lambda text: None)
    return variant_root(root, 1)


@pytest.mark.parametrize("name", exercise_names(ROOT))
def test_a_variant_has_the_same_graph_with_other_widths(name: str, rewritten_course: Path) -> None:
    def traced(root: Path) -> ModelGraph:
        assignment = read_assignment(root / "assignments" / name / "assignment.yaml")
        source = read_solution(root / "reference" / name / "solution.py", assignment.classes[0])
        return graph_of(source, assignment.classes[0])

    ours, theirs = traced(ROOT), traced(rewritten_course)
    assert [node.op for node in ours.train.nodes] == [node.op for node in theirs.train.nodes]
    widths = [
        [(layer.in_channels, layer.out_channels) for layer in layers(Wiring(graph, graph.train))]
        for graph in (ours, theirs)
    ]
    assert widths[1] == [(widened(a, UNITS[0]), widened(b, UNITS[0])) for a, b in widths[0]]


@pytest.mark.parametrize("name", ["base", "skip", "dense", "ca"])
def test_every_known_mistake_of_the_course_is_one_of_the_variant(name: str, rewritten_course: Path) -> None:
    def ways(root: Path) -> list[tuple[str, str]]:
        secret = root / "reference" / name
        solution = (secret / "solution.py").read_text("utf-8")
        found = read_mistakes(secret, solution)
        assert found is not None
        return [(one.code, applied(way, solution)) for one in found.misconceptions for way in one.ways]

    ours, theirs = ways(ROOT), ways(rewritten_course)
    assert [(code, rewritten(source, UNITS[0])) for code, source in ours] == theirs


def small_course(root: Path) -> None:
    """Base and ca alone, with one known mistake."""
    for name in ("base", "ca"):
        shutil.copytree(ROOT / "assignments" / name, root / "assignments" / name)
        (root / "reference" / name).mkdir(parents=True)
        shutil.copy(ROOT / "reference" / name / "solution.py", root / "reference" / name)
    shutil.copy(ROOT / "assignments" / "python.md", root / "assignments")
    (root / "reference" / "ca" / "misconceptions.py").write_text(MISTAKES, "utf-8")
    columns = "columns: [{title: Lab, exercises: [ca], points: 100}]\n"
    (root / "course.yaml").write_text(f"{columns}variants: 2\n", "utf-8")


def graded(
    root: Path, folder: Path, work: dict[str, str], names: Sequence[str] = ("ca",)
) -> dict[str, object]:
    handed_in, out = folder / "in", folder / "out"
    handed_in.mkdir(parents=True)
    for student, text in work.items():
        (handed_in / f"{student}.py").write_text(text, "utf-8")
    found = run(Settings(handed_in, out, root, exercises=tuple(names), profile="static"))
    return {row.student_id: row.exercises["ca"] for row in found.submissions}


@pytest.mark.slow
def test_each_student_gets_and_is_graded_by_the_variant_of_their_number(tmp_path: Path) -> None:
    root = tmp_path / "course"
    small_course(root)
    made = release_variants(root, tmp_path / "kit", ("ca",), "ko", False, 1, 2, lambda text: None)
    solutions = [(variant_root(root, k) / "reference/ca/solution.py").read_text("utf-8") for k in (1, 2)]
    ids = ["20230002", "20230003", "20230004", "20230005"]
    assert [variant_of(one, 2) for one in ids] == [1, 2, 1, 2]
    broken = solutions[1].replace("self.sigmoid(self.gate_conv2(gate))", "self.gate_conv2(gate)")
    work = {ids[0]: solutions[0], ids[1]: solutions[1], ids[2]: solutions[1], ids[3]: broken}
    found = graded(root, tmp_path / "run", work)
    first, second, neighbours, mistaken = (found[one] for one in ids)
    assert first.points == first.max_points and second.points == second.max_points
    assert neighbours.points < neighbours.max_points / 2  # somebody else's variant
    (named,) = [finding for finding in mistaken.findings if finding.outcome == "failed"]
    assert (named.code, named.message.en) == ("ca-no-sigmoid", "No sigmoid over the 80 channels.")

    kits = [path for path in made if path.suffix == ".zip"]
    assert [path.name for path in kits] == ["vgglab-ko-variant-1.zip", "vgglab-ko-variant-2.zip"]
    for number, path in enumerate(kits, start=1):
        with zipfile.ZipFile(path) as opened:
            (wheel,) = [name for name in opened.namelist() if name.endswith(".whl")]
            template = opened.read("ca/ca.py").decode()
            with zipfile.ZipFile(io.BytesIO(opened.read(wheel))) as packed:
                kit = Kit.model_validate_json(packed.read("vgglab_check/grader/check/kit.json"))
        assert f"nn.Linear({widened(4096, UNITS[number - 1])}, " in template and "4096" not in template
        for own, text in enumerate(solutions, start=1):
            file = tmp_path / f"{number}{own}.py"
            file.write_text(text, "utf-8")
            assert examine_file(file, kit).all_right == (own == number)

    settings = Settings(tmp_path / "run" / "in", tmp_path / "again", root, exercises=("ca",))
    with pytest.raises(UserError, match="--profile static"):
        run(settings)
    with pytest.raises(AssignmentError, match="made without base"):
        run(replace(settings, exercises=("base", "ca"), profile="static"))
    readme = root / "assignments/ca/README.md"
    readme.write_text(readme.read_text("utf-8") + "\n", "utf-8")
    with pytest.raises(AssignmentError, match="have changed since"):
        run(replace(settings, profile="static"))


def test_an_id_without_digits_has_a_variant_too() -> None:
    assert {variant_of(name, 3) for name in ("kim", "lee", "박지우", "choi", "han", "yoon")} == {1, 2, 3}
    assert variant_of("kim", 3) == variant_of("kim", 3)


@pytest.mark.parametrize("count", [1, len(UNITS) + 1])
def test_more_variants_than_there_are_widths_are_refused(count: int, tmp_path: Path) -> None:
    small_course(tmp_path)
    with LocalEngine(1) as engine, pytest.raises(UserError, match="2 to 5"):
        make_variants(tmp_path, count, (), engine, lambda text: None)
