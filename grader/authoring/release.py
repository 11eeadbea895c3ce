"""`grader release`: the student kit, one zip that works offline, and what to tell students."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.authoring.check_kit import kit_of, traced
from grader.authoring.check_wheel import archive, wheel
from grader.authoring.handout import Handout, handout
from grader.authoring.handout_pages import as_html, as_pdf
from grader.authoring.lab_notebook import lab_notebook
from grader.authoring.one_language import markdown, source
from grader.authoring.release_words import (
    ANNOUNCEMENT,
    EXAM,
    EXAM_ANNOUNCEMENT,
    HEADER,
    README,
    TEST_FILE,
    VARIANT,
)
from grader.authoring.variants import make_variants
from grader.course import Exercise, read_course
from grader.engines.local import LocalEngine
from grader.records.base import Language
from grader.yaml_file import read_text

SLIDES_LOSSES = (
    2.303002, 2.302858, 2.302659, 2.246866, 1.997299, 1.824729, 1.672605, 1.496609, 1.346635, 1.229228,
    1.127741, 1.025967, 0.922246, 0.813664, 0.702598, 0.583456, 0.467354, 0.360702, 0.284199, 0.228450,
)  # fmt: skip
"""Of the base network on CIFAR-10 after each of 20 epochs, as the lecture prints them (benchmarks/slides_results.yaml)."""


@dataclass(frozen=True)
class Variant:
    """Whose kit it is, where students have different ones."""

    number: int
    count: int


def release_variants(
    root: Path, out: Path, names: Sequence[str], language: Language, exam: bool, jobs: int, count: int,
    tell: Callable[[str], None],
) -> list[Path]:  # fmt: skip
    """A kit for each variant, and the variants themselves, by which is graded, in `variants/` of the course.

    Args:
        tell: is told what is being made; the first time takes minutes for each exercise.

    Raises:
        UserError: as `release`.
    """
    with LocalEngine(jobs, preload=("grader.pipeline_jobs",)) as engine:
        roots = make_variants(root, count, names, engine, tell)
    return [
        path
        for number, one in enumerate(roots, start=1)
        for path in release(one, out, names, language, exam, jobs, Variant(number, count))
    ]


def release(
    root: Path, out: Path, names: Sequence[str], language: Language, exam: bool, jobs: int,
    variant: Variant | None = None,
) -> list[Path]:  # fmt: skip
    """Write the kit and the announcement into `out`; returns what was written.

    Raises:
        UserError: a mistake in the exercises' files, or something that making a PDF needs is missing.
    """
    with LocalEngine(jobs, preload=("grader.pipeline_jobs",)) as engine:
        kit = kit_of(root, names, language, exam, engine)
        course = read_course(root, [one.assignment.name for one in kit.exercises])
        graphs = traced(root, course, engine)
    wheel_name, wheel_bytes = wheel(kit)
    files = {wheel_name: wheel_bytes}
    for name, exercise in course.items():
        files |= {f"{name}/{file}": data for file, data in _templates(root, exercise, language, exam).items()}
        base = read_course(root, ["base"])["base"]
        graph = graphs[name]
        assert graph is not None  # `kit_of` has seen to it
        title = base.assignment.title.in_language(language)
        made = handout(exercise, graph, base.calibrations, title, language, exam)
        files[f"{name}/handout.html"] = as_html(made, language).encode()
        files[f"{name}/handout.pdf"] = as_pdf(made, language)
    listed = "\n".join(
        f"- `{name}/`: {one.assignment.title.in_language(language)} (`{one.assignment.classes[0]}`)"
        for name, one in course.items()
    )
    files["README.md"] = (EXAM if exam else README).in_language(language).format(
        exercises=listed, wheel=wheel_name, first=next(iter(course))
    ).encode()  # fmt: skip
    if not exam:
        basics = _basics(root, language)
        files["python.html"], files["python.pdf"] = (
            as_html(basics, language).encode(),
            as_pdf(basics, language),
        )
        files["test_exercises.py"] = TEST_FILE.encode()
    stem = f"vgglab-{'exam-' if exam else ''}{language}{f'-variant-{variant.number}' if variant else ''}"
    out.mkdir(parents=True, exist_ok=True)
    kit_file, told = out / f"{stem}.zip", out / f"{stem}-announcement.txt"
    kit_file.write_bytes(archive(files))
    classes = ", ".join(one.assignment.classes[0] for one in course.values())
    announcement = EXAM_ANNOUNCEMENT if exam else ANNOUNCEMENT
    text = announcement.in_language(language).format(kit=kit_file.name, classes=classes, exercises=listed)
    if variant is not None:
        whose = {"count": variant.count, "rest": variant.number - 1}
        text += VARIANT.in_language(language).format(**whose)
    told.write_text(text, encoding="utf-8")
    return [kit_file, told]


def _templates(root: Path, exercise: Exercise, language: Language, exam: bool) -> dict[str, bytes]:
    name = exercise.assignment.name
    body = exercise.template
    start, guard = body.index("import torch"), body.index("\n\n\nif __name__")
    header = HEADER.in_language(language).format(
        title=exercise.assignment.title.in_language(language), name=exercise.assignment.classes[0]
    )
    bare = _without_hints(body) if exam else body
    written = f"{header}\n{source(bare[bare.index('import torch') :], language)}"
    files = {f"{name}.py": written.encode()}
    if not exam:
        measured = exercise_calibrations(root)  # none of a variant, whose widths are not the slides'
        quick = next((loss for data, loss in measured if data == "synthetic-1"), None)
        losses = {
            "cifar10": list(SLIDES_LOSSES) if measured else [],
            "synthetic": [quick] * 2 if quick else [],
        }
        files[f"{name}.ipynb"] = lab_notebook(exercise, body[start:guard], losses, language).encode()
    return files


def exercise_calibrations(root: Path) -> list[tuple[str, float]]:
    """Data set and mean loss of the base network's quick runs."""
    base = read_course(root, ["base"])["base"]
    return [(one.data, round(one.loss.mean, 4)) for one in base.calibrations if one.profile == "quick"]


def _without_hints(template: str) -> str:
    """Blanks with their marks alone."""
    kept, inside = [], False
    for line in template.split("\n"):
        mark = line.strip()
        inside = mark.startswith("# >>> BLANK") or (inside and not mark.startswith("# <<< BLANK"))
        if not inside or mark.startswith(("# >>> BLANK", "# TODO")) or not mark.startswith("#"):
            kept.append(line)
    return "\n".join(kept)


def _basics(root: Path, language: Language) -> Handout:
    text = markdown(read_text(root / "assignments" / "python.md", "write the page on Python there"), language)
    title = text.split("\n", 1)[0].removeprefix("# ")
    return Handout(title=title, before=text, figure=None, figure_says="", after="")
