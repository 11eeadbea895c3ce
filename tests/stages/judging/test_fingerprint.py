"""The name of what a network computes."""

from __future__ import annotations

from dataclasses import replace

import torch
from tracing import exercise, graph_of

from grader.networks.weights import natural
from grader.stages.judging.fingerprint import Subject, digest, portrait, probe_images

OVERWRITING = """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.fc = nn.Linear(4096, 10)
    def forward(self, x):
        out = torch.relu(self.conv(x))
        out += 1
        return self.fc(out.flatten(1))
"""

NORMALISED = (
    OVERWRITING.replace("out += 1", "out = self.norm(out)")
    .replace("self.fc =", "self.norm = nn.BatchNorm2d(4)\n        self.fc =")
    .replace("torch.relu(self.conv(x))", "self.conv(x)")
)


def test_the_fingerprint_does_not_depend_on_rounding_errors() -> None:
    """The gradient of a bias before BatchNorm is zero, but for errors that differ from machine to machine."""
    subject = Subject.of(graph_of(NORMALISED))
    images = probe_images(exercise("base")[0].input_shape)
    likeness = portrait(subject, natural(subject.slots), images)
    noisy, *others = likeness.bias_gradients
    assert noisy is not None and 0 < float(noisy.abs().max()) < 1e-12
    exact = replace(likeness, bias_gradients=(torch.zeros_like(noisy), *others))
    assert digest(subject, exact) == digest(subject, likeness)
    learned = replace(likeness, bias_gradients=(torch.full_like(noisy, 1e-3), *others))
    assert digest(subject, learned) != digest(subject, likeness)


def test_the_fingerprint_does_not_depend_on_how_a_version_of_torch_words_an_error() -> None:
    subject = Subject.of(graph_of(OVERWRITING))
    images = probe_images(exercise("base")[0].input_shape)
    likeness = portrait(subject, natural(subject.slots), images)
    assert "output 0 of Relu" in likeness.problem
    older, newer = (
        likeness.problem.replace("ReluBackward0", "Relu").replace("of Relu,", f"of {node},")
        for node in ("ReluBackward0", "Relu")
    )
    assert older != newer
    names = {digest(subject, replace(likeness, problem=problem)) for problem in (older, newer)}
    assert names == {digest(subject, likeness)}
    assert digest(subject, replace(likeness, problem="")) not in names
