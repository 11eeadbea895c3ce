# correct: inherits the base network, adds three layers and overrides forward
import torch
import torch.nn as nn
import torch.nn.functional as F


class VGG(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1_1 = nn.Conv2d(3, 16, 3, padding=1)
        self.conv1_2 = nn.Conv2d(16, 32, 3, padding=1)
        self.conv2_1 = nn.Conv2d(32, 32, 3, padding=1)
        self.conv2_2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv3_1 = nn.Conv2d(64, 128, 3, padding=1)
        self.conv3_2 = nn.Conv2d(128, 256, 3, padding=1)
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)

    def block1(self, x):
        return F.relu(self.conv1_2(F.relu(self.conv1_1(x))))

    def block2(self, x):
        return F.relu(self.conv2_2(F.relu(self.conv2_1(x))))

    def block3(self, x):
        return F.relu(self.conv3_2(F.relu(self.conv3_1(x))))

    def head(self, x):
        x = torch.flatten(x, 1)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))

    def forward(self, x):
        x = F.avg_pool2d(self.block1(x), 2)
        x = F.avg_pool2d(self.block2(x), 2)
        x = F.avg_pool2d(self.block3(x), 2)
        return self.head(x)


class VGG_SKIP(VGG):
    def __init__(self):
        super().__init__()
        self.conv_skip1 = nn.Conv2d(3, 32, 3, padding=1)
        self.conv_skip2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv_skip3 = nn.Conv2d(64, 256, 3, padding=1)

    def forward(self, x):
        x = F.avg_pool2d(self.block1(x) + F.relu(self.conv_skip1(x)), 2)
        x = F.avg_pool2d(self.block2(x) + F.relu(self.conv_skip2(x)), 2)
        x = F.avg_pool2d(self.block3(x) + F.relu(self.conv_skip3(x)), 2)
        return self.head(x)
