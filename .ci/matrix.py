#!/usr/bin/env python3
"""The whole test suite with every Python, the oldest and the newest torch that are supported: make test-matrix

Interpreters are looked for on PATH and among pyenv's; those that are not there are named. Each pair has an
environment of its own under .matrix/ (GRADER_MATRIX names another folder), made once. At the end the
fingerprints of the example submissions must be the same in all of them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(os.environ.get("GRADER_MATRIX", ROOT / ".matrix"))


class Pair(NamedTuple):
    """What is tested together."""

    python: str
    torch: str
    torchvision: str

    def __str__(self) -> str:
        return f"Python {self.python}, torch {self.torch}"


PAIRS = (
    Pair("3.11", "2.13.0", "0.28.0"),
    Pair("3.12", "2.11.0", "0.26.0"),
    Pair("3.13", "2.13.0", "0.28.0"),
)


def main() -> int:
    """Test all pairs; 1 if one fails or fingerprints differ."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    said, fingerprints, failed = [], {}, False
    for pair in PAIRS:
        interpreter = found(pair.python)
        if interpreter is None:
            said.append(f"{pair}: not tested, no Python {pair.python} on PATH or among pyenv's")
            continue
        print(f"== {pair}", flush=True)
        python = environment(pair, interpreter)
        tests = subprocess.run(
            [
                python,
                "-m",
                "pytest",
                *(sys.argv[1:] or ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]),
            ],
            cwd=ROOT,
        )
        failed |= tests.returncode != 0
        fingerprints[pair] = examples(python, FOLDER / f"graded-{pair.python}-{pair.torch}")
        said.append(f"{pair}: {'passed' if tests.returncode == 0 else 'FAILED'}")
    first = next(iter(fingerprints.values()), {})
    for pair, own in fingerprints.items():
        if own != first:
            differ = sorted(key for key in own if own[key] != first.get(key))
            said.append(f"{pair}: other fingerprints than the first: {', '.join(differ)}")
            failed = True
    print("\n".join(said))
    return int(failed)


def found(version: str) -> str | None:
    """An interpreter."""
    if on_path := shutil.which(f"python{version}"):
        works = (
            subprocess.run([on_path, "-c", ""], capture_output=True).returncode == 0
        )  # not pyenv's empty shim
        if works:
            return on_path
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    return next((str(path) for path in sorted(kept.glob(f"{version}.*/bin/python"))), None)


def environment(pair: Pair, interpreter: str) -> str:
    """Its Python with everything installed, made where it is not there."""
    folder = FOLDER / f"{pair.python}-{pair.torch}"
    python = str(folder / "bin/python")
    if not (folder / "ready").exists():
        subprocess.run([interpreter, "-m", "venv", "--clear", folder], check=True)
        constraints = FOLDER / f"torch-{pair.torch}.txt"
        constraints.write_text(f"torch=={pair.torch}\ntorchvision=={pair.torchvision}\n")
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, f"torch=={pair.torch}"], check=True)
        # without its own demands, which name another build of torch
        subprocess.run([*install, "--no-deps", f"torchvision=={pair.torchvision}"], check=True)
        locked = ["--constraint", constraints, "--constraint", ROOT / "requirements.lock"]
        subprocess.run([*install, *locked, "--editable", f"{ROOT}[dev]"], check=True)
        (folder / "ready").touch()
    return python


def examples(python: str, out: Path) -> dict[str, str | None]:
    """Fingerprints of the example submissions, by student and exercise."""
    shutil.rmtree(out, ignore_errors=True)
    grade = [Path(python).with_name("grader"), "run", "examples/submissions", "--profile", "static"]
    done = subprocess.run(
        [*grade, "--isolation", "process", "--out", out], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    if done.returncode > 1:
        raise SystemExit(f"grading the examples ended with exit code {done.returncode}")
    results = json.loads((out / "results.json").read_text("utf-8"))
    return {
        f"{submission['student_id']} {name}": exercise.get("fingerprint")
        for submission in results["submissions"]
        for name, exercise in submission["exercises"].items()
    }


if __name__ == "__main__":
    sys.exit(main())
