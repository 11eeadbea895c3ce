"""Short ids of findings: on the student's page, for an appeal; the same after every run."""

from __future__ import annotations

import hashlib

_DIGITS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""None that is taken for another: no 0 and O, no 1, I and L."""


def finding_id(student_id: str, exercise: str, what: str) -> str:
    """ "K7M-2QF", of one check of one exercise of one student, or of a repair ("repair 1").

    In a class of a thousand, two of 35,000 ids are the same with probability one half; whoever looks one up
    is shown both.
    """
    digest = hashlib.sha256("\0".join((student_id, exercise, what)).encode("utf-8", "surrogatepass")).digest()
    number, digits = int.from_bytes(digest[:8], "big"), ""
    for _ in range(6):
        number, digit = divmod(number, len(_DIGITS))
        digits += _DIGITS[digit]
    return f"{digits[:3]}-{digits[3:]}"
