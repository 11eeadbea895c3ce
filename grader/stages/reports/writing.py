"""A file is either the old one or the new one, never half of each."""

from __future__ import annotations

from pathlib import Path

from grader.errors import UserError


def replace_file(path: Path, content: bytes) -> None:
    """Write `content` beside `path` and move it into place; makes the folder where it is missing.

    Raises `UserError` where the disk does not allow it.
    """
    beside = path.with_name(f".{path.name}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        raise UserError(
            f"{path} cannot be written ({error.strerror}); close the program that has it open, make room, "
            "or choose another folder with --out"
        ) from error
