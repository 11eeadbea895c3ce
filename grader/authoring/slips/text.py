"""Slips that Python cannot read: brackets, quotes, colons, indentation, what was pasted along."""

from __future__ import annotations

import ast
import keyword
import re
import tokenize
from collections.abc import Iterator

from grader.authoring.slips.source import Slip, Source

_WIDE = str.maketrans({code: chr(code + 0xFEE0) for code in map(ord, "(),:=+*.")})
_MISSPELT = {
    "def": ("df", "deff", "Def"), "class": ("calss", "clas", "Class"), "return": ("retrun", "retun", "returm", "Return"),
    "import": ("improt", "imoprt", "Import"), "from": ("form", "fron"), "for": ("fro", "For"), "in": ("im",),
    "if": ("fi", "If"), "else": ("esle", "els"), "as": ("sa",),
}  # fmt: skip


def brackets(source: Source) -> Iterator[Slip]:
    """One forgotten, one too many, one of another kind."""
    other = {")": "]", "]": ")", "(": "[", "[": "(", "}": ")", "{": "("}
    for token in source.tokens:
        if token.string in other and token.type == tokenize.OP:
            line, column = token.start
            ends = _neighbours(source, line)
            yield source.cut("bracket-lost", line, column, column + 1, "", ends)
            yield source.cut("bracket-doubled", line, column, column + 1, token.string * 2, ends)
            yield source.cut("bracket-of-another-kind", line, column, column + 1, other[token.string], ends)


def _neighbours(source: Source, line: int) -> list[int]:
    """The lines of the same statement, and the next: a bracket may be missing at the end of either."""
    around = [s for s in source.nodes(ast.stmt) if s.lineno <= line <= (s.end_lineno or s.lineno)]
    inner = max(around, key=lambda s: s.lineno, default=None)
    if inner is None or isinstance(inner, ast.ClassDef | ast.FunctionDef):
        return []
    return list(range(inner.lineno, (inner.end_lineno or inner.lineno) + 1))


def quotes(source: Source) -> Iterator[Slip]:
    """One mark of a string forgotten, or of the other kind."""
    for token in source.tokens:
        if token.type != tokenize.STRING or token.start[0] != token.end[0]:
            continue
        line, end = token.end
        mark = token.string[-1]
        if token.string.endswith(mark * 3):
            yield source.cut("quote-lost", line, end - 1, end, "")
            yield source.cut("quote-lost", line, end - 3, end, "")
        else:
            start = token.start[1] + token.string.index(mark)
            yield source.cut("quote-lost", line, end - 1, end, "")
            yield source.cut("quote-lost", line, start, start + 1, "")
            yield source.cut("quote-of-another-kind", line, end - 1, end, "'" if mark == '"' else '"')


def colons(source: Source) -> Iterator[Slip]:
    """A block's head without its colon, with another mark, with two."""
    for number, line in enumerate(source.lines, start=1):
        code = line.rstrip()
        if re.match(r"\s*(?:def|class|for|if|else|elif|with|while)\b.*:$", code):
            for rule, new in (
                ("colon-lost", ""),
                ("semicolon-for-colon", ";"),
                ("colon-doubled", "::"),
                ("full-stop-for-colon", "."),
            ):
                yield source.line(rule, number, code[:-1] + new)


def commas(source: Source) -> Iterator[Slip]:
    """A comma forgotten, doubled, or a full stop in its place."""
    for token in source.tokens:
        if token.string == "," and not source.lines[token.start[0] - 1].lstrip().startswith(
            ("import", "from")
        ):
            line, column = token.start
            ends = [line + 1] if source.lines[line - 1].rstrip().endswith(",") else []
            for rule, new in (
                ("comma-lost", ""),
                ("comma-doubled", ",,"),
                ("full-stop-for-comma", "."),
                ("semicolon-for-comma", ";"),
            ):
                yield source.cut(rule, line, column, column + 1, new, ends)


def indentation(source: Source) -> Iterator[Slip]:
    """A line that stands a little to the right or left of its block, or begins with a tab."""
    inside = {n for f in source.nodes(ast.FunctionDef) for s in f.body for n in range(s.lineno, s.lineno + 1)}
    for number in sorted(inside):
        line = source.lines[number - 1]
        own = len(line) - len(line.lstrip())
        if not own or "\t" in line[:own]:
            continue
        for by in (-4, -2, -1, 1, 2, 4):
            yield source.line("indentation", number, " " * (own + by) + line.lstrip())
        yield source.line("indentation-lost", number, line.lstrip())
        yield source.line("tabs-mixed", number, "\t" * max(own // 4, 1) + line.lstrip())


def odd_characters(source: Source) -> Iterator[Slip]:
    """Full-width marks, typographic quotes, no-break spaces, long dashes."""
    for number, line in enumerate(source.lines, start=1):
        code = line.split("#")[0]
        if not code.strip() or '"""' in line:
            continue
        if (wide := code.translate(_WIDE)) != code:
            yield source.line("full-width", number, wide + line[len(code) :])
        for mark in "(),:=":
            if (at := code.rfind(mark)) >= 0:
                yield source.cut("full-width", number, at, at + 1, mark.translate(_WIDE))
        if '"' in code or "'" in code:
            yield source.line(
                "smart-quotes", number, re.sub(r"[\"']([^\"']*)[\"']", "“\\1”", code) + line[len(code) :]
            )
        if " = " in code:
            yield source.line("no-break-space", number, line.replace(" = ", "\u00a0=\u00a0", 1))
        if "-1" in code:
            yield source.line("long-dash", number, line.replace("-1", "–1", 1))


def comparisons(source: Source) -> Iterator[Slip]:
    """`=` for `==` in a condition."""
    for number, line in enumerate(source.lines, start=1):
        if re.match(r"\s*(?:if|elif|while|assert)\b.*==", line):
            yield source.line("comparison", number, line.replace("==", "=", 1))


def python_2(source: Source) -> Iterator[Slip]:
    """`print` as a statement, behind a line of `forward`."""
    for forward in source.methods("forward"):
        for statement in forward.body[:-1]:
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                last = statement.end_lineno or statement.lineno
                indent = " " * statement.col_offset
                if "\t" in source.lines[last - 1]:
                    continue
                for what in (
                    f"{statement.targets[0].id}.shape",
                    f"'shape', {statement.targets[0].id}.size()",
                ):
                    yield source.line(
                        "print-statement", last, f"{source.lines[last - 1]}\n{indent}print {what}"
                    )


def pasted(source: Source) -> Iterator[Slip]:
    """Line numbers and prompts before every line of the class, or before one."""
    for owner in source.nodes(ast.ClassDef):
        if owner not in source.tree.body:
            continue
        numbers = range(owner.lineno, (owner.end_lineno or owner.lineno) + 1)
        every = frozenset(numbers)
        text = {n: source.lines[n - 1] for n in numbers}
        yield Slip("line-numbers", {n: f"{n} {line}" for n, line in text.items()}, every)
        yield Slip("line-numbers", {n: f"{n:3}: {line}" for n, line in text.items()}, every)
        yield Slip(
            "prompts",
            {n: f"{'>>>' if n == owner.lineno else '...'} {line}" for n, line in text.items()},
            every,
        )
        yield source.line("prompts", owner.lineno, f"In [{owner.lineno}]: {source.lines[owner.lineno - 1]}")
    for statement in source.tree.body:
        if isinstance(statement, ast.Import):
            yield source.line("prompts", statement.lineno, f">>> {source.lines[statement.lineno - 1]}")
            yield source.line(
                "shell-line", statement.lineno, f"pip install torch\n{source.lines[statement.lineno - 1]}"
            )


def merge_markers(source: Source) -> Iterator[Slip]:
    """A merge that nobody finished, around one statement."""
    for statement in source.nodes(ast.Assign):
        number = statement.lineno
        line = source.lines[number - 1]
        if statement.end_lineno == number and line.startswith((" ", "\t")):
            other = re.sub(r"\d+", lambda found: str(int(found[0]) + 1), line, count=1)
            yield source.line(
                "merge-markers", number, f"<<<<<<< HEAD\n{line}\n=======\n{other}\n>>>>>>> second"
            )


def stray(source: Source) -> Iterator[Slip]:
    """A character that fell on the keyboard: behind the line, or within."""
    marks = ("`", "ㅁ", "$", "\\", "]", "?", ";;", "ㅇㅇ", "!", "/")
    for index, statement in enumerate(source.nodes(ast.Assign)):
        number = statement.end_lineno or statement.lineno
        line = source.lines[number - 1].rstrip()
        yield source.line("stray-character", number, line + marks[index % len(marks)])
        at = line.rfind("(") + 1
        if at:
            yield source.cut("stray-character", number, at, at, marks[(index + 3) % len(marks)])


def keywords(source: Source) -> Iterator[Slip]:
    """A misspelt keyword, one with a capital, one that is forgotten or grown together with its neighbour."""
    for index, token in enumerate(source.tokens):
        if token.type != tokenize.NAME or not keyword.iskeyword(token.string):
            continue
        line, column = token.start
        end = token.end[1]
        for wrong in _MISSPELT.get(token.string, ()):
            yield source.cut("keyword-misspelt", line, column, end, wrong)
        if token.string in ("def", "class") and index:
            yield source.cut("keyword-lost", line, column, end + 1, "")
        if token.string in ("def", "class", "return", "import", "from"):
            anywhere = range(1, len(source.lines)) if token.string in ("import", "from") else ()
            yield source.cut("keyword-grown-together", line, end, end + 1, "", anywhere)


def signs(source: Source) -> Iterator[Slip]:
    """`=` or a full stop forgotten or doubled; `-` for `_`; a space within a name."""
    for token in source.tokens:
        line, column = token.start
        if token.string == "=" and source.lines[line - 1][column - 1] == " ":
            yield source.cut("sign-lost", line, column, column + 2, "")
        elif token.string == ".":
            yield source.cut("full-stop-lost", line, column, column + 1, " ")
            yield source.cut("full-stop-doubled", line, column, column + 1, "..")
            yield source.cut("comma-for-full-stop", line, column, column + 1, ",")
        elif token.type == tokenize.NAME and re.fullmatch(
            r"[a-z]+_?\d+_\w+|[a-z]{3,}_[a-z]{3,}\d?", token.string
        ):
            at = column + token.string.index("_")
            yield source.cut("minus-for-underscore", line, at, at + 1, "-", _named(source, token.string))
            yield source.cut("space-within-a-name", line, at, at + 1, " ", _named(source, token.string))


def _named(source: Source, name: str) -> list[int]:
    return [t.start[0] for t in source.tokens if t.string == name]


def beside(source: Source) -> Iterator[Slip]:
    """Broken lines that the class does not need: behind it, before it, a comment without its mark."""
    last = len(source.lines)
    while not source.lines[last - 1].strip():
        last -= 1
    end = source.lines[last - 1]
    name = source.class_name
    for text in (
        f"model = {name}(", f"print({name}()", "```", f"net = {name}()\nprint net", "여기까지 완성했습니다.", "if __name__ == '__main__'\n    test()",
        f"model = {name}()\nfor i in range(3) print(i)",
        "def test():\nmodel.eval()", f"x = torch.randn(1, 3, 32, 32\nprint({name}()(x).shape)", "summary(model, (3, 32, 32)",
    ):  # fmt: skip
        yield source.line("broken-beside", last, f"{end}\n\n{text}")
    first = source.lines[0]
    for text in ("```python", "VGG 과제 제출합니다", "Name: Kim, ID: 2021-0001"):
        yield source.line("broken-beside", 1, f"{text}\n{first}")
    for number, line in enumerate(source.lines, start=1):
        if re.match(r"\s*# \w", line):
            yield source.line("comment-mark-lost", number, line.replace("# ", "", 1))


RULES = (
    brackets, quotes, colons, commas, indentation, odd_characters, comparisons, python_2, pasted, merge_markers, stray,
    keywords, signs, beside,
)  # fmt: skip
