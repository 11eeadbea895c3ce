"""The course's two-language texts in one of the two.

The exercises are written in both languages side by side: "한국어 · English" within a line, a Korean
paragraph before its English one, `# ko:` and `# en:` before the parts of a hint. What students are handed
out has one language, chosen when it is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.records.base import Language

_HANGUL = re.compile("[가-힣]")
_PART = re.compile(r"\s*#\s*(ko|en|call):\s*")
_PAIR_IN_BRACKETS = re.compile(r"\(([^()]*) · ([^()]*)\)")
_PAIR_IN_QUOTES = re.compile(r'"([^"\n]*) · ([^"\n]*)"')
_PAIR = re.compile(r'^(\s*(?:#+ (?:TODO [\w-]+: )?|"""|- )?)(.*) · (.*?)("""|)$')


def in_language(text: str, language: Language) -> str:
    """A line, or a table's cell, of which only one language's half is kept; as it is where it has no halves."""
    place = 1 if language == "ko" else 2
    if not text.lstrip().startswith("# "):  # what a comment quotes is no pair
        text = _PAIR_IN_QUOTES.sub(
            lambda found: f'"{found[place]}"', text
        )  # first: brackets stand around them
    text = _PAIR_IN_BRACKETS.sub(lambda found: f"({found[place]})", text)
    found = _PAIR.match(text)
    return f"{found[1]}{found[place + 1]}{found[4]}" if found else text


def source(text: str, language: Language) -> str:
    """A template's source with its comments in one language; no line of code changes."""
    kept: list[str] = []
    part, header = "", True
    for line in text.split("\n"):
        header = header and (line.startswith("#") or not line)
        named = _PART.match(line)
        if named:
            part = named[1]
        elif part and not re.match(r"\s*#\s{2,}", line):
            part = ""
        if part and part not in (language, "call"):
            continue
        if named:
            line = line.replace(f"{named[1]}: ", "", 1) if part != "call" else line.replace("call:", "→", 1)
        if header and line.strip("# ") and " · " not in line and _other(line, language):
            continue
        kept.append(in_language(line, language))
    return "\n".join(kept)


def markdown(text: str, language: Language) -> str:
    """A handout's text in one language: of each pair of paragraphs one, of each table cell and heading one half."""
    return "\n\n".join(_blocks(text, language)) + "\n"


def _blocks(text: str, language: Language) -> Iterator[str]:
    for block in re.split(r"(```.*?```)|\n\s*\n", text.strip(), flags=re.DOTALL):
        if not block or not block.strip():
            continue
        block = block.strip("\n")
        lines = block.split("\n")
        if lines[0].startswith("```"):
            yield block
            continue
        if lines[0].startswith(("|", "#")):
            rows = [
                _row(line, language) if line.startswith("|") else in_language(line, language)
                for line in lines
            ]
            yield "\n".join(rows)
        elif lines[0].startswith("- "):
            if items := list(_items(lines, language)):
                yield "\n".join(items)
        elif lines[0].startswith("<!--"):
            continue
        elif not _other(block, language):
            yield block


def _items(lines: list[str], language: Language) -> Iterator[str]:
    """List items; the English half of one follows indented, or is an item of its own."""
    for item in re.split(r"\n(?=- )", "\n".join(lines)):
        halves = [line.strip().removeprefix("- ") for line in item.split("\n")]
        said = [half for half in halves if not _other(half, language)]
        if said:
            yield "- " + " ".join(said)


def _row(line: str, language: Language) -> str:
    return (
        "|"
        + "|".join(f" {in_language(cell.strip(), language)} " for cell in line.strip("|").split("|"))
        + "|"
    )


def _other(text: str, language: Language) -> bool:
    """Whether a text is of the other language; code and numbers are of both."""
    words = re.sub(r"`[^`]*`", "", text)
    if language == "en":
        return bool(_HANGUL.search(words))
    return not _HANGUL.search(words) and len(re.findall(r"[A-Za-z]{2,}", words)) > 2
