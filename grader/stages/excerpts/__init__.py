"""Excerpts: a submission to what one exercise needs of it: which class, and which statements."""

from grader.stages.excerpts.cutting import candidates, cut

__all__ = ["candidates", "cut"]
