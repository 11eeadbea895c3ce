"""A class whose scores are exported, and an export of them as it is asked for."""

from __future__ import annotations

from pathlib import Path

from grader.records.base import Text
from grader.records.gradebook import Column, CourseFile
from grader.records.results import ExerciseInfo, ExerciseResult, Results, RunInfo, SubmissionResult
from grader.stages.exports import Order

TITLE = "12주차 실습"


def result(points: float | None, status: str = "graded") -> ExerciseResult:
    return ExerciseResult.model_validate({"status": status, "points": points, "max_points": 80.0})


def student(
    number: str, name: str, skip: ExerciseResult, dense: ExerciseResult, **more: object
) -> SubmissionResult:
    return SubmissionResult.model_validate(
        {"student_id": number, "student_name": name, "files": (), "late": False,
         "exercises": {"skip": skip, "dense": dense}, **more}
    )  # fmt: skip


CLASS = (
    student("20231001", "홍길동", result(80), result(66)),
    student("20231002", "김민수", result(0), result(0)),
    student("20231003", "김민수", result(80), result(80)),
    student("20231004", "이영희", result(None, "needs_review"), result(80)),
    student("20231005", "=cmd()", result(33.335), result(0.0, "missing")),
    student("20231006", 'Kim, "Min"', result(0.0, "missing"), result(0.0, "missing")),
    student("00731007", "박서준", result(40), result(40)),
)
RUN = RunInfo(
    profile="static", data="synthetic", device="cpu", trainings=0, seconds=1, grader_version="0", torch_version="2",
    isolation="landlock", exercises={n: ExerciseInfo(title=Text(en=n, ko=n), max_points=80) for n in ("skip", "dense")},
)  # fmt: skip


def order(tmp_path: Path, source: str = "", **more: object) -> Order:
    path = None
    if source:
        path = tmp_path / "source.csv"
        path.write_bytes(source.encode())
    column = Column(title=TITLE, exercises=("skip", "dense"), points=100)
    given = {"run": tmp_path, "results": Results(run=RUN, submissions=CLASS), "course": CourseFile(columns=(column,)),
             "column": column, "language": "ko", "source": path}  # fmt: skip
    return Order(**(given | more))  # type: ignore[arg-type]
