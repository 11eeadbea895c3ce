# correct: `+=` where it does no harm, gate with one layer, global average pool by AvgPool2d(32), strided 1x1 skip over a pool
import torch
import torch.nn as nn

class VGG_COMBO(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1_1 = nn.Conv2d(3, 16, 3, padding=1)
        self.conv1_2 = nn.Conv2d(16, 32, 3, padding=1)
        self.conv2_1 = nn.Conv2d(32, 32, 3, padding=1)
        self.conv2_2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv3_1 = nn.Conv2d(67, 128, 3, padding=1)
        self.conv3_2 = nn.Conv2d(128, 256, 3, padding=1)
        self.skip = nn.Conv2d(64 + 3, 256, 1, stride=2)
        self.gap = nn.AvgPool2d(32)
        self.gate = nn.Conv2d(32, 32, 1)
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)
        self.relu = nn.ReLU()
        self.pool = nn.MaxPool2d(2)

    def forward(self, x):
        img = self.pool(self.pool(x))
        x = self.relu(self.conv1_2(self.relu(self.conv1_1(x))))
        x = self.pool(x * torch.sigmoid(self.gate(self.gap(x))))
        x = self.relu(self.conv2_2(self.relu(self.conv2_1(x))))
        x = torch.cat([img, self.pool(x)], dim=1)
        y = self.relu(self.conv3_1(x))
        y = self.pool(self.relu(self.conv3_2(y)))
        y = y + 0
        y += self.skip(x)
        y = torch.relu(y).flatten(1)
        return self.fc3(self.relu(self.fc2(self.relu(self.fc1(y)))))
