"""Kind *names*, third part: functions, layers and constructors that are called in another form than theirs."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator

from grader.offsets import Offsets
from grader.stages.mending.scopes import function_of, made_before
from grader.stages.mending.situation import FUNCTIONS, Proposal, Situation
from grader.stages.mending.spelling import near

_WITHOUT_PARAMETERS = r"\bnn\.(?:ReLU|Sigmoid|Tanh|Softmax|Flatten|LeakyReLU|ELU|GELU|Identity|AvgPool2d|MaxPool2d|AdaptiveAvgPool2d)$"


def keyword_arguments(situation: Situation) -> Iterator[Proposal]:
    """`kernal_size=3`, and `nn.Linear(in_channels=…)`."""
    crash = situation.crash
    if crash is None or crash.error != "TypeError":
        return
    found = re.search(r"(\w+)(?:\.__init__)?\(\) got an unexpected keyword argument '(\w+)'", crash.message)
    if found is None or crash.line is None:
        return
    thing, name = found.groups()
    known = _parameters(situation, thing)
    for label, call in situation.nodes(ast.Call):
        if not isinstance(call, ast.Call) or label != crash.line.file or not _spans(call, crash.line.line):
            continue
        for keyword in call.keywords:
            if keyword.arg == name:
                taken = {k.arg for k in call.keywords}
                free = [p for p in known[len(call.args) :] if p not in taken]
                for new in list(dict.fromkeys([*near(name, free), *free[:1]])):
                    yield situation.replaced(
                        "argument-misspelt",
                        label,
                        [(keyword, f"{new}={ast.unparse(keyword.value)}")],
                        call.lineno,
                        (name,),
                    )
                value = ast.unparse(call)
                call_without = ast.unparse(
                    ast.Call(call.func, call.args, [k for k in call.keywords if k is not keyword])
                )
                if value != call_without:
                    yield situation.replaced(
                        "argument-misspelt", label, [(call, call_without)], call.lineno, (name,)
                    )


def _parameters(situation: Situation, thing: str) -> list[str]:
    """Names of the arguments of a class or function, torch's or the student's."""
    for _, owner in situation.classes():
        if owner.name == thing:
            for function in owner.body:
                if isinstance(function, FUNCTIONS) and function.name == "__init__":
                    return [a.arg for a in (*function.args.args[1:], *function.args.kwonlyargs)]
    import torch

    for module in (torch.nn, torch.nn.functional, torch):
        if (known := getattr(module, thing, None)) is not None:
            try:
                return [p for p in inspect.signature(known).parameters if p != "self"]
            except (ValueError, TypeError):
                continue
    return []


MOST_ON_A_LINE = 20


def _spans(node: ast.expr, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def call_forms(situation: Situation) -> Iterator[Proposal]:
    """`torch.cat(a, b)`, `nn.ReLU(x)`, `self.pool` without brackets, `x.size[0]`, `x.shape(0)`."""
    crash = situation.crash
    problem = situation.capture.problem if situation.capture else None
    if problem is not None and problem.code == "not-a-tensor":  # `return self.fc3`
        for label in situation.labels:
            yield from _not_called(situation, label)
        return
    if (
        crash is None
        or crash.line is None
        or crash.error not in ("TypeError", "AttributeError", "RuntimeError", "ValueError")
    ):
        return
    label, line = crash.line.file, crash.line.line
    for at, call in situation.nodes(ast.Call):
        if not isinstance(call, ast.Call) or at != label:
            continue
        name = ast.unparse(call.func)
        last = name.rpartition(".")[2]
        here = _spans(call, line)
        if (
            here
            and last in ("cat", "concat", "concatenate", "stack")
            and len(call.args) > 1
            and "cat" in crash.message + last
        ):
            tensors = [a for a in call.args if not isinstance(a, ast.Constant | ast.UnaryOp)]
            rest: list[ast.AST] = [a for a in call.args if a not in tensors]
            if len(tensors) > 1:
                parts = [
                    f"[{', '.join(map(ast.unparse, tensors))}]",
                    *map(ast.unparse, [*rest, *call.keywords]),
                ]
                yield situation.replaced(
                    "call-form", label, [(call, f"{name}({', '.join(parts)})")], call.lineno, (name,)
                )
        if (
            here
            and last in ("add", "mul", "multiply")
            and len(call.args) == 1
            and isinstance(call.args[0], ast.Tuple | ast.List)
        ):
            parts = [ast.unparse(e) for e in call.args[0].elts]
            yield situation.replaced(
                "call-form", label, [(call, f"{name}({', '.join(parts)})")], call.lineno, (name,)
            )
        if (
            call.args
            and not isinstance(call.args[0], ast.Constant)
            and re.search(_WITHOUT_PARAMETERS, name)
            and _is_about_modules(crash.message)
            and _in_forward(situation, label, call)
        ):
            given: list[ast.AST] = [*call.args[1:], *call.keywords]
            new = f"{name}({', '.join(map(ast.unparse, given))})({ast.unparse(call.args[0])})"
            yield situation.replaced("call-form", label, [(call, new)], call.lineno, (name,))
    if crash.error == "TypeError" and "not subscriptable" in crash.message:
        for at, node in situation.nodes(ast.Subscript):
            if (
                at == label
                and isinstance(node, ast.Subscript)
                and _spans(node, line)
                and isinstance(node.value, ast.Attribute)
                and isinstance(node.ctx, ast.Load)
            ):
                new = f"{ast.unparse(node.value)}({ast.unparse(node.slice)})"
                yield situation.replaced(
                    "call-form", label, [(node, new)], node.lineno, (ast.unparse(node.value),)
                )
    if crash.error == "TypeError" and "not callable" in crash.message:
        for at, call in situation.nodes(ast.Call):
            if at == label and isinstance(call, ast.Call) and _spans(call, line):
                name = ast.unparse(call.func)
                if name.endswith(".shape") and call.args:
                    yield situation.replaced(
                        "call-form",
                        label,
                        [(call, f"{name}[{ast.unparse(call.args[0])}]")],
                        call.lineno,
                        (name,),
                    )
                if not call.args and not call.keywords:
                    yield situation.replaced("call-form", label, [(call, name)], call.lineno, (name,))
    if "unpack" in crash.message:
        yield from _comma_in_target(situation, label, line)
    if "missing 1 required positional argument" in crash.message:
        yield from _without_tensor(situation, label, line)
    if re.search(
        "invalid combination of arguments|missing a value for argument|missing 1 required", crash.message
    ):
        yield from _without_dim(situation, label, line)
    if _is_about_modules(crash.message):
        yield from _not_called(situation, label)
        yield from _layer_given(situation, label, line)


def _comma_in_target(situation: Situation, label: str, line: int) -> Iterator[Proposal]:
    """`self,conv1 = nn.Conv2d(…)`."""
    for at, node in situation.nodes(ast.Tuple):
        if (
            at == label
            and isinstance(node, ast.Tuple)
            and isinstance(node.ctx, ast.Store)
            and _spans(node, line)
            and len(node.elts) == 2
        ):
            me, name = map(ast.unparse, node.elts)
            if me == "self" and name.isidentifier():
                yield situation.replaced(
                    "comma-for-full-stop", label, [(node, f"{me}.{name}")], line, (me, name)
                )


def _without_tensor(situation: Situation, label: str, line: int) -> Iterator[Proposal]:
    """`out = self.pool()`: with what it is assigned to, or what the lines above have made."""
    for at, call in situation.nodes(ast.Call):
        if (
            not isinstance(call, ast.Call)
            or at != label
            or not _spans(call, line)
            or call.args
            or call.keywords
        ):
            continue
        function = function_of(situation, label, call)
        if function is None or not isinstance(call.func, ast.Attribute):
            continue
        given = [a.arg for a in function.args.args[1:2]]
        for name in list(dict.fromkeys([*made_before(function, call), *given]))[:3]:
            yield situation.replaced(
                "call-missing",
                label,
                [(call, f"{ast.unparse(call.func)}({name})")],
                line,
                (ast.unparse(call.func),),
            )


def _without_dim(situation: Situation, label: str, line: int) -> Iterator[Proposal]:
    """`torch.softmax(out)`, which has to be told along which dimension."""
    for at, call in situation.nodes(ast.Call):
        if isinstance(call, ast.Call) and at == label and _spans(call, line):
            name = ast.unparse(call.func)
            of_method = isinstance(call.func, ast.Attribute) and not name.startswith(("torch.", "F.", "nn."))
            if name.endswith("softmax") and not call.keywords and len(call.args) == (not of_method):
                given = [*map(ast.unparse, call.args), "dim=1"]
                yield situation.replaced(
                    "call-form", label, [(call, f"{name}({', '.join(given)})")], call.lineno, (name,)
                )


def _layer_given(situation: Situation, label: str, line: int) -> Iterator[Proposal]:
    """`self.relu(self.conv1)` and `out + self.skip`: a layer where its result is meant."""
    here = [
        node
        for at, node in situation.nodes((ast.Call, ast.BinOp))
        if at == label and isinstance(node, ast.Call | ast.BinOp) and _spans(node, line)
    ][:MOST_ON_A_LINE]
    function = function_of(situation, label, here[0]) if here else None
    if function is None or function.name == "__init__":
        return
    turns = {
        name.id
        for loop in ast.walk(function)
        if isinstance(loop, ast.For)
        for name in ast.walk(loop.target)
        if isinstance(name, ast.Name)
    }
    made = [*made_before(function, here[0]), *(a.arg for a in function.args.args[1:2])]
    results = [name for name in dict.fromkeys(made) if name not in turns][:3]
    for node in here:
        for operand in node.args if isinstance(node, ast.Call) else [node.right, node.left]:
            layer = ast.unparse(operand)
            if re.fullmatch(r"self\.\w+", layer) or layer in turns:
                for name in results:
                    yield situation.replaced(
                        "call-missing", label, [(operand, f"{layer}({name})")], line, (layer,)
                    )


def _is_about_modules(message: str) -> bool:
    return bool(
        re.search(
            r"not (?:ReLU|Sigmoid|Tanh|Softmax|Flatten|\w*Pool2d|Conv2d|Linear|Sequential|BatchNorm2d|Identity|\w*ELU)\b"
            r"|got \((?!Tensor\b|Parameter\b)[A-Z]\w+,|got \((?:method|function)\b"
            r"|object has no attribute|unsupported operand|method|Module|found \w+$",
            message,
        )
    )


def _in_forward(situation: Situation, label: str, node: ast.AST) -> bool:
    function = function_of(situation, label, node)
    return function is not None and function.name != "__init__"


def _not_called(situation: Situation, label: str) -> Iterator[Proposal]:
    """`out = self.pool`, where `self.pool(out)` is meant."""
    text = situation.text(label)
    offsets = Offsets(text)
    for at, node in situation.nodes((ast.Assign, ast.Return)):
        if (
            at != label
            or not isinstance(node, ast.Assign | ast.Return)
            or not isinstance(node.value, ast.Attribute)
        ):
            continue
        function = function_of(situation, label, node)
        if function is None or function.name == "__init__" or ast.unparse(node.value.value) != "self":
            continue
        given = (
            [node.targets[0].id]
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
            else []
        )
        given += [*made_before(function, node.value), *(a.arg for a in function.args.args[1:2])]
        _, end = offsets.of(node.value)
        for name in list(dict.fromkeys(given))[:2]:
            new = f"{text[:end]}({name}){text[end:]}"
            yield situation.edited("call-missing", label, new, node.lineno, (ast.unparse(node.value),))
