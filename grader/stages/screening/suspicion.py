"""Code that no homework needs: what only somebody who attacks the grader writes.

Nothing is decided here. The sandbox holds whatever the code does, the score is what the network deserves,
and the teaching assistant is shown the line. What honest students do write (downloads, `os.environ`,
shell commands of a notebook, files of weights) is not looked at.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from grader.records.base import Text
from grader.records.findings import Flag, Place
from grader.records.submission import Cell

_ENDS = Text(en="ends the process itself", ko="프로세스를 스스로 끝내요")
_PROCESSES = Text(en="starts or signals processes", ko="다른 프로세스를 만들거나 신호를 보내요")
_RAW = Text(en="reaches below Python", ko="파이썬 아래 단계(메모리·시스템 콜)를 건드려요")
_FRAMES = Text(en="looks at the program that runs it", ko="자신을 실행하는 프로그램을 들여다봐요")
_NETWORK = Text(en="opens a socket", ko="소켓을 열어요")
_RIGHTS = Text(en="changes users, rights or limits", ko="사용자, 권한, 제한을 바꾸려고 해요")
_WRITES = Text(en="writes to a descriptor directly", ko="파일 디스크립터에 직접 써요")
_LATER = Text(
    en="leaves something to run or stay after the end", ko="끝난 뒤에도 실행되거나 남는 것을 만들어요"
)
_UNSEEN = Text(en="hides operators from being recorded", ko="연산이 기록되지 않게 숨겨요")
_GRADER = Text(en="looks for the grader's own files", ko="채점기의 파일을 찾아요")
_LIBRARY = Text(en="replaces a function of a library", ko="라이브러리의 함수를 바꿔치기해요")
_SYSTEM = Text(en="reads files of the system", ko="시스템 파일을 읽으려고 해요")

NAMES: tuple[tuple[str, Text], ...] = (
    (r"os\.(_exit|abort)", _ENDS),
    (r"os\.(fork|forkpty|kill|killpg|exec\w+|spawn\w+|posix_spawnp?)|signal\.(pidfd_send_signal|pthread_\w+)|multiprocessing\.(get_context|Process|Pool)",
     _PROCESSES),
    (r"os\.(setuid|setgid|setre\w+|chown|chroot|setsid)|resource\.setrlimit", _RIGHTS),
    (r"os\.(write|pread|pwrite|dup2?|closerange)", _WRITES),
    (r"ctypes\.\w+|mmap\.\w+", _RAW),
    (r"sys\._getframe|sys\._current_frames|inspect\.(stack|currentframe|getouterframes)|gc\.(get_objects|get_referrers)"
     r"|__main__", _FRAMES),
    (r"socket\.(socket|create_connection|create_server|socketpair|getaddrinfo)", _NETWORK),
    (r"atexit\.register|multiprocessing\.shared_memory(\.\w+)?|site\.getsitepackages", _LATER),
    (r"torch\.utils\._python_dispatch(\.\w+)*|torch\._C\._disabled\w*", _UNSEEN),
    (r"grader(\.\w+)*|lockdown|landlock|syscall_filter", _GRADER),
)  # fmt: skip
"""Dotted names as they are after imports, and what is said of them."""
STRINGS: tuple[tuple[str, Text], ...] = (
    (r"^/proc/(self|\d|$)|^/etc/(passwd|shadow|hosts)|^/dev/shm", _SYSTEM),
    (r"^\S*\bsolution\.py$|^\S*\.ledger$", _GRADER),
)
LIBRARIES = ("torch", "json", "numpy", "safetensors", "builtins")


def suspicions(cells: Sequence[Cell]) -> tuple[Flag, ...]:
    """A flag for each kind of thing, at its first line."""
    found: dict[str, Flag] = {}
    for cell in cells:
        try:
            tree = ast.parse(cell.text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        lines = cell.text.split("\n")
        for node, what in sorted(_in(tree), key=lambda pair: getattr(pair[0], "lineno", 0)):
            line = getattr(node, "lineno", 1)
            place = Place(file=cell.label, line=line, source=lines[line - 1].strip()[:200])
            found.setdefault(what.en, Flag(what=what, place=place))
    return tuple(found.values())


def _in(tree: ast.Module) -> Iterator[tuple[ast.AST, Text]]:
    known = _imports(tree)
    functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name):
            name = _dotted(node, known)
            for pattern, what in NAMES:
                if name and re.fullmatch(pattern, name):
                    yield node, what
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for name in _imported(node):
                for pattern, what in NAMES:
                    if re.fullmatch(pattern, name):
                        yield node, what
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 300:
            for pattern, what in STRINGS:
                if re.search(pattern, node.value):
                    yield node, what
        elif isinstance(node, ast.Assign | ast.Call) and _replaces(node, known, functions):
            yield node, _LIBRARY


def _imports(tree: ast.Module) -> dict[str, str]:
    """Names in the code → what they were imported as: {"F": "torch.nn.functional"}."""
    known = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                known[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return known


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [f"{node.module or ''}.{alias.name}" for alias in node.names] + [node.module or ""]


def _dotted(node: ast.AST, known: dict[str, str]) -> str:
    """ "os.kill" for `kill` after `from os import kill`; empty for what is no imported name."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in known:
        return ""
    return ".".join([known[node.id], *reversed(parts)])


def _replaces(node: ast.Assign | ast.Call, known: dict[str, str], functions: set[str]) -> bool:
    """`torch.equal = lambda …`, `torch.equal = f`, `setattr(torch, "equal", …)`; but not
    `torch.backends.cudnn.benchmark = True`."""

    def of_library(thing: ast.AST) -> bool:
        return _dotted(thing, known).partition(".")[0] in LIBRARIES

    if isinstance(node, ast.Call):
        return (
            bool(node.args)
            and isinstance(node.func, ast.Name)
            and node.func.id == "setattr"
            and of_library(node.args[0])
        )
    function = isinstance(node.value, ast.Lambda) or (
        isinstance(node.value, ast.Name) and node.value.id in functions
    )
    return function and any(isinstance(t, ast.Attribute) and of_library(t) for t in node.targets)
