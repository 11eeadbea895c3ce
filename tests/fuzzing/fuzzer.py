"""Damaged replies and damaged hand-ins, by the thousand: nothing but a finding may come of them.

    python tests/fuzzing/fuzzer.py reply|hand_in --seconds 300 [--seed N] [--keep]

`--keep` adds to `corpus/` every input that gave an answer of a kind that is not there yet; an input
that raises, or takes too long, ends the run and is kept in any case.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import io
import json
import random
import sys
import tempfile
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
SLOW_S = 10.0
IMAGE = (3, 4, 4)

NETWORK = """
import torch, torch.nn as nn
class VGG_SKIP(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.skip, self.fc = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(3, 4, 1), nn.Linear(16, 10)
        self.norm = nn.BatchNorm2d(4)
    def forward(self, x):
        x = torch.cat([torch.relu(self.norm(self.conv(x)))[:, :2], self.skip(x)[:, 2:]], dim=1) + 0.5
        x = nn.functional.avg_pool2d(nn.functional.dropout(x, 0.0, self.training), 2)
        return self.fc(x.view(x.size(0), -1))
"""

# -- replies -------------------------------------------------------------------------------------------


def good_reply() -> bytes:
    """What the guest really says of a small network."""
    from grader.records.submission import Cell, Excerpt
    from grader.sandboxes import SANDBOXES
    from grader.stages.capture.ask import request_for

    cells = (Cell(label="model.py", text=NETWORK),)
    excerpt = Excerpt(exercise="skip", class_name="VGG_SKIP", file="model.py", cells=cells)
    with SANDBOXES["process"]() as opened:
        reply = opened.run(request_for(excerpt, IMAGE))
    assert reply.ending == "finished", reply
    return reply.payload


def read_reply(payload: bytes) -> str:
    """What capture makes of it, in a word."""
    from grader.records.submission import Cell, Excerpt
    from grader.stages.capture import capture

    cells = (Cell(label="model.py", text=NETWORK),)
    excerpt = Excerpt(exercise="skip", class_name="VGG_SKIP", file="model.py", cells=cells)
    answer = SimpleNamespace(payload=payload, ending="finished", detail="")
    found = capture(excerpt, IMAGE, lambda _: answer)
    if found.problem is not None:
        return f"{found.problem.code}: {found.problem.detail[:40]}"
    if found.crash is not None:
        return f"crash in {found.crash.phase}"
    assert found.graph is not None
    return "graph"


VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 7, 2**31, 2**40, 2**70, -(2**63), 1e308, float("nan"), float("inf"), "", "x" * 5000,
    "aten.relu.default", "aten.nonsense.default", "aten.set_.source_Tensor", "os.system", [], {}, [[]], {"value": 0},
    {"value": -1}, {"value": 10**6}, {"dtype": "float16"}, {"dtype": "__class__"}, {"memory_format": "x"}, [1] * 300,
    {"per_image": 1, "plus": 0}, "\x00", "\ud800", "float64", "bool", "int64", "input", "parameter", "buffer",
)  # fmt: skip


def places(thing: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths to everything in a document."""
    found = [path] if path else []
    items = thing.items() if isinstance(thing, dict) else enumerate(thing) if isinstance(thing, list) else ()
    for key, value in items:
        found += places(value, (*path, key))
    return found


def damaged_reply(good: bytes, draw: random.Random) -> bytes:
    """A reply with one to four things wrong."""
    length = int.from_bytes(good[:8], "big")
    head, tensors = good[8 : 8 + length], good[8 + length :]
    kind = draw.random()
    if kind < 0.1:
        return draw.randbytes(draw.choice((0, 1, 7, 8, 9, 100, 5000)))
    if kind < 0.2:
        return good[: draw.randrange(len(good))]
    if kind < 0.3:
        data = bytearray(good)
        for _ in range(draw.choice((1, 2, 10, 100))):
            data[draw.randrange(len(data))] = draw.randrange(256)
        return bytes(data)
    if kind < 0.35:
        return (
            draw.choice((0, 1, length - 1, length + 1, 2**63, 2**64 - 1)).to_bytes(8, "big") + head + tensors
        )
    if kind < 0.4:
        deep = b"[" * draw.choice((100, 2000, 200_000))
        return len(deep).to_bytes(8, "big") + deep + tensors
    if kind < 0.5:  # the header of the tensors: shapes, offsets, types
        size = int.from_bytes(tensors[:8], "little")
        table = json.loads(tensors[8 : 8 + size])
        wrong(table, draw)
        text = json.dumps(table).encode()
        return good[: 8 + length] + len(text).to_bytes(8, "little") + text + tensors[8 + size :]
    document = json.loads(head)
    for _ in range(draw.choice((1, 1, 1, 2, 4))):
        wrong(document, draw)
    text = json.dumps(document).encode("utf-8", "surrogatepass")
    return len(text).to_bytes(8, "big") + text + tensors


def wrong(document: Any, draw: random.Random) -> None:
    """One change somewhere."""
    path = draw.choice(places(document))
    holder = document
    for step in path[:-1]:
        holder = holder[step]
    key, what = path[-1], draw.random()
    if what < 0.5:
        holder[key] = copy.deepcopy(draw.choice(VALUES))
    elif what < 0.6:
        del holder[key]
    elif what < 0.75 and isinstance(holder, list):
        holder.insert(draw.randrange(len(holder) + 1), copy.deepcopy(holder[key]))
    elif what < 0.85 and isinstance(holder, list):
        draw.shuffle(holder)
    elif isinstance(holder[key], int) and not isinstance(holder[key], bool):
        holder[key] += draw.choice((-100, -2, -1, 1, 2, 100))
    else:
        other = document
        for step in draw.choice(places(document)):
            other = other[step]
        holder[key] = copy.deepcopy(other)


# -- hand-ins ------------------------------------------------------------------------------------------

NAMES = ("20231234_홍길동.zip", "model.py", "lab.ipynb", "../../up.py", "/etc/up.py", "a\nb.py", "'; rm -rf $(x) \".py",
         "\u202egnp.py", "한" * 80 + ".py", "con.py", "a/" * 60 + "b.py", "__MACOSX/._model.py", ".hidden.py", "x.PY", "")  # fmt: skip


def good_hand_in(draw: random.Random) -> bytes:
    """A zip with files of several kinds, one of them a zip."""
    notebook = {
        "cells": [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None,
                   "source": NETWORK.splitlines(keepends=True)}] * draw.choice((1, 2, 50)),
        "metadata": {}, "nbformat": 4, "nbformat_minor": draw.choice((0, 4, 5)),
    }  # fmt: skip
    if draw.random() < 0.5:
        wrong(notebook, draw)
    contents = [NETWORK.encode(), NETWORK.encode("utf-16"), json.dumps(notebook).encode("utf-8", "surrogatepass"),
                "# 한글".encode("cp949") + NETWORK.encode(), draw.randbytes(200), b"\x00" * 100, b"%PDF-1.4",
                b"[" * 50_000, b"class VGG_SKIP" + b"(" * 5000, NETWORK.replace("\n", "\r").encode(),
                b"# Commented out IPython magic to ensure Python compatibility.\n# %%time\n" + NETWORK.encode(),
                b'"""C:\\Users\\x"""\n' * draw.choice((1, 300)) + NETWORK.encode(), NETWORK.encode("gb18030")[:-1] + b"\x80",
                b"!ls\n" * draw.choice((1, 400)) + NETWORK.encode(), b"<html>" + NETWORK.encode(), b"-" * 20_000 + b"1",
                b"x = " + b"not " * 3000 + b"1", json.dumps({"cells": [{"cell_type": "raw", "source": NETWORK}]}).encode()]  # fmt: skip
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", draw.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as packed:
        for place in range(draw.choice((1, 2, 6))):
            name = draw.choice(NAMES) or f"{place}.py"
            packed.writestr(f"{place}/{name}" if draw.random() < 0.5 else name, draw.choice(contents))
        if draw.random() < 0.3:
            packed.writestr("inner.zip", good_hand_in(draw))
        if draw.random() < 0.1:
            packed.writestr("bomb.py", b"#" * (80 << 20))
        if draw.random() < 0.2:
            link = zipfile.ZipInfo("link.py")
            link.external_attr = 0o120777 << 16
            packed.writestr(link, "/etc/passwd")
    return held.getvalue()


def damaged_hand_in(_: bytes, draw: random.Random) -> bytes:
    """A zip, whole or with bytes changed or missing."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile's, of names that are there twice
        data = bytearray(good_hand_in(draw))
    kind = draw.random()
    if kind < 0.3:
        return bytes(data)
    if kind < 0.5:
        return bytes(data[: draw.randrange(len(data))])
    for _ in range(draw.choice((1, 3, 30))):
        data[draw.randrange(len(data))] = draw.randrange(256)
    return bytes(data)


def read_hand_in(data: bytes) -> str:
    """What reading and cutting make of it, in a word; whatever it is, those beside it are graded."""
    from grader.class_work import read_submissions
    from grader.stages.excerpts import cut
    from grader.stages.screening import screen

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "20231234_홍길동.zip"
        path.write_bytes(data)
        for number, name in (
            ("20231235_이영희", "skip.py"),
            ("20231236_박서준", "lab.ipynb"),
            ("20231237_최지우", "skip.py"),
        ):
            file = Path(folder) / number / name
            file.parent.mkdir()
            file.write_bytes(NETWORK.encode() if number.startswith("20231235") else data[:200_000])
        submissions = read_submissions(Path(folder))
        rows = {submission.student_id: submission for submission in submissions}
        assert {"20231234", "20231235", "20231236", "20231237"} <= set(rows), f"vanished: only {sorted(rows)}"
        assert cut(rows["20231235"], ("VGG_SKIP",), "skip") is not None, "the neighbour was not read"
        words = set()
        for submission in submissions:
            excerpt = cut(submission, ("VGG_SKIP",), "skip")
            if excerpt is not None:
                screen(excerpt, "")
            words |= {file.kind for file in submission.files}
            words |= {other.reason.en[:30] for other in submission.others}
            words.add("cut" if excerpt is not None else "nothing")
        assert not list(Path(folder).glob("[!2]*")), "something was unpacked"
        return ", ".join(sorted(words))


KINDS: dict[
    str, tuple[Callable[[], bytes], Callable[[bytes, random.Random], bytes], Callable[[bytes], str]]
] = {
    "reply": (good_reply, damaged_reply, read_reply),
    "hand_in": (lambda: b"", damaged_hand_in, read_hand_in),
}


def keep(kind: str, data: bytes) -> Path:
    """Put an input into the corpus."""
    path = CORPUS / kind / f"{hashlib.sha256(data).hexdigest()[:16]}.z"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(zlib.compress(data, 9))
    return path


def main() -> int:
    """Fuzz for a while; 1 if something was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--slow-s", type=float, default=SLOW_S, help="longer than that is a fault")
    options = parser.parse_args()
    make, damage, read = KINDS[options.kind]
    good, draw, seen, slowest = make(), random.Random(options.seed), Counter[str](), 0.0
    end = time.monotonic() + options.seconds
    while time.monotonic() < end:
        data = damage(good, draw)
        began = time.monotonic()
        try:
            word = read(data)
        except Exception as error:
            print(
                f"raised {type(error).__name__}: {error}; kept in {keep(options.kind, data)}", file=sys.stderr
            )
            raise
        took = time.monotonic() - began
        slowest = max(slowest, took)
        if took > options.slow_s:
            print(f"took {took:.1f} s; kept in {keep(options.kind, data)}", file=sys.stderr)
            return 1
        if options.keep and word not in seen and len(data) < 200_000:
            keep(options.kind, data)
        seen[word] += 1
    print(f"{sum(seen.values())} inputs, {len(seen)} kinds of answer, slowest {slowest:.2f} s; nothing found")
    for word, count in seen.most_common(12):
        print(f"{count:7} {word}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
