# correct: pre-activation residual blocks (BN -> ReLU -> conv), gate on block 1
import torch
import torch.nn as nn
import torch.nn.functional as F

class PreAct(nn.Module):
    def __init__(self, i, m, o):
        super().__init__()
        self.bn1, self.conv1 = nn.BatchNorm2d(i), nn.Conv2d(i, m, 3, padding=1)
        self.bn2, self.conv2 = nn.BatchNorm2d(m), nn.Conv2d(m, o, 3, padding=1)
        self.short = nn.Conv2d(i, o, 1)

    def forward(self, x):
        h = F.relu(self.bn1(x))
        y = self.conv1(h)
        y = self.conv2(F.relu(self.bn2(y)))
        return y + self.short(h)

class VGG_COMBO(nn.Module):
    def __init__(self):
        super().__init__()
        self.b1 = PreAct(3, 16, 32)
        self.b2 = PreAct(32, 32, 64)
        self.b3 = PreAct(96, 128, 256)
        self.w1 = nn.Parameter(torch.randn(8, 32) * 0.1)
        self.w2 = nn.Parameter(torch.randn(32, 8) * 0.1)
        self.out = nn.Sequential(nn.Flatten(), nn.Linear(4096, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))

    def forward(self, x):
        x = self.b1(x)
        s = x.mean(-1).mean(-1)
        g = 1 / (1 + torch.exp(-F.linear(F.relu(F.linear(s, self.w1)), self.w2)))
        x = F.max_pool2d(g[:, :, None, None] * x, 2)
        x = F.max_pool2d(torch.cat([self.b2(x), x], dim=1), 2)
        return self.out(F.max_pool2d(F.relu(self.b3(x)), 2))
