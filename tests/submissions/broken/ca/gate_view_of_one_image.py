# broken: view(1, 64, 1, 1) on the gate works with one image only
# expect: shape
import torch
import torch.nn as nn
import torch.nn.functional as F


class VGG_CA(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.ModuleList([
            nn.Conv2d(3, 16, 3, padding=1), nn.Conv2d(16, 32, 3, padding=1),
            nn.Conv2d(32, 32, 3, padding=1), nn.Conv2d(32, 64, 3, padding=1),
            nn.Conv2d(64, 128, 3, padding=1), nn.Conv2d(128, 256, 3, padding=1)])
        self.gate = nn.ModuleList([nn.Linear(64, 64), nn.Linear(64, 64)])
        self.fc = nn.ModuleList([nn.Linear(4096, 512), nn.Linear(512, 256), nn.Linear(256, 10)])
        self.gap = nn.AdaptiveAvgPool2d(1)

    def forward(self, x):
        for i, conv in enumerate(self.conv):
            x = F.relu(conv(x))
            if i == 3:
                g = self.gap(x).squeeze(-1).squeeze(-1)
                g = F.relu(self.gate[0](g))
                g = F.sigmoid(self.gate[1](g))
                x = x * g.view(1, 64, 1, 1)
            if i % 2:
                x = F.avg_pool2d(x, 2, 2)
        x = x.reshape(-1, 4096)
        x = F.relu(self.fc[0](x))
        x = F.relu(self.fc[1](x))
        return self.fc[2](x)
