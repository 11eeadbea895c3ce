"""A notebook as its author saw it: text, code, and what the cells showed, as nbformat 4.

Only what can be shown without running anything is kept, and only so much of it; whoever shows it has to
make it harmless all the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

MOST_OUTPUT = 1_000_000
"""Characters of one notebook's outputs, pictures in base64 included: some thirty plots."""
MOST_TEXT = 20_000
"""Characters of one output's text: a training loop with a progress bar prints megabytes."""
_PICTURES = ("image/png", "image/jpeg")
_TEXTS = ("text/html", "text/plain")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")


def as_seen(cells: Iterable[Any]) -> str:
    """JSON of a notebook with these cells, of any format; of formats before 4 without what they showed."""
    left = MOST_OUTPUT
    shown: list[dict[str, Any]] = []
    for cell in cells:
        if not isinstance(cell, dict):
            continue
        kind = str(cell.get("cell_type"))
        source = joined(cell.get("source", cell.get("input", "")))
        if kind != "code":
            kind = kind if kind == "raw" else "markdown"
            shown.append({"cell_type": kind, "metadata": {}, "source": source})
            continue
        outputs = []
        for output in _outputs(cell.get("outputs")):
            size = len(json.dumps(output))
            if size > left:
                output = {"output_type": "stream", "name": "stderr", "text": "… (left out: too much output)"}
            left -= min(size, left)
            outputs.append(output)
        count = cell.get("execution_count", cell.get("prompt_number"))
        count = count if type(count) is int else None
        shown.append(
            {"cell_type": "code", "metadata": {}, "source": source, "execution_count": count, "outputs": outputs}
        )  # fmt: skip
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": shown})


def joined(text: object) -> str:
    """A notebook's text, which may stand there line by line; LF line ends, nothing that cannot be encoded."""
    if isinstance(text, list):
        text = "".join(part for part in text if isinstance(part, str))
    if not isinstance(text, str):
        return ""
    # half of a surrogate pair cannot be encoded, and no Python source holds one
    text = text.encode("utf-8", errors="replace").decode()
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _outputs(outputs: object) -> Iterator[dict[str, Any]]:
    for output in outputs if isinstance(outputs, list) else ():
        if not isinstance(output, dict):
            continue
        match output.get("output_type"):
            case "stream":
                name = "stderr" if output.get("name") == "stderr" else "stdout"
                yield {"output_type": "stream", "name": name, "text": _cut(output.get("text"))}
            case "error":
                lines = output.get("traceback")
                text = "\n".join(map(str, lines)) if isinstance(lines, list) else ""
                yield {"output_type": "error", "ename": "", "evalue": "", "traceback": [_cut(text)]}
            case "display_data" | "execute_result":
                if data := _data(output.get("data")):
                    yield {"output_type": "display_data", "metadata": {}, "data": data}


def _data(data: object) -> dict[str, str]:
    found: dict[str, str] = {}
    given: dict[object, object] = data if isinstance(data, dict) else {}
    for kind in (*_PICTURES, *_TEXTS):
        if kind not in given:
            continue
        text = joined(given[kind])
        if kind in _PICTURES:
            if _BASE64.fullmatch(text):
                found[kind] = text
        elif kind == "text/plain" or len(text) <= MOST_TEXT:  # half a table is none
            found[kind] = _cut(text)
    return found


def _cut(text: object) -> str:
    whole = joined(text)
    return whole if len(whole) <= MOST_TEXT else whole[:MOST_TEXT] + "\n…"
