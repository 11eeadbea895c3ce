"""The student's check as a wheel: the grader's own modules, packaged a second time.

The wheel holds `vgglab_check/grader/…`: every module that `grader.check` imports when it starts, as it stands in
this checkout, with `grader`, `pydantic` and `parso` renamed to be its own. So it needs nothing beside torch, and
meets no other package, and no file of a student's, of the same name.
"""

from __future__ import annotations

import ast
import base64
import hashlib
import importlib.metadata
import importlib.util
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from grader import __version__
from grader.records.kit import Kit

PACKAGE, DISTRIBUTION = "vgglab_check", "vgglab_check"
ROOTS = ("grader.check.command", "grader.check.examine", "grader.check.notebook")
GUEST = "answer compilers cpu_only files functions hooks load one_by_one recorder shapes stand_ins".split()  # noqa: SIM905
"""The guest's modules without those that lock it in."""
OWN_NAMES = {"grader": f"{PACKAGE}.grader", "parso": f"{PACKAGE}.parso", "pydantic": f"{PACKAGE}.pydantic"}
_IMPORT = re.compile(rf"^(\s*)(from|import) ({'|'.join(OWN_NAMES)})\b", re.MULTILINE)
EPOCH = (2020, 1, 1, 0, 0, 0)
"""Of every file in the archive: the same sources make the same bytes."""

INIT = '''"""{description}

    from vgglab_check import check
    check(VGG_SKIP)
"""

from __future__ import annotations

from typing import Any

__version__ = "{version}"


def check(cls: Any, lang: str | None = None) -> Any:
    """What the check says of a class, or of a file by its path; `lang`: "ko" or "en"."""
    from vgglab_check.grader.check.command import KIT, torch_problem
    from vgglab_check.grader.records.kit import Kit

    kit = Kit.model_validate_json(KIT.read_bytes())
    if (problem := torch_problem()) is not None:
        print(problem.in_language(lang or kit.language))
        return None
    from vgglab_check.grader.check.notebook import check_class

    return check_class(cls, kit, lang or kit.language)
'''
MAIN = """import sys

from vgglab_check.grader.check.command import main

sys.exit(main())
"""


def wheel(kit: Kit) -> tuple[str, bytes]:
    """File name and bytes of the wheel with this kit in it; the same kit gives the same bytes."""
    description = "Checks an exercise of the PyTorch lab before it is handed in"
    files = dict(_sources())
    files[f"{PACKAGE}/__init__.py"] = INIT.format(description=description, version=__version__).encode()
    files[f"{PACKAGE}/__main__.py"] = MAIN.encode()
    files[f"{PACKAGE}/images.py"] = _path("grader.stages.training.synthetic").read_bytes()
    files[f"{PACKAGE}/grader/check/kit.json"] = kit.model_dump_json().encode()
    info = f"{DISTRIBUTION}-{__version__}.dist-info"
    files[f"{info}/METADATA"] = (
        f"Metadata-Version: 2.1\nName: vgglab-check\nVersion: {__version__}\nSummary: {description}\n"
        "Requires-Python: >=3.10\nRequires-Dist: torch>=2.4\n"
    ).encode()
    files[f"{info}/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: grader\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    files[f"{info}/entry_points.txt"] = (
        f"[console_scripts]\nvgglab-check = {PACKAGE}.grader.check.command:main\n".encode()
    )
    files[f"{info}/licenses/parso.txt"] = _license_of("parso")
    files[f"{info}/RECORD"] = _record(files, f"{info}/RECORD")
    return f"{DISTRIBUTION}-{__version__}-py3-none-any.whl", archive(files)


def archive(files: dict[str, bytes]) -> bytes:
    """A zip file, byte for byte the same for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as written:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr, entry.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
            written.writestr(entry, data)
    return buffer.getvalue()


def _sources() -> Iterator[tuple[str, bytes]]:
    """Path in the wheel and bytes of every module."""
    for name in sorted(modules(ROOTS)):
        path = _path(name)
        ending = (
            f"{name.replace('.', '/')}/__init__.py"
            if path.stem == "__init__"
            else f"{name.replace('.', '/')}.py"
        )
        yield f"{PACKAGE}/{ending}", renamed(path.read_text(encoding="utf-8"))
    guest = _path("grader").parent / "guest"
    for name in GUEST:
        yield f"{PACKAGE}/grader/guest/{name}.py", (guest / f"{name}.py").read_bytes()
    yield f"{PACKAGE}/pydantic.py", _path("grader.check.plain_records").read_bytes()
    parso = _path("parso").parent
    for path in sorted(parso.rglob("*")):
        if path.suffix == ".py":
            yield (
                f"{PACKAGE}/parso/{path.relative_to(parso).as_posix()}",
                renamed(path.read_text(encoding="utf-8")),
            )
        elif path.suffix == ".txt":
            yield f"{PACKAGE}/parso/{path.relative_to(parso).as_posix()}", path.read_bytes()


def renamed(source: str) -> bytes:
    """A module's text with the packages that the wheel brings along under the wheel's names."""
    return _IMPORT.sub(lambda found: f"{found[1]}{found[2]} {OWN_NAMES[found[3]]}", source).encode()


def modules(roots: tuple[str, ...]) -> set[str]:
    """Our modules that these need when they are imported, with their packages."""
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name in found or not name.startswith("grader") or not _exists(name):
            continue
        found.add(name)
        waiting.append(name.rpartition(".")[0])
        for node in ast.parse(_path(name).read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ImportFrom) and node.module:
                waiting += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            elif isinstance(node, ast.Import):
                waiting += [alias.name for alias in node.names]
    return found


def _exists(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # its parent is a module, not a package: the name is a function's
        return False


def _path(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    assert spec is not None and spec.origin is not None
    return Path(spec.origin)


def _license_of(distribution: str) -> bytes:
    for path in importlib.metadata.files(distribution) or ():
        if path.name.upper().startswith("LICENSE"):
            return Path(str(path.locate())).read_bytes()
    raise FileNotFoundError(f"{distribution} has no license file")


def _record(files: dict[str, bytes], own: str) -> bytes:
    rows = []
    for name, data in sorted(files.items()):
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        rows.append(f"{name},sha256={digest},{len(data)}")
    return "\n".join([*rows, f"{own},,", ""]).encode()
