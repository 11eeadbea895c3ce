"""A report for a terminal: also one of 80 columns, without colours, that only knows CP949."""

from __future__ import annotations

import textwrap
import unicodedata

from grader.check.words import ASKED, CHECKS, HELD, POINTS, WHAT_COUNTS, YOURS, repaired
from grader.records.base import Language
from grader.records.kit import Checked, CheckedLine, Report
from grader.records.results import Finding

WIDTH = 88
GREEN, RED, YELLOW, BOLD, END = "\033[32m", "\033[31m", "\033[33m", "\033[1m", "\033[0m"
MARKS = {
    "passed": ("O", GREEN),
    "failed": ("X", RED),
    "blocked": ("-", YELLOW),
    "grader_error": ("?", YELLOW),
}


def as_text(report: Report, language: Language, colours: bool) -> str:
    """The report, ending in a line end."""

    def coloured(text: str, colour: str) -> str:
        return f"{colour}{text}{END}" if colours else text

    if report.problem is not None:
        return coloured("X ", RED) + report.problem.in_language(language) + "\n"
    blocks = []
    for one in report.exercises:
        lines = [
            coloured(
                f"{one.exercise} - {one.title.in_language(language)} ({one.file}, {one.class_name})", BOLD
            )
        ]
        for repair in one.repairs:
            told = repaired(repair, language)
            lines += [coloured("  ! ", YELLOW) + _wrapped(told, 4), _hint(repair.hint.in_language(language))]
        if one.held is not None:
            lines += [_wrapped(one.held.in_language(language), 2), _wrapped(HELD.in_language(language), 2)]
        for line in one.lines:
            mark, colour = MARKS[line.finding.outcome]
            head = f"{_padded(CHECKS[line.finding.check].in_language(language), 12)} {points_of(line):>8}  "
            lines.append(
                coloured(f"  {mark} ", colour)
                + head
                + _wrapped(line.finding.message.in_language(language), 27)
            )
            if line.finding.place is not None and line.finding.outcome != "passed":
                place = line.finding.place
                lines.append(f"{'':27}{place.file}:{place.line}   {place.source}")
            lines += [f"{'':27}{_wrapped(told, 29)}" for told in layers_of(line.finding, language)]
            if line.finding.hint is not None and line.finding.outcome != "passed":
                lines.append(_hint(line.finding.hint.in_language(language)))
        lines += [f"  * {_wrapped(note.in_language(language), 4)}" for note in one.notes]
        if one.lines:
            lines.append(f"  {POINTS.in_language(language)}: {total(one)}. ")
        blocks.append("\n".join(lines))
    if not report.exam:
        blocks.append(_wrapped(WHAT_COUNTS.in_language(language), 0))
    return "\n\n".join(blocks) + "\n"


def points_of(line: CheckedLine) -> str:
    """ "12/20", or "?/20" where only the grading decides."""
    finding = line.finding
    return f"{'?' if finding.points is None else f'{finding.points:g}'}/{finding.max_points:g}"


def layers_of(finding: Finding, language: Language) -> list[str]:
    """The layers that are not right: what was asked for, what is there, and what is wrong with it."""
    told = []
    for row in finding.layers:
        if row.ok:
            continue
        sizes = (
            [(ASKED, row.expected), (YOURS, row.found)] if row.expected != row.found else [(YOURS, row.found)]
        )
        parts = [words.in_language(language).format(size=size) for words, size in sizes if size]
        note = f" ({row.note.in_language(language)})" if row.note else ""
        told.append(f"{row.name} - {', '.join(parts)}{note}")
    return told


def total(one: Checked) -> str:
    """ "58 / 80": of all that is checked here, less what slips cost; "?" where a mistake has no name here."""
    whole = sum(line.finding.max_points for line in one.lines)
    if any(line.finding.points is None for line in one.lines):
        return f"? / {whole:g}"
    known = sum(line.finding.points or 0.0 for line in one.lines) - sum(r.price for r in one.repairs)
    return f"{max(0.0, known):g} / {whole:g}"


def _hint(text: str) -> str:
    return f"{'':27}> {_wrapped(text, 29)}"


def _wrapped(text: str, indent: int) -> str:
    return f"\n{'':{indent}}".join(textwrap.wrap(text, WIDTH - indent, break_long_words=False)) or ""


def _padded(text: str, width: int) -> str:
    """To a number of columns; a Hangul syllable takes two."""
    taken = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
    return text + " " * (width - taken)
