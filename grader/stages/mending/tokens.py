"""Slips of a word or a sign within a line: quotes, colons, keywords, what other languages write."""

from __future__ import annotations

import difflib
import keyword
import re
from collections.abc import Iterator

from parso.python.tokenize import PythonToken, tokenize_lines
from parso.utils import parse_version_string, split_lines

from grader.stages.mending.tries import Stop, Try, is_code

_VERSION = parse_version_string("3.13")
_HEADS = frozenset("if elif else for while def class with try except finally async match case".split())  # noqa: SIM905
_WORDS = sorted(set(keyword.kwlist) | {"self", "print"})
_FOREIGN = (
    (r"\b(nn|torch|F|self|np) (?=[A-Za-z_])(?!(?:in|is|as|if|else|for|and|or)\b)", r"\1."),
    (r"^(\s*[\w.]+\w)-(?=\w+\s*=(?!=))", r"\1_"), (r"^(\s*def\b.*\w)-(?=\w)", r"\1_"),
    (r"(?<=\w):\s*(?=\d)", "="), (r"(?<=\w)\{([^{}]*)\}", r"(\1)"), (r"^(\s*def\s+\w+)\[(.*)\]", r"\1(\2)"),
    (r"^(\s*def\s+\w+)\s+(\w[^():]*?)\s*:", r"\1(\2):"), (r"^(\s*class\s+\w+)\s+([\w.]+)\s*:", r"\1(\2):"),
    (r"^(\s*import\b.*\w)-(?=\w)", r"\1."), (r"^(\s*import\s+torch\.nn)\s+as\s*$", r"\1 as nn"),
    (r"^(\s*import\s+torch\.nn\.functional)\s+as\s*$", r"\1 as F"), (r"^(\s*import\s+[\w.]+)\s+(\w+)\s*$", r"\1 as \2"),
    (r"^(\s*)from\s+torch\s+import\s+torch\.", r"\1import torch."), (r"(?<=\d)\s*[xX]\s*(?=\d)", " * "), (r"(?<=\w)\s*->\s*(?=\d)", ", "),
    (r"\belse\s+if\b", "elif"), (r"\belsif\b", "elif"), (r"&&", " and "), (r"\|\|", " or "),
    (r"!(?=[\w(])", "not "), (r"(\w+)\s*\+\+", r"\1 += 1"), (r"(\w+)\s*--", r"\1 -= 1"),
    (r"^(\s*)(?:function|func|fn|define|public|void|private)\s+(?=\w+\s*\()", r"\1def "), (r"//.*$", ""),
    (r"<>", "!="), (r"=<", "<="), (r"=>", ">="), (r"\bnew\s+(?=\w)", ""), (r"^(\s*)(?:var|let|const|int|float|auto)\s+(?=\w+\s*=)", r"\1"),
    (r"[{]\s*$", ""), (r";\s*$", ""), (r"::", "."), (r"->(?=\w)", "."), (r"\.\.", "."), (r"\.\s*$", ""), (r"\.(?=[,)\]])", ""),
    (r"\.\s*=\s*", " = "), (r"==\s*=", "=="), (r"=\s*=(?==)?", "=="), (r"==", "="), (r",\s*,", ","), (r"\(\s*,", "("),
    (r"^(\s*)(def\s+\w+)\s*:", r"\1\2(self):"), (r"^(\s*)(def\s+\w+)\s*$", r"\1\2(self):"), (r"\)\s*\(\s*self", ")(self"),
    (r"super\(\)\s*__init__", "super().__init__"), (r"super\s*\.\s*__init__", "super().__init__"), (r"(\w)-(?=\d+\s*[=(])", r"\1_"),
    (r"self\s+\.?(?=\w)", "self."), (r"self,(?=\w+\s*[=(])", "self."), (r"(?<=\w) (?=\w+\s*\()", "."),
    (r"(?<=\w) (?=\w+\s*=)", "_"),
)  # fmt: skip


_HEADLESS = (
    (r"^(\s*)(?=\w+\s*\(.*\)\s*(?:->.*)?:\s*(?:#.*)?$)(?!(?:def|class|if|elif|while|with|for)\b)", r"\1def "),
    (r"^(\s*)(?=[A-Z]\w*\s*\(.*\)\s*:)", r"\1class "),
    (
        r"^(\s*)(?!(?:def|class|if|elif|while|with|for)\b)\w+\s+(?=\w+\s*\(.*\)\s*(?:->.*)?:\s*(?:#.*)?$)",
        r"\1def ",
    ),
    (r"^(\s*)(?!(?:def|class|if|elif|while|with|for)\b)\w+\s+(?=[A-Z]\w*\s*\(.*\)\s*:)", r"\1class "),
)
"""Heads of functions and classes without their keyword."""


def tokens_of(line: str) -> list[PythonToken]:
    """The tokens of a line, however broken it is."""
    return [
        token
        for token in tokenize_lines(split_lines(line + "\n", keepends=True), version_info=_VERSION)
        if token.string.strip() and token.start_pos[0] == 1
    ]


def comparison(lines: list[str], stop: Stop) -> Iterator[Try]:
    """`if i = 0`."""
    line = lines[stop.line - 1]
    if re.match(r"\s*(?:if|elif|while|assert|return)\b", line):
        for found in re.finditer(r"(?<![=!<>:+\-*/%])=(?!=)", line):
            yield Try("comparison", stop.line, f"{line[: found.start()]}=={line[found.end() :]}")


def colon(lines: list[str], stop: Stop) -> Iterator[Try]:
    """The colon behind the head of a block."""
    for number in near_lines(lines, stop):
        line = lines[number - 1]
        code = without_comment(line)
        words = code.split()
        if words and re.split(r"\W", words[0])[0] in _HEADS and not code.rstrip().endswith(":"):
            comment = line[len(code.rstrip()) :]
            yield Try("colon", number, f"{code.rstrip()}:{comment}")
            if re.search(r"[;.,=)]$", code.rstrip()):
                yield Try("colon", number, f"{code.rstrip()[:-1]}:{comment}")
        if words and words[0] in _HEADS:  # `if x: == 1:`, `else x:`, `def f(self):, x):`
            for found in re.finditer(":", code.rstrip()[:-1]):
                yield Try("colon", number, line[: found.start()] + line[found.end() :])


def torn_names(lines: list[str], stop: Stop) -> Iterator[Try]:
    """`self.conv skip(x)`, where other lines have a `conv_skip`."""
    known = {
        word
        for number, line in enumerate(lines, start=1)
        if number != stop.line
        for word in re.findall(r"\w+", line)
    }
    line = lines[stop.line - 1]
    for found in re.finditer(r"(?<=(\w))[ -](?=\w)", line):
        before, behind = re.search(r"\w+$", line[: found.start()]), re.match(r"\w+", line[found.end() :])
        if before and behind and f"{before[0]}_{behind[0]}" in known:
            yield Try("operator-missing", stop.line, f"{line[: found.start()]}_{line[found.end() :]}")


def words(lines: list[str], stop: Stop) -> Iterator[Try]:
    """A misspelt keyword, or one of another language."""
    for number in near_lines(lines, stop):
        line = lines[number - 1]
        for token in tokens_of(line):
            if token.type.name != "NAME" or keyword.iskeyword(token.string) or len(token.string) < 2:
                continue
            for short in ("if", "in", "as", "is", "or"):
                if sorted(token.string.lower()) == sorted(short) or (
                    len(token.string) == 2 and token.string[0] == short[0]
                ):
                    yield Try(
                        "keyword-misspelt",
                        number,
                        line[: token.start_pos[1]] + short + line[token.end_pos[1] :],
                    )
            for near in difflib.get_close_matches(token.string.lower(), _WORDS, n=2, cutoff=0.6):
                start, end = token.start_pos[1], token.start_pos[1] + len(token.string)
                yield Try("keyword-misspelt", number, line[:start] + near + line[end:])
            for word in (
                "def",
                "class",
                "return",
                "from",
                "import",
                "for",
                "if",
                "elif",
            ):  # `returnx`, `defforward`
                if token.string.startswith(word) and len(token.string) > len(word):
                    at = token.start_pos[1] + len(word)
                    yield Try("keyword-misspelt", number, f"{line[:at]} {line[at:]}")
        for pattern, head in _HEADLESS:
            if (new := re.sub(pattern, head, line)) != line:
                yield Try("keyword-misspelt", number, new)
        for pattern, plain in _FOREIGN:
            if (new := re.sub(pattern, plain, line)) != line:
                yield Try("not-python", number, new)


def quotes(lines: list[str], stop: Stop) -> Iterator[Try]:
    """A quote that was not closed, or not opened."""
    if "string" not in stop.message and "character" not in stop.message and "syntax" not in stop.message:
        return
    for number, line in enumerate(
        lines[: stop.line] if "triple-quoted" not in stop.message else lines, start=1
    ):
        for quote in ('"', "'"):  # a docstring's line with three marks at one end and fewer at the other
            if found := re.fullmatch(rf"(\s*){quote * 3}([^{quote}]+){quote}{{0,2}}(\s*)", line):
                yield Try("quote", number, f"{found[1]}{quote * 3}{found[2].rstrip()}{quote * 3}")
            elif found := re.fullmatch(rf"(\s*){quote}{{0,2}}([^{quote}]+){quote * 3}(\s*)", line):
                yield Try("quote", number, f"{found[1]}{quote * 3}{found[2].lstrip()}{quote * 3}")
    line = lines[stop.line - 1]
    for quote in ('"', "'"):
        if line.count(quote) % 2 == 0:
            continue
        opened = line.rfind(quote)
        for found in re.finditer(r"(?=[,)\]}:]|\s*$)", line[opened + 1 :]):
            at = opened + 1 + found.start()
            yield Try("quote", stop.line, line[:at] + quote + line[at:])
        other = "'" if quote == '"' else '"'
        if other in line:  # 'abc"
            yield Try("quote", stop.line, line.replace(other, quote))
        for found in re.finditer(r"(?<=[(\[{,=: ])(?=\w)", line[:opened]):
            yield Try("quote", stop.line, line[: found.start()] + quote + line[found.start() :])
        yield Try("quote", stop.line, line[:opened] + line[opened + 1 :])
    if "triple-quoted" in stop.message:
        for quote in ('"""', "'''"):
            if line.rstrip().endswith(quote):
                yield Try("quote", stop.line, line.rstrip()[: -len(quote)])
            elif quote in line:
                yield Try("quote", stop.line, line.rstrip() + quote)


def unfinished(lines: list[str], stop: Stop) -> Iterator[Try]:
    """A line that breaks off behind an operator: without it."""
    for number in near_lines(lines, stop):
        code = without_comment(lines[number - 1]).rstrip()
        if found := re.search(r"\s*(?:\+|-|\*|/|@|,|\.|=|\band\b|\bor\b|\\)\s*$", code):
            yield Try("unfinished-line", number, code[: found.start()])
        if found := re.search(r"^\s*[\w.]+\s*=\s*$", code):
            yield Try("unfinished-line", number, "")


def completed(lines: list[str], stop: Stop) -> Iterator[Try]:
    """`out = out +`: with what the lines just above have made, and nothing has used yet."""
    code = without_comment(lines[stop.line - 1]).rstrip()
    if not re.search(r"[-+*,(]\s*$", code):
        return
    for number in range(stop.line - 1, max(0, stop.line - 10), -1):
        found = re.match(r"\s+(\w+)\s*=(?!=)", lines[number - 1])
        between = "\n".join(lines[number : stop.line])
        if found and not re.search(rf"\b{re.escape(found[1])}\b", between):
            yield Try("unfinished-line", stop.line, f"{code} {found[1]}{')' if code.endswith('(') else ''}")


def near_lines(lines: list[str], stop: Stop) -> list[int]:
    """The line where Python stopped, and the code line above: a bracket may be missing there."""
    above = next((n for n in range(stop.line - 1, 0, -1) if is_code(lines[n - 1])), None)
    return [stop.line, *([above] if above else [])]


def without_comment(line: str) -> str:
    """The code of a line."""
    found = tokens_of(line)
    hash_at = line.find("#", found[-1].end_pos[1] if found else 0)
    return line if hash_at < 0 else line[:hash_at]
