"""Markdown and a figure as one HTML page, and as a PDF by typst."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from grader.authoring.handout import Handout
from grader.errors import UserError
from grader.figures.inline import COLOURS
from grader.figures.network import network_svg
from grader.records.base import Language

MARKDOWN = MarkdownIt("commonmark").enable("table")
FONT = "Noto Sans CJK KR"
FIGURE_CM = 22.5
"""A page of its own: smaller, its words could not be read in print."""
FONT_FILES = ("NotoSansCJK-Regular.ttc", "NotoSansCJKkr-Regular.otf")
INK = {"--ink": "#1a1a1a", "--soft": "#4a4a4a", "--edge": "#5f6b7a", "--fill": "#eef3fa", "--bad": "#b3261e",
       "--good": "#1a7f37", "--some": "#7a5c00", "--line": "#c8d0da"}  # fmt: skip

CSS = """
:root{color-scheme:light;%s}
body{font:16px/1.65 "Noto Sans KR","Apple SD Gothic Neo","Malgun Gothic",system-ui,sans-serif;color:var(--ink);
max-width:46rem;margin:0 auto;padding:1rem 1rem 4rem;word-break:keep-all;overflow-wrap:anywhere}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2.2rem;border-bottom:1px solid var(--line)}
table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid var(--line);padding:.35rem .6rem;text-align:left;
vertical-align:top}pre,code{font-family:ui-monospace,Consolas,monospace;font-size:.92em}pre{background:var(--fill);
padding:.7rem;overflow-x:auto}figure{margin:1rem 0;text-align:center}figure svg{max-width:100%;height:auto}
td,th{overflow-wrap:break-word}td code{white-space:nowrap}
@media print{body{max-width:none}}
""".replace("%s", ";".join(f"{name}:{value}" for name, value in INK.items()))


def as_html(one: Handout, language: Language) -> str:
    """A page that needs no other file."""
    figure = ""
    if one.figure is not None:
        says = html.escape(one.figure_says, quote=True)
        figure = f'<figure role="img" aria-label="{says}">{network_svg(one.figure)}</figure>'
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{html.escape(one.title)}</title>'
        f"<style>{CSS}</style></head><body><main>\n{_render(one.before)}{figure}{_render(one.after)}</main></body></html>\n"
    )


def _render(text: str) -> str:
    # "4096 → 512" stays on one line, also on a phone
    return str(MARKDOWN.render(re.sub(r"(?<=[0-9?]) → (?=[0-9?])", "\u00a0→\u00a0", text)))


def as_pdf(one: Handout, language: Language) -> bytes:
    """The same as a PDF that screen readers can read (PDF/UA-1); the same bytes every time.

    Raises:
        UserError: typst, the font, or a sign in the font is missing.
    """
    import typst

    missing_signs(one.before + one.after + one.figure_says)
    files: dict[str, bytes] = {}
    parts = [_PREAMBLE.format(title=_string(one.title), lang=language, font=FONT), *_typst(one.before)]
    if one.figure is not None:
        files["network.svg"] = _standalone(network_svg(one.figure)).encode()
        says = _string(one.figure_says)
        parts.append(f'#align(center, image("network.svg", alt: {says}, height: {FIGURE_CM}cm))\n')
    parts += _typst(one.after)
    files["main.typ"] = "\n".join(parts).encode()
    made = typst.compile(files, format="pdf", pdf_standards=["ua-1"], timestamp=0)  # type: ignore[call-overload]
    assert isinstance(made, bytes)
    return made


_PREAMBLE = """#set document(title: {title})
#set text(lang: "{lang}", font: ("{font}", "DejaVu Sans Mono"), size: 10pt)
#set page(paper: "a4", margin: (x: 2cm, y: 2cm), numbering: "1")
#set par(leading: 0.75em, spacing: 1.1em)
#show raw: set text(font: ("DejaVu Sans Mono", "{font}"), size: 8.8pt)
#show heading: set block(above: 1.5em, below: 0.8em)
#set table(stroke: (x: none, y: 0.5pt + luma(200)), inset: (x: 6pt, y: 5pt), align: left)
#set table.header(repeat: true)
"""


def missing_signs(text: str) -> None:
    """Raises UserError where the font is not installed, or has no glyph for a sign of the text."""
    from fontTools.ttLib import TTFont

    path = next((p for folder in _font_folders() for name in FONT_FILES for p in folder.rglob(name)), None)
    if path is None:
        raise UserError(
            f"the font {FONT} is not installed; install it (Debian: apt-get install fonts-noto-cjk)"
        )
    with closing(TTFont(path, fontNumber=0, lazy=True)) as font:
        known = font.getBestCmap()
    lacking = sorted({sign for sign in text if sign.isprintable() and ord(sign) not in known})
    if lacking:
        raise UserError(f"{FONT} has no glyph for {' '.join(lacking)}; write the handout without it")


def _font_folders() -> Iterator[Path]:
    for folder in ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "C:/Windows/Fonts"):
        if Path(folder).is_dir():
            yield Path(folder)


def _standalone(svg: str) -> str:
    for colour in COLOURS.values():
        svg = svg.replace(colour, INK[colour[4:-1]])
    return svg.replace("<svg", f'<svg xmlns="http://www.w3.org/2000/svg" font-family="{FONT}"', 1)


def _string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def _escaped(text: str) -> str:
    return re.sub(r"([\\#$*_`<>@\[\]~=+/-])", r"\\\1", text)


def _typst(text: str) -> list[str]:
    """Markdown as typst markup: headings, paragraphs, lists, tables, code."""
    tokens, made, row, table = MARKDOWN.parse(text), [], [], []
    for place, token in enumerate(tokens):
        inner = _inline(token) if token.type == "inline" else ""
        around = tokens[place - 1].type if token.type == "inline" else ""
        if around == "heading_open":
            made.append(f"{'=' * int(tokens[place - 1].tag[1])} {inner}\n")
        elif around == "paragraph_open":
            listed = tokens[place - 2].type == "list_item_open"
            made.append(f"- {inner}" if listed else f"{inner}\n")
        elif around in ("th_open", "td_open"):
            row.append(f"[{inner}]")
        elif token.type == "tr_close":
            cells, row = ", ".join(row), []
            if any(cell != "[]" for cell in cells.split(", ")):
                table.append(f"table.header({cells})" if tokens[place + 1].type == "thead_close" else cells)
        elif token.type == "table_close":
            columns = max(line.count("[") for line in table)
            made.append(f"#table(columns: {_widths(table, columns)},\n  " + ",\n  ".join(table) + ")\n")
            table = []
        elif token.type == "bullet_list_close":
            made.append("")
        elif token.type in ("fence", "code_block"):
            made.append(f"```\n{token.content}```\n")
    return made


def _widths(rows: list[str], columns: int) -> str:
    """The last column takes what is left where it holds sentences."""
    long = any(len(row) > 90 for row in rows)
    return f"({'auto, ' * (columns - 1)}1fr)" if long else f"({'auto, ' * columns})"


def _inline(token: Token) -> str:
    parts = []
    for child in token.children or ():
        if child.type == "text":
            parts.append(_escaped(child.content))
        elif child.type == "code_inline":
            parts.append(f"#raw({_string(child.content)});")  # else a bracket behind it would call it
        elif child.type in ("strong_open", "strong_close"):
            parts.append("#strong[" if child.type == "strong_open" else "];")
        elif child.type in ("em_open", "em_close"):
            parts.append("#emph[" if child.type == "em_open" else "];")
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
    return "".join(parts)
