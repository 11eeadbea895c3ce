"""The end of a run on the terminal."""

from __future__ import annotations

import json
import statistics
from pathlib import Path

from rich.table import Table

from grader.records.results import Override, Results, SubmissionResult
from grader.records.roster import Unmatched
from grader.stages.reports.summary import ungradable as places_of_ungradable
from grader.stages.reports.words import WORDS
from grader.stages.scoring.overrides import FILE, misnamed


def table(results: Results, language: str) -> Table:
    """One row per exercise: how many were graded, mean, full marks, missing."""
    korean = language == "ko"
    names = (
        ("과제", "채점", "평균", "만점자", "미제출")
        if korean
        else ("exercise", "graded", "mean", "full marks", "missing")
    )
    made = Table(box=None, pad_edge=False)
    for position, name in enumerate(names):
        made.add_column(name, justify="left" if position == 0 else "right")
    for name, info in results.run.exercises.items():
        rows = [submission.exercises[name] for submission in results.submissions]
        points = [row.points for row in rows if row.status == "graded" and row.points is not None]
        made.add_row(
            name,
            f"{len(points)}/{len(rows)}",
            f"{statistics.mean(points):.1f}/{info.max_points:g}" if points else "–",
            str(sum(p == info.max_points for p in points)),
            str(sum(row.status == "missing" for row in rows)),
        )
    return made


def said_as_json(results: Results, folder: Path, language: str) -> str:
    """The end of a run for other programs; what they need beyond it stands in `results.json`."""
    exercises = {}
    for name, info in results.run.exercises.items():
        rows = [submission.exercises[name] for submission in results.submissions]
        points = [row.points for row in rows if row.status == "graded" and row.points is not None]
        exercises[name] = {
            "graded": len(points),
            "missing": sum(row.status == "missing" for row in rows),
            "needs_review": sum(row.status == "needs_review" for row in rows),
            "mean": round(statistics.mean(points), 2) if points else None,
            "max_points": info.max_points,
        }
    said = {
        "results": str(folder / "results.json"),
        "submissions": len(results.submissions),
        "trainings": results.run.trainings,
        "seconds": results.run.seconds,
        "exercises": exercises,
        "needs_a_person": needs_a_person(results, language),
    }
    return json.dumps(said, ensure_ascii=False)


def needs_a_person(results: Results, language: str) -> list[str]:
    """Everything that could not be graded or joined to the class list, one line each."""
    lines = []
    for submission in results.submissions:
        who = " ".join(part for part in (submission.student_id, submission.student_name) if part)
        if submission.unmatched:
            lines.append(_unmatched(submission.source, submission.unmatched, language))
        if submission.lateness and submission.lateness.percent is None:
            lines.append(f"{who}: {WORDS['late_unmeasured'].in_language(language)}")
        by_reason: dict[str, list[str]] = {}
        for name, result in submission.exercises.items():
            if result.status == "needs_review":
                reason = result.reason.in_language(language) if result.reason else ""
                by_reason.setdefault(reason, []).append(name)
            elif result.asked is not None:
                by_reason.setdefault(result.asked.in_language(language), []).append(name)
        lines += [f"{who}, {', '.join(names)}: {reason}" for reason, names in by_reason.items()]
    return lines


def suspicious(results: Results, language: str) -> list[str]:
    """What looks like an attack, one line for each student and exercise."""
    return [
        f"{submission.student_id} {submission.student_name}, {name}: "
        + "; ".join(
            f"{flag.what.in_language(language)}"
            + (f" ({flag.place.file}:{flag.place.line})" if flag.place else "")
            for flag in result.flags
        )
        for submission in results.submissions
        for name, result in submission.exercises.items()
        if result.flags
    ]


def advice(results: Results, folder: Path, language: str) -> list[str]:
    """What to do about all that `needs_a_person`, a line for each kind of it."""
    lines = []
    if any(submission.unmatched for submission in results.submissions):
        lms = results.run.layout in ("canvas", "moodle")
        lines.append(WORDS["settle_lms" if lms else "settle_files"].in_language(language))
    waiting = [
        f'"{submission.student_id}": {{{name}: {{points: {result.max_points:g}, '
        for submission in results.submissions
        for name, result in submission.exercises.items()
        if result.status == "needs_review"
    ]
    unmeasured = [one for one in results.submissions if one.lateness and one.lateness.percent is None]
    if unmeasured:
        lines.append(WORDS["settle_late"].in_language(language).format(unmeasured[0].student_id))
    if waiting:
        file = folder / FILE
        lines.append(
            f'`grader review {folder}`에서 코드를 보며 정하거나 {file}에 직접 적은 뒤 내보내세요. 예: {waiting[0]}reason: "이유"}}}}'
            if language == "ko"
            else f"Decide beside the code with `grader review {folder}`, or write points into {file}; then export. "
            f'Like so: {waiting[0]}reason: "why"}}}}'
        )
    return lines


def overridden(results: Results, folder: Path, language: str) -> list[str]:
    """Which overrides count, and files that look like some and were not read."""
    korean = language == "ko"
    applied = [
        f"{submission.student_id} {name} {_before(result.override)} → {result.points:g}"
        for submission in results.submissions
        for name, result in submission.exercises.items()
        if result.override
    ]
    lines = []
    if applied:
        some = "override" if len(applied) == 1 else "overrides"
        count = f"조교 수정 {len(applied)}건 적용" if korean else f"{len(applied)} {some} applied"
        lines.append(f"{count}: {_listed(applied, korean)}")
    for path in misnamed(folder):
        lines.append(
            f"{path} 파일은 읽지 않았어요. 이름을 {FILE}로 바꿔 주세요."
            if korean
            else f"{path} was not read; its name must be {FILE}."
        )
    return lines


def _before(override: Override) -> str:
    return "?" if override.points is None else "–" if override.status == "missing" else f"{override.points:g}"


def ungradable(results: Results, language: str) -> list[str]:
    """Who handed in something that cannot be graded, one line each: what it is."""
    korean = language == "ko"
    no_class = WORDS["no_class"].in_language(language)
    lines = []
    for place in places_of_ungradable(results):
        one = results.submissions[place]
        files = [f"{file}: {no_class}" for file in one.files]
        files += [f"{file}: {reason.in_language(language)}" for file, reason in one.other_files.items()]
        lines.append(f"{one.student_id} {one.student_name}".strip() + f" – {_listed(files, korean, 3)}")
    return [*lines[:MOST_NAMED], *([f"… +{len(lines) - MOST_NAMED}"] if len(lines) > MOST_NAMED else [])]


def _unmatched(source: str, found: Unmatched, language: str) -> str:
    """ "김민수_3143_…: 2 people in the class list are called 김민수 (20231200 김민수 or 20231207 김민수?)"."""
    either = " 또는 " if language == "ko" else " or "
    candidates = either.join(f"{person.student_id} {person.name}".strip() for person in found.candidates)
    return f"{source}: {found.reason.in_language(language)}" + (f" ({candidates}?)" if candidates else "")


MOST_NAMED = 12
"""In a line of the terminal; the pages name all."""


def remarks(results: Results, language: str) -> list[str]:
    """What whoever grades should know and need not act on, one line each."""
    korean = language == "ko"
    submissions = results.submissions
    in_doubt = results.in_doubt()
    absent = [s for s in submissions if s.absent and s.student_id not in in_doubt]

    def people(chosen: list[SubmissionResult]) -> str:
        return _listed([f"{s.student_id} {s.student_name}".strip() for s in chosen], korean)

    found = [
        (
            people(absent if results.run.roster else []),
            "아무것도 제출하지 않은 학생" if korean else "Handed in nothing",
        ),
        (
            people([s for s in submissions if s.draft]),
            "임시 저장만 하고 제출하지 않은 학생" if korean else "Saved as a draft, never handed in",
        ),
        (
            people(untimed(results)),
            "언제 제출했는지 알 수 없어 제때 낸 것으로 본 학생"
            if korean
            else "Taken to be in time, since nothing says when they handed in",
        ),
        (
            _listed(list(unknown_in_deadline(results)), korean),
            "course.yaml의 마감 설정에는 있지만 이번 채점에는 없는 학번"
            if korean
            else "In the deadline of course.yaml, but not in this run",
        ),
        (
            people([s for s in submissions if s.joined_by == "name"]),
            "번호 없이 이름만 보고 연결한 학생" if korean else "Joined to the class list by name alone",
        ),
        (
            _listed(list(results.run.kept), korean),
            "이번에 채점하지 않고 예전 결과를 그대로 둔 학생"
            if korean
            else "Kept from earlier runs, not graded again",
        ),
        (
            _listed(list(results.strays), korean),
            "주인을 알 수 없는 파일" if korean else "Files of nobody",
        ),
    ]
    lines = [f"{label}: {who}" for who, label in found if who]
    if results.run.uncalibrated:
        lines += [
            "기준값이 없는 과제가 있어요. learning과 accuracy는 기준 없이도 분명할 때만 채점했어요:"
            if korean
            else "Without thresholds, learning and accuracy were judged only where they are plain without:",
            *(f"  {sentence}" for sentence in results.run.uncalibrated),
        ]
    if results.run.layout in ("canvas", "moodle") and not results.run.roster:
        lines.append(
            "LMS에서 받은 파일에는 학번이 없어요. --roster로 명단을 주면 학번과 연결해요."
            if korean
            else "An LMS's download holds no student numbers; --roster FILE joins them."
        )
    return lines


def untimed(results: Results) -> list[SubmissionResult]:
    """Whom the deadline could not be held against: neither the LMS nor a person says when. Canvas marks who is late."""
    if results.run.layout == "canvas":
        return []
    return [
        one
        for one in results.submissions
        if one.lateness and one.lateness.submitted is None and not one.lateness.marked
    ]


def unknown_in_deadline(results: Results) -> list[str]:
    """Student numbers of `run.deadline` that nobody in the run has."""
    deadline = results.run.deadline
    named = {**deadline.extensions, **deadline.submitted} if deadline else {}
    return sorted(set(named) - {one.student_id for one in results.submissions})


def _listed(names: list[str], korean: bool, most: int = MOST_NAMED) -> str:
    more = len(names) - most
    rest = (f" 외 {more}" if korean else f" and {more} more") if more > 0 else ""
    return ", ".join(names[:most]) + rest
