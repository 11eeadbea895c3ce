"""
12주차 과제
20231109 한지민
"""
import torch.nn as nn


class VGG_SKIP(nn.Module):
    def __init__(self):
        super().__init__()
        self.block1 = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(),
                                    nn.Conv2d(16, 32, 3, padding=1), nn.ReLU())
        self.block2 = nn.Sequential(nn.Conv2d(32, 32, 3, padding=1), nn.ReLU(),
                                    nn.Conv2d(32, 64, 3, padding=1), nn.ReLU())
        self.block3 = nn.Sequential(nn.Conv2d(64, 128, 3, padding=1), nn.ReLU(),
                                    nn.Conv2d(128, 256, 3, padding=1), nn.ReLU())
        self.short1 = nn.Sequential(nn.Conv2d(3, 32, 3, padding=1), nn.ReLU())
        self.short2 = nn.Sequential(nn.Conv2d(32, 64, 3, padding=1), nn.ReLU())
        self.short3 = nn.Sequential(nn.Conv2d(64, 256, 3, padding=1), nn.ReLU())
        self.pool = nn.AvgPool2d(2)
        self.fc = nn.Sequential(nn.Flatten(), nn.Linear(4096, 512), nn.ReLU(),
                                nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))

    def forward(self, x):
        x = self.pool(self.block1(x) + self.short1(x))
        x = self.pool(self.block2(x) + self.short2(x))
        x = self.pool(self.block3(x) + self.short3(x))
        return self.fc(x)


import torch
from torch import nn


class VGG_DENSE(nn.Module):
    def __init__(self):
        super().__init__()
        self.b1 = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU())
        self.b2 = nn.Sequential(nn.Conv2d(35, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 64, 3, padding=1), nn.ReLU())
        self.b3 = nn.Sequential(nn.Conv2d(99, 128, 3, padding=1), nn.ReLU(), nn.Conv2d(128, 256, 3, padding=1), nn.ReLU())
        self.pool = nn.AvgPool2d(2)
        self.fc = nn.Sequential(nn.Flatten(), nn.Linear(4096, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))

    def forward(self, x):
        x = self.pool(torch.hstack([x, self.b1(x)]))
        x = self.pool(torch.hstack([x, self.b2(x)]))
        x = self.pool(self.b3(x))
        return self.fc(x)


import torch
import torch.nn as nn
import torch.nn.functional as F


class VGG_CA(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1_1 = nn.Conv2d(3, 16, 3, padding=1)
        self.conv1_2 = nn.Conv2d(16, 32, 3, padding=1)
        self.conv2_1 = nn.Conv2d(32, 32, 3, padding=1)
        self.conv2_2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv3_1 = nn.Conv2d(64, 128, 3, padding=1)
        self.conv3_2 = nn.Conv2d(128, 256, 3, padding=1)
        self.caconv1 = nn.Conv2d(64, 64, 1)
        self.caconv2 = nn.Conv2d(64, 64, 1)
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)

    def forward(self, x):
        x = F.avg_pool2d(F.relu(self.conv1_2(F.relu(self.conv1_1(x)))), 2)
        x = F.relu(self.conv2_2(F.relu(self.conv2_1(x))))
        x = F.avg_pool2d(x, 2)
        gate = F.adaptive_avg_pool2d(x, (1, 1))     # 2x2 평균들의 평균 = 전체 평균
        gate = torch.sigmoid(self.caconv2(F.relu(self.caconv1(gate))))
        x = x * gate
        x = F.avg_pool2d(F.relu(self.conv3_2(F.relu(self.conv3_1(x)))), 2)
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        x = self.fc3(x)
