"""Kind *names*: an attribute that is not there, of the network, of a module of torch's or of a tensor."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.stages.mending.names import compared_instead
from grader.stages.mending.scopes import attributes_of, bound_at_top, function_of, made_before, on_line
from grader.stages.mending.situation import FUNCTIONS, Proposal, Situation
from grader.stages.mending.spelling import folded, near
from grader.stages.mending.torch_names import names_of, reach

# -- an attribute ------------------------------------------------------------------------------------


def attribute(situation: Situation) -> Iterator[Proposal]:
    """AttributeError, of the network itself, of a module of torch's or of a tensor."""
    crash = situation.crash
    if crash is None or crash.error != "AttributeError":
        return
    found = re.search(
        r"(?:module '([\w.]+)'|type object '(\w+)'|'(\w+)' object) has no attribute '(\w+)'", crash.message
    )
    if found is None:
        return
    module, kind, instance, name = found.groups()
    here = [
        (label, node)
        for label, node in situation.nodes(ast.Attribute)
        if isinstance(node, ast.Attribute) and node.attr == name
        if crash.line is None or (label == crash.line.file and on_line(node, crash.line.line))
    ]
    if not here:
        return
    label, node = here[0]
    assert isinstance(node, ast.Attribute)
    if compared := list(compared_instead(situation, label, node)):
        yield from compared
        return
    if name in ("nn", "F", "torch", "self"):  # `nn.Conv2d(3, 16, 3). nn.ReLU()`
        parts = (ast.unparse(node.value), name)
        yield situation.replaced("full-stop-for-comma", label, [(node, ", ".join(parts))], node.lineno, parts)
        return
    classes = {c.name: c for _, c in situation.classes()}
    if module is not None:
        for new in _of_module(situation, module, name):
            whole = "." in new
            yield situation.replaced(
                "torch-name-misspelt", label, [(node, new if whole else f"{ast.unparse(node.value)}.{new}")], node.lineno,
                (f"{ast.unparse(node.value)}.{name}",),
            )  # fmt: skip
    elif instance in classes or kind in classes:
        owner = classes[instance or kind]
        yield from _of_network(situation, label, node, owner)
    elif instance == "super":
        for new in near(name, ("__init__", "forward", "train", "eval"), 1):
            yield situation.replaced(
                "init-misspelt", label, [(node, f"{ast.unparse(node.value)}.{new}")], node.lineno, (name,)
            )
    elif instance in ("Tensor", "Parameter"):
        function = function_of(situation, label, node)
        if function is not None and isinstance(node.value, ast.Name) and name in made_before(function, node):
            parts = (ast.unparse(node.value), name)  # `torch.cat([x. out])`
            yield situation.replaced(
                "full-stop-for-comma", label, [(node, ", ".join(parts))], node.lineno, parts
            )
        for new in near(name, names_of("torch.Tensor")):
            yield situation.replaced(
                "torch-name-misspelt",
                label,
                [(node, f"{ast.unparse(node.value)}.{new}")],
                node.lineno,
                (f".{name}",),
            )
        yield from _call_of_function(situation, label, node, name)


def _call_of_function(situation: Situation, label: str, node: ast.Attribute, name: str) -> Iterator[Proposal]:
    """`x.avg_pool2d(2)`: a function of `torch.nn.functional`."""
    for _, call in situation.nodes(ast.Call):
        if isinstance(call, ast.Call) and call.func is node and name in names_of("torch.nn.functional"):
            given = ", ".join(ast.unparse(part) for part in (node.value, *call.args, *call.keywords))
            yield situation.replaced(
                "torch-name-misspelt",
                label,
                [(call, f"{reach(situation, 'torch.nn.functional')}.{name}({given})")],
                node.lineno,
                (f".{name}",),
            )


def _of_network(
    situation: Situation, label: str, node: ast.Attribute, owner: ast.ClassDef
) -> Iterator[Proposal]:
    """The nearest attribute that the class makes; else the one that it makes and never uses."""
    text = ast.unparse(node.value)
    attributes = attributes_of(owner)
    same = [
        n for at, n in situation.nodes(ast.Attribute)
        if at == label and isinstance(n, ast.Attribute) and n.attr == node.attr and ast.unparse(n.value) == text
        and isinstance(n.ctx, ast.Load)
    ]  # fmt: skip
    used = {n.attr for n in ast.walk(owner) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Load)}
    unused = sorted(attributes - used)
    offered = near(node.attr, attributes)
    offered += [other for other in unused if other not in offered][:2]
    yield from _minus_in_name(situation, label, node, attributes)
    for other in offered:
        yield situation.replaced(
            "attribute-misspelt", label, [(n, f"{text}.{other}") for n in same], node.lineno, (node.attr,)
        )
    for function in (f for f in owner.body if isinstance(f, FUNCTIONS) and f.name == "__init__"):
        made = [
            n
            for n in ast.walk(function)
            if isinstance(n, ast.Name) and n.id == node.attr and isinstance(n.ctx, ast.Store)
        ]
        if made and function.args.args:  # `conv1 = nn.Conv2d(…)` in __init__, without self.
            me = function.args.args[0].arg
            yield situation.replaced(
                "self-missing", label, [(n, f"{me}.{n.id}") for n in made], made[0].lineno, (node.attr,)
            )
    if node.attr in names_of("torch.nn.functional"):  # self.relu where nothing of that name was made
        yield situation.replaced(
            "attribute-misspelt",
            label,
            [(n, f"{reach(situation, 'torch.nn.functional')}.{node.attr}") for n in same],
            node.lineno,
            (node.attr,),
        )
    top = set().union(
        *(bound_at_top(tree) for at in situation.labels if (tree := situation.tree(at)) is not None)
    )
    arguments = {a.arg for f in ast.walk(owner) if isinstance(f, FUNCTIONS) for a in f.args.args}
    if node.attr in top | arguments:  # `self.out`, where `out` is a plain name
        yield situation.replaced(
            "self-too-many", label, [(n, node.attr) for n in same], node.lineno, (node.attr,)
        )


def _minus_in_name(
    situation: Situation, label: str, node: ast.Attribute, attributes: set[str]
) -> Iterator[Proposal]:
    """`self.conv-skip1(x)`."""
    for _, minus in situation.nodes(ast.BinOp):
        if isinstance(minus, ast.BinOp) and minus.left is node and isinstance(minus.op, ast.Sub):
            rest = re.match(r"\w+", ast.unparse(minus.right))
            if rest is not None and f"{node.attr}_{rest[0]}" in attributes:
                whole = f"{ast.unparse(node)}_{ast.unparse(minus.right)}"
                yield situation.replaced(
                    "attribute-misspelt", label, [(minus, whole)], node.lineno, (node.attr,)
                )


def _of_module(situation: Situation, module: str, name: str) -> list[str]:
    """What torch's module has of that name, or torch's other modules."""
    if module.partition(".")[0] not in ("torch", "numpy", "math"):
        return []
    found = near(name, names_of(module))
    for other in ("torch", "torch.nn", "torch.nn.functional"):
        if other != module and module.startswith("torch"):
            exact = [n for n in names_of(other) if n == name] or [
                n for n in names_of(other) if folded(n) == folded(name)
            ]
            found += [f"{reach(situation, other)}.{n}" for n in exact[:1]]
    same_spelling = [n for n in found if folded(n.rpartition(".")[2]) == folded(name)]
    return list(dict.fromkeys([*same_spelling, *found]))[:4]
