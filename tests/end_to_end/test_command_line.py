"""What a person types: exit codes, one sentence, flags."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.bench import Settings
from grader.cli.main import app
from grader.errors import UserError

GRADER = [str(Path(sys.executable).with_name("grader"))]  # the console script, as a person types it
GOOD = Path(__file__).parents[1] / "submissions" / "correct" / "skip"


def run(*words: str, **more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*GRADER, *words], capture_output=True, text=True, timeout=300, check=False)


def test_help_loads_neither_torch_nor_ray() -> None:
    code = "import sys; from grader.cli.main import main; sys.argv = ['grader', '--help']\n" \
           "try: main()\nexcept SystemExit: pass\nprint([m for m in ('torch', 'ray') if m in sys.modules])"  # fmt: skip
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip().endswith("[]")


def test_the_flags_are_the_contracts() -> None:
    command = next(c for c in app.registered_commands if c.callback and c.callback.__name__ == "run")
    assert command.callback is not None
    shown = CliRunner().invoke(app, ["run", "--help"], env={"COLUMNS": "200", "TERM": "dumb"}).output
    flags = sorted({word.rstrip(",") for word in shown.split() if word.startswith("--")})
    assert flags == [
        "--data", "--exercise", "--fresh", "--gpu", "--help", "--isolation", "--jobs", "--json", "--lang",
        "--out", "--profile", "--quiet", "--roster",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["run", "nowhere"], "nowhere"),
        (["run", str(GOOD), "--exercise", "skipp"], "skip"),
        (["run", str(GOOD), "--data", "/nowhere/cifar"], "/nowhere/cifar"),
        (
            ["run", str(GOOD / "plain.py"), "--profile", "fast"],
            "base has no recipe called fast (it has quick, full)",
        ),
        (["run", __file__, "--profile", "static"], ""),
    ],
)
def test_what_the_person_must_fix_is_one_sentence_and_exit_code_2(
    words: list[str], sentence: str, tmp_path: Path
) -> None:
    ended = run(*words, *(["--out", str(tmp_path / "out")] if "--out" not in words else []))
    if words[1] == __file__:  # a file without any exercise is graded: everything is missing
        assert ended.returncode == 0
        return
    assert ended.returncode == 2, ended.stdout + ended.stderr
    assert sentence in ended.stderr and "Traceback" not in ended.stderr


@pytest.mark.slow
def test_a_quiet_run_says_nothing_and_a_json_run_is_read_by_a_program(tmp_path: Path) -> None:
    words = [
        "run",
        str(GOOD / "plain.py"),
        "--profile",
        "static",
        "--exercise",
        "skip",
        "--isolation",
        "process",
    ]
    quiet = run(*words, "--out", str(tmp_path), "--quiet")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
    said = json.loads(run(*words, "--out", str(tmp_path), "--json").stdout)
    assert said["exercises"]["skip"] == {
        "graded": 1, "missing": 0, "needs_review": 0, "mean": 80.0, "max_points": 80.0,
    }  # fmt: skip
    assert said["needs_a_person"] == [] and Path(said["results"]).is_file()


def test_what_is_asked_for_stands_in_the_course_file_and_options_come_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = "run: {exercises: [skip], profile: static, roster: people.csv}\ncolumns: [{title: x, exercises: [skip], points: 1}]\n"
    (tmp_path / "course.yaml").write_text(text)
    seen: list[Settings] = []
    inside: list[tuple[list[Path], list[str]]] = []

    def contained(isolation, root, reads, writes, data, gpu, say, more):  # type: ignore[no-untyped-def]
        inside.append((reads, more))

    def graded(settings: Settings, _: object) -> None:
        seen.append(settings)
        raise UserError("enough")

    monkeypatch.setattr("grader.course.default_root", lambda: tmp_path)
    monkeypatch.setattr("grader.pipeline.run", graded)
    monkeypatch.setattr("grader.cli.isolation.in_container", contained)
    for more in ([], ["--exercise", "ca", "--profile", "quick", "--roster", "other.csv"]):
        CliRunner().invoke(app, ["run", str(GOOD), *more])
    people = tmp_path / "people.csv"
    assert [(one.exercises, one.profile, one.roster) for one in seen] == [
        (("skip",), "static", people),
        (("ca",), "quick", Path("other.csv")),
    ]
    # a container mounts the list, and is told of it: its course.yaml lies elsewhere
    assert inside == [([GOOD, people], ["--roster", str(people)]), ([GOOD, Path("other.csv")], [])]


@pytest.mark.slow
def test_a_run_that_is_killed_goes_on_where_it_was_and_leaves_no_process(tmp_path: Path) -> None:
    folder, out = tmp_path / "class", tmp_path / "out"
    folder.mkdir()
    for position, file in enumerate(sorted(GOOD.glob("*.py"))[:12]):
        (folder / f"2023{position:04}.py").write_bytes(file.read_bytes())
    command = [*GRADER, "run", str(folder), "--out", str(out), "--profile", "static", "--exercise", "skip",
               "--isolation", "process"]  # fmt: skip
    first = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    judged = out / ".ledger" / "judged"
    deadline = time.monotonic() + 120
    while len(list(judged.glob("*.json"))) < 3 and time.monotonic() < deadline and first.poll() is None:
        time.sleep(0.05)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    done = {file: file.stat().st_mtime_ns for file in judged.glob("*.json")}
    assert len(done) >= 3
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stderr
    assert {file: file.stat().st_mtime_ns for file in done} == done
    assert len(list(judged.glob("*.json"))) == 12
    time.sleep(2)
    left = subprocess.run(["pgrep", "-f", str(tmp_path)], capture_output=True, text=True, check=False)
    assert left.stdout == ""
