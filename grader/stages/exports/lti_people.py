"""Who of the platform's members is who of the class: by student number, else by e-mail, never by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from grader.records.base import Text
from grader.records.results import SubmissionResult
from grader.stages.exports.grades import plain_number
from grader.stages.exports.lti_client import Member


def join(
    students: Iterable[SubmissionResult], members: Iterable[Member]
) -> tuple[dict[str, Member], dict[str, Text]]:
    """Members by student number, and for each student who is none, the sentence that says so."""
    everybody = tuple(members)
    by_number = _unique(everybody, lambda member: plain_number(member.number))
    by_email = _unique(everybody, lambda member: member.email.strip().casefold())
    found: dict[str, Member] = {}
    missing: dict[str, Text] = {}
    for student in students:
        email = student.ids.get("email", "").strip().casefold()
        member = by_number.get(plain_number(student.student_id)) or (by_email.get(email) if email else None)
        if member is not None:
            found[student.student_id] = member
        else:
            missing[student.student_id] = _not_found(student, everybody)
    return found, missing


def _unique(members: tuple[Member, ...], of: Callable[[Member], str]) -> dict[str, Member]:
    found: dict[str, Member] = {}
    twice = set()
    for member in members:
        key = of(member)
        if key and key in found:
            twice.add(key)
        if key:
            found[key] = member
    return {key: member for key, member in found.items() if key not in twice}


def _not_found(student: SubmissionResult, members: tuple[Member, ...]) -> Text:
    if not any(member.number or member.email for member in members):
        return Text(
            en="the LMS tells the tool neither student numbers nor e-mails; let it share them with the tool",
            ko="LMS가 도구에 학번도 이메일도 알려 주지 않아요. 도구 설정에서 공유를 켜 주세요",
        )
    name = "".join(student.student_name.split()).casefold()
    same = [member for member in members if name and "".join(member.name.split()).casefold() == name]
    shown = ", ".join(member.number or member.email or "?" for member in same[:3])
    return Text(
        en="no such student number in the course" + (f"; the same name there: {shown}" if shown else ""),
        ko="과목에 없는 학번이에요" + (f". 이름이 같은 사람: {shown}" if shown else ""),
    )
