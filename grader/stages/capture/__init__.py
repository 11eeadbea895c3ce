"""Asks a guest in a sandbox for the graph of a submission, and decides what to believe of the reply."""

from grader.stages.capture.ask import capture, request_for, understood

__all__ = ["capture", "request_for", "understood"]
