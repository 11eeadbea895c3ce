# correct: a first try without the sigmoid stays in the file, the second definition is right
import torch
import torch.nn as nn
import torch.nn.functional as F


class VGG_CA(nn.Module):   # 1차 시도 -> loss가 nan 나옴
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 64, 3, padding=1)
        self.ca = nn.Conv2d(64, 64, 1)
        self.fc = nn.Linear(64 * 32 * 32, 10)

    def forward(self, x):
        x = F.relu(self.conv(x))
        return self.fc((x * self.ca(x.mean((2, 3), keepdim=True))).flatten(1))


class VGG_CA(nn.Module):   # 2차 시도 (제출)
    def __init__(self):
        super().__init__()
        self.conv1_1 = nn.Conv2d(3, 16, 3, padding=1)
        self.conv1_2 = nn.Conv2d(16, 32, 3, padding=1)
        self.conv2_1 = nn.Conv2d(32, 32, 3, padding=1)
        self.conv2_2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv3_1 = nn.Conv2d(64, 128, 3, padding=1)
        self.conv3_2 = nn.Conv2d(128, 256, 3, padding=1)
        self.ca1 = nn.Conv2d(64, 64, 1)
        self.ca2 = nn.Conv2d(64, 64, 1)
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)

    def forward(self, x):
        x = F.relu(self.conv1_1(x))
        x = F.relu(self.conv1_2(x))
        x = F.avg_pool2d(x, 2)
        x = F.relu(self.conv2_1(x))
        x = F.relu(self.conv2_2(x))
        ca = F.adaptive_avg_pool2d(x, (1, 1))
        ca = F.relu(self.ca1(ca))
        ca = torch.sigmoid(self.ca2(ca))
        x = torch.mul(x, ca)
        x = F.avg_pool2d(x, 2)
        x = F.relu(self.conv3_1(x))
        x = F.relu(self.conv3_2(x))
        x = F.avg_pool2d(x, 2)
        x = x.view(-1, 4096)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)
