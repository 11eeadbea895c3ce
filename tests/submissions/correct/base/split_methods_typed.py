# correct: forward split in methods, type hints, asserts on shapes
from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn

FLAT: Final[int] = 256 * 4 * 4


class VGG(nn.Module):
    """Six convolutions and three fully connected layers."""

    def __init__(self, num_classes: int = 10) -> None:
        super().__init__()
        self.conv1_1: nn.Conv2d = nn.Conv2d(3, 16, 3, padding=1)
        self.conv1_2: nn.Conv2d = nn.Conv2d(16, 32, 3, padding=1)
        self.conv2_1: nn.Conv2d = nn.Conv2d(32, 32, 3, padding=1)
        self.conv2_2: nn.Conv2d = nn.Conv2d(32, 64, 3, padding=1)
        self.conv3_1: nn.Conv2d = nn.Conv2d(64, 128, 3, padding=1)
        self.conv3_2: nn.Conv2d = nn.Conv2d(128, 256, 3, padding=1)
        self.fc1: nn.Linear = nn.Linear(FLAT, 512)
        self.fc2: nn.Linear = nn.Linear(512, 256)
        self.fc3: nn.Linear = nn.Linear(256, num_classes)

    @staticmethod
    def _pool(x: Tensor) -> Tensor:
        return torch.nn.functional.avg_pool2d(x, 2)

    def extract(self, x: Tensor) -> Tensor:
        x = self._pool(self.conv1_2(self.conv1_1(x).relu()).relu())
        assert x.shape[1:] == (32, 16, 16), x.shape
        x = self._pool(self.conv2_2(self.conv2_1(x).relu()).relu())
        assert x.shape[1:] == (64, 8, 8), x.shape
        x = self._pool(self.conv3_2(self.conv3_1(x).relu()).relu())
        assert x.shape[1:] == (256, 4, 4), x.shape
        return x

    def classify(self, x: Tensor) -> Tensor:
        return self.fc3(self.fc2(self.fc1(x).relu()).relu())

    def forward(self, x: Tensor) -> Tensor:
        return self.classify(self.extract(x).flatten(start_dim=1))
