"""Two thousand classes with known truth: no file reaches another person, nobody vanishes, doubt is said."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from random_classes import CLASSES, RandomClass, path_of, random_class

from grader.errors import SubmissionsError
from grader.records.submission import ClassWork, Submission
from grader.stages.people import by_student
from grader.stages.people.class_list import bare_number

CLASSES_TRIED = 2_000


def _sorted(made: RandomClass) -> ClassWork:
    return by_student(made.items, made.root, made.roster, classes=CLASSES)


def _paths(submission: Submission) -> list[str]:
    return [path_of(item) for item in (*submission.files, *submission.others) if item.path != "…"]


def faults(made: RandomClass, work: ClassWork) -> list[str]:
    """What is wrong with how a class was sorted; nothing where doubt was said."""
    found = []
    numbers = {bare_number(student.number): student.number for student in made.students}
    reached: dict[str, set[str]] = {}
    for submission in work.submissions:
        paths = _paths(submission)
        owners = [made.owners[path] for path in paths]
        if submission.unmatched is not None:
            for path in paths:
                reached.setdefault(path, set()).add("asked")
            continue
        real = [owner for owner in owners if owner]
        shared = frozenset.intersection(*real) if real else frozenset()
        if real and not shared:
            found.append(f"{submission.student_id} {submission.student_name} has files of several: {paths}")
        stated = numbers.get(bare_number(submission.student_id))
        if stated and real and stated not in shared:
            found.append(f"{submission.student_id} has files of {sorted(shared)}: {paths}")
        for path in paths:
            reached.setdefault(path, set()).add(submission.student_id)
    strays = {path_of(stray) for stray in work.strays}
    for path, owners_of_it in made.owners.items():
        if path not in reached and path not in strays:
            found.append(f"{path} has vanished")
        if path not in reached and owners_of_it and path.endswith(".py"):
            found.append(f"{path} is nobody's, and nobody is asked")
    for student in made.students:  # all of one student's in one place, or asked about
        places = [
            reached.get(path, set()) for path, owners in made.owners.items() if owners == {student.number}
        ]
        settled = {place for group in places for place in group if place != "asked"}
        if len(settled) > 1 and not any("asked" in group for group in places):
            found.append(f"{student.number} {student.name} is {sorted(settled)}")
    return found


def test_of_two_thousand_classes_no_file_reaches_another_person(capsys: pytest.CaptureFixture[str]) -> None:
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for seed in range(CLASSES_TRIED):
        made = random_class(random.Random(seed))
        try:
            work = _sorted(made)
        except SubmissionsError:
            counts["refused"] += 1
            continue
        wrong += [f"class {seed} ({made.style}): {fault}" for fault in faults(made, work)]
        asked = sum(s.unmatched is not None for s in work.submissions)
        counts["classes with a question" if asked else "classes settled"] += 1
        counts["hand-ins asked about"] += asked
        counts["hand-ins settled"] += sum(s.unmatched is None and bool(s.files) for s in work.submissions)
    with capsys.disabled():
        print("\n" + ", ".join(f"{count} {what}" for what, count in sorted(counts.items())))
    assert wrong == []
    assert counts["classes settled"] > CLASSES_TRIED / 2
