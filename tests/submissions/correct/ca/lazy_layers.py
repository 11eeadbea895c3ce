# correct: LazyConv2d, LazyLinear
import torch
import torch.nn as nn
import torch.nn.functional as F


class VGG_CA(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = nn.ModuleList([nn.LazyConv2d(o, 3, padding=1) for o in [16, 32, 32, 64, 128, 256]])
        self.gate = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.LazyConv2d(64, 1), nn.ReLU(),
                                  nn.LazyConv2d(64, 1), nn.Sigmoid())
        self.head = nn.Sequential(nn.Flatten(), nn.LazyLinear(512), nn.ReLU(), nn.LazyLinear(256), nn.ReLU(), nn.LazyLinear(10))

    def forward(self, x):
        c = self.c
        x = F.avg_pool2d(F.relu(c[1](F.relu(c[0](x)))), 2)
        x = F.relu(c[3](F.relu(c[2](x))))
        x = F.avg_pool2d(self.gate(x) * x, 2)
        x = F.avg_pool2d(F.relu(c[5](F.relu(c[4](x)))), 2)
        return self.head(x)
