"""The same network written otherwise: what a fingerprint must not depend on.

Works on sources in the style of `reference/*/solution.py`: one class, layers made in `__init__`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

_FUNCTIONAL = {
    "ReLU": "F.relu(IN)",
    "Sigmoid": "torch.sigmoid(IN)",
    "Tanh": "IN.tanh()",
    "AvgPool2d": "F.avg_pool2d(IN, ARGS)",
    "MaxPool2d": "F.max_pool2d(IN, ARGS)",
    "AdaptiveAvgPool2d": "IN.mean((-2, -1), keepdim=True)",
    "AdaptiveMaxPool2d": "IN.amax((-2, -1), keepdim=True)",
    "Dropout": "F.dropout(IN, ARGS, training=self.training)",
}
"""Layers without parameters, as calls."""

_BLOCKS = """
class Conv(nn.Module):
    def __init__(self, inputs, outputs, kernel_size, **more):
        super().__init__()
        if kernel_size == 1 and set(more) <= {"bias"}:
            self.steps = nn.ModuleList([nn.Linear(inputs, outputs, **more)])
        else:
            self.steps = nn.Sequential(nn.Conv2d(inputs, outputs, kernel_size, **more))
        self.pointwise = isinstance(self.steps, nn.ModuleList)

    def forward(self, maps):
        if self.pointwise:
            return self.steps[0](maps.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        return self.steps(maps)

    def requires_grad_(self, on=True):
        return super().requires_grad_(on)
"""


def renamed(source: str) -> str:
    """Other names for layers and variables, layers made in reverse order, operands exchanged."""
    tree = ast.parse(source)
    declared = {name: f"part_{index}" for index, name in enumerate(_declared(tree))}
    return ast.unparse(ast.fix_missing_locations(_Renaming(declared).visit(tree)))


def functional(source: str) -> str:
    """Calls of `torch` and `F` instead of layers without parameters."""
    tree = ast.parse(source)
    calls = {}
    for name, made in _declared(tree).items():
        if isinstance(made.func, ast.Attribute) and made.func.attr in _FUNCTIONAL:
            arguments = ", ".join(map(ast.unparse, [*made.args, *made.keywords]))
            calls[name] = _FUNCTIONAL[made.func.attr].replace("ARGS", arguments)
    inputs = _declared(tree)["fc1"].args[0]
    tree = _Calls(calls, flat=ast.unparse(inputs)).visit(tree)
    return "import torch.nn.functional as F\n" + ast.unparse(ast.fix_missing_locations(tree))


def in_blocks(source: str) -> str:
    """Convolutions inside a class of their own, 1×1 ones as fully connected layers, `hstack` for `cat`."""
    tree = ast.unparse(ast.parse(source)).replace("nn.Conv2d(", "Conv(")
    head, rest = tree.split("\nclass ", 1)
    for pair in ("block_in, out", "out, block_in"):
        rest = rest.replace(f"torch.cat([{pair}], dim=1)", f"torch.hstack(({pair}))")
    return f"{head}\n{_BLOCKS}\n\nclass {rest}"


STYLES: Mapping[str, Callable[[str], str]] = {
    "renamed": renamed,
    "functional": lambda source: renamed(functional(source)),
    "in blocks": lambda source: renamed(in_blocks(source)),
}


def _declared(tree: ast.AST) -> dict[str, ast.Call]:
    """Layers made in `__init__`: name → call."""
    return {
        node.targets[0].attr: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Attribute)
        and isinstance(node.value, ast.Call)
    }


class _Renaming(ast.NodeTransformer):
    def __init__(self, layers: Mapping[str, str]) -> None:
        self.layers = layers
        self.own = False
        self.names: dict[str, str] = {}

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.own = node.name != "Conv"
        self.generic_visit(node)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if not self.own:
            return node
        assigned = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        assigned |= {argument.arg for argument in node.args.args} - {"self"}
        self.names = {name: f"value_{index}" for index, name in enumerate(sorted(assigned))}
        for argument in node.args.args:
            argument.arg = self.names.get(argument.arg, argument.arg)
        self.generic_visit(node)
        if node.name == "__init__":
            made = [s for s in node.body if isinstance(s, ast.Assign)]
            rest = [s for s in node.body if not isinstance(s, ast.Assign)]
            node.body = [rest[0], *reversed(made), *rest[1:]]
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self.names.get(node.id, node.id)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id == "self":
            node.attr = self.layers.get(node.attr, node.attr) if self.own else node.attr
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Add | ast.Mult):
            node.left, node.right = node.right, node.left
        return node


class _Calls(ast.NodeTransformer):
    def __init__(self, calls: Mapping[str, str], flat: str) -> None:
        self.calls, self.flat = calls, flat

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        text = ast.unparse(node.func)
        if text == "torch.flatten":
            return _expression(f"torch.reshape({ast.unparse(node.args[0])}, (-1, {self.flat}))")
        if text.startswith("self.") and (call := self.calls.get(text.removeprefix("self."))):
            return _expression(call.replace("IN", ast.unparse(node.args[0])))
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST | None:
        if isinstance(node.targets[0], ast.Attribute) and node.targets[0].attr in self.calls:
            return None
        self.generic_visit(node)
        return node


def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body
