"""`vgglab-check FILE`: the check in a process of its own, which can be stopped whatever it does.

The process that was started imports no torch; its child does all the work and writes a file. What hangs
beyond reach of an interrupt is ended, and a second child, which does not run the code again, says so.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from grader.check.plain_text import as_text
from grader.check.words import EXAM_ONLY, NO_TORCH, OLD_TORCH, is_a_folder, no_such_file, torch_broken
from grader.receipts import ENDING
from grader.records.base import Language, Text
from grader.records.kit import Ending, Kit, Report

HANGS_S = 180.0
"""After torch is imported; an interrupt comes after 20 s of processor time, or 120 s."""
STARTS_S = 300.0
"""What importing torch may take, on the slowest laptop after the first install."""
OLDEST_TORCH = (2, 4)
KIT = Path(__file__).with_name("kit.json")
"""What the wheel was built with."""
NOT_ALL_RIGHT, USAGE = 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code: 0 checked, 1 not all is right, 2 nothing could be checked."""
    parser = argparse.ArgumentParser(
        prog="vgglab-check", description="과제 확인 · checks an exercise before you hand it in"
    )
    parser.add_argument("file", type=Path, help=".py / .ipynb")
    parser.add_argument("--exercise", action="append", default=[], help="이 과제만 · only this exercise")
    parser.add_argument("--json", action="store_true", help="도구용 출력 · for tools")
    parser.add_argument("--lang", choices=("ko", "en"))
    parser.add_argument("--kit", type=Path, default=KIT, help=argparse.SUPPRESS)
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--ending", choices=("timeout", "ended"), help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    kit = Kit.model_validate_json(asked.kit.read_bytes())
    language: Language = asked.lang or kit.language
    if asked.into is not None:
        return _child(asked.file, kit, asked.exercise, asked.into, asked.ending)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a CP949 console does not know every sign
    if not asked.file.exists():
        return _sorry(no_such_file(str(asked.file)), language)
    if asked.file.is_dir():
        return _sorry(is_a_folder(str(asked.file)), language)
    report = in_child(asked.file, asked.kit, asked.exercise)
    if isinstance(report, Text):
        return _sorry(report, language)
    if asked.json:
        print(report.model_dump_json())
    else:
        print(as_text(report, language, colours=sys.stdout.isatty() and os.name != "nt"), end="")
    if report.exam and report.problem is None:
        receipt = asked.file.with_name(f"{asked.file.stem}{ENDING}")
        receipt.write_text(report.model_dump_json(), encoding="utf-8")
        print(EXAM_ONLY.in_language(language).format(receipt=receipt.name))
    if report.problem is not None:
        return USAGE
    return 0 if report.all_right else NOT_ALL_RIGHT


def in_child(file: Path, kit_path: Path, only: Sequence[str]) -> Report | Text:
    """The report of a child process; a sentence where it could not even start."""
    ending: Ending | None = None
    while True:
        with tempfile.TemporaryDirectory() as folder:
            into = Path(folder) / "report.json"
            ended = _run_child(file, kit_path, only, into, ending)
            if into.exists():
                said = into.read_text(encoding="utf-8")
                kind, _, rest = said.partition("\n")
                return (
                    Report.model_validate_json(rest) if kind == "report" else Text.model_validate_json(rest)
                )
        if ending is not None:
            raise RuntimeError(f"the check itself ended without an answer ({ended})")
        ending = ended


def _run_child(
    file: Path, kit_path: Path, only: Sequence[str], into: Path, ending: Ending | None
) -> Literal["timeout", "ended"]:
    command = [sys.executable, "-m", __spec__.name, str(file), "--kit", str(kit_path), "--into", str(into)]
    command += [word for name in only for word in ("--exercise", name)]
    command += ["--ending", ending] if ending else []
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as child:  # what the student's code prints is not read
        ready, began = into.with_name("ready"), time.monotonic()
        since = None
        while True:
            try:
                _, errors = child.communicate(timeout=0.05)
                break
            except subprocess.TimeoutExpired:
                now = time.monotonic()
                since = now if since is None and ready.exists() else since
                if (since is not None and now - since > HANGS_S) or now - began > STARTS_S:
                    child.kill()
                    return "timeout"
    if not into.exists() and ending is not None:
        sys.stderr.write(errors.decode("utf-8", "replace"))
    return "ended"


def _child(file: Path, kit: Kit, only: Sequence[str], into: Path, ending: Ending | None) -> int:
    """Do the work, and leave the answer in a file; first its kind, then the answer as JSON."""

    def leave(kind: str, text: str) -> int:
        partial = into.with_name("partial")
        partial.write_text(f"{kind}\n{text}", encoding="utf-8")
        partial.rename(into)
        return 0

    if (problem := torch_problem()) is not None:
        return leave("sorry", problem.model_dump_json())
    into.with_name("ready").touch()
    from grader.check.examine import examine_file

    return leave("report", examine_file(file, kit, only, ending).model_dump_json())


def torch_problem() -> Text | None:
    """What stands in the way of using torch here; None: nothing."""
    try:
        import torch
    except ModuleNotFoundError:
        return NO_TORCH
    except (ImportError, OSError) as error:  # a library of torch's own is missing or does not fit
        return torch_broken(str(error))
    if not hasattr(torch, "__version__"):
        return torch_broken("no version")
    found = tuple(int(part) for part in torch.__version__.split(".")[:2] if part.isdigit())
    if found < OLDEST_TORCH:
        told = {"found": torch.__version__}
        return Text(en=OLD_TORCH.en.format(**told), ko=OLD_TORCH.ko.format(**told))
    return None


def _sorry(problem: Text, language: Language) -> int:
    print(problem.in_language(language), file=sys.stderr)
    return USAGE


if __name__ == "__main__":
    sys.exit(main())
