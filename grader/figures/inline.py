"""SVG made by other programs, for standing inside a page: small, without ids of its own, in the page's colours."""

from __future__ import annotations

import re
from xml.etree import ElementTree

COLOURS = {
    "#d00000": "var(--ink)", "#d00001": "var(--soft)", "#d00002": "var(--edge)", "#d00003": "var(--fill)",
    "#d00004": "var(--bad)", "#d00005": "var(--good)", "#d00006": "var(--some)", "#d00008": "var(--line)",
}  # fmt: skip
"""What the programs are told, and what the page shows: its own light or dark colour."""

_SVG, _LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
_DROPPED = {"class", "version", "font-family", "{http://www.w3.org/XML/1998/namespace}space", "text-anchor"}
_NUMBER = re.compile(r"(?<![\w#.])(-?\d+\.\d)\d+(?!\w)")


def inlined(svg: str) -> str:
    """The `<svg>` element alone; ids stay where something refers to them, and `numbered` makes them unique."""
    root = ElementTree.fromstring(svg.encode("utf-8"))
    used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', svg))
    _clean(root, used)
    ElementTree.register_namespace("", _SVG[1:-1])
    text = ElementTree.tostring(root, encoding="unicode")
    return re.sub(r' xmlns(:\w+)?="[^"]*"', "", text).replace("ns0:", "")


def _clean(element: ElementTree.Element, used: set[str]) -> None:
    styles = [part.strip() for part in element.attrib.pop("style", "").split(";") if part.strip()]
    styles = [s for s in styles if not s.startswith("font-family")]
    for name, value in list(element.attrib.items()):
        if name == "id" and value in used:
            continue
        if name in ("fill", "stroke") and value in COLOURS:
            styles.append(f"{name}:{value}")  # attributes know no variables
            del element.attrib[name]
        elif name == "text-anchor" and value != "start":
            styles.append(f"text-anchor:{value}")
            del element.attrib[name]
        elif name == "id" or name in _DROPPED or (name == "transform" and value.startswith("rotate(-0")):
            del element.attrib[name]
        elif name == _LINK:
            element.attrib["href"] = element.attrib.pop(name)
        else:
            value = " ".join(_NUMBER.sub(r"\1", value).replace(".0 ", " ").split())
            straight = name == "d" and not set(value) & set("CQ")
            element.attrib[name] = value.replace(" L ", " ") if straight else value  # lines are meant after M
    style = ";".join(_NUMBER.sub(r"\1", s).replace(": ", ":") for s in styles)
    for told, shown in COLOURS.items():
        style = style.replace(told, shown)
    if style:
        element.attrib["style"] = style
    element.tail = None
    if element.tag != f"{_SVG}text" and element.text and not element.text.strip():
        element.text = None
    kept: list[ElementTree.Element] = []
    for child in element:
        if child.tag in (f"{_SVG}title", f"{_SVG}style", f"{_SVG}metadata"):
            continue
        _clean(child, used)
        if child.tag == f"{_SVG}g" and not child.attrib:
            kept += list(child)
        elif child.tag != f"{_SVG}defs" or len(child):
            kept.append(child)
    element[:] = kept


def numbered(svg: str, prefix: str) -> str:
    """The same with `prefix` before every id."""
    svg = svg.replace(' id="', f' id="{prefix}').replace("url(#", f"url(#{prefix}")
    return svg.replace(' href="#', f' href="#{prefix}')
