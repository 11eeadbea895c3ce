"""From a graph to findings: shape, channels, function (fingerprint), gradients."""

from grader.stages.judging.judge import judge

__all__ = ["judge"]
