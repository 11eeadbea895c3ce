"""A notebook file to source: code cells, and the files that `%%writefile` cells write.

The JSON is read directly: nbformat's reader converts and validates, and refuses what Colab, Kaggle
and old Jupyter write a little beside the standard; all we need is the code cells' text.
"""

from __future__ import annotations

import json
import re
from typing import Any

from grader.records.base import Text
from grader.records.submission import SourceFile
from grader.stages.reading.as_seen import as_seen, joined
from grader.stages.reading.decoding import Unreadable
from grader.stages.reading.magics import Written, neutralised, without_cell_magic

MAX_CELLS = 5_000
"""Code cells; a long homework has a hundred, and each is parsed for every exercise."""
MOST_TEXT = 4_000_000
"""Characters of code; nobody types that."""


def looks_like_notebook(text: str) -> bool:
    """Whether text under another name is a notebook (`lab.py` that was `lab.ipynb`)."""
    head = text[:200].lstrip()
    return head.startswith("{") and '"' in head and '"cells"' in text and '"nbformat"' in text


def read_notebook(path: str, text: str, notes: tuple[Text, ...]) -> list[SourceFile]:
    """The notebook at `path` and the local modules it writes; formats 2 to 4. Raises Unreadable."""
    listed = _listed(text)
    found = _cells_of(listed)
    cells, written, said = [], dict[str, list[str]](), list(notes)
    defined = {name for kind, source, _ in found if kind == "code" for name in _CLASS.findall(source)}
    number = 0
    for kind, source, execution in found:
        if kind == "code":
            number += 1
            label = f"{path} [{number}]"
        else:
            source = _fenced(source)
            own = set(_CLASS.findall(source))
            if not own or own & defined:
                continue
            label = f"{path} [{kind} cell]"
            names = ", ".join(sorted(own))
            said.append(
                Text(
                    en=f"{names} stands in a {_KINDS[kind].en}, which a notebook does not run; it was read all the same",
                    ko=f"{names} 클래스가 {_KINDS[kind].ko}에 있어서 노트북에서는 실행되지 않아요. 그래도 읽어서 채점했어요",
                )
            )
        python, file = without_cell_magic(source)
        cells.append(neutralised(label, python).model_copy(update={"execution": execution}))
        if isinstance(file, Written):
            written[file.name] = [*(written.get(file.name, []) if file.append else []), file.text]
    made = [
        SourceFile(path=path, kind="notebook", cells=tuple(cells), notes=tuple(said), as_seen=as_seen(listed))
    ]
    for name, texts in written.items():
        where = f"{path}/{name}"  # its own, until it is known whose the notebook is
        note = Text(en="written by a cell of the notebook", ko="노트북의 셀이 만드는 파일이에요")
        module = neutralised(where, "\n".join(texts))
        made.append(SourceFile(path=where, kind="python", cells=(module,), notes=(note,)))
    return made


_CLASS = re.compile(r"^class[ \t]+(\w+)[ \t]*\(.*\bModule\b.*\)[ \t]*:", re.MULTILINE)
_KINDS = {
    "raw": Text(en="raw cell", ko="Raw 셀(코드 셀이 아닌 셀)"),
    "markdown": Text(en="text cell (Markdown)", ko="텍스트 셀(Markdown)"),
}


def _fenced(source: str) -> str:
    """What stands between ``` in a text cell; all of it where nothing does."""
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", source, re.MULTILINE | re.DOTALL)
    return "\n".join(blocks) if blocks else source


def _listed(text: str) -> list[Any]:
    """The cells as they stand in the file. Raises Unreadable."""
    if not text.strip():
        raise Unreadable("it is empty", "빈 파일이에요")
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(
            f"it is no notebook: its JSON is broken ({error})",
            f"노트북으로 열 수 없어요: JSON이 깨졌어요 ({error})",
        ) from None
    cells = _cells(notebook)
    if cells is None:
        raise Unreadable("it is no notebook: it has no list of cells", "노트북이 아니에요: 셀 목록이 없어요")
    return cells


def _cells_of(cells: list[Any]) -> list[tuple[str, str, int | None]]:
    """Kind ("code", "raw", "markdown"), text and execution count of each cell. Raises Unreadable."""
    found = [
        (str(cell.get("cell_type")), _source(cell), _execution(cell))
        for cell in cells
        if isinstance(cell, dict)
    ]
    code = [source for kind, source, _ in found if kind == "code"]
    if len(code) > MAX_CELLS:
        raise Unreadable(f"it has more than {MAX_CELLS} code cells", f"코드 셀이 {MAX_CELLS}개보다 많아요")
    if sum(map(len, code)) > MOST_TEXT:
        most = MOST_TEXT // 1_000_000
        raise Unreadable(f"its code has more than {most} MB", f"코드만 {most} MB가 넘어요")
    return [one for one in found if one[0] == "code" or one[0] in _KINDS]


def _cells(notebook: Any) -> list[Any] | None:
    if not isinstance(notebook, dict):
        return None
    if isinstance(cells := notebook.get("cells"), list):
        return cells
    sheets = notebook.get("worksheets")  # formats 2 and 3
    if not isinstance(sheets, list):
        return None
    lists = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
    return [cell for cells in lists if isinstance(cells, list) for cell in cells]


def _execution(cell: dict[str, Any]) -> int | None:
    count = cell.get("execution_count", cell.get("prompt_number"))
    return count if type(count) is int and count > 0 else None


def _source(cell: dict[str, Any]) -> str:
    return joined(cell.get("source", cell.get("input", "")))
