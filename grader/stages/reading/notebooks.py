"""A notebook file to source: code cells, and the files that `%%writefile` cells write.

The JSON is read directly: nbformat's reader converts and validates, and refuses what Colab, Kaggle
and old Jupyter write a little beside the standard; all we need is the code cells' text.
"""

from __future__ import annotations

import json
from typing import Any

from grader.records.base import Text
from grader.records.submission import SourceFile
from grader.stages.reading.decoding import Unreadable
from grader.stages.reading.magics import Written, neutralised, without_cell_magic

MAX_CELLS = 5_000
"""Code cells; a long homework has a hundred, and each is parsed for every exercise."""


def looks_like_notebook(text: str) -> bool:
    """Whether text under another name is a notebook (`lab.py` that was `lab.ipynb`)."""
    head = text[:200].lstrip()
    return head.startswith("{") and '"' in head and '"cells"' in text and '"nbformat"' in text


def read_notebook(path: str, text: str, notes: tuple[Text, ...]) -> list[SourceFile]:
    """The notebook at `path` and the local modules it writes; formats 2 to 4. Raises Unreadable."""
    cells = []
    written: dict[str, list[str]] = {}
    for number, (source, execution) in enumerate(_code(text), start=1):
        python, file = without_cell_magic(source)
        cell = neutralised(f"{path} [{number}]", python)
        cells.append(cell.model_copy(update={"execution": execution}))
        if isinstance(file, Written):
            written[file.name] = [*(written.get(file.name, []) if file.append else []), file.text]
    found = [SourceFile(path=path, kind="notebook", cells=tuple(cells), notes=notes)]
    for name, texts in written.items():
        where = f"{path}/{name}"  # its own, until it is known whose the notebook is
        note = Text(en="written by a cell of the notebook", ko="노트북의 셀이 만드는 파일이에요")
        module = neutralised(where, "\n".join(texts))
        found.append(SourceFile(path=where, kind="python", cells=(module,), notes=(note,)))
    return found


def _code(text: str) -> list[tuple[str, int | None]]:
    """The code cells' sources, with their execution counts."""
    if not text.strip():
        raise Unreadable("it is empty", "빈 파일이에요")
    if text.lstrip()[:15].lower().startswith(("<!doctype", "<html")):
        raise Unreadable(
            "it is a web page, not the notebook; download it as .ipynb",
            "노트북이 아니라 웹 페이지가 저장됐어요. .ipynb로 내려받아 주세요",
        )
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
    code = [cell for cell in cells if isinstance(cell, dict) and cell.get("cell_type") == "code"]
    if len(code) > MAX_CELLS:
        raise Unreadable(f"it has more than {MAX_CELLS} code cells", f"코드 셀이 {MAX_CELLS}개보다 많아요")
    return [(_source(cell), _execution(cell)) for cell in code]


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
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    if not isinstance(source, str):
        return ""
    # half of a surrogate pair cannot be encoded, and no Python source holds one
    source = source.encode("utf-8", errors="replace").decode()
    return source.replace("\r\n", "\n").replace("\r", "\n")
