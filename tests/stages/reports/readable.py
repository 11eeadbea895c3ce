"""A page as its reader sees it: text only, a line per block, cells apart. Styles may change freely."""

from __future__ import annotations

from html.parser import HTMLParser

BLOCKS = {
    "h1", "h2", "h3", "p", "li", "tr", "pre", "dt", "dd", "summary", "figcaption", "header", "section", "article",
    "footer", "svg", "title",
}  # fmt: skip
CELLS = {"td", "th"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.skipping = self.preformatted = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.skipping = self.skipping or tag in ("style", "svg", "script", "form")
        self.preformatted = self.preformatted or tag == "pre"
        if tag in BLOCKS:
            self.pieces.append("\n")
        if tag in CELLS:
            self.pieces.append(" | ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "svg", "script", "form"):
            self.skipping = False
        if tag == "pre":
            self.preformatted = False
        if tag in BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            self.pieces.append(data if self.preformatted else data.replace("\n", " "))


def readable(page: str) -> str:
    reader = _Reader()
    reader.feed(page)
    reader.close()
    lines = []
    for line in "".join(reader.pieces).split("\n"):
        indent = len(line) - len(line.lstrip())
        text = " ".join(line.split())
        if text.strip("| "):
            lines.append(" " * (indent if indent and "|" not in text else 0) + text)
    return "\n".join(lines) + "\n"
