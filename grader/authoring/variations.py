"""The same network by the hundred: a solution with every call written in one of its usual ways.

Unlike the few whole styles of `rewriting.py`, these are drawn anew at every place, so that no two are
alike. Works on sources in the style of `reference/*/solution.py`.
"""

from __future__ import annotations

import ast
import random

WAYS = {
    "relu": ("self.relu(X)", "F.relu(X)", "torch.relu(X)", "X.relu()", "X.clamp(min=0)", "nn.ReLU()(X)",
             "F.relu(X, inplace=True)", "F.threshold(X, 0, 0)"),
    "pool": ("self.pool(X)", "F.avg_pool2d(X, 2)", "F.avg_pool2d(X, kernel_size=(2, 2), stride=2)",
             "F.interpolate(X, scale_factor=0.5, mode='area')", "nn.AvgPool2d(2, 2)(X)",
             "F.adaptive_avg_pool2d(X, (X.size(2) // 2, X.size(3) // 2))",
             "(X[..., ::2, ::2] + X[..., 1::2, ::2] + X[..., ::2, 1::2] + X[..., 1::2, 1::2]) / 4",
             "X.unflatten(3, (-1, 2)).unflatten(2, (-1, 2)).mean((3, 5))"),
    "global_pool": ("self.global_pool(X)", "X.mean((2, 3), keepdim=True)", "F.adaptive_avg_pool2d(X, (1, 1))",
                    "F.avg_pool2d(X, X.shape[2:])", "X.mean(-1, keepdim=True).mean(-2, keepdim=True)",
                    "X.flatten(2).mean(2)[:, :, None, None]", "X.sum(dim=[2, 3], keepdim=True) / 256"),
    "sigmoid": ("self.sigmoid(X)", "torch.sigmoid(X)", "X.sigmoid()", "F.sigmoid(X)", "1 / (1 + torch.exp(-X))",
                "torch.special.expit(X)"),
    "flatten": ("torch.flatten(X, 1)", "X.view(X.size(0), -1)", "X.reshape(X.shape[0], 4096)", "X.flatten(start_dim=1)",
                "nn.Flatten()(X)", "X.reshape(-1, 256 * 4 * 4)", "X.view(len(X), -1)", "X.contiguous().view(-1, 4096)"),
    "cat": ("torch.cat((A, B), 1)", "torch.concat([A, B], dim=1)", "torch.cat([A, B], axis=1)", "torch.hstack((A, B))",
            "torch.cat(tensors=[A, B], dim=-3)", "torch.cat([B, A], dim=1)"),
    "add": ("A + B", "B + A", "torch.add(A, B)", "A.add(B)", "sum([A, B])", "torch.stack([A, B]).sum(dim=0)", "A - (-B)"),
    "multiply": ("A * B", "B * A", "torch.mul(A, B)", "A.mul(B)", "B.expand_as(A) * A",
                 "torch.einsum('nchw,ncij->nchw', A, B)", "A.multiply(B)"),
}  # fmt: skip
"""X, A and B are the operands."""

SPELLINGS = {
    "kernel_size=3, padding=1": ("3, padding=1", "(3, 3), 1, 1", "kernel_size=3, padding='same'", "3, stride=1, padding=(1, 1)"),
    "kernel_size=1": ("1", "(1, 1)", "kernel_size=1, stride=1, padding=0"),
}  # fmt: skip
"""Of a convolution's arguments."""


def variations(source: str, count: int, seed: int = 0) -> list[str]:
    """`count` distinct sources of the solution's own function."""
    draw = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        found.setdefault(variation(source, draw))
    return list(found)


def variation(source: str, draw: random.Random) -> str:
    """One of them."""
    tree = ast.parse(source)
    _Calls(draw).visit(tree)
    init, forward = (_method(tree, name) for name in ("__init__", "forward"))
    made = [s for s in init.body if isinstance(s, ast.Assign)]
    init.body = [s for s in init.body if not isinstance(s, ast.Assign)]
    if draw.random() < 0.5:
        draw.shuffle(made)
    layers = [_name(s) for s in made]
    where = draw.choice(("attributes", "dict", "list", "groups"))
    if where == "attributes":
        init.body += made
        called = {name: f"self.{name}" for name in layers}
    else:
        calls = [ast.unparse(s.value) for s in made]
        if where == "dict":
            text = f"self.layers = nn.ModuleDict({{{', '.join(f'{n!r}: {c}' for n, c in zip(layers, calls, strict=True))}}})"
            called = {name: f"self.layers[{name!r}]" for name in layers}
        elif where == "list":
            text = f"self.layers = nn.ModuleList([{', '.join(calls)}])"
            called = {name: f"self.layers[{place}]" for place, name in enumerate(layers)}
        else:
            text = "\n".join(f"self.part{place} = nn.Sequential({call})" for place, call in enumerate(calls))
            called = {name: f"self.part{place}" for place, name in enumerate(layers)}
        init.body += ast.parse(text).body
    _Renamed(called, draw).visit(forward)
    if draw.random() < 0.3:
        _split(tree, forward, draw)
    if draw.random() < 0.3:
        init.body[0] = ast.parse(f"super({_class(tree).name}, self).__init__()").body[0]
    text = ast.unparse(ast.fix_missing_locations(tree))
    for usual, others in SPELLINGS.items():
        pieces = text.split(usual)
        text = pieces[0] + "".join(draw.choice((usual, *others)) + piece for piece in pieces[1:])
    return "import torch.nn.functional as F\n" + text


class _Calls(ast.NodeTransformer):
    """Every call in one of its ways."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = ast.unparse(node.func).split(".")[-1]
        if name == "cat" and isinstance(node.args[0], ast.List):
            return self.written("cat", *node.args[0].elts)
        if name in WAYS and len(node.args) == 1:
            return self.written(name, node.args[0])
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        kind = {ast.Add: "add", ast.Mult: "multiply"}.get(type(node.op))
        return self.written(kind, node.left, node.right) if kind else node

    def written(self, kind: str, *operands: ast.expr) -> ast.expr:
        ways = WAYS[kind]
        if not isinstance(
            operands[0], ast.Name
        ):  # what stands there more than once is computed more than once
            ways = tuple(way for way in ways if way.count("X") < 2)
        tree = ast.parse(self.draw.choice(ways), mode="eval").body
        return _Operands(dict(zip("XAB", operands[:1] + operands, strict=False))).visit(tree)  # type: ignore[no-any-return]


class _Operands(ast.NodeTransformer):
    def __init__(self, operands: dict[str, ast.expr]) -> None:
        self.operands = operands

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.operands.get(node.id, node)


class _Renamed(ast.NodeTransformer):
    """Layers where they are now, and variables under other names."""

    def __init__(self, called: dict[str, str], draw: random.Random) -> None:
        self.called, self.draw = called, draw
        self.names: dict[str, str] = {}

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        own = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        words = ["h", "y", "feat", "z", "tmp", "res", "identity", "attn", "feature_map", "결과"]
        self.draw.shuffle(words)
        self.names = dict(zip(sorted(own), words, strict=False))
        self.generic_visit(node)
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(id=self.names.get(node.id, node.id), ctx=node.ctx)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id == "self" and node.attr in self.called:
            return ast.parse(self.called[node.attr], mode="eval").body
        return node


def _split(tree: ast.Module, forward: ast.FunctionDef, draw: random.Random) -> None:
    """The last statements go into a method of their own."""
    at = draw.randrange(len(forward.body) - 6, len(forward.body) - 1)
    rest = forward.body[at:]
    needed = sorted(
        {n.id for s in rest for n in ast.walk(s) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
        & {
            n.id
            for s in forward.body[:at]
            for n in ast.walk(s)
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
    )
    given = ", ".join(needed)
    method = ast.parse(f"def classify(self, {given}):\n    pass").body[0]
    assert isinstance(method, ast.FunctionDef)
    method.body = rest
    call = ast.parse(f"self.classify({given})", mode="eval").body
    forward.body = [*forward.body[:at], ast.Return(value=call)]
    _class(tree).body.append(method)


def _class(tree: ast.Module) -> ast.ClassDef:
    return next(n for n in tree.body if isinstance(n, ast.ClassDef))


def _method(tree: ast.Module, name: str) -> ast.FunctionDef:
    return next(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == name)


def _name(statement: ast.Assign) -> str:
    target = statement.targets[0]
    assert isinstance(target, ast.Attribute)
    return target.attr
