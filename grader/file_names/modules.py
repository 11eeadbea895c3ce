"""A file's name as a module could be called."""

from __future__ import annotations

import re

from grader.file_names.signs import owner
from grader.file_names.vocabulary import is_course_word


def as_module(stem: str) -> str:
    """ "20231234 base" as `_20231234_base`."""
    name = re.sub(r"\W", "_", stem)
    return f"_{name}" if name[:1].isdigit() else name


def bare(stem: str) -> str:
    """A file's name without what an LMS and its student wrote before it: "20231234_홍길동_base" is "base"."""
    for length in range(len(stem) - 1, 0, -1):
        before = stem[:length]
        if not re.search(r"[\W_]$", before):
            continue
        who = owner(before)
        theirs = who.name.split()
        hangul = (
            w for w in re.findall(r"[^\W\d_]+", before) if not ("가" <= w[0] <= "힣" and is_course_word(w))
        )
        rest = [word for word in hangul if word != "LATE"]
        if (who.number or theirs) and all(word in theirs for word in rest):
            return stem[length:]
    return stem
