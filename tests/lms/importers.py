"""What Canvas and Moodle make of an uploaded file, as their own importers read it.

Re-implemented from their sources: Canvas `lib/gradebook_importer.rb`, Moodle
`mod/assign/feedback/offline/{locallib,importgradeslib}.php`.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field


class Rejected(Exception):
    """The LMS takes nothing of the file."""


@dataclass
class Canvas:
    """A course: user id → (SIS id, grade in each assignment id)."""

    assignments: dict[int, str]
    grades: dict[tuple[int, int], str] = field(default_factory=dict)
    users: dict[int, str] = field(default_factory=dict)

    def take(self, data: bytes) -> None:
        """Import a gradebook CSV."""
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise Rejected("invalid encoding") from None
        head = "\n".join(text.split("\n")[:3])
        rows = list(
            csv.reader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ",")
        )
        header = rows[0]
        if (
            not ("Student" in header[0] or header[0] == "LastName")
            or "ID" not in header[1]
            or "Section" not in header
        ):
            raise Rejected("Invalid header row")
        section = header.index("Section")
        columns: dict[int, int] = {}
        for at in range(section + 1, len(header)):
            if re.search(r"(Current|Final).*(Score|Points|Grade)|Override.*(Score|Grade|Status)", header[at]):
                continue
            match = re.search(r"\((\d+)\)$", header[at])
            ids = [int(match[1])] if match else [i for i, t in self.assignments.items() if t == header[at]]
            if not ids or ids[0] not in self.assignments:
                raise Rejected(f"asks whether to create an assignment {header[at]!r}")
            columns[at] = ids[0]
        for row in rows[1:]:
            if row[0].strip() == "Points Possible" or row[header.index("ID")].strip() == "":
                continue
            user = int(row[header.index("ID")])
            if user not in self.users:
                raise Rejected(f"unknown student {user}")
            for at, assignment in columns.items():
                cell = row[at] if at < len(row) else ""
                self._grade(user, assignment, cell)

    def _grade(self, user: int, assignment: int, cell: str) -> None:
        if cell.strip() in ("", "-"):
            self.grades.pop((user, assignment), None)  # a blank clears
        elif cell.strip().upper() == "EX":
            self.grades[user, assignment] = "EX"
        else:
            pieces = re.split(r"[.,]", cell.strip())
            decimals = pieces.pop() if len(pieces) > 1 else ""
            self.grades[user, assignment] = str(float("".join(pieces) + ("." + decimals if decimals else "")))


MOODLE_WORDS = {
    "en": ("Identifier", "Grade", "Last modified (grade)", "Feedback comments", "Participant "),
    "ko": ("식별자", "성적", "마지막 수정됨(성적)", "피드백 코멘트", "참가자"),
}


@dataclass
class Moodle:
    """An assignment's worksheet form: participant → grade."""

    language: str
    maximum: float = 100.0
    zero_counts: bool = False
    """False in Moodle 5.2."""
    grades: dict[int, float] = field(default_factory=dict)
    comments: dict[int, str] = field(default_factory=dict)

    def take(self, data: bytes, ignore_modified: bool = False) -> list[int]:
        """Import a worksheet; the participants whose rows were skipped without a word."""
        text = data.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text)))
        identifier, grade, modified, feedback, prefix = MOODLE_WORDS[self.language]
        header = rows[0]
        if any(word not in header for word in (identifier, grade, modified)):
            raise Rejected("Moodle could not read the uploaded worksheet")
        if any(len(row) != len(header) for row in rows):
            raise Rejected("columns differ")
        skipped = []
        for row in rows[1:]:
            raw = (
                row[header.index(identifier)]
                .encode()[len(prefix.encode()) :]
                .decode(errors="replace")
                .strip()
            )
            if not raw.isdigit():
                continue
            user, cell = int(raw), row[header.index(grade)].strip()
            if cell == "":
                continue
            number = float(cell)
            if number < 0 or number > self.maximum or (number == 0 and not self.zero_counts):
                skipped.append(user)
                continue
            if user in self.grades and self.grades[user] == number:
                continue
            if user in self.grades and not ignore_modified and self.language == "ko":
                skipped.append(user)  # strtotime("2026년 …") is false: every graded row counts as stale
                continue
            self.grades[user] = number
            if feedback in header:
                self.comments[user] = row[header.index(feedback)]
        return skipped


def feedback_owner(name: str) -> tuple[str, int]:
    """Whom Moodle gives a file of the feedback zip (`mod/assign/feedback/file/importziplib.php`)."""
    full_name, participant, kind, plugin, _rest = name.split("_", 4)
    if kind != "assignsubmission" or not participant.isdigit() or plugin != "file":
        raise Rejected(name)
    return full_name, int(participant)
