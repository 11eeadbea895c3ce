# 20231104 최민준
import torch
import torch.nn as nn


class VGG_SKIP(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1_1 = nn.Conv2d(3, 16, 3, padding=1)
        self.conv1_2 = nn.Conv2d(16, 32, 3, padding=1)
        self.proj1 = nn.Conv2d(3, 32, 3, padding=1)
        self.conv2_1 = nn.Conv2d(32, 32, 3, padding=1)
        self.conv2_2 = nn.Conv2d(32, 64, 3, padding=1)
        self.proj2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv3_1 = nn.Conv2d(64, 128, 3, padding=1)
        self.conv3_2 = nn.Conv2d(128, 256, 3, padding=1)
        self.proj3 = nn.Conv2d(64, 256, 3, padding=1)
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)
        self.relu = nn.ReLU()
        self.pool = nn.AvgPool2d(2, 2)

    def forward(self, x):
        a = self.relu(self.conv1_2(self.relu(self.conv1_1(x))))
        b = self.relu(self.proj1(x))
        x = self.pool(torch.stack([a, b]).sum(dim=0))
        a = self.relu(self.conv2_2(self.relu(self.conv2_1(x))))
        b = self.relu(self.proj2(x))
        x = self.pool(sum([a, b])
        a = self.relu(self.conv3_2(self.relu(self.conv3_1(x))))
        b = self.relu(self.proj3(x))
        x = self.pool(a.add(b, alpha=1))
        x = x.reshape(-1, 4096)
        x = self.relu(self.fc1(x))
        x = self.relu(self.fc2(x))
        return self.fc3(x)
