# correct: the second relu comes after the concatenation; the input lies in [0, 1], so relu leaves it alone
import torch
import torch.nn as nn


class VGG_DENSE(nn.Module):
    def __init__(self):
        super().__init__()
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
        self.pool = nn.AvgPool2d(2)

    def forward(self, x):
        out = self.conv1_2(self.relu(self.conv1_1(x)))
        x = self.pool(self.relu(torch.cat([x, out], dim=1)))
        out = self.conv2_2(self.relu(self.conv2_1(x)))
        x = self.pool(self.relu(torch.cat([x, out], dim=1)))
        x = self.pool(self.relu(self.conv3_2(self.relu(self.conv3_1(x)))))
        x = x.view(x.size(0), -1)
        x = self.relu(self.fc1(x))
        x = self.relu(self.fc2(x))
        x = self.fc3(x)
        return x
