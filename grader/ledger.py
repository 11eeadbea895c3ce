"""What has been done so far, on disk: one small file per piece of work, written whole or not at all.

A run that is killed at any moment and started again finds here what it need not do again. An entry
is known by a hash of everything that it depends on, so that it is never used for anything else.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parent
_DECIDING = ("guest", "networks", "records", "stages/reading", "stages/excerpts", "stages/screening", "stages/capture",
             "stages/judging", "stages/training")  # fmt: skip
"""Parts of the package whose change may change a judgement or a training."""
_TRAINING = ("networks", "records", "stages/training")
"""… and those whose change may change a training run."""


class Ledger:
    """Entries under one folder, by kind and key.

    Args:
        folder: made when the first entry is written.
        fresh: forget what earlier runs wrote (entries of this run are still found).
    """

    def __init__(self, folder: Path, fresh: bool = False) -> None:
        self.folder = folder
        self._own: set[tuple[str, str]] | None = set() if fresh else None

    def find(self, kind: str, key: str) -> str | None:
        """The entry's text, or None."""
        if self._own is not None and (kind, key) not in self._own:
            return None
        try:
            return (self.folder / kind / f"{key}.json").read_text("utf-8")
        except FileNotFoundError:
            return None

    def write(self, kind: str, key: str, text: str) -> None:
        """Store an entry; a crash leaves either the old one or the new one."""
        path = self.folder / kind / f"{key}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(path)
        if self._own is not None:
            self._own.add((kind, key))


def key_of(*parts: str) -> str:
    """A hash of everything that an entry depends on, the version of the deciding code included."""
    return _hash(code_version(_DECIDING), *parts)


def training_key_of(*parts: str) -> str:
    """The same for a training run, which no rule of judging changes."""
    return _hash(code_version(_TRAINING), *parts)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


@cache
def code_version(deciding: tuple[str, ...]) -> str:
    """A hash of the code that decides, and of the torch it runs on."""
    from importlib.metadata import version

    digest = hashlib.sha256(version("torch").encode())
    for part in deciding:
        for file in sorted((_PACKAGE / part).rglob("*.py")):
            digest.update(file.relative_to(_PACKAGE).as_posix().encode() + file.read_bytes())
    return digest.hexdigest()
