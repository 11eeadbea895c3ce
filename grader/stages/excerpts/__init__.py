"""Excerpts: a submission to what one exercise needs of it: which class, and which statements."""

from grader.stages.excerpts.cutting import candidates, cut
from grader.stages.excerpts.definitions import names_exercise
from grader.stages.excerpts.rungs import wider

__all__ = ["candidates", "cut", "names_exercise", "wider"]
