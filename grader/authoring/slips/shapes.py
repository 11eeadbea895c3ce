"""Slips with numbers and shapes, and code that needs what is not there when it is graded."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.authoring.slips.source import LAYERS, Slip, Source


def declared(source: Source) -> Iterator[Slip]:
    """A layer for another number of channels or features than arrives, or than is taken further on."""
    layers = source.calls(*LAYERS)
    ends = sorted(
        {n.lineno for n in layers}
        | {n.lineno for n in source.nodes(ast.Attribute) if isinstance(n.ctx, ast.Store)}
    )
    for call in layers:
        kind = "features" if source.source_of(call.func).endswith("Linear") else "channels"
        for place, side in enumerate(("in", "out")):
            given = call.args[place] if place < len(call.args) else None
            if not isinstance(given, ast.Constant) or not isinstance(given.value, int):
                continue
            value = given.value
            last = side == "out" and kind == "features" and value == 10
            for wrong in (value * 2, value // 2, value + 3, 1000 if last else 48):
                if wrong and wrong != value:
                    rule = "outputs-number" if last else f"{kind}-{side}"
                    near = [n for n in ends if abs(n - given.lineno) <= 3]
                    yield source.swap(rule, given, str(wrong), near)


def geometry(source: Source) -> Iterator[Slip]:
    """Padding forgotten, a stride of two, a kernel that is too large."""
    for call in source.calls("Conv2d"):
        text = source.source_of(call)
        without = re.sub(r",\s*padding\s*=\s*(?:1|\(1, 1\))", "", text)
        if without != text:
            yield source.swap("padding-lost", call, without)
            yield source.swap("padding-wrong", call, re.sub(r"padding\s*=\s*1", "padding=0", text))
            yield source.swap(
                "stride-wrong", call, re.sub(r",\s*padding", ", stride=2, padding", text, count=1)
            )
            yield source.swap(
                "kernel-size",
                call,
                re.sub(r"kernel_size=3|(?<=, )3(?=, padding)", "kernel_size=11", text, count=1),
            )


def flattening(source: Source) -> Iterator[Slip]:
    """The numbers of a `view`, the batch size written in, the batch flattened too, nothing flattened."""
    for call in source.calls("flatten", "view", "reshape"):
        text = source.source_of(call)
        by_torch = text.startswith("torch.")
        start = (
            source.source_of(call.args[0])
            if by_torch and call.args
            else source.source_of(call.func).rpartition(".")[0]
        )
        if start == "nn" or not start or not re.search(r"flatten|4096|-1", text) or "1, 1" in text:
            continue
        for rule, new in (
            ("flatten-lost", start), ("flatten-batch-too", f"torch.flatten({start})"), ("flatten-batch-too", f"{start}.view(-1)"),
            ("view-numbers", f"{start}.view({start}.size(0), 2048)"), ("view-numbers", f"{start}.view(-1, 256 * 8 * 8)"),
            ("view-numbers", f"{start}.view(-1, 512)"), ("batch-written", f"{start}.view(100, -1)"), ("batch-written", f"{start}.view(64, 4096)"),
            ("batch-written", f"{start}.reshape(1, -1)"), ("squeezed", f"{start}.squeeze()"), ("wrong-dimension", f"torch.flatten({start}, 2)"),
            ("wrong-dimension", f"torch.flatten({start}, start_dim=0)"),
        ):  # fmt: skip
            yield source.swap(rule, call, new, [call.lineno + 1, call.lineno + 2])


def dimensions(source: Source) -> Iterator[Slip]:
    """Concatenated along another dimension."""
    for call in source.calls("cat", "concat"):
        text = source.source_of(call)
        for wrong in ("0", "2", "3", "4"):
            new = re.sub(r"(?<=dim=)-?\d(?=\))|(?<=[\])], )-?\d(?=\))", wrong, text)
            if new != text:
                yield source.swap("wrong-dimension", call, new)
        lost = re.sub(r", (?:dim=)?-?\d\)$", ")", text)
        if lost != text:
            yield source.swap("wrong-dimension", call, lost)


def dtypes(source: Source) -> Iterator[Slip]:
    """A tensor turned into numbers of another type."""
    for forward in source.methods("forward"):
        for statement in forward.body:
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                last = statement.end_lineno or statement.lineno
                line, name = source.lines[last - 1], statement.targets[0].id
                indent = line[: len(line) - len(line.lstrip())]
                for cast in (
                    "double()",
                    "long()",
                    "half()",
                    "int()",
                    "to(torch.float64)",
                    "type(torch.float64)",
                ):
                    yield source.line("wrong-dtype", last, f"{line}\n{indent}{name} = {name}.{cast}")


def surroundings(source: Source) -> Iterator[Slip]:
    """Weights, downloads, questions, plots, files and modules that are not there."""
    for init in source.methods("__init__"):
        last = init.body[-1].end_lineno or init.body[-1].lineno
        line = source.lines[last - 1]
        first = source.lines[init.body[-1].lineno - 1]
        indent = first[: len(first) - len(first.lstrip())]
        for rule, extra in (
            ("weights-absent", 'self.load_state_dict(torch.load("vgg.pth"))'),
            (
                "weights-absent",
                'state = torch.load("best_model.pt", map_location="cpu")\nself.load_state_dict(state["model"])',
            ),
            (
                "download",
                'self.load_state_dict(torch.hub.load_state_dict_from_url("https://download.pytorch.org/models/vgg.pth"))',
            ),
            ("files-absent", 'self.labels = open("labels.txt").read().split()'),
            ("asks-somebody", 'self.rate = float(input("learning rate? "))'),
            ("plots", "import matplotlib.pyplot as plt\nself.figure = plt.figure()"),
        ):
            block = "".join(f"\n{indent}{part}" for part in extra.split("\n"))
            yield source.line(rule, last, line + block)
    for forward in source.methods("forward"):
        for statement in forward.body[:-1]:
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                last = statement.end_lineno or statement.lineno
                line, name = source.lines[last - 1], statement.targets[0].id
                indent = line[: len(line) - len(line.lstrip())]
                for extra in (
                    f"plt.imshow({name}[0, 0].detach())\n{indent}plt.show()",
                    f"writer.add_histogram('out', {name})",
                ):
                    yield source.line("plots", last, f"{line}\n{indent}{extra}")
    head = next(
        s.lineno
        for s in source.tree.body
        if isinstance(s, ast.Import | ast.ImportFrom) and "__future__" not in ast.unparse(s)
    )
    line = source.lines[head - 1]
    for rule, extra in (
        ("module-absent", "from my_blocks import *"), ("module-absent", "from helper import show_image"), ("module-absent", "import my_utils"),
        ("asks-somebody", 'classes = int(input("How many classes? "))'), ("ends-itself", "import sys\nsys.exit()"),
        ("asks-somebody", 'import argparse\n'
         'parser = argparse.ArgumentParser()\nparser.add_argument("--epochs", type=int, required=True)\nargs = parser.parse_args()'),
        ("files-absent", 'CLASSES = [line.strip() for line in open("classes.txt")]'), ("files-absent", 'import pandas as pd\ndata = pd.read_csv("train.csv")'),
        ("download", 'import urllib.request\nurllib.request.urlretrieve("https://www.cs.toronto.edu/cifar.tar.gz", "cifar.tar.gz")'),
    ):  # fmt: skip
        yield source.line(rule, head, f"{line}\n{extra}")


RULES = (declared, geometry, flattening, dimensions, dtypes, surroundings)
