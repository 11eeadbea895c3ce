"""The course's networks as plain modules, and networks that cannot learn, for the training tests."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from grader.records.assignment import Recipe
from grader.stages.training.data import DataSet

QUICK = Recipe(
    steps=200,
    batch_size=20,
    optimizer="adam",
    learning_rate=0.001,
    schedule="linear",
    start="he",
    test_images=2000,
)


class CourseNetwork(nn.Module):
    """base, skip, dense or ca."""

    def __init__(self, exercise: str) -> None:
        super().__init__()
        self.exercise = exercise
        dense = exercise == "dense"
        widths = [
            (3, 16, 32),
            (35 if dense else 32, 32, 64),
            (99 if dense else 64, 128, 256),
        ]
        self.blocks = nn.ModuleList(
            nn.ModuleList([nn.Conv2d(a, b, 3, padding=1), nn.Conv2d(b, c, 3, padding=1)])
            for a, b, c in widths
        )
        if exercise == "skip":
            self.skips = nn.ModuleList(nn.Conv2d(a, c, 3, padding=1) for a, _, c in widths)
        if exercise == "ca":
            self.gate = nn.ModuleList(nn.Conv2d(64, 64, 1) for _ in range(2))
        self.classifier = nn.ModuleList([nn.Linear(4096, 512), nn.Linear(512, 256), nn.Linear(256, 10)])

    def features(self, x: Tensor) -> Tensor:
        for k, block in enumerate(self.blocks):
            given = x
            for layer in block:
                x = F.relu(layer(x))
            if self.exercise == "skip":
                x = x + F.relu(self.skips[k](given))
            if self.exercise == "dense" and k < 2:
                x = torch.cat([given, x], 1)
            if self.exercise == "ca" and k == 1:
                squeezed = F.relu(self.gate[0](x.mean((2, 3), keepdim=True)))
                x = x * torch.sigmoid(self.gate[1](squeezed))
            x = F.avg_pool2d(x, 2)
        return x.flatten(1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.features(x)
        for layer in self.classifier[:-1]:
            x = F.relu(layer(x))
        return self.classifier[-1](x)


class SmallNetwork(nn.Sequential):
    """Learns the synthetic data within a second or two; what cheap tests train."""

    def __init__(self) -> None:
        super().__init__(
            nn.Conv2d(3, 16, 5, stride=2, padding=2),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2048, 10),
        )


class Dropping(SmallNetwork):
    """Half of its outputs are dropped: it learns, but cannot say so in a training loss."""

    def forward(self, x: Tensor) -> Tensor:
        return F.dropout(super().forward(x), 0.5, self.training)


DROPPED_LOSS = 2.29
"""What `Dropping` gets below on the synthetic images in 200 steps; guessing has 2.303."""


class InputCutOff(SmallNetwork):
    """The images are multiplied away."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x * 0)


class LossCutOff(SmallNetwork):
    """No gradient leaves the outputs."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x).detach()


class Constant(nn.Module):
    """Outputs that do not depend on the images, trained."""

    def __init__(self) -> None:
        super().__init__()
        self.outputs = nn.Parameter(torch.zeros(10))

    def forward(self, x: Tensor) -> Tensor:
        return self.outputs.expand(len(x), 10)


class RandomOutputs(SmallNetwork):
    """Noise instead of outputs."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) * 0 + torch.randn(len(x), 10)


class DeadReLU(SmallNetwork):
    """Everything is clipped before the last layer."""

    def forward(self, x: Tensor) -> Tensor:
        *body, last = self
        for layer in body:
            x = layer(x)
        return last(F.relu(-x - 1))


def frozen() -> SmallNetwork:
    network = SmallNetwork()
    network.requires_grad_(False)
    return network


CANNOT_LEARN = {
    "input cut off": InputCutOff,
    "loss cut off": LossCutOff,
    "constant": Constant,
    "random outputs": RandomOutputs,
    "dead": DeadReLU,
    "all frozen": frozen,
}


def started(network: nn.Module, seed: int) -> nn.Module:
    """The network with starting weights as the quick recipe asks for: He, the last layer at 0.01."""
    generator = torch.Generator().manual_seed(seed)
    layers = [module for module in network.modules() if isinstance(module, nn.Conv2d | nn.Linear)]
    for layer in layers:
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=generator)
        nn.init.zeros_(layer.bias)
    if layers:
        nn.init.normal_(layers[-1].weight, std=0.01, generator=generator)
    return network


def course_network(exercise: str, seed: int) -> nn.Module:
    return started(CourseNetwork(exercise), seed)


def small_network(exercise: str, seed: int) -> nn.Module:
    return started(SmallNetwork(), seed)


def few(data: DataSet, train: int, test: int) -> DataSet:
    """The first images of a data set."""
    return DataSet(
        data.name,
        data.train_images[:train],
        data.train_labels[:train],
        data.test_images[:test],
        data.test_labels[:test],
    )
