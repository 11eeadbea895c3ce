# correct: the gate is applied with einsum
import torch
from torch import nn


class VGG_CA(nn.Module):
    def __init__(self):
        super().__init__()
        self.stage1 = nn.Sequential(nn.Conv2d(3, 16, 3, 1, 1), nn.ReLU(), nn.Conv2d(16, 32, 3, 1, 1), nn.ReLU(), nn.AvgPool2d(2))
        self.stage2 = nn.Sequential(nn.Conv2d(32, 32, 3, 1, 1), nn.ReLU(), nn.Conv2d(32, 64, 3, 1, 1), nn.ReLU())
        self.stage3 = nn.Sequential(nn.AvgPool2d(2), nn.Conv2d(64, 128, 3, 1, 1), nn.ReLU(), nn.Conv2d(128, 256, 3, 1, 1), nn.ReLU(), nn.AvgPool2d(2))
        self.excite = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.Sigmoid())
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(4096, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))

    def forward(self, x):
        x = self.stage2(self.stage1(x))
        gate = self.excite(x.mean([2, 3]))
        x = torch.einsum("nchw,nc->nchw", x, gate)
        return self.head(self.stage3(x))
