# correct: Korean names, Sequential blocks with in-place ReLU, skip and concatenation in block 2, gate on block 1
import torch
import torch.nn as nn


class 게이트(nn.Module):
    def __init__(self, 채널):
        super().__init__()
        self.줄이기 = nn.AdaptiveAvgPool2d(1)
        self.층 = nn.Sequential(nn.Conv2d(채널, 채널, 1), nn.ReLU(inplace=True), nn.Conv2d(채널, 채널, 1))

    def forward(self, x):
        return torch.sigmoid(self.층(self.줄이기(x)))


class VGG_COMBO(nn.Module):
    def __init__(self):
        super().__init__()
        def 블록(a, b, c):
            return nn.Sequential(nn.Conv2d(a, b, 3, padding=1), nn.ReLU(inplace=True), nn.Conv2d(b, c, 3, padding=1), nn.ReLU(inplace=True))
        self.블록1, self.블록2, self.블록3 = 블록(3, 16, 32), 블록(32, 32, 64), 블록(64 + 32, 128, 256)
        self.옆길 = nn.Sequential(nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(inplace=True))
        self.게이트 = 게이트(32)
        self.풀 = nn.MaxPool2d(2)
        self.분류기 = nn.Sequential(nn.Linear(4096, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))

    def forward(self, x):
        x = self.블록1(x)
        x = self.풀(x * self.게이트(x))
        앞 = x
        x = self.블록2(앞) + self.옆길(앞)
        x = self.풀(torch.cat([x, 앞], dim=1))
        x = self.풀(self.블록3(x))
        return self.분류기(x.flatten(1))
