"""Modules that the student handed in beside the graded file: `from blocks import SkipBlock`."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import PurePosixPath

from grader.file_names import as_module, bare
from grader.lms.download_names import canvas_name, moodle
from grader.records.submission import BY_RUN, SourceFile
from grader.stages.excerpts.slicing import Slice, Source
from grader.stages.excerpts.statements import Statement, statements

_NEVER_LOCAL = frozenset(sys.stdlib_module_names) | {"torch", "torchvision", "numpy"}
_HOOK = re.compile(r"^[ \t]*(?:import|from)[ \t]+(?:import_ipynb|nbimporter|importnb)\b", re.MULTILINE)
Import = ast.Import | ast.ImportFrom


class LocalModules:
    """Finds, loads and slices the student's own modules, along with the graded file."""

    def __init__(self, files: Sequence[SourceFile], thorough: bool = False) -> None:
        """`thorough`: all methods of kept classes are followed, and own functions judged by their bodies."""
        self._thorough = thorough
        self._python = {file.path: file for file in files if file.kind == "python"}
        self._notebooks = {file.path: file for file in files if file.kind == "notebook"}
        self._importable = any(_HOOK.search(cell.text) for file in files for cell in file.cells)
        """Notebooks can be imported like modules."""
        self._home = ""
        self.slice = Slice(all_methods=thorough)
        self.loaded: dict[str, tuple[Source, SourceFile | None]] = {}
        self._folders: dict[str, str] = {}
        """Folder of each module's file; the graded file's is under ""."""
        self._asked: set[tuple[Statement, str]] = set()

    def graded(self, file: SourceFile, class_names: Sequence[str]) -> Source:
        """The file that defines the class; modules are first looked for beside it."""
        self._home = self._folders[""] = _folder(file.path)
        self._notebooks.pop(file.path, None)
        return self._with_stars(Source("", statements(file, class_names), by_body=self._thorough))

    def are_own(self, file: SourceFile, node: ast.ImportFrom) -> bool:
        """Whether what a file imports there comes from the student's own files."""
        self._home = self._folders[""] = _folder(file.path)
        return self._module(Source("", []), self._absolute(Source("", []), node)) is not None

    def follow(self) -> None:
        """Slice until neither the files nor the imports between them ask for anything more."""
        main_and_modules: list[Source] = []
        self.slice.run()
        while True:
            main_and_modules = [*self._sources]
            before = len(self._asked), len(self.loaded)
            for source in main_and_modules:
                for statement in sorted(source.kept, key=lambda s: s.index):
                    self._ask(source, statement)
            self.slice.run()
            if before == (len(self._asked), len(self.loaded)):
                return

    def follow_all(self) -> dict[str, SourceFile | None]:
        """Every module that any statement of the files imports, and those that their folders hold, by name."""
        followed: set[str] = set()
        waiting = [self._main]
        while waiting:
            source = waiting.pop()
            for statement in source.statements:
                for name in self._imported(source, statement):
                    for length in range(name.count(".") + 1):
                        self._module(source, name.rsplit(".", length)[0])
            waiting += [found for name, (found, _) in self.loaded.items() if name not in followed]
            followed |= {*self.loaded}
        found = {name: file for name, (_, file) in self.loaded.items()}
        for folder in dict.fromkeys((self._home, "", *map(_folder, self._python))):
            for path, file in self._python.items():
                if path.startswith(f"{folder}/") or not folder:
                    found.setdefault(dotted(path[len(folder) :].lstrip("/")), file)
        for name in [*found]:
            for length in range(1, name.count(".") + 1):
                found.setdefault(name.rsplit(".", length)[0], None)
        return {n: f for n, f in found.items() if n and n.partition(".")[0] not in _NEVER_LOCAL}

    def _imported(self, source: Source, statement: Statement) -> Iterator[str]:
        """Full names of what a statement imports, anywhere in it; a name out of a module may be a module, too."""
        for node in ast.walk(statement.node):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                name = self._absolute(source, node)
                yield name
                yield from (f"{name}.{alias.name}".lstrip(".") for alias in node.names if alias.name != "*")
            elif isinstance(node, ast.Call) and (called := _imported_by_call(node)):
                yield called

    @property
    def _sources(self) -> list[Source]:
        return [self._main, *(source for source, _ in self.loaded.values())]

    def _with_stars(self, source: Source) -> Source:
        """The same file, its `from own_module import *` statements knowing what they bring."""
        if source.name == "":
            self._main = source
        changed = False
        for statement in source.statements:
            node = statement.node
            if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
                module = self._module(source, self._absolute(source, node))
                if module is not None:
                    names = frozenset(n for n in module.binders if not n.startswith("_"))
                    if names != statement.star_names:
                        statement.star_names = names
                        statement.__dict__.pop("binds", None)
                        changed = True
        if changed:
            source.binders.clear()
            source.changers.clear()
            source.__post_init__()
        return source

    def _ask(self, source: Source, statement: Statement) -> None:
        """Ask the modules that a kept statement imports for what it imports."""
        for node in ast.walk(statement.node):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if node is not statement.node or _is_asked(source, statement, alias):
                        self._whole(source, statement, alias.name)
            elif isinstance(node, ast.ImportFrom):
                self._ask_from(source, statement, node)
            elif isinstance(node, ast.Call) and (name := _imported_by_call(node)):
                self._whole(source, statement, name)

    def _ask_from(self, source: Source, statement: Statement, node: ast.ImportFrom) -> None:
        name = self._absolute(source, node)
        module = self._module(source, name)
        if module is None:
            return
        if node.names[0].name == "*":
            wanted = source.aliases.get(statement, set()) if node is statement.node else set(module.binders)
        else:
            wanted = {
                a.name for a in node.names if node is not statement.node or _is_asked(source, statement, a)
            }
        for wish in sorted(wanted):
            if (statement, f"{name}:{wish}") in self._asked:
                continue
            self._asked.add((statement, f"{name}:{wish}"))
            if wish not in module.binders and self._whole(source, statement, f"{name}.{wish}".lstrip(".")):
                continue
            self.slice.need(module, wish, module.end, certain=True)

    def _whole(self, source: Source, statement: Statement, name: str) -> bool:
        """`import blocks`, `import models.blocks`: each package on the way, and the module."""
        module = None
        parts = name.split(".")
        for length in range(1, len(parts) + 1):
            dotted = ".".join(parts[:length])
            module = self._module(source, dotted)
            if module is None:
                return False
            if (statement, dotted) not in self._asked:
                self._asked.add((statement, dotted))
                self.slice.offer(module)
        return module is not None

    def _absolute(self, source: Source, node: ast.ImportFrom) -> str:
        """The module's full name; a relative one counts from the importing module's package."""
        if not node.level:
            return node.module or ""
        file = self.loaded[source.name][1] if source.name in self.loaded else None
        package = source.name.split(".") if source.name else []
        if not (file and file.path.endswith("__init__.py")):
            package = package[:-1]
        package = package[: max(len(package) - (node.level - 1), 0)]
        return ".".join([*package, *([node.module] if node.module else [])])

    def _module(self, source: Source, name: str) -> Source | None:
        """The student's own module of that name, loaded; None if there is none."""
        if name in self.loaded:
            return self.loaded[name][0]
        if name.partition(".")[0] in _NEVER_LOCAL:
            return None
        if not name:  # `from . import blocks`
            return Source("", [])
        path = name.replace(".", "/")
        folders = list(dict.fromkeys((self._home, "", self._folders.get(source.name, ""))))
        file = next((f for folder in folders if (f := self._file(folder, path))), None)
        if file is None and not any(
            other.startswith(_join(folder, f"{path}/")) for folder in folders for other in self._python
        ):
            file = self._elsewhere(folders, path)
            if file is None:
                return None
        module = Source(name, statements(file, ()) if file else [], by_body=self._thorough)
        self.loaded[name] = (module, file)
        self._folders[name] = _folder(file.path) if file else ""
        parent = name.rpartition(".")[0]
        if parent:
            self._module(source, parent)
        return self._with_stars(module)

    def _file(self, folder: str, path: str) -> SourceFile | None:
        for candidate in (f"{path}.py", f"{path}/__init__.py"):
            if file := self._python.get(_join(folder, candidate)):
                return file
        return _renamed(self._python, _join(folder, path))

    def _elsewhere(self, folders: Sequence[str], path: str) -> SourceFile | None:
        """A notebook of that name (`import_ipynb`, `%run`), or a module in a folder put into `sys.path`."""
        notebook = path.removesuffix(BY_RUN)
        for folder in folders if self._importable or notebook != path else ():
            if file := _renamed(self._notebooks, _join(folder, notebook)):
                return file
        if notebook != path:  # handed in as the script that it was saved as
            return next((file for folder in folders if (file := self._file(folder, notebook))), None)
        if "/" in path:
            return None
        beside = dict.fromkeys(_folder(where) for where in self._python)
        return next((file for folder in beside if (file := self._file(folder, path))), None)

    def rewritten(self, source: Source, node: Import, needed: list[ast.alias]) -> str | None:
        """The import with only the needed names, on one line; None if it may stay as it is.

        The graded file has no package, so its relative imports are written as absolute ones.
        """
        if isinstance(node, ast.Import):
            return None if needed == node.names else ast.unparse(ast.Import(needed))
        if not node.level:
            return None if needed == node.names else ast.unparse(ast.ImportFrom(node.module, needed, 0))
        name = self._absolute(source, node)
        if name:
            return ast.unparse(ast.ImportFrom(name, needed, 0))
        return ast.unparse(ast.Import(needed))


def dotted(path: str) -> str:
    """A file's name as a module, by the folders it lies in."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _is_asked(source: Source, statement: Statement, alias: ast.alias) -> bool:
    names = source.aliases.get(statement)
    return names is None or (alias.asname or alias.name.partition(".")[0]) in names


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _join(folder: str, path: str) -> str:
    return f"{folder}/{path}" if folder else path


def _renamed(files: Mapping[str, SourceFile], path: str) -> SourceFile | None:
    """The last file in the folder that was called so before it was handed in."""
    folder, name = _folder(path), path.rpartition("/")[2]
    found = [f for where, f in files.items() if _folder(where) == folder and name in _meant(where)]
    return found[-1] if found else None


@lru_cache(maxsize=4096)
def _meant(path: str) -> frozenset[str]:
    """Module names that a renamed file may have had: "blocks-1.py", "blocks (2).py", "20231234_홍길동_blocks.py"."""
    name = PurePosixPath(path).name
    names = {name, *(part.file for part in (canvas_name(name), moodle(name)) if part)}
    found: set[str] = set()
    for stem in (re.sub(r"(\.(py|ipynb|txt|json))+$", "", name, flags=re.IGNORECASE) for name in names):
        stem = re.sub(r"(?:-\d+|-[0-9a-f-]{36}|\s*\(\d+\))$", "", stem)
        found |= {as_module(stem), bare(stem)}
    return frozenset(found)


def _imported_by_call(node: ast.Call) -> str:
    """The `base` of `importlib.import_module("base")`."""
    called = getattr(node.func, "attr", getattr(node.func, "id", ""))
    given = node.args[0] if called in ("import_module", "__import__") and node.args else None
    return given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else ""
