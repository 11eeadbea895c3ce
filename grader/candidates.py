"""Which of several files counts: all are judged, and what they come to is weighed with what their names say.

If they come to the same, nothing is at stake. If not, evidence decides; where it is thin, whoever grades is
told what each would give. `several_files` in `course.yaml` may ask for the best, or for a question always.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cmp_to_key

from grader.bench import Bench, Task
from grader.file_names import standing
from grader.records.base import Text
from grader.records.gradebook import SeveralFiles
from grader.records.judgement import Judgement
from grader.stages.excerpts import names_exercise
from grader.stages.scoring import charged, findings, graded
from grader.stages.scoring.naming import told

MOST = 6
"""Files of one student that are judged for one exercise."""


@dataclass(frozen=True)
class _Why:
    """What decides between two files."""

    en: str
    ko: str
    thin: bool = False
    """It is no more than a hint."""


_UNTOUCHED = _Why(
    "the other is still the template as it was given", "다른 파일은 받은 템플릿 그대로이기 때문이에요"
)
_ASIDE = _Why(
    "the other is set aside by its name or folder (old, backup, template)",
    "다른 파일은 이름이나 폴더를 보면 예전 것이거나 백업, 템플릿이기 때문이에요",
)
_LATER = _Why("by its name it is the later version", "이름을 보면 더 나중 버전이기 때문이에요")
_NAMED = _Why("its name says the exercise", "파일 이름에 이 문제의 이름이 있기 때문이에요")
_RUNS = _Why(
    "the other cannot be run or made without arguments",
    "다른 파일은 실행되지 않거나 인자 없이 만들 수 없기 때문이에요",
)
_FOLDER = _Why(
    "it lies in the folder that says “submitted”", "제출용이라고 적힌 폴더에 있기 때문이에요", thin=True
)
_COPY = _Why("it is a copy that was worked on", "사본에서 작업한 것으로 보이기 때문이에요", thin=True)
_LAST = _Why("it comes last", "순서가 가장 뒤이기 때문이에요", thin=True)


@dataclass(frozen=True)
class _Candidate:
    """One file that defines the class, judged."""

    task: Task
    points: float | None
    """Without training; None where it could not be judged."""
    runs: bool
    place: int
    """Among the candidates, as their texts speak for them: the greater, the less."""


def choose(rivals: Sequence[Task], bench: Bench, policy: SeveralFiles) -> Task:
    """The one of a student's files for an exercise that counts, with what is to be said of the choice.

    `bench` has judged all of them.
    """
    if len(rivals) == 1:
        return rivals[0]
    found = [_candidate(task, place, bench) for place, task in enumerate(rivals)]
    ranked = sorted(found, key=cmp_to_key(_order))
    if policy == "best":
        ranked.sort(key=lambda one: -1.0 if one.points is None else one.points)
    chosen, second = ranked[-1], ranked[-2]
    why = _compared(chosen, second)[1]
    rest = [one for one in ranked if one is not chosen]
    if len({one.points for one in found}) == 1 and chosen.points is not None:
        return chosen.task
    listed = ", ".join(sorted(one.task.file for one in rest))
    file = chosen.task.file
    best = policy == "best"
    note = Text(
        en=f"{listed} would do for this exercise, too; {file} is graded, since "
        + ("it gives the most points" if best else why.en),
        ko=f"{listed}에도 이 문제의 클래스가 있지만 {file} 파일을 채점했어요. "
        + ("점수가 가장 높기 때문이에요" if best else why.ko),
    )
    task = replace(chosen.task, notes=(note, *chosen.task.notes))
    thin = [one for one in rest if one.points != chosen.points and _compared(chosen, one)[1].thin]
    if best or not (thin or policy == "ask"):
        return task
    others = thin or [one for one in rest if one.points != chosen.points]
    return replace(task, question=_question(chosen, others, bench.settings.profile))


def _question(chosen: _Candidate, others: Sequence[_Candidate], profile: str) -> Text:
    def given(one: _Candidate, korean: bool) -> str:
        if one.points is None:
            return f"{one.task.file} {'판정 못 함' if korean else 'not judged'}"
        return f"{one.task.file} {one.points:g}{'점' if korean else ''}"

    first = chosen.task.file
    en = ", ".join(given(one, False) for one in (chosen, *others))
    ko = ", ".join(given(one, True) for one in (chosen, *others))
    return Text(
        en=f"which file counts? {first} was taken; without training: {en}. Remove the other, or set several_files in course.yaml",
        ko=f"어느 파일로 채점할까요? 지금은 {first} 파일이에요. 학습을 뺀 점수: {ko}. 다른 파일을 빼거나 course.yaml의 several_files를 정해 주세요",
    )


def _candidate(task: Task, place: int, bench: Bench) -> _Candidate:
    judgement = bench.judgements[task.key]
    if not isinstance(judgement, Judgement) or judgement.unsure is not None:
        return _Candidate(task, None, True, place)
    exercise = bench.course[task.exercise]
    mistakes = exercise.catalogue.get(judgement.fingerprint or "", ())
    rows = findings(told(judgement, mistakes, task.blanks), exercise.assignment, "static", exercise.prices)
    result = charged(graded(rows, exercise.assignment, "static"), judgement.repairs)
    runs = not judgement.repairs and all(
        verdict.outcome == "passed" for verdict in judgement.verdicts if verdict.check == "loads"
    )
    return _Candidate(task, result.points, runs, place)


def _order(one: _Candidate, other: _Candidate) -> int:
    return _compared(one, other)[0]


def _compared(one: _Candidate, other: _Candidate) -> tuple[int, _Why]:
    """Positive where `one` counts, and why."""
    a, b = standing(one.task.file), standing(other.task.file)
    name = one.task.exercise
    named = [names_exercise(c.task.file, name) for c in (one, other)]
    steps = (
        (_UNTOUCHED, other.task.untouched - one.task.untouched),
        (_ASIDE, b.set_aside - a.set_aside),
        (_LATER, a.against(b) if a.work == b.work else 0),
        (_RUNS, one.runs - other.runs),
        (_NAMED, named[0] - named[1]),
        (_FOLDER, a.handed_in - b.handed_in),
        (_COPY, a.copy - b.copy if a.work == b.work else 0),
        (_LATER, a.against(b)),
    )
    for why, sign in steps:
        if sign:
            return sign, why
    return (1 if one.place < other.place else -1), _LAST
