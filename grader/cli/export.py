"""`grader export`: what is written where, as a table."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text as Shown

from grader.cli.progress import shown
from grader.course import default_root
from grader.course.course_file import column_of, place_of, read_course_file
from grader.errors import UserError
from grader.pipeline import current, report
from grader.records.base import Language, Text
from grader.stages.exports import EXPORTERS, Change, Order, Outcome
from grader.stages.exports.plan import What
from grader.stages.reports import student_pages

WORDS: dict[What, Text] = {
    "set": Text(en="write", ko="입력"),
    "same": Text(en="same", ko="그대로"),
    "held": Text(en="held back", ko="보류"),
    "missing": Text(en="nothing", ko="없음"),
    "page": Text(en="page only", ko="페이지만"),
}
STYLES = {"set": "green", "same": "dim", "held": "yellow", "missing": "dim", "page": "green"}


def export(
    run: Path,
    target: str,
    column: str | None,
    course: Path | None,
    source: Path | None,
    out: Path | None,
    key: Path | None,
    dry_run: bool,
    language: Language | None,
    console: Console,
) -> bool:
    """Bring the run's pages up to date, unless it is a dry run; export, print what came of it, and say whether a person is needed.

    Raises:
        UserError: something that the person running it must fix.
    """
    if target not in EXPORTERS:
        raise UserError(f"there is no export to “{target}”; choose one of {', '.join(EXPORTERS)}")
    path = course or default_root() / "course.yaml"
    described = read_course_file(path)
    first = target == "csv" and column is None
    chosen = described.columns[0] if first else column_of(described, column, path)
    results = current(run, language) if dry_run else report(run, language, described)
    spoken = results.run.language
    pages = student_pages(results, spoken, described)
    order = Order(
        run=run,
        results=results,
        course=described,
        column=chosen,
        language=spoken,
        source=source,
        out=out,
        pages={
            submission.student_id: page for submission, page in zip(results.submissions, pages, strict=True)
        },
        place=place_of(described, chosen, path),
        project=default_root(),
        dry_run=dry_run,
        key=key,
    )
    with shown(Console(stderr=True)) as progress:
        told = partial(progress.report, "post")
        outcome = EXPORTERS[target](replace(order, told=told))
    show(outcome, dry_run, spoken, console)
    return any(change.what == "held" for change in outcome.changes)


def make_key(path: Path, target: str, language: str, console: Console) -> None:
    """Make the LTI tool's key, and print the half that the LMS gets.

    Raises:
        UserError: the place is unfit, or something is there already.
    """
    from grader.stages.exports.lti_keys import new_key

    if target != "lti":
        raise UserError(f"--to {target} needs no key; --new-key goes with --to lti")
    key, jwk, pem = new_key(path)
    korean = language == "ko"
    console.print(
        f"→ {path} ({'개인 키: 아무에게도 주지 마세요' if korean else 'private: give it to nobody'})"
    )
    console.print(f"→ {jwk} ({'Canvas의 Public JWK' if korean else 'Canvas: Public JWK'})")
    console.print(f"→ {pem} ({'Moodle의 Public key' if korean else 'Moodle: Public key'})\n")
    console.print(jwk.read_text("utf-8") + "\n" + key.public_pem(), markup=False)


def show(outcome: Outcome, dry_run: bool, language: str, console: Console) -> None:
    """The table, the files, and what to look out for."""
    korean = language == "ko"
    if outcome.changes:
        console.print(_table(outcome.changes, language))
        counts = Counter(change.what for change in outcome.changes)
        console.print(
            ", ".join(
                f"{getattr(word, language)} {counts[what]}" for what, word in WORDS.items() if counts[what]
            )
        )
    if dry_run:
        console.print(
            "시험 실행이라서 아무것도 쓰거나 보내지 않았어요."
            if korean
            else "Dry run: nothing was written or sent."
        )
    for file in outcome.files:
        console.print(f"→ {file}", markup=False)
    for advice in outcome.advice:
        console.print(f"· {getattr(advice, language)}", markup=False)


def _table(changes: tuple[Change, ...], language: str) -> Table:
    korean = language == "ko"
    table = Table(box=None, pad_edge=False)
    for title in ("학번", "이름", "열", "지금", "입력할 점수", "", "이유") if korean else (
        "number", "name", "column", "there", "new", "", "why"
    ):  # fmt: skip
        table.add_column(title)
    for change in changes:
        word = getattr(WORDS[change.what], language)
        why = getattr(change.why, language) if change.why else ""
        cells = (change.student_id, change.name, change.column, change.old, change.new)
        table.add_row(*map(Shown, cells), Shown(word, STYLES[change.what]), Shown(why))
    return table
