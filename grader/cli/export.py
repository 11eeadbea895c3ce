"""`grader export`: what is written where, as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text as Shown

from grader.cli.progress import shown
from grader.cli.summary import overridden
from grader.course import default_root
from grader.course.course_file import column_of, place_of, read_course_file
from grader.errors import UserError
from grader.records.base import Language, Text
from grader.reporting import current, report
from grader.stages.exports import EXPORTERS, Change, Order, Outcome
from grader.stages.exports.grades import grades
from grader.stages.exports.plan import What
from grader.stages.reports import student_pages

WORDS: dict[What | Literal["change"], Text] = {
    "set": Text(en="new", ko="입력"),
    "change": Text(en="change", ko="변경"),
    "same": Text(en="same", ko="그대로"),
    "page": Text(en="page only", ko="페이지만"),
    "held": Text(en="held back", ko="보류"),
    "missing": Text(en="nothing", ko="없음"),
}
STYLES = {
    "set": "green",
    "change": "cyan",
    "same": "dim",
    "page": "green",
    "held": "yellow",
    "missing": "dim",
}


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
    show(outcome, order, console)
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


def show(outcome: Outcome, order: Order, console: Console) -> None:
    """The table, the files, and what to look out for."""
    language, column, run = order.language, order.column, order.results.run
    korean = language == "ko"
    for line in overridden(order.results, order.run, language):
        console.print(line, markup=False)
    if outcome.changes:
        console.print(f"{column.title} ← {' + '.join(column.exercises)}", markup=False, style="bold")
        late = {grade.student.student_id: grade.late for grade in grades(order)}
        console.print(_table(outcome.changes, late, language), soft_wrap=False)
        counts = Counter(_kind(change) for change in outcome.changes)
        console.print(
            ", ".join(
                f"{word.in_language(language)} {counts[what]}" for what, word in WORDS.items() if counts[what]
            )
        )
    for file in outcome.files:
        console.print(f"→ {file}", markup=False)
    if run.profile == "static" and outcome.changes:
        console.print(
            "주의: --profile static으로 채점해서 학습 검사(learning, accuracy)가 점수에서 빠져 있어요."
            if korean
            else "Careful: graded with --profile static, so the training checks (learning, accuracy) are left out.",
            style="yellow",
            markup=False,
        )
    for remark in _remarks(outcome, order):
        console.print(remark.in_language(language), style="yellow", markup=False)
    upload = (outcome.upload,) if outcome.files and outcome.upload else ()
    for advice in (*upload, *outcome.advice):
        console.print(f"· {advice.in_language(language)}", markup=False)
    if order.dry_run:
        console.print(
            "미리 보기라서 아무것도 쓰거나 보내지 않았어요. 실제로 내보내려면 --dry-run을 빼고 한 번 더 실행하세요."
            if korean
            else "Dry run: nothing was written or sent. To export, run it again without --dry-run."
        )


def _remarks(outcome: Outcome, order: Order) -> list[Text]:
    """What looks like a mistake of the person who exports; nothing where no scores are exported (an autograder)."""
    if not outcome.changes:
        return []
    said = []
    idle = [
        name
        for name in order.column.exercises
        if all(student.exercises[name].status == "missing" for student in order.results.submissions)
    ]
    if idle:
        names = ", ".join(idle)
        said.append(
            Text(
                en=f"Nobody handed in {names}; in the column “{order.column.title}” that counts 0 for everybody. "
                "If it was not asked for, take it out of the column in course.yaml.",
                ko=f"{names}: 아무도 내지 않았어요. “{order.column.title}” 열에서는 모두 0점으로 더해져요. "
                "이번 과제가 아니라면 course.yaml의 열에서 빼세요.",
            )
        )
    if all(change.what in ("held", "missing") for change in outcome.changes):
        said.append(
            Text(
                en=f"Nobody in the file is in {order.run} with a score. Is it the folder of another class?",
                ko=f"{order.run}에 점수가 있는 학생 가운데 이 파일에 있는 학생이 한 명도 없어요. 다른 반의 결과 폴더가 아닌가요?",
            )
        )
    return said


def _kind(change: Change) -> What | Literal["change"]:
    return "change" if change.what == "set" and change.old not in ("", "-") else change.what


def _table(changes: tuple[Change, ...], late: Mapping[str, str], language: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in ("학번", "이름", "지금", "새 점수", "처리", "이유") if language == "ko" else (
        "number", "name", "there", "new", "action", "why"
    ):  # fmt: skip
        table.add_column(title, overflow="fold")
    for change in changes:
        kind = _kind(change)
        why = change.why.in_language(language) if change.why else late.get(change.student_id, "")
        cells = (change.student_id, change.name, change.old, change.new)
        word = Shown(WORDS[kind].in_language(language), STYLES[kind])
        table.add_row(*map(Shown, cells), word, Shown(why))
    return table
