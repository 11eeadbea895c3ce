"""The class list that `--roster` names: who is in the class, and what the LMS calls them.

A Canvas gradebook or a Moodle grading worksheet is read as what it is; any other CSV needs a heading
for the student number or the name.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from grader.errors import UserError
from grader.file_names import clean
from grader.lms.download_names import TEST_STUDENTS
from grader.lms.table import no_text, whose
from grader.lms.times import moment
from grader.records.roster import Person, Roster

_LARGEST = 20_000_000
_HEADING_LINES = 10
"""Lists from a registrar's office begin with a title and the course's name."""

_HEADINGS = {
    "number": """학번 학생번호 교번 학적번호 사번 studentnumber studentno studentid stuno idnumber sisuserid
        number matriculationnumber sid 학번사번 id번호 식별번호""",
    "name": "이름 성명 학생명 학생이름 학생성명 한글이름 한글성명 name fullname studentname student",
    "family": "성 lastname familyname surname",
    "given": "firstname givenname",
    "email": "이메일 이메일주소 메일 전자우편 email emailaddress mail",
    "login": "아이디 로그인 계정 login loginid username sisloginid",
    "canvas": "canvas canvasid canvasuserid",
    "moodle": "moodle moodleid participant participantid 참가자 참가자번호",
    "section": "분반 반 section",
    "submitted": "제출시각 제출시간 제출일시 submittedat submissiontime",
    "other": "영문이름 영문명 영문성명 영어이름 englishname 국문이름 국문성명 koreanname preferredname nickname 별명",
    "team": "조 팀 모둠 조이름 팀이름 팀명 조번호 team teamname teamnumber group groupname 그룹",
}
_COUNTED = frozenset("번호 no id 순번 연번".split())  # noqa: SIM905
_FIELDS = {heading: field for field, headings in _HEADINGS.items() for heading in headings.split()}


def read_roster(path: Path) -> Roster:
    """The people of a class list, whichever of the three kinds it is.

    Raises UserError with file, line, problem and fix.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except FileNotFoundError:
        raise UserError(f"{path}: there is no such file; check the spelling") from None
    except OSError as error:
        raise UserError(f"{path}: cannot be opened ({error.strerror}); check its permissions") from None
    if len(data) > _LARGEST:
        _fault(path, None, "too large for a class list", "name a CSV file")
    if kind := no_text(data):
        fix = "save it as “CSV UTF-8” and name that" if kind == "a spreadsheet" else "name the class list"
        _fault(path, None, f"this is {kind}, not a CSV file", fix)
    rows = _rows(path, data)
    people = _of_lms(rows) or _simple(path, rows)
    for line, person in people:
        _no_lost_digits(path, line, person)
    people = _once_each(path, _numbers_in_logins(people))
    return Roster(source=path.name, people=tuple(person for _, person in people))


def _rows(path: Path, data: bytes) -> list[list[str]]:
    encodings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp949")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        _fault(path, None, "neither UTF-8 nor CP949", "save it as “CSV UTF-8”")
    head = "\n".join(text.splitlines()[:_HEADING_LINES])
    separator = max(",;\t", key=head.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        _fault(path, None, f"no CSV file ({error})", "save it as “CSV UTF-8”")


_CANVAS = {"SIS User ID": "number", "SIS Login ID": "login", "ID": "canvas"}
_MOODLE = {
    "identifier": ("Identifier", "식별자"),
    "name": ("Full name", "성명", "이름", "전체 이름"),
    "number": ("ID number", "학번", "ID 번호", "아이디 번호"),
    "email": ("Email address", "이메일 주소", "이메일"),
    "status": ("Status", "상태"),
    "section": ("Group", "모둠"),
    "submitted": ("Last modified (submission)", "마지막 수정됨(제출)"),
}


def _of_lms(rows: list[list[str]]) -> list[tuple[int, Person]]:
    """The people of a Canvas gradebook or a Moodle grading worksheet; empty where it is neither."""
    head = [cell.strip() for cell in rows[0]] if rows else []
    if whose(head) == "canvas":
        return [(line, person) for line, row in enumerate(rows[1:], 2) if (person := _of_canvas(head, row))]
    at = {role: head.index(n) for role, names in _MOODLE.items() for n in names if n in head}
    if "identifier" in at:  # without a column of names where submissions are anonymous
        found = ((line, _of_moodle(at, row)) for line, row in enumerate(rows[1:], 2))
        return [(line, person) for line, person in found if person is not None]
    return []


def _of_canvas(head: list[str], row: list[str]) -> Person | None:
    """None for the points row, the row of hidden grades, and Canvas's own test student."""
    cells = dict(zip(head, (_text(cell) for cell in row), strict=False))
    name = cells.get("Student", "") or _whole_name(cells.get("LastName", ""), cells.get("FirstName", ""))
    if not re.fullmatch(r"\d+", cells.get("ID", "")) or _plain(name) in TEST_STUDENTS:
        return None
    ids = {field: value for column, field in _CANVAS.items() if (value := cells.get(column, ""))}
    section = cells.get("Section", "")
    return Person(student_id=ids.pop("number", ""), name=_said(name), ids=ids, section=section)


def _of_moodle(at: dict[str, int], row: list[str]) -> Person | None:
    """None for an empty line."""
    cells = {role: _text(row[place]) for role, place in at.items() if place < len(row)}
    participant = re.search(r"\d+$", cells.get("identifier", ""))
    if participant is None:
        return None
    ids = {"moodle": participant[0]} | ({"email": cells["email"]} if cells.get("email") else {})
    status = cells.get("status", "")
    return Person(
        student_id=cells.get("number", ""),
        name=cells.get("name", ""),
        ids=ids,
        section=cells.get("section", ""),
        submitted=moment(cells.get("submitted", "")),
        late=bool(re.search(r"\blate\b|늦음|지각", status)),
        draft=bool(re.match(r"Draft|초안|임시", status)),
    )


def _simple(path: Path, rows: list[list[str]]) -> list[tuple[int, Person]]:
    """People with the line that each stands in."""
    start, fields = _heading(path, rows)
    for field in set(fields) - {"", "section"}:
        if fields.count(field) > 1:
            named = " and ".join(f"“{rows[start][i]}”" for i, f in enumerate(fields) if f == field)
            _fault(path, start + 1, f"{named} could both be the {field}", "rename the one that is not")
    found = []
    for line, row in enumerate(rows[start + 1 :], start + 2):
        if _is_between(row, rows[start]):
            continue
        cell = {
            field: _text(value) for field, value in zip(fields, row, strict=False) if field and value.strip()
        }
        number = cell.pop("number", "")
        number = unicodedata.normalize("NFKC", number)
        number = number.removesuffix(".0") if re.fullmatch(r"\d+\.0", number) else number
        number = number.replace(",", "") if re.fullmatch(r"\d{1,3}(,\d{3}){2,}", number) else number
        number = "" if re.search(r"[가-힣]", number) else number  # a title, a sum, a remark
        name = _whole_name(cell.pop("family", ""), cell.pop("given", "") or cell.pop("name", ""))
        cell.pop("name", None)
        others = (cell.pop("other"),) if "other" in cell else ()
        if (re.search(r"[^\W\d_]", name) or re.search(r"\d", number)) and _plain(name) not in TEST_STUDENTS:
            submitted = _time(path, line, cell.pop("submitted", ""))
            person = Person(
                student_id=number, name=_said(_without_remark(name)), names=others, section=cell.pop("section", ""),
                submitted=submitted, ids=cell,
            )  # fmt: skip
            found.append((line, person))
    if not found:
        _fault(path, None, "nobody in it", "name the class list")
    return found


def _time(path: Path, line: int, written: str) -> datetime | None:
    """Raises UserError for what is no time."""
    found = moment(written)
    if found is None and written not in ("", "-"):
        _fault(path, line, f"“{written}” is no time of a hand-in", "write it like 2026-11-27 23:59")
    return found


def _is_between(row: list[str], heading: list[str]) -> bool:
    """Whether a line is the heading again, as on every page of a printed list, or a title or sum between."""
    said = [cell for cell in row if cell.strip()]
    if not said:
        return True
    if re.fullmatch(r"(?:총\s*)?(?:계|합계|소계|총계|인원|총원|total|sum)", said[0].strip(), re.IGNORECASE):
        return True
    again = sum(_plain(cell) in {_plain(own) for own in heading} for cell in said)
    return 2 * again > len(said) or (
        len(said) == 1 and bool(re.search(r"^\s*(?:총|계|합계)\b|총\s*\d+\s*명|\d+\s*명", said[0]))
    )


def _without_remark(name: str) -> str:
    """ "홍길동(재수강)" without what stands in brackets behind it."""
    return re.sub(r"\s*[(\[（][^)\]）]*[)\]）]\s*$", "", name) or name


def _no_lost_digits(path: Path, line: int, person: Person) -> None:
    """Raises UserError where a spreadsheet has left only the first digits of a number."""
    for value in (person.student_id, *person.ids.values()):
        if re.fullmatch(r"\d(\.\d+)?E\+\d+", value, re.IGNORECASE):
            _fault(
                path,
                line,
                f"a spreadsheet has turned a student number into {value}",
                "download the list again and name that file unopened, or format the column as text and save it again",
            )


def _numbers_in_logins(people: list[tuple[int, Person]]) -> list[tuple[int, Person]]:
    """Logins as student numbers, where the list has no number and nearly every login is one."""
    if any(person.student_id for _, person in people):
        return people
    numbers = [
        re.fullmatch(r"([A-Za-z]?\d{5,12})(?:@.*)?", p.ids.get("login") or p.ids.get("email", ""))
        for _, p in people
    ]
    if not people or 10 * sum(n is not None for n in numbers) < 9 * len(people):
        return people
    return [
        (line, person.model_copy(update={"student_id": number[1]}) if number else person)
        for (line, person), number in zip(people, numbers, strict=True)
    ]


def _heading(path: Path, rows: list[list[str]]) -> tuple[int, list[str]]:
    """Where the heading stands, and what each of its columns is; "" for a column that says nothing."""
    for place, row in enumerate(rows[:_HEADING_LINES]):
        fields = [_FIELDS.get(_plain(cell), "") for cell in row]
        if {"number", "name", "family"} & set(fields):
            return place, _with_numbers(row, fields, rows[place + 1 :])
    _fault(
        path,
        1,
        "no column with student numbers or names",
        "give it a heading line such as “학번,이름” or “student number,name”",
    )


def _with_numbers(heading: list[str], fields: list[str], below: list[list[str]]) -> list[str]:
    """Where no column is called a student number's: one called “no.”, if it does not merely count the lines."""
    for place, cell in enumerate(heading):
        if "number" in fields or _plain(cell) not in _COUNTED:
            continue
        values = [_text(row[place]) for row in below if place < len(row) and row[place].strip()]
        if (
            values
            and sum(bool(re.fullmatch(r"[A-Za-z]?\d{5,12}", value)) for value in values) > len(values) / 2
        ):
            return [*fields[:place], "number", *fields[place + 1 :]]
    return fields


def _said(name: str) -> str:
    """A sortable name as it is said: "홍, 길동" is 홍길동, "Kim, Min-Su" is Min-Su Kim."""
    family, comma, given = name.partition(",")
    return _whole_name(family.strip(), given.strip()) if comma and "," not in given else name


def _whole_name(family: str, given: str) -> str:
    korean = re.fullmatch(r"[가-힣]+", family + given)
    return family + given if korean else " ".join(part for part in (given, family) if part)


def _once_each(path: Path, people: list[tuple[int, Person]]) -> list[tuple[int, Person]]:
    """One line for each person: who is in two sections stands in a list twice.

    Raises UserError where one number, or one account, has two names.
    """
    kept: list[tuple[int, Person]] = []
    seen: dict[tuple[str, str], tuple[int, Person]] = {}
    for line, person in people:
        signs = [("number", person.student_id)] if person.student_id else []
        signs += [(kind, value) for kind, value in person.ids.items() if kind in ("canvas", "moodle")]
        first = next((seen[sign] for sign in signs if sign in seen), None)
        for sign in signs:
            seen.setdefault(sign, (line, person))
        if first is None:
            kept.append((line, person))
        elif _plain(first[1].name) != _plain(person.name):
            _fault(
                path,
                line,
                f"{person.student_id or signs[0][1]} stands in line {first[0]} already, for {first[1].name}",
                "give every student a number of their own",
            )
    return kept


def _plain(heading: str) -> str:
    """A heading without case, blanks, marks and what stands in brackets."""
    return re.sub(r"[\W_]+", "", re.sub(r"\(.*?\)|\[.*?\]", "", heading)).casefold()


def _text(cell: str) -> str:
    """What a cell shows: `="20231234"` and `'20231234` are ways to keep a spreadsheet from counting."""
    cell = clean(" ".join(cell.split()))
    if match := re.fullmatch(r'="(.*)"', cell):
        cell = match.group(1)
    return cell.removeprefix("'")


def _fault(path: Path, line: int | None, problem: str, fix: str) -> NoReturn:
    where = f"{path}:{line}" if line else str(path)
    raise UserError(f"{where}: {problem}; {fix}")
