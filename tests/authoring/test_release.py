"""The student kit: complete, in one language, the same every time, and without the solution."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

from grader.authoring.check_kit import hidden_layers
from grader.authoring.check_wheel import archive
from grader.authoring.one_language import in_language, markdown, source
from grader.authoring.release import release
from grader.course import default_root, read_course
from grader.marks import blanks_of
from grader.networks.replay import Replay
from grader.records.graph import ModelGraph
from grader.records.kit import Kit

ROOT = default_root()
COURSE = read_course(ROOT)
HANGUL = re.compile("[가-힣]")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Files of the Korean kit, with those of the wheel in it."""
    folder = tmp_path_factory.mktemp("kit")
    kit, told = release(ROOT, folder, (), "ko", exam=False, jobs=1)
    assert HANGUL.search(told.read_text("utf-8"))
    with zipfile.ZipFile(kit) as opened:
        files = {name: opened.read(name) for name in opened.namelist()}
    (wheel,) = [name for name in files if name.endswith(".whl")]
    with zipfile.ZipFile(io.BytesIO(files[wheel])) as opened:
        files |= {f"wheel/{name}": opened.read(name) for name in opened.namelist()}
    return files


def kit_of(files: dict[str, bytes]) -> Kit:
    return Kit.model_validate_json(files["wheel/vgglab_check/grader/check/kit.json"])


def test_every_exercise_has_its_files(made: dict[str, bytes]) -> None:
    for name in COURSE:
        for file in (f"{name}.py", f"{name}.ipynb", "handout.html", "handout.pdf"):
            assert made[f"{name}/{file}"]
        assert made[f"{name}/handout.pdf"].startswith(b"%PDF")
        notebook = nbformat.reads(made[f"{name}/{name}.ipynb"].decode(), 4)
        nbformat.validate(notebook)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                compile(cell.source, name, "exec")
    assert {"README.md", "python.html", "python.pdf", "test_exercises.py"} <= made.keys()


def solution_lines(name: str) -> set[str]:
    """What stands in the blanks of a solution and nowhere else in it, without spaces."""
    lines = COURSE[name].solution.split("\n")
    inside = {n for b in blanks_of(COURSE[name].solution) for n in range(b.code - 1, b.last - 1)}
    given = {re.sub(r"\s", "", line) for n, line in enumerate(lines) if n not in inside}
    return {
        bare
        for n in inside
        if len(bare := re.sub(r"\s", "", lines[n].partition("#")[0])) > 12 and bare not in given
    }


def test_no_line_of_a_solution_is_in_the_kit(made: dict[str, bytes]) -> None:
    text = {name: re.sub(r"\s", "", data.decode("utf-8", "ignore")) for name, data in made.items()}
    given = "".join(re.sub(r"\s", "", exercise.template) for exercise in COURSE.values())
    for exercise in COURSE:
        lines = solution_lines(exercise)
        assert lines
        # a line of one exercise may be what the template of another gives
        found = {
            (line, name)
            for line in lines - {x for x in lines if x in given}
            for name in text
            if line in text[name]
        }
        assert not found


def test_a_kit_holds_no_network_and_no_word_on_mistakes(made: dict[str, bytes]) -> None:
    for one in kit_of(made).exercises:
        with pytest.raises(ValueError):
            Replay(ModelGraph.model_validate_json(one.reference.model_dump_json()))
        hidden = set(hidden_layers(COURSE[one.assignment.name].solution))
        assert not hidden & {layer.name for layer in one.reference.given}
        shipped = one.model_dump_json()
        for mistake in COURSE[one.assignment.name].catalogue.values():
            for told in mistake:
                assert told.message.en not in shipped and told.message.ko not in shipped
                # names of repairs are not secret, even where a mistake is called the same
                assert told.code not in shipped or told.code in COURSE[one.assignment.name].prices.repairs


def test_hashes_of_gradients_and_outputs_are_not_those_of_the_grading(made: dict[str, bytes]) -> None:
    text = made["wheel/vgglab_check/grader/check/kit.json"].decode()
    for exercise in COURSE.values():
        for fingerprint in exercise.catalogue:
            assert fingerprint not in text
    assert all(one.reference.seed != 0 for one in kit_of(made).exercises)


@pytest.mark.parametrize("name", sorted(COURSE))
def test_a_template_keeps_its_code_and_loses_one_language(name: str) -> None:
    def code(text: str) -> list[str]:
        lines = [line.partition("#")[0].rstrip() for line in text.split("\n")]
        return [line for line in lines if line and '"' not in line]

    template = COURSE[name].template
    english, korean = source(template, "en"), source(template, "ko")
    assert code(english) == code(korean) == code(template)
    assert not HANGUL.search(english)
    for text in (english, korean):
        assert len(re.findall(r"BLANK [a-z]+-\d", text)) == 2 * len(blanks_of(template))
    assert not HANGUL.search(markdown((ROOT / "assignments" / name / "README.md").read_text("utf-8"), "en"))


@pytest.mark.parametrize(
    ("text", "korean", "english"),
    [
        ('# "가"는 돼요. "나"는 안 돼요 · the data: "a" works', '# "가"는 돼요. "나"는 안 돼요', '# the data: "a" works'),
        ('print("모양 · shape", x)', 'print("모양", x)', 'print("shape", x)'),
        ("## 층 · Layers", "## 층", "## Layers"),
    ],
)  # fmt: skip
def test_of_a_line_in_two_languages_one_is_kept(text: str, korean: str, english: str) -> None:
    assert [in_language(text, "ko"), in_language(text, "en")] == [korean, english]


def test_a_code_block_with_empty_lines_stays_whole() -> None:
    text = "한국어예요.\n\nIn English, two words.\n\n```\na = 1\n\nb = 2\n```\n"
    assert markdown(text, "en") == "In English, two words.\n\n```\na = 1\n\nb = 2\n```\n"


def test_an_archive_is_the_same_bytes_twice() -> None:
    files = {"b": b"1", "a": b"2"}
    assert archive(files) == archive(dict(reversed(files.items())))


AS_ON_WINDOWS = """
import os, signal, sys
for name in ("resource", "fcntl", "pwd", "grp", "termios", "pydantic", "safetensors", "parso", "yaml", "typer", "rich"):
    sys.modules[name] = None
for name in ("fork", "forkpty", "geteuid", "getuid", "setsid"):
    vars(os).pop(name, None)
for name in ("alarm", "setitimer", "SIGALRM", "ITIMER_REAL", "SIGKILL"):
    vars(signal).pop(name, None)
"""
"""What other systems lack, and whatever is no part of torch."""


@pytest.mark.slow
def test_templates_are_checked_by_the_packaged_wheel_alone(made: dict[str, bytes], tmp_path: Path) -> None:
    for name, data in made.items():
        if name.startswith("wheel/"):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    work = tmp_path / "skip.py"
    (tmp_path / "sitecustomize.py").write_text(AS_ON_WINDOWS, "utf-8")
    paths = os.pathsep.join([str(tmp_path / "wheel"), str(tmp_path)])
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONIOENCODING": "cp949"}

    def checked(text: str) -> tuple[int, dict[str, object]]:
        work.write_text(text, "utf-8")
        command = [sys.executable, "-m", "vgglab_check", str(work), "--json"]
        ended = subprocess.run(command, env=environment, capture_output=True, check=False)
        return ended.returncode, json.loads(ended.stdout.decode("cp949"))

    code, report = checked(made["skip/skip.py"].decode())
    assert code == 1 and "nothing-added" in json.dumps(report)
    code, report = checked(COURSE["skip"].solution)
    assert code == 0
    code, report = checked(COURSE["skip"].solution.replace("nn.Linear(512, 256)", "nn.Linear(512, 256"))
    assert code == 1 and '"bracket"' in json.dumps(report)
    code, report = checked(COURSE["skip"].solution.replace("VGG_SKIP", "Other"))
    assert code in (1, 2)
