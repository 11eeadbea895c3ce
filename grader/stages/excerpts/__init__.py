"""Excerpts: a submission to what one exercise needs of it: which class, and which statements."""

from grader.stages.excerpts.cutting import cut

__all__ = ["cut"]
