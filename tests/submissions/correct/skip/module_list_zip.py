# correct: three ModuleLists walked with zip
import torch
import torch.nn as nn
import torch.nn.functional as F


class VGG_SKIP(nn.Module):
    def __init__(self):
        super().__init__()
        sizes = [(3, 16, 32), (32, 32, 64), (64, 128, 256)]
        self.first = nn.ModuleList(nn.Conv2d(a, b, 3, padding=1) for a, b, _ in sizes)
        self.second = nn.ModuleList(nn.Conv2d(b, c, 3, padding=1) for _, b, c in sizes)
        self.skips = nn.ModuleList(nn.Conv2d(a, c, 3, padding=1) for a, _, c in sizes)
        self.fcs = nn.ModuleList([nn.Linear(4096, 512), nn.Linear(512, 256), nn.Linear(256, 10)])

    def forward(self, x):
        for c1, c2, skip in zip(self.first, self.second, self.skips):
            identity = x
            x = F.relu(c1(x))
            x = F.relu(c2(x))
            x = x + F.relu(skip(identity))
            x = F.avg_pool2d(x, 2)
        x = torch.flatten(x, 1)
        for i, fc in enumerate(self.fcs):
            x = fc(x)
            if i < 2:
                x = F.relu(x)
        return x
