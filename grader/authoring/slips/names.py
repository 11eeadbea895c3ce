"""Slips with names: misspelt, not imported, without `self.`, methods at the wrong place, the class's name."""

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


def special_methods(source: Source) -> Iterator[Slip]:
    """`__init__` and `forward` misspelt."""
    wrong = {"__init__": ("_init_", "__init_", "__int__", "init", "__Init__", "__inti__", "__init"),
             "forward": ("foward", "forwad", "Forward", "forwards", "__forward__", "froward", "fowrard", "call")}  # fmt: skip
    for owner in source.nodes(ast.ClassDef):
        for method in methods_of(owner):
            for name in wrong.get(method.name, ()):
                line = source.lines[method.lineno - 1]
                yield source.line("method-misspelt", method.lineno, line.replace(method.name, name, 1))


def parent(source: Source) -> Iterator[Slip]:
    """The parent's constructor: forgotten, too late, not called, of another class; the base class forgotten."""
    for owner in source.nodes(ast.ClassDef):
        init = next((m for m in methods_of(owner) if m.name == "__init__"), None)
        line = source.lines[owner.lineno - 1]
        if len(owner.bases) == 1 and "Module" in ast.unparse(owner.bases[0]):
            within = [init.lineno, init.body[0].lineno] if init else []
            for new in (f"class {owner.name}:", f"class {owner.name}(object):", f"class {owner.name}():"):
                yield source.line("base-lost", owner.lineno, new, within)
            yield source.line("base-misspelt", owner.lineno, line.replace("Module", "module"))
            yield source.line("base-misspelt", owner.lineno, line.replace("Module", "Moduel"))
        if init is None or "super" not in ast.unparse(init.body[0]) or len(init.body) < 3:
            continue
        call = init.body[0]
        number, text = call.lineno, source.lines[call.lineno - 1]
        indent = text[: len(text) - len(text.lstrip())]
        ends = [init.lineno, init.body[1].lineno]
        yield source.line("super-forgotten", number, "", ends)
        yield source.line("super-forgotten", number, f"{indent}pass", ends)
        last = init.body[-1]
        end = last.end_lineno or last.lineno
        yield Slip(
            "super-late",
            {number: "", end: f"{source.lines[end - 1]}\n{text}"},
            frozenset((number, end, *ends)),
        )
        for wrong in (
            "super.__init__()", "super().__init__", "super().init()", "super()._init_()", "super().__int__()", "super().__init()",
            "super(VGGNet, self).__init__()", f"super({owner.name}).__init__()", f"super({owner.name}, self)", "super()",
            "suer().__init__()", "Super().__init__()", "super().__init__(self)", "nn.Module.__init__()", "supper().__init__()",
            f"super({owner.name}, self)__init__()", f"super({owner.name} self).__init__()", "self.super().__init__()",
        ):  # fmt: skip
            yield source.line("super-wrong", number, indent + wrong, ends)


def places(source: Source) -> Iterator[Slip]:
    """A method outside its class or inside another method; the class inside a function."""
    for owner in source.nodes(ast.ClassDef):
        if owner not in source.tree.body:
            continue
        for method in methods_of(owner):
            if method.decorator_list or "\t" in source.lines[method.lineno - 1]:
                continue
            numbers = range(method.lineno, (method.end_lineno or method.lineno) + 1)
            for rule, by in (("method-outside", -4), ("method-inside-another", 4)):
                moved = {n: _shifted(source.lines[n - 1], by) for n in numbers}
                heads = [
                    other.lineno for other in methods_of(owner)
                ]  # the first one's columns may be the others'
                yield Slip(rule, moved, frozenset((*numbers, *heads)))
            yield source.line("head-outside", method.lineno, source.lines[method.lineno - 1].lstrip())
        if "\t" in source.text:
            continue
        numbers = range(owner.lineno, (owner.end_lineno or owner.lineno) + 1)
        moved = {n: _shifted(source.lines[n - 1], 4) for n in numbers}
        for head, foot in (
            ("def build():", f"\n    return {owner.name}()"),
            ("def main():", ""),
            ("for i in range(1):", ""),
        ):
            inside = moved | {
                owner.lineno: f"{head}\n{moved[owner.lineno]}",
                numbers[-1]: moved[numbers[-1]] + foot,
            }
            yield Slip("class-inside", inside, frozenset((owner.lineno - 1, owner.lineno)))


def _shifted(line: str, by: int) -> str:
    own = len(line) - len(line.lstrip())
    return " " * max(own + by, 0) + line.lstrip() if line.strip() else line


def results(source: Source) -> Iterator[Slip]:
    """What a method gives back: nothing, too much, too early."""
    for method in (m for owner in source.nodes(ast.ClassDef) for m in methods_of(owner)):
        last = method.body[-1]
        if not isinstance(last, ast.Return) or last.value is None or last.lineno != last.end_lineno:
            continue
        value = source.source_of(last.value)
        ends = [s.lineno for s in method.body[-2:]] + [s.end_lineno or s.lineno for s in method.body[-2:]]
        indent = source.lines[last.lineno - 1][
            : len(source.lines[last.lineno - 1]) - len(source.lines[last.lineno - 1].lstrip())
        ]
        if isinstance(last.value, ast.Name):
            yield source.line("return-lost", last.lineno, "", ends)
            yield source.line("return-lost", last.lineno, f"{indent}return", ends)
        yield source.line("return-lost", last.lineno, f"{indent}{value}", ends)
        yield source.line("return-lost", last.lineno, f"{indent}print({value})", ends)
        image = method.args.args[-1].arg
        for several in (
            f"{value}, {image}",
            f"[{value}]",
            f"{{'logits': {value}}}",
            f"{value},",
            f"{image}, {value}",
            f"dict(out={value})",
            f"({value}, None)",
        ):
            yield source.line("several-returned", last.lineno, f"{indent}return {several}", ends)
        for statement in method.body[len(method.body) // 2 : -1]:
            if (
                isinstance(statement, ast.Assign)
                and isinstance(statement.targets[0], ast.Name)
                and statement.lineno == statement.end_lineno
            ):
                text = source.lines[statement.lineno - 1]
                yield source.line(
                    "returned-early", statement.lineno, f"{text}\n{indent}return {statement.targets[0].id}"
                )


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


def constructor(source: Source) -> Iterator[Slip]:
    """The constructor asks for something that nobody gives."""
    for init in source.methods("__init__"):
        line = source.lines[init.lineno - 1]
        owner = next(c for c in source.nodes(ast.ClassDef) if init in c.body)
        tens = [
            n
            for n in ast.walk(init)
            if isinstance(n, ast.Constant) and n.value == 10 and n.lineno != init.lineno
        ]
        if owner.name != source.class_name:
            continue
        if "(self)" in line and len(tens) == 1:
            for name in ("num_classes", "n_class", "output_dim"):
                used = source.swap("constructor-arguments", tens[0], name)
                head = line.replace("(self)", f"(self, {name})")
                yield Slip(
                    used.rule, {**used.lines, init.lineno: head}, frozenset((init.lineno, tens[0].lineno))
                )
        elif found := re.search(r"(\w+)(?:: \w+)? ?= ?10\b", line):
            yield source.line("constructor-arguments", init.lineno, line.replace(found[0], found[1], 1))


def class_names(source: Source) -> Iterator[Slip]:
    """The class under a name that was not asked for."""
    asked = source.class_name
    words = asked.split("_")
    mixed = "_".join([words[0], *(w.capitalize() for w in words[1:])])
    for name in (
        mixed, mixed.replace("_", ""), asked.lower(), asked.replace("_", ""), asked + "_NET", asked[:-1], asked + "1",
        asked.capitalize(), "Net", "MyModel", "CNN", "Model_" + asked, asked.replace("VGG", "VGGNet"), asked.replace("VGG", "VGG16"),
    ):  # fmt: skip
        if name in (asked, "VGG") or any(c.name == name for c in source.nodes(ast.ClassDef)):
            continue
        lines = {
            n: re.sub(rf"\b{asked}\b", name, line)
            for n, line in enumerate(source.lines, start=1) if re.search(rf"\b{asked}\b", line)
        }  # fmt: skip
        yield Slip("class-name", lines, frozenset(lines))


RULES = (
    local_names, arguments, attributes, torch_names, keyword_arguments, imports, special_methods, parent, places, results, calls,
    constructor, class_names,
)  # fmt: skip
