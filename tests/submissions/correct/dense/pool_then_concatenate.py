# correct: each part is pooled before the concatenation, pooling works channel by channel
import torch
import torch.nn as nn


class VGG_DENSE(nn.Module):
    def __init__(self):
        super(VGG_DENSE, self).__init__()
        self.conv1_1 = nn.Conv2d(3, 16, 3, padding=1)
        self.conv1_2 = nn.Conv2d(16, 32, 3, padding=1)
        self.conv2_1 = nn.Conv2d(35, 32, 3, padding=1)
        self.conv2_2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv3_1 = nn.Conv2d(99, 128, 3, padding=1)
        self.conv3_2 = nn.Conv2d(128, 256, 3, padding=1)
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)
        self.relu = nn.ReLU()
        self.avgPool2d = nn.AvgPool2d(2)

    def forward(self, x):
        out = self.relu(self.conv1_1(x))
        out = self.relu(self.conv1_2(out))
        out = self.avgPool2d(out)
        x1 = self.avgPool2d(x)
        dense1 = torch.cat([x1, out], dim=1)
        out = self.relu(self.conv2_1(dense1))
        out = self.relu(self.conv2_2(out))
        out = self.avgPool2d(out)
        x2 = self.avgPool2d(dense1)
        dense2 = torch.cat([x2, out], dim=1)
        out = self.relu(self.conv3_1(dense2))
        out = self.relu(self.conv3_2(out))
        out = self.avgPool2d(out)
        out = torch.flatten(out, 1)
        out = self.relu(self.fc1(out))
        out = self.relu(self.fc2(out))
        return self.fc3(out)
