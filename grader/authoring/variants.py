"""Variants of a course: the same exercises with other widths, so that neighbours write different numbers.

Every channel number of the course is 16·q + r, r being what the image or the classes bring along (35 = 32 + 3).
A variant has another unit in place of 16. The numbers are exchanged in the text of everything that the
instructor wrote: solutions, handouts, `assignment.yaml`, the edits and words of the known mistakes; the rest
(templates, catalogue, check) is made from them as it always is. So a variant has the same graph, the same
blanks and the same mistakes: it is as difficult as the others by construction.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from grader.authoring.catalogue import Course, build, open_course
from grader.authoring.template import main as write_templates
from grader.course import exercise_names
from grader.course.misconceptions import OWN, read_mistakes, store_catalogue
from grader.course.price_file import FILE as PRICES
from grader.course.variants import MANIFEST, Manifest, source_of, variant_root
from grader.engines.local import LocalEngine
from grader.errors import UserError
from grader.yaml_file import read_text

UNIT, UNITS = 16, (12, 20, 14, 18, 24)
"""Of the course's own widths, and of variants 1, 2 …"""
FLATTENED = 1024
"""From here on a number is one of features: 16 pixels times channels."""
NUMBER = re.compile(
    r"((?<=N×)[0-9]+|(?<![0-9A-Za-z_.×])(?<!e-)[0-9]+(?![0-9A-Za-z_×]|\.[0-9]))(?:([을를이가은는과와])(?=[\s,.]|$))?"
)
"""A number of channels: the first one of a shape (N×32×16×16), or one that is no part of a shape or a name; and
the Korean particle behind it."""
YEARS = range(2010, 2030)
DESCRIBED = '''"""The course's known mistakes with this variant's widths; made by `grader release --variants`."""

from pathlib import Path

from pydantic import TypeAdapter

from grader.records.misconception import Edit, Misconception

_FOLDER = Path(__file__).parent
MISCONCEPTIONS = TypeAdapter(tuple[Misconception, ...]).validate_json((_FOLDER / "misconceptions.json").read_bytes())
HARMLESS = TypeAdapter(tuple[tuple[Edit, ...], ...]).validate_json((_FOLDER / "harmless.json").read_bytes())
COMMON = {common!r}
'''


def widened(number: int, unit: int) -> int:
    """A number of channels or features with another unit."""
    if number >= FLATTENED and number % UNIT == 0:
        return UNIT * widened(number // UNIT, unit)
    return number // UNIT * unit + number % UNIT


def rewritten(text: str, unit: int) -> str:
    """Code, comments or words with a variant's widths. Years and points of the rubric stay."""

    def number(found: re.Match[str]) -> str:
        if int(found[1]) in YEARS:
            return found[0]
        new = str(widened(int(found[1]), unit))
        return new + (_PARTICLES[found[2]][new[-1] in "013678"] if found[2] else "")

    lines = text.split("\n")  # a check and its points stay
    return "\n".join(line if line.startswith("| `") else NUMBER.sub(number, line) for line in lines)


_PARTICLES = {
    particle: pair for pair in (("를", "을"), ("가", "이"), ("는", "은"), ("와", "과")) for particle in pair
}
"""After a number that ends in a vowel, and in a consonant."""


def rewritten_yaml(text: str, unit: int) -> str:
    """`assignment.yaml`: shapes (channels, height, width), features, and the widths of an open design."""

    def width(found: re.Match[str]) -> str:
        return f"[{widened(int(found[1]), unit)}{found[2]}]"

    def line(one: str) -> str:
        if one.lstrip().startswith(("blocks:", "classifier:")):
            return rewritten(one, unit)
        return re.sub(r"\[([0-9]+)((?:, [0-9]+)*)\]", width, one)

    return "\n".join(map(line, text.split("\n")))


def make_variants(
    root: Path, count: int, names: Sequence[str], engine: LocalEngine, tell: Callable[[str], None]
) -> list[Path]:
    """The roots of the variants 1 … count, made where they are not there yet; the catalogues take minutes.

    Args:
        names: exercises whose known mistakes are needed; none named: all.

    Raises:
        UserError: more variants than there are units, or a mistake in the exercises' files.
    """
    if not 2 <= count <= len(UNITS):
        raise UserError(f"there can be 2 to {len(UNITS)} variants, not {count}; give --variants one of these")
    wanted, made = tuple(names or exercise_names(root)), []
    for number, unit in enumerate(UNITS[:count], start=1):
        target = variant_root(root, number)
        manifest = Manifest(source=source_of(root), exercises=wanted)
        path = target / MANIFEST
        if not path.exists() or path.read_text("utf-8") != manifest.model_dump_json():
            _write(root, target, unit)
            for name in wanted:
                tell(f"{target.name}/{count}: {name}")
                course = open_course(target, name)
                if course is not None:
                    _store(course, engine)
            path.write_text(manifest.model_dump_json(), encoding="utf-8")
        made.append(target)
    return made


def _store(course: Course, engine: LocalEngine) -> None:
    built = build(course, engine)
    store_catalogue(course.secret, course.mistakes.source, built.fingerprints)


def _write(root: Path, target: Path, unit: int) -> None:
    """All that the instructor wrote, with other widths."""
    shutil.rmtree(target, ignore_errors=True)
    for name in exercise_names(root):
        public, secret = target / "assignments" / name, target / "reference" / name
        public.mkdir(parents=True)
        secret.mkdir(parents=True)
        own = root / "assignments" / name
        assignment = read_text(own / "assignment.yaml", "describe the exercise there")
        (public / "assignment.yaml").write_text(rewritten_yaml(assignment, unit), encoding="utf-8")
        readme = read_text(own / "README.md", "write the exercise's handout there")
        (public / "README.md").write_text(rewritten(readme, unit), encoding="utf-8")
        solution = read_text(root / "reference" / name / "solution.py", "write the exercise's solution there")
        (secret / "solution.py").write_text(rewritten(solution, unit), encoding="utf-8")
        known = read_mistakes(root / "reference" / name, solution)
        if known is not None:
            for file, found in (("misconceptions", known.misconceptions), ("harmless", known.harmless)):
                plain = [_plain(one, unit) for one in found]
                (secret / f"{file}.json").write_text(
                    json.dumps(plain, ensure_ascii=False, indent=1), encoding="utf-8"
                )
            (secret / OWN).write_text(DESCRIBED.format(common=known.common), encoding="utf-8")
    for file in ("assignments/python.md", "course.yaml", PRICES):
        if (root / file).exists():
            shutil.copyfile(root / file, target / file)
    write_templates(target)


def _plain(one: object, unit: int) -> object:
    """A record as JSON, its texts with the variant's widths."""
    if isinstance(one, str):
        return rewritten(one, unit)
    if isinstance(one, dict):
        return {key: value if key == "code" else _plain(value, unit) for key, value in one.items()}
    if isinstance(one, list | tuple):
        return [_plain(each, unit) for each in one]
    dump = getattr(one, "model_dump", None)
    return one if dump is None else _plain(dump(), unit)
