"""Reads `hard_to_cut.txt`. `python tests/ladder/hard_to_cut.py FOLDER` writes its cases out, a folder each."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

_CASE = re.compile(r"(?P<name>\w+)(?P<review> \(a person may be asked\))?: (?P<what>.+)")
_PART = re.compile(r"(?P<file>\S+)(?: \[(?P<count>\d*) *\])?")


class Case(NamedTuple):
    """One hand-in: its files, and whether a person may be asked instead of giving full marks."""

    what: str
    files: Mapping[str, str]
    review: bool


def cases() -> dict[str, Case]:
    """Every case by its name."""
    blocks: dict[str, str] = {}
    found: dict[str, Case] = {}
    for section in Path(__file__).with_suffix(".txt").read_text("utf-8").split("\n=== ")[1:]:
        head, _, body = section.partition("\n")
        if head.startswith("<<"):
            blocks[head] = body.strip("\n")
            continue
        named = _CASE.fullmatch(head)
        assert named, head
        parts = [part.partition("\n") for part in f"\n{body}".split("\n--- ")[1:]]
        whole = [
            (name, re.sub(r"(?m)^<<\w+>>$", lambda m: f"\n{blocks[m[0]]}\n", text)) for name, _, text in parts
        ]
        found[named["name"]] = Case(named["what"], _files(whole), named["review"] is not None)
    return found


def _files(parts: list[tuple[str, str]]) -> dict[str, str]:
    """Files by name; the cells of a notebook are parts of one name."""
    files: dict[str, str] = {}
    cells: dict[str, list[dict[str, object]]] = {}
    for head, text in parts:
        part = _PART.fullmatch(head)
        assert part, head
        if part["count"] is None:
            files[part["file"]] = text
            continue
        cells.setdefault(part["file"], []).append(
            {
                "cell_type": "code", "metadata": {}, "outputs": [], "source": text.strip("\n"),
                "execution_count": int(part["count"]) if part["count"] else None,
            }
        )  # fmt: skip
    for name, inside in cells.items():
        files[name] = json.dumps({"cells": inside, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    return files


def write_out(folder: Path, files: Mapping[str, str]) -> None:
    """The files of one hand-in."""
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    for name, case in cases().items():
        write_out(Path(sys.argv[1]) / name, case.files)
