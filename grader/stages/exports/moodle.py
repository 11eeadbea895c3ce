"""Moodle (Coursemos): the TA's own grading worksheet, filled, and a zip with every student's page.

The worksheet is language-bound at both ends (`mod/assign/feedback/offline`): headers and ids go back byte
for byte. Rows that Moodle would skip without a word are told.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from grader.errors import UserError
from grader.lms.table import Row, Table, whose
from grader.records.base import Text
from grader.records.column_scores import written
from grader.stages.exports.grades import OWN_COMMENT, Grade, Order, by_number, grades, plain_number
from grader.stages.exports.plan import Change, Outcome, What, not_there, numbers_differ

WHAT = "the grading worksheet from Moodle"
NAMES: Mapping[str, tuple[str, ...]] = {
    "identifier": ("Identifier", "식별자"),
    "name": ("Full name", "성명", "이름", "전체 이름"),
    "number": ("ID number", "학번", "ID 번호", "아이디 번호"),
    "grade": ("Grade", "성적"),
    "maximum": ("Maximum grade", "최대 성적", "최고 성적"),
    "changeable": ("Grade can be changed", "성적 변경 가능", "성적을 변경할 수 있음"),
    "modified": ("Last modified (grade)", "마지막 수정됨(성적)", "최종 수정(성적)"),
    "feedback": ("Feedback comments", "피드백 코멘트", "피드백 댓글"),
}
"""What Moodle calls its columns, in English and in Korean; `moodle:` in course.yaml adds a site's own."""
STATUS = ("Status", "상태")
NO = ("No", "아니오", "아니요")


def export(order: Order) -> Outcome:
    """Fill the worksheet that `order.source` names, into `order.out`; and the feedback zip beside it."""
    if order.source is None:
        raise UserError(
            "Moodle's own grading worksheet is needed; download it in Moodle and name it with --worksheet"
        )
    table = Table.read(order.source, WHAT)
    at = _places(table, order.course.moodle)
    everyone = grades(order)
    listed, participants = by_number(everyone), _by_participant(everyone)
    changes, pages, numbers = [], [], []
    seen: set[str] = set()
    for row in table.rows[1:]:
        if not any(row.raw):
            continue
        grade = _grade(row, at, listed, participants, everyone)
        change = _change(table, row, at, grade, order)
        changes.append(change)
        if grade is None:
            continue
        seen.add(grade.student.student_id)
        numbers.append((row.value(at["number"]).strip() if "number" in at else "", grade.student))
        if change.what == "page":
            pages.append((_page_name(row, at), grade))
        elif change.what in ("set", "same"):
            table.fill(row, at["grade"], change.new)
            if "feedback" in at and _is_ours(row.value(at["feedback"]).strip()):
                table.fill(row, at["feedback"], _escaped(grade.comment))
            pages.append((_page_name(row, at), grade))
    changes += not_there(everyone, seen, order.column.title)
    files = [] if order.dry_run else _write(order, table, pages)
    advice = (*_advice(at, changes), *numbers_differ(numbers))
    return Outcome(tuple(changes), tuple(files), UPLOAD, advice)


def _is_ours(comment: str) -> bool:
    """Nothing, or what an earlier export wrote; never what a person wrote."""
    return not comment or OWN_COMMENT.fullmatch(comment) is not None


def _places(table: Table, own: Mapping[str, str]) -> dict[str, int]:
    """Where each column stands.

    Raises:
        UserError: the grade's, or the id's, is not found.
    """
    header = [name.strip() for name in table.header]
    if whose(header) == "canvas":
        raise UserError(
            f"{table.path}: this is a gradebook from Canvas; it goes with --to canvas --gradebook"
        )
    found = {}
    for role, names in NAMES.items():
        wanted = (own[role],) if role in own else names
        for name in wanted:
            if name in header:
                found[role] = header.index(name)
                break
    if "grade" not in found:
        raise UserError(
            f"{table.path}:1: no column is known to be the grade ({', '.join(header)}); say its name in course.yaml: "
            "moodle: {grade: …}"
        )
    found.setdefault("identifier", 0)
    # beyond the last column where submissions are anonymous: then there is none, and the status stands second
    found.setdefault("name", 1 if len(header) > 1 and header[1] not in STATUS else len(header))
    return found


def _by_participant(everyone: tuple[Grade, ...]) -> dict[str, Grade]:
    return {g.student.ids["moodle"]: g for g in everyone if g.student.ids.get("moodle")}


def _participant(row: Row, at: dict[str, int]) -> str:
    """ "Participant 123" and "참가자123" → "123"."""
    digits = re.search(r"\d+$", row.value(at["identifier"]).strip())
    return digits[0] if digits else ""


def _grade(
    row: Row,
    at: dict[str, int],
    listed: dict[str, Grade],
    participants: dict[str, Grade],
    everyone: tuple[Grade, ...],
) -> Grade | None:
    """By student number, else by participant number, else by a name that only one student has."""
    if "number" in at and (grade := listed.get(plain_number(row.value(at["number"])))):
        return grade
    if grade := participants.get(_participant(row, at)):
        return grade
    name = "".join(row.value(at["name"]).split()).casefold()
    same = [g for g in everyone if name and "".join(g.student.student_name.split()).casefold() == name]
    return same[0] if len(same) == 1 and "number" not in at else None


def _change(table: Table, row: Row, at: dict[str, int], grade: Grade | None, order: Order) -> Change:
    old = row.value(at["grade"]).strip()
    number = row.value(at["number"]) if "number" in at else row.value(at["identifier"])
    who = (grade.student.student_id if grade else number, row.value(at["name"]), order.column.title, old)
    if grade is None:
        return Change(*who, "", "missing", Text(en="not among the submissions", ko="제출물 가운데 없어요"))
    if grade.score is None:
        what: What = "held" if not grade.missing else "missing" if grade.student.absent else "page"
        return Change(*who, "", what, grade.held)
    if "changeable" in at and row.value(at["changeable"]).strip() in NO:
        why = Text(
            en="Moodle says that the grade cannot be changed", ko="Moodle에서 성적을 바꿀 수 없는 상태예요"
        )
        return Change(*who, "", "held", why)
    maximum = _number(row.value(at["maximum"])) if "maximum" in at else None
    if maximum is not None and abs(maximum - order.column.points) > 0.005:
        raise UserError(
            f"{order.place}: the column has {order.column.points:g} points there and {maximum:g} in Moodle "
            f"({table.path}:{row.line}); make them equal"
        )
    new = written(grade.score)
    there = _number(old)
    return Change(*who, new, "same" if there is not None and abs(there - float(new)) < 0.005 else "set")


def _number(cell: str) -> float | None:
    """A Korean or English site writes 87.50, some others 87,50."""
    try:
        return float(cell.strip().replace(",", "."))
    except ValueError:
        return None


def _escaped(text: str) -> str:
    """For Moodle's rich-text field."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _page_name(row: Row, at: dict[str, int]) -> str:
    """As Moodle's importer splits it: full name, participant, plugin type, plugin, rest."""
    name = re.sub(r'[_/\\:*?"<>|\x00-\x1f]', " ", row.value(at["name"])).strip() or "Participant"
    return f"{name}_{_participant(row, at)}_assignsubmission_file_feedback.html"


def _write(order: Order, table: Table, pages: list[tuple[str, Grade]]) -> list[Path]:
    if not pages:
        return []
    assert order.source is not None
    out = order.out or order.run / "exports" / f"moodle-{order.source.stem}.csv"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(table.bytes())
    archive = out.with_name(f"{out.stem}-feedback.zip")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, grade in pages:
            page = order.pages.get(grade.student.student_id)
            if page is not None:
                # no time of day in it: the same run gives the same bytes
                packed.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), page, zipfile.ZIP_DEFLATED)
    return [out, archive]


UPLOAD = Text(
    en="In Moodle: View all submissions → Upload grading worksheet, in the same language as it was downloaded; "
    "then “Upload multiple feedback files in a zip”.",
    ko="Moodle에서 ‘모든 제출물 보기 → 채점 워크시트 업로드’로 올리세요. 내려받을 때와 같은 언어로 보고 있어야 해요. "
    "그다음 ‘피드백 파일 여러 개를 zip으로 업로드’에 피드백 zip을 올리세요.",
)


def _advice(at: dict[str, int], changes: list[Change]) -> list[Text]:
    advice = []
    if "feedback" in at and any(change.what in ("set", "same") for change in changes):
        advice.append(
            Text(
                en="The feedback comments get the points of each exercise, where they are empty.",
                ko="피드백 코멘트 열이 비어 있으면 과제별 점수도 적어요.",
            )
        )
    if any(change.what == "set" and change.old not in ("", "-") for change in changes):
        advice.append(
            Text(
                en="Some students have a grade already: tick “Allow updating records that have been modified more "
                "recently in Moodle than in the worksheet”, or Moodle skips them without a word.",
                ko="이미 성적이 있는 학생이 있어요. ‘Moodle에서 더 최근에 수정된 기록도 업데이트 허용’ 상자를 체크하세요. "
                "체크하지 않으면 그 학생들은 아무 말 없이 건너뛰어요.",
            )
        )
    zeros = [
        change.student_id for change in changes if change.what in ("set", "same") and float(change.new) == 0
    ]
    if zeros:
        advice.append(
            Text(
                en=f"Moodle 5.2 and newer drop a grade of 0 from the worksheet: enter it by hand for {', '.join(zeros)}.",
                ko=f"Moodle 5.2부터는 워크시트의 0점이 반영되지 않아요. 이 학생들은 직접 입력하세요: {', '.join(zeros)}",
            )
        )
    return advice
