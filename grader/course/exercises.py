"""What belongs to an exercise, read from its two folders."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from grader.course.assignment_file import read_assignment
from grader.course.misconceptions import read_catalogue
from grader.course.price_file import FILE as PRICES
from grader.course.price_file import read_prices
from grader.errors import AssignmentError
from grader.marks import marks_in
from grader.records.assignment import Assignment, Calibration
from grader.records.misconception import Misconception
from grader.records.prices import Prices
from grader.yaml_file import read_text

_CALIBRATIONS = TypeAdapter(tuple[Calibration, ...])


@dataclass(frozen=True)
class Exercise:
    """All that is known of one exercise before anything is run."""

    assignment: Assignment
    solution: str
    """Source text of `reference/<name>/solution.py`."""
    template: str
    """Source text of the `.py` template, blanks empty."""
    calibrations: tuple[Calibration, ...]
    """Thresholds of every recipe and data set that has been calibrated."""
    public: Path
    """`assignments/<name>/`: what students may see."""
    secret: Path
    """`reference/<name>/`: what they may not."""
    prices: Prices
    """What its mistakes cost."""
    catalogue: Mapping[str, tuple[Misconception, ...]] = field(default_factory=dict)
    """Fingerprint of a network that is known to be wrong → its mistakes (one or two)."""


def default_root() -> Path:
    """The project's own checkout: the folder above the `grader` package."""
    return Path(__file__).resolve().parents[2]


def read_course(root: Path, names: Sequence[str] | None = None) -> dict[str, Exercise]:
    """The exercises by name, in the course's order.

    Args:
        root: folder that holds `assignments/` and `reference/`, and `prices.yaml` if not the project's own counts.
        names: read only these; None: all.

    Raises:
        AssignmentError: a mistake in one of their files, or an unknown name.
    """
    known = exercise_names(root)
    for name in names or ():
        if name not in known:
            near = get_close_matches(name, known, n=1)
            raise AssignmentError(
                root / "assignments",
                None,
                f"there is no exercise called {name}",
                (f"did you mean {near[0]}? the" if near else "the") + f" exercises are {', '.join(known)}",
            )
    prices = read_prices((root if (root / PRICES).exists() else default_root()) / PRICES)
    course = [_read_exercise(root, name, prices) for name in known if names is None or name in names]
    course.sort(key=lambda exercise: (exercise.assignment.order, exercise.assignment.name))
    _check_classes_are_distinct(course)
    return {exercise.assignment.name: exercise for exercise in course}


def other_classes(root: Path) -> dict[str, frozenset[str]]:
    """For each exercise of the course: the class names that the others ask for.

    Raises:
        AssignmentError: a mistake in an `assignment.yaml`.
    """
    names = exercise_names(root)
    classes = {
        name: read_assignment(root / "assignments" / name / "assignment.yaml").classes for name in names
    }
    return {
        name: frozenset(one for other in names if other != name for one in classes[other]) for name in names
    }


def exercise_names(root: Path) -> list[str]:
    """Names of the folders under `assignments/`, sorted. Raises AssignmentError where there are none."""
    folder = root / "assignments"
    if not folder.is_dir():
        raise AssignmentError(
            folder, None, "there is no such folder", "run the grader from a checkout that has the exercises"
        )
    names = sorted(path.name for path in folder.iterdir() if path.is_dir() and path.name[0] not in "._")
    if not names:
        raise AssignmentError(folder, None, "there is no exercise", "add a folder with an assignment.yaml")
    return names


def read_solution(path: Path, class_name: str) -> str:
    """The reference's source text. Raises AssignmentError: missing, broken, or without the class."""
    source = read_text(path, "write the exercise's solution there")
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        raise AssignmentError(path, line, f"this is not Python ({reason})", "correct it") from error
    defined = [node.name for node in tree.body if isinstance(node, ast.ClassDef)]
    if class_name not in defined:
        found = f"only {', '.join(defined)}" if defined else "no class at all"
        raise AssignmentError(
            path,
            None,
            f"it defines {found}, but assignment.yaml asks for {class_name} first",
            f"name the solution's class {class_name}",
        )
    return source


def read_calibrations(path: Path) -> tuple[Calibration, ...]:
    """What `grader calibrate` has stored; nothing where there is no file.

    Raises AssignmentError for a broken file.
    """
    if not path.exists():
        return ()
    try:
        return _CALIBRATIONS.validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        problem = f"{place}: {first['msg']}" if place else first["msg"]
        raise AssignmentError(path, None, problem, "delete it and run grader calibrate") from error


def _read_exercise(root: Path, name: str, prices: Prices) -> Exercise:
    public, secret = root / "assignments" / name, root / "reference" / name
    assignment = read_assignment(public / "assignment.yaml")
    _check_thresholds_are_shared(root, assignment)
    solution = read_solution(secret / "solution.py", assignment.classes[0])
    _check_blanks_are_there(root, assignment, solution)
    return Exercise(
        assignment=assignment,
        solution=solution,
        template=read_text(public / f"{name}_template.py", "make it with make templates"),
        calibrations=read_calibrations(
            root / "reference" / (assignment.thresholds_of or name) / "calibration.json"
        ),
        public=public,
        secret=secret,
        prices=prices,
        catalogue=read_catalogue(secret, solution),
    )


def _check_blanks_are_there(root: Path, assignment: Assignment, solution: str) -> None:
    marked = [
        f"{mark.exercise}-{mark.number}" for mark in marks_in(solution.split("\n")) if mark.kind == ">>>"
    ]
    for name in assignment.blanks:
        if name not in marked:
            raise AssignmentError(
                root / "assignments" / assignment.name / "assignment.yaml",
                None,
                f"blanks has {name}, which the solution does not mark",
                f"its blanks are {', '.join(marked)}" if marked else "mark it there, or leave it out here",
            )


def _check_thresholds_are_shared(root: Path, assignment: Assignment) -> None:
    """Thresholds of another exercise hold for its recipes alone."""
    other = assignment.thresholds_of
    if other is None:
        return
    file = root / "assignments" / assignment.name / "assignment.yaml"
    if other not in exercise_names(root):
        known = ", ".join(exercise_names(root))
        raise AssignmentError(
            file, None, f"thresholds_of names no exercise ({other})", f"write one of {known}"
        )
    if read_assignment(root / "assignments" / other / "assignment.yaml").recipes != assignment.recipes:
        raise AssignmentError(
            file,
            None,
            f"its recipes differ from those of {other}",
            f"copy them: the thresholds of {other} hold for them alone",
        )


def _check_classes_are_distinct(course: Sequence[Exercise]) -> None:
    owner: dict[str, str] = {}
    for exercise in course:
        for class_name in exercise.assignment.classes:
            other = owner.setdefault(class_name, exercise.assignment.name)
            if other != exercise.assignment.name:
                raise AssignmentError(
                    exercise.public / "assignment.yaml",
                    None,
                    f"the class {class_name} is also that of the exercise {other}",
                    "give each exercise class names of its own",
                )
