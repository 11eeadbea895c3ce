"""Kind *numbers and shapes*, second half: the numbers of a `view`, dimensions, the batch size, dtypes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.networks import operators
from grader.networks.layers import Wiring
from grader.networks.replay import references
from grader.records.graph import Node, Program, Shape
from grader.stages.mending.scopes import function_of
from grader.stages.mending.situation import Proposal, Situation
from grader.stages.mending.torch_names import reach

_CASTS = ("double", "long", "int", "half", "short", "byte", "bool", "bfloat16")


def stopped_line(situation: Situation) -> tuple[str, int] | None:
    """The line where it stopped."""
    capture = situation.capture
    if capture is None:
        return None
    line = capture.crash.line if capture.crash else capture.problem.line if capture.problem else None
    return (line.file, line.line) if line else None


def dimensions(situation: Situation) -> Iterator[Proposal]:
    """`cat` along another side than the channels; a map that was not flattened, or N×C where N×C×1×1 is needed."""
    capture = situation.capture
    if (
        capture is None
        or capture.crash is None
        or capture.partial is None
        or not capture.partial.nodes
        or capture.partial.nodes[-1].outputs
    ):
        return
    partial, here = capture.partial, stopped_line(situation)
    if here is None:
        return
    label, line = here
    node = partial.nodes[-1]
    name = operators.base_name(node.op) if node.op.count(".") == 2 else node.op
    wiring = Wiring(partial, Program(batch=partial.batch, nodes=partial.nodes, output=0))
    shapes: list[Shape] = [wiring.shapes.get(number, ()) for number in references(node)]
    for at, call in situation.nodes(ast.Call):
        if (
            not isinstance(call, ast.Call)
            or at != label
            or not call.lineno <= line <= (call.end_lineno or call.lineno)
        ):
            continue
        if name in ("cat", "stack") and re.search(
            r"(?:cat|concat|concatenate|stack)$", ast.unparse(call.func)
        ):
            yield from _channel_dim(situation, label, call)
    if name in ("addmm", "mm", "linear", "matmul", "bmm", "view", "_unsafe_view", "t") and any(
        len(s) in (3, 4) for s in (*shapes, *_unfolded(wiring, node))
    ):
        yield from _wrapped(
            situation,
            label,
            line,
            "flatten-missing",
            lambda text: f"{reach(situation, 'torch')}.flatten({text}, 1)",
        )
    if name == "convolution" and shapes and len(shapes[0]) in (2, 3):
        yield from _wrapped(
            situation, label, line, "dimensions-missing", lambda text: f"{text}[:, :, None, None]"
        )
    lacking = {len(s) for s in shapes}
    if (name in ("mul", "add", "sub", "div") and lacking in ({2, 4}, {3, 4})) or (
        name == "expand" and lacking == {2}
    ):
        extra = ", None" * (4 - min(len(s) for s in shapes))
        start = ", :" * (min(len(s) for s in shapes) - 1)
        for at, operand in _operands(situation, label, line):
            new = f"{ast.unparse(operand)}[:{start}{extra}]"
            yield situation.replaced(
                "dimensions-missing", at, [(operand, new)], line, (ast.unparse(operand),)
            )


def _unfolded(wiring: Wiring, node: Node) -> list[Shape]:
    """Shapes of what torch itself has folded into rows for a fully connected layer."""
    made = {out: n for n in wiring.program.nodes for out in n.outputs if out is not None}
    folds = [
        made[number]
        for number in references(node)
        if number in made and made[number].op.startswith("aten.view")
    ]
    return [wiring.shapes.get(number, ()) for fold in folds for number in references(fold)]


def _channel_dim(situation: Situation, label: str, call: ast.Call) -> Iterator[Proposal]:
    name = ast.unparse(call.func)
    for keyword in call.keywords:
        if keyword.arg in ("dim", "axis"):
            if ast.unparse(keyword.value) != "1":
                yield situation.replaced(
                    "wrong-dimension", label, [(keyword.value, "1")], call.lineno, (name,)
                )
            return
    if len(call.args) == 2:
        if ast.unparse(call.args[1]) != "1":
            yield situation.replaced("wrong-dimension", label, [(call.args[1], "1")], call.lineno, (name,))
    elif len(call.args) == 1:
        yield situation.replaced(
            "wrong-dimension",
            label,
            [(call, f"{name}({ast.unparse(call.args[0])}, dim=1)")],
            call.lineno,
            (name,),
        )


def _wrapped(situation: Situation, label: str, line: int, code: str, wrap: object) -> Iterator[Proposal]:
    """The innermost argument of the calls on a line, in another form."""
    assert callable(wrap)
    names = []
    for at, call in situation.nodes(ast.Call):
        if (
            isinstance(call, ast.Call)
            and at == label
            and call.lineno <= line <= (call.end_lineno or call.lineno)
        ):
            names += [a for a in call.args[:1] if isinstance(a, ast.Name | ast.Call | ast.Attribute)]
    for operand in list(reversed(names))[:3]:
        yield situation.replaced(
            code, label, [(operand, wrap(ast.unparse(operand)))], line, (ast.unparse(operand),)
        )


def _operands(situation: Situation, label: str, line: int) -> Iterator[tuple[str, ast.expr]]:
    for at, node in situation.nodes((ast.BinOp, ast.Call, ast.AugAssign)):
        if at != label or not getattr(node, "lineno", 0) <= line <= (getattr(node, "end_lineno", 0) or 0):
            continue
        if isinstance(node, ast.BinOp):
            yield from ((at, side) for side in (node.right, node.left))
        elif isinstance(node, ast.AugAssign):
            yield at, node.value
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("expand", "expand_as")
        ):
            yield at, node.func.value
        elif isinstance(node, ast.Call) and re.search(r"(?:mul|multiply|add)$", ast.unparse(node.func)):
            yield from ((at, side) for side in reversed(node.args))


def wrong_tensor(situation: Situation) -> Iterator[Proposal]:
    """A layer is given `x`, where the lines above have made another tensor since."""
    capture, here = situation.capture, stopped_line(situation)
    if (
        capture is None
        or capture.crash is None
        or here is None
        or capture.crash.phase != "forward"
        or capture.crash.error != "RuntimeError"
    ):
        return
    label, line = here
    for at, call in situation.nodes(ast.Call):
        if (
            not isinstance(call, ast.Call)
            or at != label
            or not call.lineno <= line <= (call.end_lineno or call.lineno)
        ):
            continue
        if (
            not ast.unparse(call.func).startswith("self.")
            or len(call.args) != 1
            or not isinstance(call.args[0], ast.Name)
        ):
            continue
        function = function_of(situation, label, call)
        if function is None:
            continue
        made = sorted(
            (
                (n.lineno, n.id)
                for n in ast.walk(function)
                if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and n.lineno < call.lineno
            ),
            reverse=True,
        )
        for other in list(dict.fromkeys(name for _, name in made if name != call.args[0].id))[:2]:
            yield situation.replaced(
                "wrong-tensor", label, [(call.args[0], other)], call.lineno, (call.args[0].id,)
            )


def dtypes(situation: Situation) -> Iterator[Proposal]:
    """A cast to another dtype than the weights'."""
    crash = situation.crash
    if crash is None or not re.search(
        r"dtype|scalar type|not implemented for|type \(|Double|Half|Long|Byte|same type", crash.message
    ):
        return
    sites: list[tuple[str, ast.Call]] = []
    for label, call in situation.nodes(ast.Call):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            text = ast.unparse(call)
            cast = call.func.attr in _CASTS and not call.args
            cast = cast or (
                call.func.attr in ("to", "type")
                and re.search(r"float64|double|half|float16|int|long|bfloat|Double|Half|Long", text)
                is not None
            )
            if cast:
                sites.append((label, call))
    for label, call in sites[:4]:
        assert isinstance(call.func, ast.Attribute)
        yield situation.replaced(
            "wrong-dtype",
            label,
            [(call, ast.unparse(call.func.value))],
            call.lineno,
            (ast.unparse(call.func).rpartition(".")[2],),
        )
    for label, keyword in situation.nodes(ast.keyword):
        if (
            isinstance(keyword, ast.keyword)
            and keyword.arg == "dtype"
            and re.search(r"float64|double|half|float16|int|long", ast.unparse(keyword.value))
        ):
            yield situation.replaced(
                "wrong-dtype",
                label,
                [(keyword.value, f"{reach(situation, 'torch')}.float32")],
                keyword.value.lineno,
                ("dtype",),
            )
