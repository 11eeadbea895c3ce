"""Asks a guest in a sandbox for the graph of a submission, and decides what to believe of the reply."""

from grader.stages.capture.ask import capture
from grader.stages.capture.believe import within_budget
from grader.stages.capture.merging import Refused
from grader.stages.capture.reply import Unbelievable

__all__ = ["Refused", "Unbelievable", "capture", "within_budget"]
