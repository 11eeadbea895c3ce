"""Random classes with known truth: who handed in which file, under names that people and LMS give.

Nothing is on disk and nothing is run: a file is its path and a line that says whose it is.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from grader.records.base import Text
from grader.records.roster import Person, Roster
from grader.records.submission import Cell, Item, OtherFile, SourceFile

CLASSES = {"skip": ("VGG_SKIP",), "dense": ("VGG_DENSE",), "ca": ("VGG_CA",)}

SURNAMES = "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허남심"
GIVEN = """서준 하린 도윤 예나 시우 지우 하준 은우 유나 채아 도하 민수 지훈 수빈 예준 서연 민재 가은 은별 하늘 수정 이현 다온 라온
    주원 건우 현우 지민 유진 소율 나은 태양 한결 보람 슬기 준 민 현 솔""".split()  # noqa: SIM905
FOREIGN = """Nguyen Thi Lan|Wang Hao|Lucia del Carmen Alvarez Quintero|John Smith|Tran Bao Ngoc Anh Thu|Maria Garcia|Li Wei
    |Mehmet Yilmaz|Sofia Rossi|Aigerim Bekova|Nguyen Van An|Park Jisoo|Min-Su Kim|Kim Min-Seo|Ahmed Hassan"""
DEPARTMENTS = "통계학과 컴퓨터공학과 전자공학부 수학과 경영학과 소프트웨어전공".split()  # noqa: SIM905
WORK = "스킵연결 잔차연결 과제 실습 12주차 최종 제출용 week12 final lab12 hw 딥러닝과제".split()  # noqa: SIM905
DAYS = "20241120 2024-11-20 2024.11.20 241120 11월20일".split()  # noqa: SIM905


@dataclass(frozen=True)
class Student:
    """The truth about one of the class."""

    number: str
    name: str
    login: str
    section: str
    twice: bool = False
    """Somebody before in the class has the same name."""

    @property
    def korean(self) -> bool:
        return bool(re.match("[가-힣]", self.name))


@dataclass
class RandomClass:
    """Files with their owners, and what the grader is given beside them."""

    root: str
    roster: Roster | None
    students: list[Student]
    owners: dict[str, frozenset[str]] = field(default_factory=dict)
    """Numbers of those who handed a file in, by its path; empty for what is nobody's."""
    items: list[Item] = field(default_factory=list)
    style: str = ""

    def add(self, path: str, exercise: str, *owners: Student) -> None:
        """One source file."""
        if path in self.owners:
            return
        self.owners[path] = frozenset(owner.number for owner in owners)
        text = f"# {path}\nclass {CLASSES[exercise][0]}(Module): pass\n"
        self.items.append(SourceFile(path=path, kind="python", cells=(Cell(label=path, text=text),)))

    def add_document(self, path: str, *owners: Student) -> None:
        """One file that is no source."""
        if path not in self.owners:
            self.owners[path] = frozenset(owner.number for owner in owners)
            self.items.append(OtherFile(path=path, reason=Text(en=path, ko=path)))


def path_of(item: SourceFile | OtherFile) -> str:
    """Where a file lay, whatever it is called among its student's."""
    if isinstance(item, OtherFile):
        return item.reason.ko
    return item.cells[0].text.partition("\n")[0][2:]


def random_class(draw: random.Random) -> RandomClass:
    """One class."""
    students = _students(draw)
    roster = _roster(draw, students) if draw.random() < 0.6 else None
    root = draw.choice(
        ("submissions", "class", "lab12_20241120", "제출물 2024-11-20", "12주차", "hw", "딥러닝_2024")
    )
    made = RandomClass(root, roster, students)
    exercises = draw.sample(sorted(CLASSES), draw.randint(1, 3))
    made.style = draw.choice(
        ("flat", "folders", "sections", "exercises", "canvas", "moodle", "mixed", "wrapped")
    )
    form = draw.choice(FORMS)
    decoration = draw.choice(("", "", "", draw.choice(WORK), draw.choice(DAYS), "late", "CSE4012001"))
    handed_in = [s for s in students if draw.random() < 0.9] or students[:1]
    pair = draw.sample(handed_in, 2) if len(handed_in) > 4 and draw.random() < 0.1 else []
    for place, student in enumerate(handed_in):
        own = draw.sample(exercises, draw.randint(1, len(exercises)))
        if sum(other.name == student.name for other in students) > 1:
            own = exercises  # else nothing in the world tells namesakes without numbers apart
        used = draw.choice(FORMS) if draw.random() < 0.1 else form
        for exercise in own:
            made_path = _path(draw, made.style, student, used, decoration, exercise, len(own), place, 0)
            made.add(made_path, exercise, student)
        if draw.random() < 0.1 and made.style == "folders":
            made.add_document(f"{made_path.partition('/')[0]}/보고서.pdf", student)
    if pair:
        first, second = pair
        made.add(f"{first.number}_{second.number}_skip.py", "skip", first, second)
    if draw.random() < 0.2:
        made.add_document(draw.choice(("README.md", "공지사항.txt", "채점기준.pdf", "grades.xlsx")))
    draw.shuffle(made.items)
    return made


FORMS = (
    "{number}_{name}", "{number}_{name}", "{number} {name}", "{name}_{number}", "{number}", "{name}({number})", "{number}{name}",
    "{name}", "{name}", "{department}_{name}", "{department}_{number}_{name}", "{login}", "{work}_{name}", "{work}_{number}_{name}",
    "{name}_{day}", "[{work}] {number} {name}", "{number}-{name}", "학번_{number}_이름_{name}", "{number}_{name}_{phone}",
    "{apart}", "{wide}_{name}",
)  # fmt: skip


WIDE = {ord("0") + digit: chr(ord("０") + digit) for digit in range(10)}


def _apart(name: str) -> str:
    """A Korean name with a blank behind its surname."""
    return f"{name[0]} {name[1:]}" if "가" <= name[0] <= "힣" and len(name) == 3 else name


def _label(draw: random.Random, student: Student, form: str) -> str:
    return form.format(
        number=student.number, name=student.name, login=student.login, department=draw.choice(DEPARTMENTS),
        work=draw.choice(WORK), day=draw.choice(("20241119", "20241120", "20241120", "20241121")),
        phone=draw.choice(("010-2345-6789", "01023456789")), apart=_apart(student.name), wide=student.number.translate(WIDE),
    )  # fmt: skip


def _path(
    draw: random.Random, style: str, student: Student, form: str, decoration: str, exercise: str, count: int, place: int, _: int
) -> str:  # fmt: skip
    label = _label(draw, student, form)
    steady = random.Random(student.number)  # a student's own folder has one name
    folder = _label(steady, student, form) + (f"_{decoration}" if decoration and decoration != "late" else "")
    folder += f" ({place + 1})" if student.twice else ""  # two folders cannot have one name
    late = f"{draw.choice(('지각', 'late'))}/" if decoration == "late" and steady.random() < 0.3 else ""
    match style:
        case "flat":
            tail = f"_{decoration}" if decoration and decoration != "late" else ""
            return f"{late}{label}_{exercise}{tail}.py"
        case "folders":
            return f"{late}{folder}/{exercise}.py"
        case "wrapped":
            return f"lab12_20241120/{folder}/{draw.choice(('', 'src/', 'code/'))}{exercise}.py"
        case "sections":
            return f"{student.section}/{folder}/{exercise}.py"
        case "exercises":
            return f"{exercise}/{label}.py"
        case "canvas":
            flat = re.sub(r"[^\w]", "", student.name).lower()
            return f"{flat}_{7100 + place}_{61000 + 10 * place + sorted(CLASSES).index(exercise)}_{draw.choice((exercise, student.number + '_' + exercise))}.py"
        case "moodle":
            return f"{student.name}_{600 + place}_assignsubmission_file/{exercise}.py"
    return f"{late}{folder}/{exercise}.py" if steady.random() < 0.6 else f"{label}_{exercise}.py"


def _students(draw: random.Random) -> list[Student]:
    count, year = draw.randint(2, 14), draw.choice((2019, 2021, 2023, 2024))
    kind = draw.choice(("sequence", "random", "hyphen", "ten"))
    numbers: set[str] = set()
    while len(numbers) < count:
        serial = 1101 + len(numbers) if kind == "sequence" else draw.randint(0, 9999)
        number = {"ten": f"{year}{serial:06}", "hyphen": f"{year}-{serial + 10000:05}"}.get(
            kind, f"{year}{serial:04}"
        )
        numbers.add(number)
    foreign = [name.strip() for name in FOREIGN.split("|")]
    found: list[Student] = []
    for number in sorted(numbers):
        name = draw.choice(SURNAMES) + draw.choice(GIVEN)
        if draw.random() < 0.15:
            name = draw.choice(foreign)
        if found and draw.random() < 0.06:
            name = draw.choice(found).name
        twice = any(other.name == name for other in found)
        initials = "".join(draw.choice("abcdefghjkmnpqrstvwxyz") for _ in range(draw.randint(4, 7)))
        login = draw.choice(
            (f"{initials}{draw.randint(1, 99):02}", f"{initials[:3]}.{initials[3:]}x", f"{initials}-kim")
        )
        found.append(Student(number, name, login, draw.choice(("1분반", "2분반")), twice))
    return found


def _roster(draw: random.Random, students: Sequence[Student]) -> Roster:
    with_ids, remark = draw.choice(("login", "email", "")), draw.random() < 0.2
    people = []
    for student in students:
        ids = {"login": student.login} if with_ids == "login" else {}
        if with_ids == "email":
            ids["email"] = f"{student.login}@univ.ac.kr"
        name = f"{student.name}(재수강)" if remark and draw.random() < 0.3 else student.name
        people.append(Person(student_id=student.number, name=name, ids=ids))
    people.append(Person(student_id="19990000", name="유령회"))
    return Roster(source="roster.csv", people=tuple(people))
