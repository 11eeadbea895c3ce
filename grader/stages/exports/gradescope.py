"""Gradescope: an autograder zip that runs this grader there, and results in its own form.

The zip holds the reference solutions: it goes to the instructor's Gradescope assignment and nowhere else;
what students see of a run is `results.json` alone.
"""

from __future__ import annotations

import json
import stat
import zipfile
from pathlib import Path

from grader.errors import UserError
from grader.records.base import Text
from grader.records.column_scores import written
from grader.records.results import ExerciseResult, Finding
from grader.stages.exports.grades import Order, grades
from grader.stages.exports.plan import Change, Outcome

PARTS = ("grader", "assignments", "reference", "course.yaml", "prices.yaml", "pyproject.toml", "README.md", "constraints.txt",
         "requirements.lock")  # fmt: skip

SETUP = """#!/usr/bin/env bash
# Run once by Gradescope when the image is built.
set -euo pipefail
cd /autograder/source
apt-get update
apt-get install -y --no-install-recommends python3 python3-venv
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || apt-get install -y python3.11 python3.11-venv
"$(command -v python3.11 || command -v python3)" -m venv venv
venv/bin/pip install --no-cache-dir "$(grep '^torch==' constraints.txt)"
venv/bin/pip install --no-cache-dir --no-deps "$(grep '^torchvision==' constraints.txt)"
venv/bin/pip install --no-cache-dir --constraint constraints.txt --constraint requirements.lock --editable .
"""

RUN = """#!/usr/bin/env bash
# Run by Gradescope for every submission; AUTOGRADER is where it has put everything.
A="${AUTOGRADER:-/autograder}"
G="${GRADER:-$A/source/venv/bin/grader}"
mkdir -p "$A/results"
# a submission alone in a folder of its own is one student, whatever its files are called
rm -rf "$A/grading" "$A/class" && mkdir -p "$A/class" && cp -r "$A/submission" "$A/class/student"
"$G" run "$A/class" --out "$A/grading" --isolation process --jobs 1 --profile PROFILE --lang LANGUAGE \\
  > "$A/results/log.txt" 2>&1
code=$?
[ $code -le 1 ] && "$G" export "$A/grading" --to gradescope --lang LANGUAGE --out "$A/results/results.json" \\
  >> "$A/results/log.txt" 2>&1
# our fault, not the student's: without results Gradescope calls it a failed autograder, and gives no score
if [ ! -s "$A/results/results.json" ]; then
  echo "The grader could not run; course staff will look at it. / 채점기가 실행되지 못했어요. 조교가 확인할게요."
  tail -n 40 "$A/results/log.txt"
  exit 1
fi
"""


def export(order: Order) -> Outcome:
    """`order.out` ends in .zip: the autograder. In .json: the results of the one student of this run."""
    out = order.out
    if out is None or out.suffix not in (".zip", ".json"):
        raise UserError(
            "name what is to be made with --out: autograder.zip for Gradescope's autograder, results.json for the "
            "results of one student"
        )
    everyone = grades(order)
    if out.suffix == ".zip":
        if not order.dry_run:
            _autograder(order, out)
        return Outcome((), () if order.dry_run else (out,), _upload(order.column.points))
    if len(everyone) != 1:
        raise UserError(
            f"{order.run} holds {len(everyone)} students, and results.json is for one; export the zip"
        )
    grade = everyone[0]
    student = grade.student
    who = (student.student_id, student.student_name, order.column.title, "")
    change = (
        Change(*who, "", "missing" if grade.missing else "held", grade.held)
        if grade.score is None
        else Change(*who, written(grade.score), "set")
    )
    # who waits for a person gets no results: Gradescope would add up the checks into a score
    writes = not order.dry_run and change.what != "held"
    if writes:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(results(order), ensure_ascii=False, indent=1), encoding="utf-8")
    return Outcome((change,), (out,) if writes else ())


def _upload(points: float) -> Text:
    return Text(
        en=f"In Gradescope: Programming assignment, Autograder points {points:g} → Configure autograder → upload the "
        "zip. Choose at least 2 CPU and 6 GB, and a timeout of 20 minutes. It holds the solutions: keep it to yourself.",
        ko=f"Gradescope의 Programming assignment에서 Autograder points를 {points:g}점으로 정하고 Configure autograder에 zip을 올리세요. "
        "CPU 2개, 메모리 6GB 이상, 제한 시간 20분을 고르세요. 모범 답안이 들어 있으니 다른 곳에 올리지 마세요.",
    )


def results(order: Order) -> dict[str, object]:
    """Gradescope's results.json of the only student."""
    (grade,) = grades(order)
    language = order.language
    counted = {name: grade.student.exercises[name] for name in order.column.exercises}
    scale = order.column.points / sum(result.max_points for result in counted.values())
    tests = []
    for number, (name, result) in enumerate(counted.items(), 1):
        tests += _tests(f"{number}", name, result, language, scale)
    if grade.late and grade.score is not None:
        earned = sum(result.points or 0.0 for result in counted.values()) * scale
        cost = round(float(grade.score) - earned, 3)
        tests.append({"name": grade.late, "score": cost, "max_score": 0, "output_format": "text"})
    output = getattr(grade.held, language) if grade.held else grade.comment
    return {
        "score": float(grade.score or 0),
        "output": output,
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
    }


def _tests(
    number: str, name: str, result: ExerciseResult, language: str, scale: float
) -> list[dict[str, object]]:
    """The checks in points of the column, so that they add up to the score."""

    def scaled(points: float | None) -> float:
        return round((points or 0) * scale, 3)

    if result.override or not result.findings:
        reason = getattr(result.reason, language) if result.reason else ""
        return [{"name": name, "number": number, "score": scaled(result.points), "max_score": scaled(result.max_points),
                 "output": result.override.reason if result.override else reason, "output_format": "text"}]  # fmt: skip
    return [
        {
            "name": f"{name}: {finding.check}",
            "number": f"{number}.{place}",
            "score": scaled(finding.points),
            "max_score": scaled(finding.max_points),
            "status": "passed" if finding.outcome == "passed" else "failed",
            "output": _output(finding, language),
            "output_format": "text",
        }
        for place, finding in enumerate(result.findings, 1)
    ]


def _output(finding: Finding, language: str) -> str:
    parts = [getattr(finding.message, language)]
    if finding.place is not None:
        parts.append(f"{finding.place.file}:{finding.place.line}: {finding.place.source}")
    if finding.hint is not None and finding.outcome != "passed":
        parts.append(getattr(finding.hint, language))
    return "\n".join(parts)


def _autograder(order: Order, out: Path) -> None:
    root = order.project
    assert root is not None
    out.parent.mkdir(parents=True, exist_ok=True)
    scripts = {
        "setup.sh": SETUP,
        "run_autograder": RUN.replace("PROFILE", order.results.run.profile).replace(
            "LANGUAGE", order.language
        ),
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in scripts.items():
            entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            entry.external_attr = (stat.S_IFREG | 0o755) << 16
            packed.writestr(entry, text)
        for part in PARTS:
            path = root / part
            files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
            for file in files:
                if "__pycache__" not in file.parts:
                    packed.write(file, str(file.relative_to(root)))
