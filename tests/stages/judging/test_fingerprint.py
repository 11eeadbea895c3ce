"""The name of what a network computes."""

from __future__ import annotations

from dataclasses import replace

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
