"""Intake: anything on disk to submissions, and a submission to what one exercise needs of it."""

from grader.stages.intake.excerpts import cut
from grader.stages.intake.submissions import read_class, read_submissions

__all__ = ["cut", "read_class", "read_submissions"]
