"""File names of the students' pages: safe on every disk, one per student, whatever the student number is."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

# No capitals (disks that ignore case), no hyphen (only digests follow one), no Windows device names.
PLAIN = re.compile(r"(?!(?:con|prn|aux|nul|com\d|lpt\d)$)[0-9a-z_]{1,40}")


def page_names(student_ids: Sequence[str]) -> tuple[str, ...]:
    """One ASCII file name per student, in order.

    "20231234" keeps its name; anything else is shortened to what is safe and gets a digest of the
    whole. An id that is there twice counts its copies, so that no page replaces another.
    """
    seen: dict[str, int] = {}
    names = []
    for student_id in student_ids:
        copy = seen.get(student_id, 0)
        seen[student_id] = copy + 1
        names.append(_name(student_id, copy))
    return tuple(names)


def _name(student_id: str, copy: int) -> str:
    if copy == 0 and PLAIN.fullmatch(student_id):
        return f"{student_id}.html"
    slug = re.sub(r"[^0-9a-z]+", "_", student_id.lower()).strip("_")[:40] or "student"
    # 64 bits: a student who chooses the name of a folder cannot make it meet another's page.
    digest = hashlib.sha256(f"{copy}\0{student_id}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{slug}-{digest}.html"
