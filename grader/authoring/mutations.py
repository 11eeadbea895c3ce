"""Wrong networks by the hundred: one small change of a solution each, made by rule.

The catalogue holds what students are known to do; these are what nobody thought of. Works on sources
in the style of `reference/*/solution.py`. After DeMillo, Lipton and Sayward, "Hints on Test Data
Selection" (1978).
"""

from __future__ import annotations

import ast
import copy
import random
from collections.abc import Callable, Iterator
from typing import NamedTuple

from grader.records.graph import Argument, ModelGraph, Program, ValueRef


class Mutant(NamedTuple):
    """A changed source."""

    change: str
    """In a line: rule, place, what became what."""
    source: str


def mutants(source: str, count: int, seed: int = 0) -> list[Mutant]:
    """`count` distinct mutants of a solution, drawn from all that the rules give (or all of them)."""
    tree = ast.parse(source)
    found: dict[str, Mutant] = {}
    for rule in RULES:
        for mutant in rule(tree):
            found.setdefault(mutant.source, mutant)
    found.pop(ast.unparse(tree), None)
    everything = list(found.values())
    return everything if len(everything) <= count else random.Random(seed).sample(everything, count)


def equivalent(mutant: ModelGraph, reference: ModelGraph) -> bool:
    """The proof that a mutant is none: the very same operators on the same values, in the same order."""
    return all(
        _same_program(getattr(mutant, mode), mutant, getattr(reference, mode), reference)
        for mode in ("train", "eval")
    )


# -- rules: each yields the tree with one place changed ------------------------------------------------


def _changed(
    tree: ast.Module, function: str, matches: Callable[[ast.AST], list[tuple[str, ast.AST]]]
) -> Iterator[Mutant]:
    """A mutant for every replacement of every node of one method."""
    method = _method(tree, function)
    for place, node in enumerate(ast.walk(method)):
        for what, replacement in matches(node):
            fresh = copy.deepcopy(tree)
            target = list(ast.walk(_method(fresh, function)))[place]
            _Replacing(target, copy.deepcopy(replacement)).visit(fresh)
            line = f"line {getattr(node, 'lineno', 0)}: {what}"
            yield Mutant(line, ast.unparse(ast.fix_missing_locations(fresh)))


def dropped(tree: ast.Module) -> Iterator[Mutant]:
    """A call gives back what it was given."""

    def matches(node: ast.AST) -> list[tuple[str, ast.AST]]:
        if isinstance(node, ast.Call) and len(node.args) == 1 and not isinstance(node.args[0], ast.List):
            return [(f"without {ast.unparse(node.func)}", node.args[0])]
        return []

    return _changed(tree, "forward", matches)


def left_out(tree: ast.Module) -> Iterator[Mutant]:
    """A statement of `forward` is missing, or stands there twice."""
    for place, statement in enumerate(_method(tree, "forward").body):
        if not isinstance(statement, ast.Assign):
            continue
        text = ast.unparse(statement)
        for word, times in (("without", 0), ("twice", 2)):
            if times == 2 and ("flatten" in text or not isinstance(statement.value, ast.Call)):
                continue  # x = y twice, or flattening what is flat, is the same network
            fresh = copy.deepcopy(tree)
            body = _method(fresh, "forward").body
            body[place : place + 1] = [copy.deepcopy(statement) for _ in range(times)]
            yield Mutant(f"line {statement.lineno}: {word} {text}", ast.unparse(fresh))


def other_layer(tree: ast.Module) -> Iterator[Mutant]:
    """Another layer is called."""
    names = [
        statement.targets[0].attr
        for statement in _method(tree, "__init__").body
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Attribute)
    ]

    def matches(node: ast.AST) -> list[tuple[str, ast.AST]]:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in names:
            return [
                (f"{other} for {node.attr}", ast.Attribute(value=node.value, attr=other, ctx=ast.Load()))
                for other in names
                if other != node.attr
            ]
        return []

    return _changed(tree, "forward", matches)


def rewired(tree: ast.Module) -> Iterator[Mutant]:
    """Another tensor is used."""
    names = {n.id for n in ast.walk(_method(tree, "forward")) if isinstance(n, ast.Name)} - {"self", "torch"}

    def matches(node: ast.AST) -> list[tuple[str, ast.AST]]:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
            return [
                (f"{other} for {node.id}", ast.Name(id=other, ctx=ast.Load()))
                for other in sorted(names - {node.id})
            ]
        return []

    return _changed(tree, "forward", matches)


def other_operator(tree: ast.Module) -> Iterator[Mutant]:
    """Sums, products and concatenations become something else."""
    operators = (ast.Add, ast.Sub, ast.Mult, ast.Div)

    def matches(node: ast.AST) -> list[tuple[str, ast.AST]]:
        if isinstance(node, ast.BinOp):
            others: list[ast.AST] = [
                ast.BinOp(left=node.left, op=op(), right=node.right)
                for op in operators
                if not isinstance(node.op, op)
            ]
            return [(ast.unparse(other), other) for other in (*others, node.left, node.right)]
        if isinstance(node, ast.List) and len(node.elts) == 2:
            a, b = node.elts
            lists = [ast.List(elts=items, ctx=ast.Load()) for items in ([a], [b], [a, a], [b, b], [a, b, a])]
            return [(ast.unparse(other), other) for other in lists]
        return []

    return _changed(tree, "forward", matches)


def other_number(tree: ast.Module) -> Iterator[Mutant]:
    """Widths, kernels, paddings and dimensions are off."""

    def matches(node: ast.AST) -> list[tuple[str, ast.AST]]:
        if isinstance(node, ast.Constant) and type(node.value) is int:
            value = node.value
            return [
                (f"{other} for {value}", ast.Constant(other))
                for other in sorted({value + 1, value - 1, value * 2, value // 2} - {value})
            ]
        return []

    yield from _changed(tree, "__init__", matches)
    yield from _changed(tree, "forward", matches)


def other_width(tree: ast.Module) -> Iterator[Mutant]:
    """A width is another one wherever it stands, so that the network still runs."""
    declared = [n for n in ast.walk(_method(tree, "__init__")) if isinstance(n, ast.Constant)]
    for value in sorted({n.value for n in declared if type(n.value) is int and n.value > 10}):
        for other in (value + 4, value * 2, value // 2):
            fresh = copy.deepcopy(tree)
            for node in ast.walk(_method(fresh, "__init__")):
                if isinstance(node, ast.Constant) and node.value == value:
                    node.value = other
            yield Mutant(f"{other} for {value} everywhere", ast.unparse(fresh))


def other_kind(tree: ast.Module) -> Iterator[Mutant]:
    """A layer of another kind, or with another option."""
    kinds = {
        "ReLU": ("Sigmoid", "Tanh", "LeakyReLU", "ELU", "Identity", "Softplus", "ReLU6", "Hardtanh"),
        "Sigmoid": ("Tanh", "ReLU", "Identity", "Hardsigmoid", "Softsign"),
        "AvgPool2d": ("MaxPool2d",),
        "AdaptiveAvgPool2d": ("AdaptiveMaxPool2d",),
    }
    options: dict[str, tuple[tuple[str, object], ...]] = {
        "Conv2d": (("bias", False), ("stride", 2), ("dilation", 2), ("padding_mode", "circular"), ("padding_mode", "reflect")),
        "Linear": (("bias", False),),
        "AvgPool2d": (("stride", 1), ("padding", 1)),
    }  # fmt: skip

    def matches(node: ast.AST) -> list[tuple[str, ast.AST]]:
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            return []
        name, found = node.func.attr, list[tuple[str, ast.AST]]()
        for other in kinds.get(name, ()):
            func = ast.Attribute(value=node.func.value, attr=other, ctx=ast.Load())
            found.append((f"{other} for {name}", ast.Call(func=func, args=node.args, keywords=node.keywords)))
        pads = any(keyword.arg == "padding" for keyword in node.keywords)
        for option, value in options.get(name, ()):
            if name == "Conv2d" and not pads and option != "bias":
                continue  # the gate's 1×1 kernels on 1×1 maps: nothing to stride over
            keyword = ast.keyword(arg=option, value=ast.Constant(value))  # type: ignore[arg-type]
            call = ast.Call(func=node.func, args=node.args, keywords=[*node.keywords, keyword])
            found.append((f"{name} with {option}={value}", call))
        return found

    return _changed(tree, "__init__", matches)


def wrapped(tree: ast.Module) -> Iterator[Mutant]:
    """A tensor is cut off, scaled, shifted or turned before it is used."""
    shapes = ("X.detach()", "X * 2", "-X", "X + 0.1", "X.flip(0)", "X.abs()", "X.clamp(max=1)", "X.roll(1, 1)",
              "X * X", "X / X.amax()", "X.mean(0, keepdim=True).expand_as(X)")  # fmt: skip

    def matches(node: ast.AST) -> list[tuple[str, ast.AST]]:
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            return []
        text = ast.unparse(node)
        harmless = set[str]()
        if not text.startswith(("self.conv", "self.fc", "self.gate")):
            harmless.add("X.abs()")  # what a pool or a ReLU gives is not negative
        if text.startswith("self.sigmoid"):
            harmless.add("X.clamp(max=1)")
        wanted = [shape for shape in shapes if shape not in harmless]
        return [
            (shape.replace("X", text), ast.parse(shape.replace("X", text), mode="eval").body)
            for shape in wanted
        ]

    return _changed(tree, "forward", matches)


RULES: tuple[Callable[[ast.Module], Iterator[Mutant]], ...] = (
    dropped, left_out, other_layer, rewired, other_operator, other_number, other_width, other_kind, wrapped,
)  # fmt: skip


class _Replacing(ast.NodeTransformer):
    """Puts one node in the place of another."""

    def __init__(self, target: ast.AST, replacement: ast.AST) -> None:
        self.target, self.replacement = target, replacement

    def visit(self, node: ast.AST) -> ast.AST:
        if node is self.target:
            return self.replacement
        self.generic_visit(node)
        return node


def _method(tree: ast.AST, name: str) -> ast.FunctionDef:
    return next(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == name)


def _same_program(a: Program, of_a: ModelGraph, b: Program, of_b: ModelGraph) -> bool:
    renamed: dict[int, int] = {}

    def single(x: Argument, y: Argument) -> bool:
        if isinstance(x, ValueRef) and isinstance(y, ValueRef):
            if x.value < len(of_a.values) and y.value < len(of_b.values) and x.value not in renamed:
                ours, theirs = of_a.values[x.value], of_b.values[y.value]
                if y.value in renamed.values() or ours.model_copy(update={"name": theirs.name}) != theirs:
                    return False
                renamed[x.value] = y.value
            return renamed.get(x.value) == y.value
        return type(x) is type(y) and x == y

    def same(x: Argument, y: Argument) -> bool:
        if isinstance(x, tuple) and isinstance(y, tuple):
            return len(x) == len(y) and all(map(single, x, y))
        return single(x, y)

    if len(a.nodes) != len(b.nodes):
        return False
    for left, right in zip(a.nodes, b.nodes, strict=True):
        if (left.op, left.grad, left.kwargs.keys(), len(left.args), len(left.outputs)) != (
            right.op, right.grad, right.kwargs.keys(), len(right.args), len(right.outputs),
        ):  # fmt: skip
            return False
        if not all(map(same, left.args, right.args)) or not all(
            same(v, right.kwargs[k]) for k, v in left.kwargs.items()
        ):
            return False
        renamed.update(
            {
                x: y
                for x, y in zip(left.outputs, right.outputs, strict=True)
                if x is not None and y is not None
            }
        )
    return renamed.get(a.output) == b.output
