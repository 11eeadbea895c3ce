"""Who of the platform's members is who of the class: by student number, else by e-mail, never by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from grader.records.results import SubmissionResult
from grader.stages.exports.lti_client import Member


def join(
    students: Iterable[SubmissionResult], members: Iterable[Member]
) -> tuple[dict[str, Member], dict[str, str]]:
    """Members by student number, and for each student who is none, the sentence that says so."""
    everybody = tuple(members)
    by_number = _unique(everybody, lambda member: plain_number(member.number))
    by_email = _unique(everybody, lambda member: member.email.strip().casefold())
    found: dict[str, Member] = {}
    missing: dict[str, str] = {}
    for student in students:
        email = student.ids.get("email", "").strip().casefold()
        member = by_number.get(plain_number(student.student_id)) or (by_email.get(email) if email else None)
        if member is not None:
            found[student.student_id] = member
        else:
            missing[student.student_id] = _not_found(student, everybody)
    return found, missing


def plain_number(number: str) -> str:
    """A student number as it compares: spreadsheets drop leading zeros."""
    return number.strip().lstrip("0").casefold()


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


def _not_found(student: SubmissionResult, members: tuple[Member, ...]) -> str:
    if not any(member.number or member.email for member in members):
        return (
            "the LMS tells the tool neither student numbers nor e-mails; let it share them with the tool, "
            "or export as a file"
        )
    name = "".join(student.student_name.split()).casefold()
    same = [member for member in members if name and "".join(member.name.split()).casefold() == name]
    shown = ", ".join(member.number or member.email or "no number shown" for member in same[:3])
    return "no such student number in the course" + (f"; the same name there: {shown}" if same else "")
