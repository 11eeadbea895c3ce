"""Asks a guest in a sandbox for the graph of a submission, and decides what to believe of the reply."""

from grader.stages.capture.ask import capture, request_for, understood
from grader.stages.capture.believe import within_budget
from grader.stages.capture.claims import Unbelievable
from grader.stages.capture.merging import Refused

__all__ = ["Refused", "Unbelievable", "capture", "request_for", "understood", "within_budget"]
