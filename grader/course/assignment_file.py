"""`assignment.yaml` → `Assignment`; every mistake is one sentence with file, line, problem and fix."""

from __future__ import annotations

import json
import keyword
from difflib import get_close_matches
from pathlib import Path
from typing import NoReturn

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from grader.records.assignment import Assignment
from grader.records.findings import CHECKS
from grader.yaml_file import Location, YamlFile, named, nearest, read_text

PROFILES = ("quick", "full")
"""Recipes that runs ask for by default; there may be others."""


def read_assignment(path: Path) -> Assignment:
    """The exercise described by the file; its folder's name is the exercise's.

    Raises:
        AssignmentError: the first mistake in the file.
    """
    page = _Page(path, read_text(path, "describe the exercise there"), "describe the exercise there")
    try:
        assignment = Assignment.model_validate_json(json.dumps(page.data), strict=True)
    except ValidationError as error:
        page.told(page.first(error.errors(include_url=False)))
    page.check_names(assignment, path.parent.name)
    return assignment


class _Page(YamlFile):
    """An `assignment.yaml`."""

    def told(self, error: ErrorDetails) -> NoReturn:
        """Say an error of pydantic's in words for an instructor."""
        where, kind = error["loc"], error["type"]
        if where[-1:] == ("[key]",):
            check = str(where[-2])
            self.fail(where[:-1], f"unknown check {check}", nearest(check, CHECKS, "the checks are"))
        if kind == "value_error":
            self._break_of_a_rule(where, str(error["ctx"]["error"]))
        if where[:1] == ("input_shape",) and kind in ("missing", "too_long"):
            self.fail(where[:1], "input_shape must have three numbers", "write [channels, height, width]")
        self.explain(error, Assignment)

    def _break_of_a_rule(self, where: Location, rule: str) -> NoReturn:
        if where[:1] == ("blanks",):
            self.fail(where, f"{named(where)}: {rule}", "say what the blank's hint says")
        if where == () and "own_layers" in rule:
            self.fail(
                ("blanks",), rule, "say of each blank which layers it makes, or what it reads and makes"
            )
        if where == ():
            self.fail(("rubric",), rule, "give every check its points, 0 for one that should not count")
        if "epochs" in rule:
            self.fail(where, f"{named(where)}: {rule}", "write one of the two")
        self.fail(
            (*where, "batch_size"), f"{named(where)}: {rule}", "use 10, 20, 30 … or set balanced: false"
        )

    # -- mistakes that only this file can show ----------------------------------------------------

    def check_names(self, assignment: Assignment, folder: str) -> None:
        """Names that must fit what stands outside the file."""
        if assignment.name != folder:
            self.fail(
                ("name",), f"name is {assignment.name}, but the folder is {folder}", f"write name: {folder}"
            )
        if not assignment.classes:
            self.fail(("classes",), "classes is empty", "name the class that students write")
        for i, name in enumerate(assignment.classes):
            if not name.isidentifier() or keyword.iskeyword(name):
                self.fail(("classes", i), f"no Python class can be called {name!r}", "write a class name")
        if not any(assignment.rubric.values()):
            self.fail(("rubric",), "rubric gives no points at all", "give some check points")
        for profile in assignment.recipes:
            absent = [known for known in PROFILES if known not in assignment.recipes]
            if profile == "static":
                self.fail(("recipes", profile), "static means no training", "call the recipe something else")
            if near := get_close_matches(profile, absent, n=1, cutoff=0.8):
                self.fail(
                    ("recipes", profile),
                    f"no run asks for a recipe called {profile}",
                    f"did you mean {near[0]}?",
                )
