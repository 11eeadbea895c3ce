"""What a person types: options and printing, nothing else. Importing this loads neither torch nor ray."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from grader.cli.isolation import Isolation
from grader.errors import UserError

if TYPE_CHECKING:
    from grader.records.results import Results

app = typer.Typer(
    help="Grades PyTorch coursework by what the networks compute.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # a traceback is for our own bugs: plain, to be sent to us
    rich_markup_mode=None,
)
err = Console(stderr=True, highlight=False, soft_wrap=True)
out = Console(highlight=False, soft_wrap=True)

NEEDS_A_PERSON, USAGE = 1, 2


class Language(StrEnum):
    """Of pages and summary."""

    ko = "ko"
    en = "en"


@app.callback()
def _common() -> None:
    """Grades PyTorch coursework by what the networks compute."""


@app.command()
def run(
    submissions: Annotated[
        Path, typer.Argument(help="Folder, zip, an LMS's download, or a single .py or .ipynb file.")
    ],
    out_folder: Annotated[Path, typer.Option("--out", help="Where the results go.")] = Path("grading"),
    exercise: Annotated[
        list[str] | None,
        typer.Option(
            help="Only this exercise; may be given several times. Default: those of course.yaml, else all."
        ),
    ] = None,
    gpu: Annotated[bool, typer.Option("--gpu", help="Train on the NVIDIA GPU.")] = False,
    profile: Annotated[
        str | None,
        typer.Option(
            help="static: no training; quick: minutes on a CPU (default); full: the slides' 20 epochs "
            "(default on a GPU); or a recipe of your own. course.yaml may name another default."
        ),
    ] = None,
    data: Annotated[
        str, typer.Option(help="synthetic, cifar10 (downloads it), or a cifar-10-batches-py folder.")
    ] = "synthetic",
    roster: Annotated[
        Path | None,
        typer.Option(
            help="Class list: Canvas gradebook CSV, Moodle grading worksheet, or number and name. "
            "Default: that of course.yaml, if it names one."
        ),
    ] = None,
    isolation: Annotated[
        Isolation,
        typer.Option(help="auto: in a container where Docker or Podman answers; container; process."),
    ] = Isolation.auto,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes at once; default: one per CPU.")] = None,
    lang: Annotated[Language, typer.Option(help="Language of the pages.")] = Language.ko,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Grade again what an earlier run has graded.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say only what needs a person, or went wrong.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Say the end of the run as JSON, for other programs.")
    ] = False,
) -> None:
    """Grade submissions: results.json, scores.csv and a page per student."""
    from grader.bench import Settings
    from grader.cli.isolation import in_container
    from grader.cli.progress import shown
    from grader.cli.summary import needs_a_person, said_as_json
    from grader.course import default_root
    from grader.course.course_file import course_file_of
    from grader.engines.local import default_jobs
    from grader.pipeline import run as grade
    from grader.records.gradebook import RunDefaults

    described = course_file_of(default_root())
    usual = described.run if described else RunDefaults()
    listed = default_root() / usual.roster if usual.roster else None
    people = roster or listed
    reads = [submissions, *([people] if people else [])]
    reads += [] if data in ("synthetic", "cifar10") else [Path(data)]
    code = in_container(
        isolation,
        default_root(),
        reads,
        out_folder,
        data,
        gpu,
        lambda text: None if quiet or as_json else err.print(text.in_language(lang.value), markup=False),
        ["--roster", str(listed.absolute())] if listed and not roster else [],
    )
    if code is not None:
        raise typer.Exit(code)
    settings = Settings(
        submissions=submissions,
        out=out_folder,
        course=default_root(),
        roster=people,
        exercises=tuple(exercise or usual.exercises),
        profile=profile or usual.profile or ("full" if gpu else "quick"),
        gpu=gpu,
        data=data,
        jobs=jobs or default_jobs(),
        language=lang.value,
        fresh=fresh,
    )
    with shown(err, quiet or as_json) as progress:
        results = grade(settings, progress)
    if as_json:
        out.print(said_as_json(results, out_folder, lang.value), markup=False)
    if quiet or as_json:
        waiting = needs_a_person(results, lang.value)
        for line in waiting:
            err.print(line, markup=False)
    else:
        waiting = summarize(results, out_folder, lang.value)
    raise typer.Exit(NEEDS_A_PERSON if waiting else 0)


def summarize(results: Results, folder: Path, language: str) -> list[str]:
    """Print the end of a run; return the names of what needs a person."""
    from grader.cli.summary import (
        advice,
        needs_a_person,
        overridden,
        remarks,
        suspicious,
        table,
        ungradable,
    )

    korean = language == "ko"
    out.print(table(results, language), soft_wrap=False)
    for line in (*overridden(results, folder, language), *remarks(results, language)):
        out.print(line, markup=False)
    waiting = needs_a_person(results, language)
    nothing, flagged = ungradable(results, language), suspicious(results, language)
    _list(
        "제출은 했지만 채점할 것이 없는 학생이에요. 한번 봐 주세요:"
        if korean
        else "Handed in, but nothing to grade in it; have a look:",
        nothing,
    )
    _list("사람이 확인해야 해요:" if korean else "Needs a person:", waiting)
    for line in advice(results, folder, language):
        out.print(line, markup=False)
    _list(
        "공격처럼 보이는 코드가 있어요(점수에는 반영하지 않았어요):"
        if korean
        else "Looks like an attack on the grader (it costs no points):",
        flagged,
    )
    out.print(f"\n{'결과 페이지' if korean else 'Report'}: {folder / 'index.html'}", markup=False)
    return waiting


def _list(heading: str, lines: list[str]) -> None:
    if lines:
        out.print(f"\n{heading}", style="bold", markup=False)
    for line in lines:
        out.print(f"  {line}", markup=False)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A student's .py or .ipynb file.")],
    exercise: Annotated[
        list[str] | None, typer.Option(help="Only this exercise; may be given several times.")
    ] = None,
    lang: Annotated[Language, typer.Option(help="Language of the answer.")] = Language.ko,
    as_json: Annotated[bool, typer.Option("--json", help="For tools.")] = False,
) -> None:
    """What a student's own check says of a file: the public part, in seconds, without training."""
    from grader.cli.check import check as examine

    raise typer.Exit(examine(file, tuple(exercise or ()), lang.value, as_json))


@app.command()
def release(
    out_folder: Annotated[Path, typer.Option("--out", help="Where kit and announcement go.")] = Path("kit"),
    exercise: Annotated[
        list[str] | None, typer.Option(help="Only this exercise; may be given several times.")
    ] = None,
    lang: Annotated[Language, typer.Option(help="Language of everything in it.")] = Language.ko,
    exam: Annotated[
        bool, typer.Option("--exam", help="Interface and shape only, no hints; the check writes a receipt.")
    ] = False,
    variants: Annotated[
        int | None,
        typer.Option(
            help="A kit for each of so many variants with other widths; course.yaml then grades by them."
        ),
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes at once; default: one per CPU.")] = None,
) -> None:
    """Make the student kit: templates, notebooks, handouts, a check that works offline, what to announce."""
    from grader.authoring.release import release as make
    from grader.authoring.release import release_variants
    from grader.course import default_root
    from grader.engines.local import default_jobs

    root, names, number = default_root(), tuple(exercise or ()), jobs or default_jobs()
    if variants is None:
        made = make(root, out_folder, names, lang.value, exam, number)
    else:

        def tell(text: str) -> None:
            err.print(text, markup=False)

        made = release_variants(root, out_folder, names, lang.value, exam, number, variants, tell)
    for path in made:
        out.print(str(path), markup=False)


@app.command()
def calibrate(
    exercise: Annotated[
        list[str] | None, typer.Option(help="Only this exercise; may be given several times.")
    ] = None,
    gpu: Annotated[bool, typer.Option("--gpu", help="Train on the NVIDIA GPU.")] = False,
    profile: Annotated[
        str | None,
        typer.Option(
            help="Recipe of assignment.yaml to calibrate: quick (default), full (default on a GPU), …"
        ),
    ] = None,
    data: Annotated[
        str, typer.Option(help="synthetic, cifar10, or a cifar-10-batches-py folder.")
    ] = "synthetic",
    seeds: Annotated[
        int | None,
        typer.Option(min=10, help="Training runs of each reference; default: 30, on a GPU 16 (two groups)."),
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes at once; default: one per CPU.")] = None,
) -> None:
    """Train the references over many seeds and store the thresholds with their evidence."""
    from functools import partial

    from grader.authoring.calibrate import calibrate_course
    from grader.cli.progress import shown
    from grader.course import default_root
    from grader.engines.local import default_jobs
    from grader.networks.starting import network_of
    from grader.pipeline import reference_graphs

    root, processes = default_root(), jobs or default_jobs()
    profile, runs = profile or ("full" if gpu else "quick"), seeds or (16 if gpu else 30)
    traced = reference_graphs(root, tuple(exercise or ()), processes)
    traced = {name: pair for name, pair in traced.items() if pair[0].assignment.thresholds_of is None}
    for name, (described, _) in traced.items():
        if profile not in described.assignment.recipes:
            raise UserError(f"{name} has no recipe called {profile}; add it to its assignment.yaml")
    starts = {
        name: (graph.model_dump_json(), e.assignment.recipes[profile].start)
        for name, (e, graph) in traced.items()
    }
    with shown(err) as progress:
        progress.add("calibrate", len(traced) * runs)
        made = calibrate_course(
            [described.assignment for described, _ in traced.values()],
            profile,
            data,
            range(runs),
            partial(network_of, starts),
            root / "reference",
            jobs=processes,
            gpu=gpu,
            progress=lambda *_: progress.done("calibrate"),
        )
    for name, found in made.items():
        accuracy, loss = found.accuracy, found.loss
        out.print(
            f"{name}: accuracy {accuracy.mean:.3f} ± {accuracy.spread:.3f} (n={accuracy.n}, lowest {accuracy.worst:.3f}), "
            f"threshold {accuracy.threshold:.3f}; loss {loss.mean:.3f} ± {loss.spread:.3f} (highest {loss.worst:.3f}), "
            f"threshold {loss.threshold:.3f}",
            markup=False,
        )


@app.command()
def doctor(
    data: Annotated[
        str, typer.Option(help="synthetic, cifar10, or a cifar-10-batches-py folder: what runs will use.")
    ] = "synthetic",
    lang: Annotated[Language, typer.Option(help="Language of the answers.")] = Language.ko,
) -> None:
    """Is this machine fit to grade: torch, GPU, sandbox, container engine, data, thresholds."""
    from grader.course import default_root
    from grader.doctor import examine, fit

    marks = {"ok": ("✓", "green"), "note": ("·", "yellow"), "problem": ("✗", "red")}
    checks = []
    for check in examine(default_root(), data):
        checks.append(check)
        mark, style = marks[check.grade]
        out.print(f"[{style}]{mark}[/] {check.what:<12}", end="")
        out.print(check.said.in_language(lang.value), markup=False)
    raise typer.Exit(0 if fit(checks) else USAGE)


@app.command()
def report(
    run_folder: Annotated[Path, typer.Argument(metavar="RUN", help="Folder that `grader run` wrote.")],
    lang: Annotated[
        Language | None, typer.Option(help="Language of the pages from now on; default: as they are.")
    ] = None,
) -> None:
    """Make the pages of a run again, with the points of its overrides.yaml; nothing is graded."""
    from grader.course import default_root
    from grader.course.course_file import course_file_if_any
    from grader.reporting import report as again

    course = course_file_if_any(default_root() / "course.yaml")
    results = again(run_folder, lang.value if lang else None, course)
    waiting = summarize(results, run_folder, results.run.language)
    raise typer.Exit(NEEDS_A_PERSON if waiting else 0)


@app.command()
def rejudge(
    run_folder: Annotated[Path, typer.Argument(metavar="RUN", help="Folder that `grader run` wrote.")],
    out_folder: Annotated[
        Path | None, typer.Option("--out", help="Where the new results go; default: RUN-rejudged.")
    ] = None,
    gpu: Annotated[bool, typer.Option("--gpu", help="Train on the NVIDIA GPU what must be trained.")] = False,
    data: Annotated[
        str | None,
        typer.Option(help="As of grader run; default: synthetic or cifar10, as it was graded with."),
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes at once; default: one per CPU.")] = None,
) -> None:
    """Judge a run again by the rules as they are now, without running students' code; then compare."""
    from grader.cli.compare import show
    from grader.cli.progress import shown
    from grader.cli.rejudge import settings_of
    from grader.pipeline import rejudge as again

    folder = out_folder or run_folder.with_name(f"{run_folder.resolve().name}-rejudged")
    settings = settings_of(run_folder, folder, gpu, data, jobs)
    with shown(err) as progress:
        results = again(run_folder, settings, progress)
    show(run_folder, folder, None, out)
    waiting = summarize(results, folder, results.run.language)
    raise typer.Exit(NEEDS_A_PERSON if waiting else 0)


@app.command()
def compare(
    first: Annotated[Path, typer.Argument(metavar="RUN1", help="Folder that `grader run` wrote.")],
    second: Annotated[
        Path, typer.Argument(metavar="RUN2", help="Another: after a change, or of a resubmission.")
    ],
    lang: Annotated[Language | None, typer.Option(help="Default: the second run's.")] = None,
) -> None:
    """Who moves between two runs, by how much, and why; also as compare.html and compare.csv in RUN2."""
    from grader.cli.compare import show

    show(first, second, lang.value if lang else None, out)


@app.command()
def review(
    run_folder: Annotated[Path, typer.Argument(metavar="RUN", help="Folder that `grader run` wrote.")] = Path(
        "grading"
    ),
    port: Annotated[int, typer.Option(help="On 127.0.0.1; 0: a free one.")] = 0,
    by: Annotated[str | None, typer.Option(help="Who decides; default: your user name.")] = None,
) -> None:
    """Decide in the browser, on this machine alone, what needs a person; writes overrides.yaml and nothing else."""
    from grader.cli.review import serve

    raise typer.Exit(NEEDS_A_PERSON if serve(run_folder, port, by, out) else 0)


@app.command()
def export(
    to: Annotated[str, typer.Option(help="canvas, moodle, gradescope, lti, canvas-api or csv.")],
    run_folder: Annotated[Path, typer.Argument(metavar="RUN", help="Folder that `grader run` wrote.")] = Path(
        "grading"
    ),
    column: Annotated[
        str | None, typer.Option(help="Which column of course.yaml; not needed where there is one.")
    ] = None,
    gradebook: Annotated[Path | None, typer.Option(help="Gradebook CSV exported from Canvas.")] = None,
    worksheet: Annotated[Path | None, typer.Option(help="Grading worksheet downloaded from Moodle.")] = None,
    out_file: Annotated[
        Path | None, typer.Option("--out", help="File to write; default: in RUN/exports.")
    ] = None,
    course: Annotated[Path | None, typer.Option(help="Another course.yaml.")] = None,
    key: Annotated[
        Path | None, typer.Option(help="Private key of the LTI tool; default: $GRADER_LTI_KEY.")
    ] = None,
    new_key: Annotated[
        Path | None, typer.Option(help="Make such a key there, outside every repository, and nothing else.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change for whom, only.")
    ] = False,
    lang: Annotated[
        Language | None, typer.Option(help="Of pages, comments and what is said; default: the run's.")
    ] = None,
) -> None:
    """Bring the scores of a run, with its overrides.yaml, into the LMS: by its own files or by network."""
    from grader.cli.export import export as send
    from grader.cli.export import make_key

    if new_key:
        make_key(new_key, to, lang.value if lang else "ko", out)
        return
    waiting = send(
        run_folder,
        to,
        column,
        course,
        gradebook or worksheet,
        out_file,
        key,
        dry_run,
        lang.value if lang else None,
        out,
    )
    raise typer.Exit(NEEDS_A_PERSON if waiting else 0)


def main() -> None:
    """Run the command line; a mistake of the user's is one sentence and exit code 2."""
    try:
        app()
    except UserError as error:
        err.print(f"grader: {error}", markup=False)
        sys.exit(USAGE)
    except KeyboardInterrupt:
        err.print("grader: stopped; the same command goes on from here", markup=False)
        sys.exit(130)
