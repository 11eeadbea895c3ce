# correct: sizes in a frozen dataclass at module level
from dataclasses import dataclass, field

import torch
import torch.nn as nn
import torch.nn.functional as F


@dataclass(frozen=True)
class BlockConfig:
    inp: int
    mid: int
    out: int


@dataclass
class Config:
    blocks: list = field(default_factory=lambda: [BlockConfig(3, 16, 32), BlockConfig(32, 32, 64), BlockConfig(64, 128, 256)])
    fc: tuple = (4096, 512, 256, 10)
    kernel: int = 3


CONFIG = Config()


class VGG_SKIP(nn.Module):
    def __init__(self, config: Config = CONFIG):
        super().__init__()
        self.config = config
        k, p = config.kernel, config.kernel // 2
        for n, b in enumerate(config.blocks, 1):
            self.add_module(f"conv{n}_1", nn.Conv2d(b.inp, b.mid, k, padding=p))
            self.add_module(f"conv{n}_2", nn.Conv2d(b.mid, b.out, k, padding=p))
            self.add_module(f"conv_skip{n}", nn.Conv2d(b.inp, b.out, k, padding=p))
        for n, (i, o) in enumerate(zip(config.fc[:-1], config.fc[1:]), 1):
            self.add_module(f"fc{n}", nn.Linear(i, o))

    def forward(self, x):
        m = self._modules
        for n in range(1, len(self.config.blocks) + 1):
            y = F.relu(m[f"conv{n}_2"](F.relu(m[f"conv{n}_1"](x))))
            y = y + F.relu(m[f"conv_skip{n}"](x))
            x = F.avg_pool2d(y, 2)
        x = x.view(x.size()[0], -1)
        x = F.relu(m["fc1"](x))
        x = F.relu(m["fc2"](x))
        return m["fc3"](x)
