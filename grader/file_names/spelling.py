"""Names as they are written: composed, without what cannot be seen, and with which ending."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

GRADED = (".py", ".ipynb", ".zip")
"""Endings of what is opened."""

_ENDINGS = re.compile(r"(\.(py|ipynb|zip|txt|json|html?))+$", re.IGNORECASE)
_KNOWN = re.compile(
    r"\.(py|ipynb|zip|txt|json|html?|pdf|png|jpe?g|gif|docx?|hwpx?|pptx?|xlsx?|csv|md|ya?ml|rar|7z|alz|egg"
    r"|tar|gz|tgz|pth?|ckpt|npz|npy|icloud|log|webloc|url)$",
    re.IGNORECASE,
)


def clean(name: str) -> str:
    """NFC, without control and direction marks: fit for a label, a page and JSON."""
    try:
        name = name.encode(errors="surrogateescape").decode()
    except UnicodeDecodeError:  # a file name that is no UTF-8 on disk: an old Korean Windows archive
        name = name.encode(errors="surrogateescape").decode("cp949", errors="replace")
    except UnicodeEncodeError:
        name = name.encode(errors="replace").decode()
    return "".join(
        c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c) not in ("Cc", "Cf")
    )


def suffix(path: str) -> str:
    """ ".py", ".ipynb" or ".zip" for what is to be opened (also "model.py.txt"), else ""."""
    name = PurePosixPath(path).name.lower().rstrip(". ")
    name = name.removesuffix(".txt") if name.endswith((".py.txt", ".ipynb.txt")) else name
    name = name.removesuffix(".json") if name.endswith(".ipynb.json") else name
    name = name.removesuffix(".html") if name.endswith((".py.html", ".ipynb.html")) else name
    return next((ending for ending in GRADED if name.endswith(ending)), "")


def stem(name: str) -> str:
    """A file's name without its endings; a dot in "jihun.kim" begins none."""
    short = _ENDINGS.sub("", name)
    while short == name and (found := _KNOWN.search(short)):
        short = short[: found.start()]
        name = short
    return short.strip() or name


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key by which "lab2" comes before "lab10"."""
    return tuple(
        (0, int(part), part) if part.isdecimal() and part.isascii() else (1, 0, part)
        for part in re.split(r"([0-9]{1,18})", text)
        if part
    )
