"""Student code as text → what capture makes of it, through a real sandbox."""

from __future__ import annotations

from functools import cache

import torch

from grader.course import default_root, read_course
from grader.records.assignment import Assignment
from grader.records.findings import Verdict
from grader.records.graph import Capture, ModelGraph
from grader.records.judgement import Judgement
from grader.records.submission import Cell, Excerpt
from grader.sandboxes import ProcessSandbox
from grader.stages.capture import capture
from grader.stages.judging import judge

torch.set_num_threads(1)  # as in the workers
IMAGE = (3, 32, 32)


@cache
def sandbox() -> ProcessSandbox:
    """One warm guest for all tests of a process."""
    return ProcessSandbox()


def excerpt_of(source: str, class_name: str = "Net") -> Excerpt:
    """All of a source, as it would be cut if the class needed all of it."""
    return Excerpt(
        exercise="any", class_name=class_name, file="model.py", cells=(Cell(label="model.py", text=source),)
    )


def traced(source: str, class_name: str = "Net") -> Capture:
    """Capture of a source."""
    return capture(excerpt_of(source, class_name), IMAGE, sandbox().run)


def graph_of(source: str, class_name: str = "Net") -> ModelGraph:
    """Capture of a source that must have a graph."""
    found = traced(source, class_name)
    assert found.graph is not None, found.crash or found.problem
    return found.graph


@cache
def exercise(name: str) -> tuple[Assignment, str]:
    """An exercise of the course, and the graph of its reference as JSON."""
    found = read_course(default_root(), [name])[name]
    return found.assignment, graph_of(found.solution, found.assignment.classes[0]).model_dump_json()


def judged(source: str, name: str, class_name: str | None = None) -> Judgement:
    """What judging says of a source handed in for an exercise."""
    assignment, reference = exercise(name)
    excerpt = excerpt_of(source, class_name or assignment.classes[0])
    return judge(capture(excerpt, IMAGE, sandbox().run), excerpt, assignment, reference, None)


def verdict(judgement: Judgement, check: str) -> Verdict:
    """The verdict of one check."""
    return next(found for found in judgement.verdicts if found.check == check)
