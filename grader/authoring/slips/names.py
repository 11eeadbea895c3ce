"""Slips with names: misspelt, not imported, without `self.`, a layer that is not called."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.authoring.slips.source import Slip, Source, methods_of


def misspellings(name: str) -> list[str]:
    """A letter lost, two exchanged, one doubled, the other case."""
    middle = max(len(name) // 2, 1)
    found = [
        name[: middle - 1] + name[middle:],
        name[: middle - 1] + name[middle] + name[middle - 1] + name[middle + 1 :]
        if middle < len(name)
        else name,
        name[:middle] + name[middle - 1] + name[middle:],
        name[0].swapcase() + name[1:],
    ]
    return [wrong for wrong in dict.fromkeys(found) if wrong != name and wrong.isidentifier()]


def local_names(source: Source) -> Iterator[Slip]:
    """A variable that is read under another spelling."""
    for function in source.nodes(ast.FunctionDef):
        made = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        made |= {a.arg for a in function.args.args} - {"self"}
        for node in ast.walk(function):
            if (
                isinstance(node, ast.Name)
                and isinstance(node.ctx, ast.Load)
                and node.id in made
                and len(node.id) > 1
            ):
                others = [
                    n.lineno for n in ast.walk(function)
                    if isinstance(n, ast.Name) and n.id == node.id and isinstance(n.ctx, ast.Store)
                ]  # fmt: skip
                for wrong in misspellings(node.id):
                    yield source.swap("name-misspelt", node, wrong, others)


def arguments(source: Source) -> Iterator[Slip]:
    """`forward` takes its images under another name than it uses, or takes nothing, or not itself."""
    for owner in source.nodes(ast.ClassDef):
        for method in methods_of(owner):
            line = source.lines[method.lineno - 1]
            used = [n.lineno for n in ast.walk(method) if isinstance(n, ast.Name)]
            if method.name == "forward" and re.search(r"\(self, x\b", line):
                yield source.line(
                    "argument-renamed", method.lineno, re.sub(r"\(self, x\b", "(self, input", line), used
                )
                yield source.line("argument-lost", method.lineno, re.sub(r"\(self, x\b", "(self", line), used)
            if "(self, " in line:
                yield source.line("self-argument", method.lineno, line.replace("(self, ", "(", 1))
            elif "(self)" in line:
                yield source.line("self-argument", method.lineno, line.replace("(self)", "()", 1))


def attributes(source: Source) -> Iterator[Slip]:
    """An attribute under another spelling, where it is made or used; without `self.`; of `Self`."""
    for node in source.nodes(ast.Attribute):
        if not isinstance(node.value, ast.Name) or node.value.id != "self":
            continue
        ends = source.mentions(node.attr)
        for wrong in misspellings(node.attr):
            yield source.swap("attribute-misspelt", node, f"self.{wrong}", ends)
        yield source.swap("self-lost", node, node.attr, ends)
        for wrong in ("Self", "slef", "sel"):
            yield source.swap("self-misspelt", node, f"{wrong}.{node.attr}")
        if isinstance(node.ctx, ast.Load):
            yield source.swap("self-doubled", node, f"self.self.{node.attr}")


def torch_names(source: Source) -> Iterator[Slip]:
    """A name of torch's under another spelling, or of another module."""
    modules = {"nn": ("F", "torch"), "F": ("nn", "torch"), "torch": ("nn", "F")}
    for node in source.nodes(ast.Attribute):
        if isinstance(node.value, ast.Name) and node.value.id in modules:
            for wrong in [*misspellings(node.attr), node.attr.lower()]:
                if wrong != node.attr:
                    yield source.swap("torch-name-misspelt", node, f"{node.value.id}.{wrong}")
            yield source.swap("torch-module-lost", node, node.attr)
            for module in modules[node.value.id]:
                yield source.swap("torch-module-wrong", node, f"{module}.{node.attr}")


def keyword_arguments(source: Source) -> Iterator[Slip]:
    """`kernal_size=3`."""
    known = {"kernel_size": ("kernal_size", "kernel", "kernel_sise"), "padding": ("pading", "pad", "Padding"),
             "start_dim": ("dim", "startdim"), "dim": ("dims", "Dim"), "stride": ("strides", "strid")}  # fmt: skip
    for node in source.nodes(ast.keyword):
        for wrong in known.get(node.arg or "", ()):
            yield source.swap("argument-misspelt", node, f"{wrong}={source.source_of(node.value)}")


def imports(source: Source) -> Iterator[Slip]:
    """An import that is missing, misspelt, or without its `as`."""
    for node in source.tree.body:
        if not isinstance(node, ast.Import | ast.ImportFrom) or "__future__" in ast.unparse(node):
            continue
        text = source.lines[node.lineno - 1]
        anywhere = range(1, len(source.lines) + 1)  # shown where the name is first used
        yield source.line("import-lost", node.lineno, "", anywhere)
        yield source.line("import-lost", node.lineno, f"# {text}", anywhere)
        if " as " in text:
            yield source.line("import-alias-lost", node.lineno, text.split(" as ")[0], anywhere)
        if "torch" in text:
            for wrong in ("troch", "pytorch", "torh"):
                yield source.line("import-misspelt", node.lineno, text.replace("torch", wrong, 1), anywhere)


def calls(source: Source) -> Iterator[Slip]:
    """A layer that is named and not called; tensors that are not grouped for `cat`; `==` for `=`."""
    for node in source.nodes(ast.Assign):
        target, value = source.source_of(node.targets[0]), node.value
        plain = isinstance(value, ast.Call) and len(value.args) == 1 and isinstance(value.args[0], ast.Name)
        if (
            plain
            and isinstance(value, ast.Call)
            and ast.unparse(value.func).startswith("self.")
            and isinstance(node.targets[0], ast.Name)
        ):
            yield source.swap("call-forgotten", node, f"{target} = {source.source_of(value.func)}")
            yield source.swap("call-without-tensor", node, f"{target} = {source.source_of(value.func)}()")
        if isinstance(node.targets[0], ast.Attribute):
            ends = source.mentions(node.targets[0].attr)
            yield source.swap(
                "comparison-for-assignment", node, f"{target} == {source.source_of(value)}", ends
            )
    for call in source.calls("cat", "concat"):
        if call.args and isinstance(call.args[0], ast.List | ast.Tuple):
            name, rest = (
                source.source_of(call.func),
                [source.source_of(k) for k in (*call.args[1:], *call.keywords)],
            )
            parts = ", ".join(source.source_of(e) for e in call.args[0].elts)
            yield source.swap("cat-ungrouped", call, f"{name}({', '.join([parts, *rest])})")


RULES = (local_names, arguments, attributes, torch_names, keyword_arguments, imports, calls)
