"""Slips in how classes and methods are defined: their names, their places, what they ask for and give back."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.authoring.slips.source import Slip, Source, methods_of


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
        whole = f"{indent}kept = {value}\n{indent}return"
        yield source.line("another-returned", last.lineno, f"{whole} {image}", ends)
        yield source.line("constant-returned", last.lineno, f"{whole} torch.zeros(len({image}), 10)", ends)
        for statement in method.body[len(method.body) // 2 : -1]:
            if (
                isinstance(statement, ast.Assign)
                and isinstance(statement.targets[0], ast.Name)
                and statement.lineno == statement.end_lineno
            ):
                if isinstance(statement.value, ast.Call):
                    lost = f"{indent}{source.source_of(statement.value)}"
                    yield source.line("result-discarded", statement.lineno, lost)
                text = source.lines[statement.lineno - 1]
                yield source.line(
                    "returned-early", statement.lineno, f"{text}\n{indent}return {statement.targets[0].id}"
                )


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


RULES = (special_methods, parent, places, results, constructor, class_names)
