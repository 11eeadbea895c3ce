"""IPython's own lines, put out of the way without moving a line.

`%matplotlib inline`, `!pip install x`, `files = !ls` and `help?` are no Python. Colab leaves them
in the `.py` files it writes. Whether a line is one of them, or a string or a formula that only
looks like one, Python's parser knows best: where it stops at such a line, the line becomes `pass`,
and it is asked again.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings
from keyword import iskeyword

from grader.file_names import as_module, clean
from grader.records.base import Text
from grader.records.submission import BY_RUN, Cell

_COMMANDS = """pip3? conda apt(?:-get)? wget curl git unzip unrar tar ls ll cd pwd mkdir rmdir rm mv cp cat head tail more less man
    touch chmod echo clear env nvidia-smi python3? sudo export source which find grep df du free top kill tree
    matplotlib time timeit load_ext reload_ext autoreload pylab run who whos who_ls reset history hist config precision
    store prun debug pdb alias automagic bookmark colors cls ddir ldir lk lf lx pinfo psearch pycat quickref rerun
    tensorboard capture notebook save load loadpy edit macro"""
_MAGIC = re.compile(
    rf"""\s*(?: [%!]                              # %matplotlib inline, !pip install x
          | [\w.\[\]'", ]+=\s*(?:!|%\w)          # files = !ls
          | \?{{1,2}}[\w.]+\s*$ | [\w.]+\?{{1,2}}\s*$  # ?nn.Conv2d, help?
          | (?:{"|".join(_COMMANDS.split())})(?:\ +(?![-+*/%@&|^<>=]=?\ |=|in\b|is\b|if\b|and\b|or\b|not\b)\S.*)?$ )  # rm -rf x""",
    re.VERBOSE,
)
"""Asked only of lines at which Python stops."""
_RUN = re.compile(r"""%run\s+(?:-\w+\s+)*(?:(?P<q>["'])(?P<quoted>.+?)(?P=q)|(?P<plain>[^\s"']+))(?:\s.*)?""")
_ENVIRONMENT = re.compile(
    r"(?P<indent>\s*)%?(?:env|set_env)\s+(?P<name>\w+)(?:\s*=\s*|\s+)(?P<value>.*\S)\s*"
)
_COMMENTED_OUT = "# Commented out IPython magic to ensure Python compatibility."
"""Colab's, in the `.py` file of a notebook. A cell that begins with a cell magic is commented out as a whole."""
_CELL_MAGIC = re.compile(r"%%(\w+)[ \t]*(.*)")
_NOT_PYTHON = frozenset(
    """bash sh shell script system cmd html HTML javascript js svg SVG latex markdown writefile file perl
    ruby R cython bigquery sql pypy python2 python3 python sx ! latex writetemplate configure""".split()  # noqa: SIM905
)
_MOST_MAGICS = 300


class Written:
    """A file that a cell writes: `%%writefile blocks.py`."""

    def __init__(self, name: str, text: str, append: bool) -> None:
        self.name, self.text, self.append = name, text, append


def neutralised(label: str, text: str) -> Cell:
    """A cell without IPython's own lines; `problem` says what Python still does not like."""
    lines = text.split("\n")
    for _ in range(_MOST_MAGICS):
        problem = syntax_problem("\n".join(lines), label)
        at = problem[0] if problem else None
        if at is None or not 1 <= at <= len(lines):
            break
        if problem and "(unicode error)" in problem[1].en and _without_escapes(lines, at - 1):
            continue
        if not _MAGIC.match(lines[at - 1]):
            break
        _blank_magics(lines, at - 1)
    text = "\n".join(lines)
    if problem is None:
        return Cell(label=label, text=text)
    return Cell(label=label, text=text, problem=problem[1], newer=may_be_newer(text, label))


_STRINGS = re.compile(
    r"""(?P<text>(?P<q>\"{3}|'{3})(?:\\.|.)*?(?P=q))|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\#[^\n]*""",
    re.DOTALL,
)


def _without_escapes(lines: list[str], at: int) -> bool:
    r"""A text that stands alone, as Colab writes text cells, may hold a path like C:\Users: whether one was mended.

    Nothing of it is ever used, so each backslash in it becomes a stroke.
    """
    whole = "\n".join(lines)
    begin = sum(len(line) + 1 for line in lines[:at])
    end = begin + len(lines[at])
    for found in _STRINGS.finditer(whole):
        if found["text"] is None or found.end() < begin or found.start() > end or "\\" not in found["text"]:
            continue
        before = whole[: found.start()].rpartition("\n")[2]
        after = whole[found.end() :].partition("\n")[0]
        if not before.strip() and not after.strip():  # no part of an expression
            mended = whole[: found.start()] + found["text"].replace("\\", "/") + whole[found.end() :]
            lines[:] = mended.split("\n")
            return True
    return False


_COMMENTED_OUT = "# Commented out IPython magic to ensure Python compatibility."


def from_colab(text: str) -> str:
    """A script that Colab wrote, where it has put whole cells behind # because of a magic in their first line."""
    if _COMMENTED_OUT not in text:
        return text
    lines = text.split("\n")
    for start, line in enumerate(lines[:-1]):
        magic = re.match(r"# %%(\w+)", lines[start + 1])
        if line.strip() != _COMMENTED_OUT or magic is None or magic[1] in _NOT_PYTHON:
            continue
        end = next((n for n in range(start + 2, len(lines)) if not lines[n].startswith("#")), len(lines))
        cell = [re.sub(r"^# ?", "", commented) for commented in lines[start + 2 : end]]
        if syntax_problem("\n".join(cell), "") is None:
            lines[start + 2 : end] = cell
    return "\n".join(lines)


def _blank_magics(lines: list[str], at: int) -> None:
    """The magic at index `at`, and those right behind it: no Python statement starts like them."""
    while at < len(lines) and _MAGIC.match(lines[at]):
        continued = lines[at].rstrip().endswith("\\")
        indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
        lines[at] = _run(lines[at]) or _environment(lines[at]) or f"{indent}pass"
        at += 1
        while continued and at < len(lines):  # a shell command over several lines
            continued = lines[at].rstrip().endswith("\\")
            lines[at] = ""
            at += 1
        if at < len(lines) and not lines[at].lstrip().startswith(("%", "!")):
            break


def _run(line: str) -> str:
    """`%run base.ipynb` as an import of all that it defines; "" for any other line, and inside a block."""
    found = _RUN.fullmatch(line.rstrip())
    parts = _inside(found["quoted"] or found["plain"]) if found else []
    if not parts:
        return ""
    name = parts.pop()
    parts.append(name[:-3] if name.endswith(".py") else name.removesuffix(".ipynb") + BY_RUN)
    modules = [as_module(part) for part in parts]
    if not all(module.isidentifier() and not iskeyword(module) for module in modules):
        return ""
    return f"from {'.'.join(modules)} import *"


def _environment(line: str) -> str:
    """`%env SIZE=512` as Python; "" for any other line, and for a value out of a variable."""
    found = _ENVIRONMENT.fullmatch(line)
    if not found or found["value"].startswith(("$", "{")):
        return ""
    return f'{found["indent"]}__import__("os").environ[{found["name"]!r}] = {found["value"]!r}'


def with_cells_that_ran(text: str) -> str:
    """A `.py` file of Colab's with the cells that it commented out for their `%%time` as they were."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        magic = (
            _CELL_MAGIC.match(lines[at + 1][2:])
            if line.rstrip() == _COMMENTED_OUT and lines[at + 1 :]
            else None
        )
        if magic is None or magic[1] in _NOT_PYTHON:
            continue
        for inside in range(at + 2, len(lines)):
            if not lines[inside].startswith("#"):
                break
            lines[inside] = lines[inside][1:].removeprefix(" ")
    return "\n".join(lines)


def _inside(path: str) -> list[str]:
    """A path's parts below the folder that the notebook runs in; of a path that leads elsewhere, the last."""
    parts = [part for part in clean(path).replace("\\", "/").split("/") if part not in ("", ".", "..")]
    if parts[:1] == ["content"] and path.startswith("/"):
        return parts[1:]  # Colab's
    return parts[-1:] if re.match(r"[/~$]|\.\.|\w:", path) else parts


def syntax_problem(text: str, label: str) -> tuple[int | None, Text] | None:
    """Where Python stops, and a sentence about it; None if it compiles."""
    error = _stop(text, label)
    if error is None:
        return None
    if isinstance(error, SyntaxError):
        line, message = error.lineno, error.msg
    else:
        line, message = None, str(error) or type(error).__name__
    where_en, where_ko = (f"line {line}: ", f"{line}번째 줄: ") if line else ("", "")
    return line, Text(
        en=f"{where_en}Python cannot read this ({message})", ko=f"{where_ko}Python이 읽지 못해요 ({message})"
    )


def _stop(text: str, label: str) -> Exception | None:
    """What Python says where it stops."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, label, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        return error
    return None


_PYTHON_3_12 = re.compile(r"\s*(?:type\s+\w+\s*(?:\[.*\])?\s*=|(?:def|class)\s+\w+\s*\[)")


def may_be_newer(text: str, label: str) -> bool:
    """Does Python stop at what 3.12 has brought: quotes and backslashes in f-strings, `type X = …`, `def f[T]`?

    Students write in whatever Python their notebook's host has, which may be newer than ours.
    """
    error = _stop(text, label) if sys.version_info < (3, 12) else None
    return isinstance(error, SyntaxError) and (
        error.msg.startswith("f-string") or _PYTHON_3_12.match(error.text or "") is not None
    )


def without_cell_magic(text: str) -> tuple[str, Written | None]:
    """A notebook cell's Python, its lines where they were, and the file it writes, if it writes one.

    `%%time` and the like run the cell: their own line goes. A cell in another language is no Python: "".
    """
    lines = text.split("\n")
    first = next(
        (i for i, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")), None
    )
    found = _CELL_MAGIC.match(lines[first]) if first is not None else None
    if first is None or found is None:
        return text, None
    name, rest = found.groups()
    if name in ("writefile", "file"):
        target = "/".join(_inside(rest.split()[-1].strip("'\""))) if rest.split() else ""
        body = "\n".join(lines[first + 1 :])
        return "", Written(target, body, append="-a" in rest.split()) if target.endswith(".py") else None
    if name in _NOT_PYTHON:
        return "", None
    return "\n".join(["" if i == first else line for i, line in enumerate(lines)]), None
