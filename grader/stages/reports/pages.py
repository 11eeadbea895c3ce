"""Pages for people: one index for whoever grades, one page per student that can be sent to them alone.

A page is one HTML file with its style inside, nothing loaded from elsewhere, the same bytes for the same
results. Students' pages have no script; the index has two, which its own content policy names by hash.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from grader.records.base import Text
from grader.records.cells import number
from grader.records.column_scores import column_score, written
from grader.records.finding_ids import finding_id
from grader.records.gradebook import CourseFile
from grader.records.page_names import page_names
from grader.records.repair import FILLED
from grader.records.results import Results, SubmissionResult
from grader.stages.reports import analysis, summary
from grader.stages.reports.class_rows import rows_of
from grader.stages.reports.pictures import Pictures
from grader.stages.reports.scores import scores_csv
from grader.stages.reports.sections import Section, sections_of
from grader.stages.reports.words import CHECK_WORDS, WORDS, duration, span
from grader.stages.reports.writing import replace_file

GENERATOR = b'<meta name="generator" content="vgg-lab-grader">'
"""In every page: tells pages of an earlier run from files that are not ours."""

SCRIPTS = ("vendor/datatables-3.1.5.min.js", "templates/class_page.js")

MOST_NAMED = 30
"""Students whom a list beside the table names; the table shows all of them."""

SYMBOLS: Mapping[str, str] = {
    "full": "✓", "part": "◐", "zero": "✕", "missing": "–", "review": "?",
    "passed": "✓", "failed": "✕", "blocked": "–", "grader_error": "?", "settled": "–",
}  # fmt: skip


def student_pages(
    results: Results, language: str, course: CourseFile | None = None, pictures: Pictures | None = None
) -> tuple[bytes, ...]:
    """Every student's page, in the order of the results.

    Args:
        language: "ko" or "en".
        course: its columns are shown with the student's scores, as they are exported.
        pictures: those that have been made already.
    """
    template = environment(language).get_template("student.html.j2")
    pictures = pictures or Pictures(results)
    return tuple(
        _encoded(
            template.render(
                run=results.run,
                submission=submission,
                checks=_checks_of(submission),
                columns=_columns(submission, course) if course else (),
                mend_first=summary.mend_first(submission),
                drawings=results.drawings,
                curves=results.curves,
                pictures=pictures,
                show_edits=course is not None and course.mending.show_edits,
            )
        )
        for submission in results.submissions
    )


def write_reports(results: Results, out: Path, language: str, course: CourseFile | None = None) -> Path:
    """Write `index.html`, `students/*.html` and `scores.csv` under `out`; arguments as of `student_pages`.

    A class of more than `MOST_ON_A_PAGE` has its tables on a page for each section. Pages of students and sections
    that are no longer in the results are removed. Returns the path of the index;
    raises `UserError` where a file cannot be written.
    """
    names = page_names([submission.student_id for submission in results.submissions])
    students = out / "students"
    pictures = Pictures(results)
    for page, name in zip(student_pages(results, language, course, pictures), names, strict=True):
        replace_file(students / name, page)
    for old in sorted(students.glob("*.html")):
        if old.name not in names and GENERATOR in old.read_bytes()[:1000]:
            old.unlink()
    replace_file(out / "scores.csv", scores_csv(results))
    parts = sections_of(results)
    for part in parts:
        page = class_page(
            part.of(results), language, pictures, names=part.of_names(names), section=part.name or "–"
        )
        replace_file(out / part.page, page)
    for old in sorted(out.glob("section-*.html")):
        if old.name not in {part.page for part in parts} and GENERATOR in old.read_bytes()[:1000]:
            old.unlink()
    replace_file(out / "index.html", class_page(results, language, pictures, parts=parts))
    return out / "index.html"


def class_page(
    results: Results,
    language: str,
    pictures: Pictures | None = None,
    reviewing: bool = False,
    names: Sequence[str] | None = None,
    section: str = "",
    parts: Sequence[Section] = (),
) -> bytes:
    """The index: everybody's points, and what they say of the exercises.

    Args:
        pictures: those that have been made already.
        reviewing: it is served by `grader review`, and leads to its pages.
        names: of the students' pages; None: as the results alone give them.
        section: whose page it is, where each has one of its own.
        parts: pages that have the tables of students; empty: this one has.
    """
    used = () if parts else scripts()
    index = (
        environment(language)
        .get_template("index.html.j2")
        .render(
            reviewing=reviewing,
            most_named=MOST_NAMED,
            form_action="'self'" if reviewing else "'none'",
            repaired=sum(
                bool(result.repairs) for one in results.submissions for result in one.exercises.values()
            ),
            run=results.run,
            submissions=results.submissions,
            names=names or page_names([submission.student_id for submission in results.submissions]),
            section=section,
            parts=parts,
            max_total=sum(info.max_points for info in results.run.exercises.values()),
            waiting=summary.waiting(results),
            unmatched=summary.unmatched(results),
            unmeasured=summary.unmeasured(results),
            ungradable=summary.ungradable(results),
            by_name=summary.by_name(results),
            strays=results.strays,
            distributions=summary.distributions(results),
            mistakes={name: summary.mistakes(results, name) for name in results.run.exercises},
            rows=rows_of(results),
            shared=analysis.shared_networks(results),
            unequal=analysis.unequal(results),
            check_figures={name: analysis.check_figures(results, name) for name in results.run.exercises},
            trainings=summary.trainings(results),
            pictures=pictures or Pictures(results),
            scripts=[Markup(script) for script in used],
            script_hashes=[script_digest(script) for script in used],
        )
    )
    return _encoded(index)


@cache
def scripts() -> tuple[str, ...]:
    """What the class page runs: the table library as its makers packed it, and what joins the filters to it."""
    package = files("grader.stages.reports")
    return tuple((package / name).read_text("utf-8") for name in SCRIPTS)


def script_digest(script: str) -> str:
    """As a content security policy names a script that it lets run."""
    return b64encode(sha256(script.encode("utf-8")).digest()).decode()


def environment(language: str, *packages: str) -> Environment:
    """Templates of the pages, and those of other packages before them."""
    environment = Environment(
        loader=ChoiceLoader([*map(PackageLoader, packages), PackageLoader("grader.stages.reports")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(
        language=language,
        script_hashes=(),
        form_action="'none'",
        frames=False,
        reviewing=False,
        generator=Markup(GENERATOR.decode()),
        w={key: text.in_language(language) for key, text in WORDS.items()},
        check_words=CHECK_WORDS,
        symbols=SYMBOLS,
        state=summary.state,
        known_points=summary.known_points,
        is_complete=summary.is_complete,
        finding_id=finding_id,
        filled=FILLED,
    )
    environment.filters.update(
        number=number,
        prose=_prose,
        duration=lambda s: duration(s, language),
        span=lambda s: span(s, language),
    )
    return environment


@pass_context
def _prose(context: Context, text: Text) -> Markup:
    """A message in the page's language; what stands between backticks is set as code."""
    sentence = text.in_language(context["language"])
    parts = sentence.split("`")
    if len(parts) % 2 == 0:
        return escape(sentence)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if index % 2 else escape(part)
        for index, part in enumerate(parts)
    )


@dataclass(frozen=True)
class _Line:
    """A column of the LMS as a student's page shows it."""

    title: str
    score: str
    points: float
    note: str
    """Key of a word: why there is no score; empty where there is one."""
    sum: str = ""
    """Where the score comes from: "skip + ca = 86 / 200"."""


def _columns(submission: SubmissionResult, course: CourseFile) -> tuple[_Line, ...]:
    """The columns that the student's scores are exported to."""
    lines = []
    for column in course.columns:
        if submission.unmatched or not set(column.exercises) <= set(submission.exercises):
            continue
        found = column_score(submission, column, course.decimals)
        if found.score is not None:
            added = f"{' + '.join(column.exercises)} = {written(found.points)} / {written(found.whole)}"
            added += f", −{number(found.late_percent)}%" if found.late_percent else ""
            lines.append(_Line(column.title, written(found.score), column.points, "", added))
        elif found.waiting:
            lines.append(_Line(column.title, "?", column.points, "lms_waiting"))
        elif found.unmeasured:
            lines.append(_Line(column.title, "?", column.points, "lms_late"))
        else:
            lines.append(_Line(column.title, "–", column.points, "lms_missing"))
    return tuple(lines)


def _checks_of(submission: SubmissionResult) -> tuple[str, ...]:
    """The checks that this student's page has to explain."""
    used = {finding.check for result in submission.exercises.values() for finding in result.findings}
    return tuple(check for check in CHECK_WORDS if check in used)


def _encoded(page: str) -> bytes:
    return page.encode("utf-8", "replace")
