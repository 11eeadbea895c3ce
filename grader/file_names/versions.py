"""Which of several files is the later one, as their names tell."""

from __future__ import annotations

import re


def attempt(path: str) -> tuple[str, int]:
    """A path without the suffix of a file that came again, and that suffix's number; 0 without one.

    Canvas writes "skip-1.py", browsers "skip (1).py". Canvas gives a uuid to what came nine times.
    """
    match = re.fullmatch(r"(.+?)(?:-(\d{1,2})|\s*\((\d{1,2})\)|-([0-9a-f-]{36}))(\.\w+)", path)
    if match is None:
        return path, 0
    base, canvas, browser, uuid, ending = match.groups()
    return base + ending, 100 if uuid else int(canvas or browser)
