"""`--isolation`: what a container engine is asked to do, with an engine that only writes it down."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from grader import container
from grader.container import Engine, Mount

GRADER = [sys.executable, "-m", "grader"]
GOOD = Path(__file__).parent / "submissions/correct/skip/plain.py"

FAKE = """#!{python}
import json, os, sys
with open({log!r}, "a") as log:
    log.write(json.dumps(sys.argv[1:]) + "\\n")
what = sys.argv[1]
if what == "version":
    sys.exit({version})
if what == "image":
    sys.exit({image})
if what == "build":
    print("no network", file=sys.stderr)
    sys.exit({build})
sys.exit({run})
"""


def fake(
    folder: Path, name: str = "docker", version: int = 0, image: int = 0, build: int = 0, run: int = 0
) -> Path:
    """A folder for PATH with an engine that notes what it is asked for, and the notes' file."""
    folder.mkdir(exist_ok=True)
    log = folder / "asked"
    script = folder / name
    script.write_text(
        FAKE.format(python=sys.executable, log=str(log), version=version, image=image, build=build, run=run)
    )
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return log


def asked(log: Path) -> list[list[str]]:
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def grade(folder: Path, engines: Path, *more: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("GRADER_", "DOCKER_"))}
    environment["PATH"] = str(engines)
    command = [*GRADER, "run", str(folder / "제출 물"), "--out", "결과", "--profile", "static", *more]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "제출 물").mkdir()
    (tmp_path / "제출 물/20231234.py").write_text(GOOD.read_text())
    return tmp_path


def test_a_run_goes_into_the_container_with_its_options_paths_and_exit_code(folder: Path) -> None:
    log = fake(folder / "bin", run=1)
    roster = folder / "명단.csv"
    roster.write_text("학번,이름\n20231234,홍길동\n")
    done = grade(folder, folder / "bin", "--roster", "명단.csv", "--lang", "en")
    assert done.returncode == 1, done.stderr
    command = asked(log)[-1]
    assert command[0] == "run"
    for wall in ("--rm", "--network=none", "--read-only", "--cap-drop=all", "--security-opt=no-new-privileges",
                 f"--user={os.getuid()}:{os.getgid()}", f"--workdir={folder}"):  # fmt: skip
        assert wall in command
    mounts = [word.removeprefix("--mount=") for word in command if word.startswith("--mount=")]
    assert mounts == [
        f"type=bind,source={folder}/제출 물,target={folder}/제출 물,readonly",
        f"type=bind,source={roster},target={roster},readonly",
        f"type=bind,source={folder}/결과,target={folder}/결과",
    ]
    image = command.index(container.image_name(Path(container.__file__).parents[1]))
    assert command[image + 1 :] == [
        "run", str(folder / "제출 물"), "--out", "결과", "--profile", "static",
        "--roster", "명단.csv", "--lang", "en", "--isolation", "process",
    ]  # fmt: skip


def test_without_an_engine_the_process_sandbox_is_named_and_used(folder: Path) -> None:
    (folder / "bin").mkdir()
    done = grade(folder, folder / "bin")
    assert done.returncode == 0, done.stderr
    line = "컨테이너 엔진이 없어 프로세스 샌드박스로 채점해요 (자세히: grader doctor).\n"
    assert done.stderr.count(line) == 1
    english = grade(folder, folder / "bin", "--lang", "en")
    assert (
        "No container engine answers; grading in the process sandbox (more: grader doctor).\n"
        in english.stderr
    )
    asked_for = grade(folder, folder / "bin", "--isolation", "process")
    assert "grader doctor" not in asked_for.stderr
    assert (folder / "결과/results.json").exists()


def test_a_container_that_was_asked_for_and_cannot_be_had_is_one_sentence(folder: Path) -> None:
    fake(folder / "bin", version=1)
    done = grade(folder, folder / "bin", "--isolation", "container")
    assert done.returncode == 2
    assert "there is no container engine (docker: it does not answer)" in done.stderr
    fake(folder / "bin", image=1, build=1)
    done = grade(folder, folder / "bin", "--isolation", "container")
    assert done.returncode == 2 and "the image could not be built (no network)" in done.stderr
    assert not (folder / "결과/results.json").exists()


def test_an_image_that_cannot_be_built_does_not_stop_the_grading(folder: Path) -> None:
    fake(folder / "bin", image=1, build=1)
    done = grade(folder, folder / "bin")
    assert done.returncode == 0, done.stderr
    assert "프로세스 샌드박스로 이어서 채점해요" in done.stderr


def test_process_asks_no_engine(folder: Path) -> None:
    log = fake(folder / "bin")
    assert grade(folder, folder / "bin", "--isolation", "process").returncode == 0
    assert asked(log) == []


def test_an_engine_that_cannot_start_the_container_is_our_users_to_mend(folder: Path) -> None:
    fake(folder / "bin", run=125)
    done = grade(folder, folder / "bin")
    assert done.returncode == 2 and "docker could not start the container" in done.stderr


@pytest.mark.parametrize(
    ("name", "word"), [("docker", "--gpus=all"), ("podman", "--device=nvidia.com/gpu=all")]
)
def test_each_engine_has_its_own_way_to_hand_out_the_gpu(tmp_path: Path, name: str, word: str) -> None:
    engine = Engine(name, f"/usr/bin/{name}")
    mounts = [Mount(tmp_path / 'a,b "c"', writable=True)]
    command = container.run_command(engine, "image", ["run"], mounts, {"A": "b"}, gpu=True, terminal=True)
    assert word in command and "--tty" in command and "--env=A=b" in command
    assert "--env=USER=grader" in command  # whoever runs this has no name in the image
    path = str(tmp_path / 'a,b ""c""')
    assert f'--mount=type=bind,source="{path}",target="{path}"' in command
    plain = container.run_command(engine, "image", ["run"], [], {}, gpu=False, terminal=False)
    assert not {"--gpus=all", "--device=nvidia.com/gpu=all", "--tty"} & set(plain)
    assert ("--userns=keep-id" in plain) is (name == "podman")


def test_another_version_of_the_grader_is_another_image(tmp_path: Path) -> None:
    for part in ("grader", "assignments", "reference", "docker"):
        (tmp_path / part).mkdir()
    (tmp_path / "grader/a.py").write_text("1")
    first = container.image_name(tmp_path)
    assert container.image_name(tmp_path) == first
    (tmp_path / "grader/a.py").write_text("2")
    assert container.image_name(tmp_path) != first
