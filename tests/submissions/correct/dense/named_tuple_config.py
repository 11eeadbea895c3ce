# correct: a NamedTuple for the block sizes, type hints, setattr
from typing import NamedTuple

import torch
from torch import Tensor, nn


class Block(NamedTuple):
    enter: int
    middle: int
    leave: int
    concatenate: bool


BLOCKS = [Block(3, 16, 32, True), Block(35, 32, 64, True), Block(99, 128, 256, False)]


class VGG_DENSE(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        for i, b in enumerate(BLOCKS):
            setattr(self, f"conv{i + 1}_1", nn.Conv2d(b.enter, b.middle, 3, padding=1))
            setattr(self, f"conv{i + 1}_2", nn.Conv2d(b.middle, b.leave, 3, padding=1))
        self.fc1, self.fc2, self.fc3 = (nn.Linear(i, o) for i, o in ((4096, 512), (512, 256), (256, 10)))

    def run_block(self, i: int, x: Tensor) -> Tensor:
        y = getattr(self, f"conv{i + 1}_1")(x).relu()
        y = getattr(self, f"conv{i + 1}_2")(y).relu()
        if BLOCKS[i].concatenate:
            y = torch.cat((x, y), dim=1)
        return torch.nn.functional.avg_pool2d(y, 2)

    def forward(self, x: Tensor) -> Tensor:
        for i in range(len(BLOCKS)):
            x = self.run_block(i, x)
        x = x.flatten(1)
        return self.fc3(self.fc2(self.fc1(x).relu()).relu())
