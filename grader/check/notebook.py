"""`check(VGG_SKIP)` in a notebook: the cells that ran are read as a notebook that was handed in."""

from __future__ import annotations

import html
import inspect
import sys
import time
from pathlib import Path
from typing import Any

from grader.check.examine import examine, examine_file
from grader.check.plain_text import as_text, layers_of, points_of, total
from grader.check.words import (
    CHECKS,
    COLUMNS,
    HELD,
    POINTS,
    WHAT_COUNTS,
    repaired,
    source_unknown,
    unknown_class,
)
from grader.records.base import Language
from grader.records.kit import Kit, Report
from grader.records.submission import SourceFile
from grader.stages.reading.magics import neutralised

COLOURS = {"passed": "#1a7f37", "failed": "#c62828", "blocked": "#7a5c00", "grader_error": "#7a5c00"}
MARKS = {"passed": "✓", "failed": "✗", "blocked": "–", "grader_error": "?"}


class Shown:
    """A report that shows itself: a table in a notebook, text elsewhere."""

    def __init__(self, report: Report, language: Language) -> None:
        self.report, self.language = report, language

    @property
    def all_right(self) -> bool:
        """Nothing was found to be wrong."""
        return self.report.all_right

    def __repr__(self) -> str:
        return as_text(self.report, self.language, colours=False)

    def _repr_html_(self) -> str:
        return as_html(self.report, self.language)


def check_class(cls: Any, kit: Kit, language: Language) -> Shown:
    """What the check says of a class that was just defined, or of a file by its path."""
    if isinstance(cls, str | Path):
        return Shown(examine_file(Path(cls), kit), language)
    wanted = [one.assignment.classes[0] for one in kit.exercises]
    name = getattr(cls, "__name__", type(cls).__name__)
    exercise = next((one for one in kit.exercises if name in one.assignment.classes), None)
    began = time.monotonic()
    files = _cells() if isinstance(cls, type) and cls.__module__ == "__main__" else ()
    if exercise is None or not isinstance(cls, type):
        return Shown(_report(kit, began, problem=unknown_class(name, wanted)), language)
    if not files:
        try:
            return Shown(examine_file(Path(inspect.getfile(cls)), kit, (exercise.assignment.name,)), language)
        except (OSError, TypeError):
            return Shown(_report(kit, began, problem=source_unknown(name)), language)
    checked, problem = examine(files, kit, (exercise.assignment.name,))
    return Shown(_report(kit, began, exercises=checked, problem=problem), language)


def _report(kit: Kit, began: float, **more: Any) -> Report:
    return Report(
        language=kit.language, exam=kit.exam, file="", sha256="",
        checked_on=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        seconds=round(time.monotonic() - began, 2), **more,
    )  # fmt: skip


def _cells() -> tuple[SourceFile, ...]:
    """What was typed into the running notebook so far; nothing where there is none."""
    get_ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
    shell = get_ipython() if get_ipython else None
    if shell is None:
        return ()
    typed = shell.history_manager.input_hist_raw
    cells = tuple(neutralised(f"[{number}]", text) for number, text in enumerate(typed) if text.strip())
    return (SourceFile(path="notebook.ipynb", kind="notebook", cells=cells),)


def as_html(report: Report, language: Language) -> str:
    """The report as a small table; colours carry nothing that the marks do not say."""

    def said(text: Any) -> str:
        return html.escape(text.in_language(language)).replace("\n", "<br>")

    if report.problem is not None:
        return f"<p><b>✗</b> {said(report.problem)}</p>"
    parts = []
    for one in report.exercises:
        rows = [f"<tr>{''.join(f'<th scope=col style=text-align:left>{said(c)}</th>' for c in COLUMNS)}</tr>"]
        for repair in one.repairs:
            told = repaired(repair, language)
            rows.append(
                f"<tr><td>!</td><td>{f'−{repair.price:g}' if repair.price else ''}</td><td style=text-align:left>{html.escape(told)}<br>"
                f"<em>→ {said(repair.hint)}</em></td></tr>"
            )
        for line in one.lines:
            finding = line.finding
            text = said(finding.message)
            if finding.outcome != "passed":
                if finding.place:
                    text += f"<br><code>{html.escape(f'{finding.place.file}:{finding.place.line}  {finding.place.source}')}</code>"
                for told in layers_of(finding, language):
                    text += f"<br><code>{html.escape(told)}</code>"
                text += f"<br><em>→ {said(finding.hint)}</em>" if finding.hint else ""
            mark = f"<b style=color:{COLOURS[finding.outcome]}>{MARKS[finding.outcome]}</b>"
            rows.append(
                f"<tr><td style=text-align:left;white-space:nowrap>{mark} {said(CHECKS[finding.check])}</td>"
                f"<td style=white-space:nowrap>{points_of(line)}</td><td style=text-align:left>{text}</td></tr>"
            )
        held = f"<p>{said(one.held)} {said(HELD)}</p>" if one.held else ""
        notes = "".join(f"<p>{said(note)}</p>" for note in one.notes)
        points = f"<p>{said(POINTS)}: <b>{total(one)}</b></p>" if one.lines else ""
        parts.append(
            f"<p><b>{html.escape(one.exercise)} · {said(one.title)}</b> ({html.escape(one.class_name)})</p>"
            f"<table>{''.join(rows)}</table>{held}{points}{notes}"
        )
    if not report.exam:
        parts.append(f"<p><small>{said(WHAT_COUNTS)}</small></p>")
    return "".join(parts)
