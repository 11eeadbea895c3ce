"""`course.yaml`: what is graded, what becomes of code that does not run, which scores go into which column."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from grader.records.base import Record
from grader.records.deadline import Deadline
from grader.records.lms_sites import CanvasSite, LtiSite
from grader.records.repair import Mending


class Column(Record):
    """One column of the LMS's gradebook."""

    title: str = Field(min_length=1)
    """As the LMS shows it, without the id that Canvas puts behind it."""
    exercises: tuple[str, ...] = Field(min_length=1)
    """Whose points are added up."""
    points: float = Field(gt=0)
    """Of the LMS: what the exercises' points are scaled to."""


class RunDefaults(Record):
    """What `grader run` does where its options say nothing else."""

    exercises: tuple[str, ...] = ()
    """The exercises that are asked for; the others are neither graded nor shown. Empty: all."""
    profile: str | None = None
    """static, or the name of a recipe; None: quick, on a GPU full."""
    roster: str | None = None
    """Path of the class list, from the folder of `course.yaml`."""
    deadline: Deadline | None = None
    """None: lateness is shown where the LMS tells it, and costs nothing."""


SeveralFiles = Literal["newest", "best", "ask"]
"""Which of a student's files counts where several hold an exercise's class and give different points."""


class CourseFile(Record):
    """The whole file."""

    columns: tuple[Column, ...] = Field(min_length=1)
    decimals: int = Field(default=2, ge=0, le=2)
    """Places after the point; a half is rounded up."""
    csv: tuple[str, ...] = ("student_id", "student_name", "total")
    """Columns of `--to csv`: student_id, student_name, section, late, submitted, late_percent, status, total, comment,
    an exercise, a column's title, or `columns` for all of these titles."""
    moodle: dict[str, str] = Field(default_factory=dict)
    """What a site calls the worksheet's columns, where the usual names do not do: grade, maximum, feedback …"""
    mending: Mending = Mending()
    """What becomes of submissions that do not run."""
    several_files: SeveralFiles = "newest"
    """newest: as names and folders tell, asked about where they hardly do; best: the most points; ask: a person."""
    run: RunDefaults = RunDefaults()
    """What is graded, and how."""
    variants: int = Field(default=0, ge=0)
    """Each student is graded by one of so many variants (`grader release --variants`); 0: all by the same course."""
    lti: LtiSite | None = None
    canvas_api: CanvasSite | None = None

    @model_validator(mode="after")
    def _titles_differ(self) -> CourseFile:
        titles = [column.title for column in self.columns]
        if len(set(titles)) != len(titles):
            raise ValueError("two columns have the same title; give each its own")
        return self
