"""The same command inside a container: finds or builds the image and runs it with nothing but its mounts.

Paths keep their names inside, so that what is printed and written is what a run on the host gives. The
GPU goes to the container, and in it to the trusted side alone: the guest sees no device.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UserError
from grader.records.base import Text

INSIDE = "GRADER_IN_CONTAINER"
"""Set in the image."""
IMAGE = "vgg-lab-grader"
ENGINES = ("docker", "podman")
PIDS = 1024
SCRATCH = "/tmp:rw,nosuid,nodev,size=2g,mode=1777"
PARTS = ("grader", "assignments", "reference", "docker", "variants", "course.yaml", "prices.yaml", "pyproject.toml", "constraints.txt",
         "requirements.lock")  # fmt: skip
"""What an image is made of: another image is built when one of them changes."""


@dataclass(frozen=True)
class Engine:
    """A container engine that answers."""

    name: str
    path: str


@dataclass(frozen=True)
class Mount:
    """A file or folder of the host that the container sees under the same path."""

    path: Path
    writable: bool = False


def inside() -> bool:
    """Is this process in the image already?"""
    return bool(os.environ.get(INSIDE))


def find_engine() -> tuple[Engine | None, str]:
    """The first engine that answers; and if there is none, why not."""
    reasons = []
    for name in ENGINES:
        path = shutil.which(name)
        if path is None:
            continue
        try:
            asked = subprocess.run([path, "version"], capture_output=True, text=True, timeout=30, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            reasons.append(f"{name}: {error}")
            continue
        if asked.returncode == 0:
            return Engine(name, path), ""
        reasons.append(f"{name}: {(asked.stderr.strip().splitlines() or ['it does not answer'])[-1]}")
    return None, "; ".join(reasons) or "neither docker nor podman is installed"


def image_name(root: Path) -> str:
    """The image's name, with a hash of all that goes into it."""
    digest = hashlib.sha256()
    for part in PARTS:
        for file in _files(root / part):
            digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes() + b"\0")
    return f"{IMAGE}:{digest.hexdigest()[:12]}"


def _files(path: Path) -> Iterable[Path]:
    if path.is_file():
        return [path]
    return sorted(p for p in path.rglob("*") if p.is_file() and "__pycache__" not in p.parts)


def has_image(engine: Engine, name: str) -> bool:
    """Is the image there?"""
    command = [engine.path, "image", "inspect", name]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def ready_image(engine: Engine, root: Path, say: Callable[[Text], None]) -> str:
    """The image of this very version, built at first need.

    Raises:
        UserError: it cannot be built.
    """
    name = image_name(root)
    if has_image(engine, name):
        return name
    say(
        Text(
            en=f"Building the image {name} with {engine.name}, once; minutes, and gigabytes with CUDA …",
            ko=f"{engine.name} 이미지 {name} 만드는 중… 처음 한 번만 몇 분 걸려요 (CUDA가 있으면 몇 GB).",
        )
    )
    built = subprocess.run(build_command(engine, root, name), capture_output=True, text=True, check=False)
    if built.returncode:
        lines = (built.stderr.strip() or built.stdout.strip()).splitlines() or ["no reason given"]
        raise UserError(
            f"the image could not be built ({lines[-1][:300]}); mend docker/Dockerfile or the network, "
            "or stay on this machine with --isolation process"
        )
    return name


def build_command(engine: Engine, root: Path, name: str) -> list[str]:
    """`docker build`, with the build arguments and options that the environment names."""
    arguments = [
        f"--build-arg={key}={value}"
        for key in ("BASE", "TORCH_INDEX", "CONSTRAINTS")
        if (value := os.environ.get(f"GRADER_{key}"))
    ]
    network = os.environ.get("GRADER_BUILD_NETWORK")
    return [
        engine.path, "build", *([f"--network={network}"] if network else []), *arguments,
        "--target=grader", f"--tag={name}", f"--file={root / 'docker/Dockerfile'}", str(root),
    ]  # fmt: skip


def run_command(
    engine: Engine,
    image: str,
    arguments: Sequence[str],
    mounts: Iterable[Mount],
    environment: Mapping[str, str],
    gpu: bool,
    terminal: bool,
) -> list[str]:
    """The whole command line that runs `grader` with `arguments` in the image.

    Args:
        engine: docker or podman.
        image: its name.
        arguments: of `grader`, as typed; paths may be relative to the working directory.
        mounts: files and folders that it needs.
        environment: variables set inside.
        gpu: hand all GPUs to the container.
        terminal: both output streams are a terminal.
    """
    user = f"{os.getuid()}:{os.getgid()}"
    command = [
        engine.path, "run", "--rm", "--network=none", "--read-only", "--cap-drop=all",
        "--security-opt=no-new-privileges", f"--memory={memory_bytes()}", f"--memory-swap={memory_bytes()}",
        f"--pids-limit={PIDS}", f"--tmpfs={SCRATCH}", f"--user={user}", f"--workdir={Path.cwd()}",
        # no user of the image has this number, and torch 2.11 asks for a name before it trains
        "--env=HOME=/tmp", "--env=USER=grader", *(f"--env={name}={value}" for name, value in environment.items()),
    ]  # fmt: skip
    if engine.name == "podman":
        command.append("--userns=keep-id")  # files belong to whoever runs this
    if gpu:
        command += ["--device=nvidia.com/gpu=all"] if engine.name == "podman" else ["--gpus=all"]
    if terminal:
        command.append("--tty")
    for mount in mounts:
        option = f"type=bind,source={_quoted(mount.path)},target={_quoted(mount.path)}"
        command.append(f"--mount={option}" if mount.writable else f"--mount={option},readonly")
    return [*command, image, *arguments, "--isolation", "process"]


def _quoted(path: Path) -> str:
    """A path as a field of `--mount`, which is CSV."""
    text = str(path)
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',"') else text


def memory_bytes() -> int:
    """All of this machine's memory but an eighth, at least 4 GiB."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(4 << 30, whole - whole // 8)


def run_inside(
    engine: Engine,
    image: str,
    arguments: Sequence[str],
    mounts: Sequence[Mount],
    environment: Mapping[str, str],
    gpu: bool,
) -> int:
    """Run `grader` with `arguments` in the image; its exit code.

    Raises:
        UserError: the engine could not start it.
    """
    terminal = sys.stdout.isatty() and sys.stderr.isatty()
    process = subprocess.Popen(run_command(engine, image, arguments, mounts, environment, gpu, terminal))
    while True:
        try:
            code = process.wait()
            break
        except KeyboardInterrupt:
            continue  # the engine hands Ctrl-C on; the grader inside says its last words and ends
    if code in (125, 126, 127):  # the engine's own, not the grader's
        raise UserError(
            f"{engine.name} could not start the container (its message is above); "
            f"{'see whether it can hand out a GPU, or ' if gpu else ''}stay on this machine with --isolation process"
        )
    return code
