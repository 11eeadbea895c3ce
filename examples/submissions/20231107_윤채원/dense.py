# 20231107 윤채원 / dense connection
import torch
import torch.nn as nn


class VGG_DENSE(nn.Module):
    def __init__(self):
        super(VGG_DENSE, self).__init__()
        self.conv1_1 = nn.Conv2d(in_channels=3, out_channels=16, kernel_size=3, padding=1)
        self.conv1_2 = nn.Conv2d(in_channels=16, out_channels=32, kernel_size=3, padding=1)
        self.conv2_1 = nn.Conv2d(in_channels=35, out_channels=32, kernel_size=3, padding=1)
        self.conv2_2 = nn.Conv2d(in_channels=32, out_channels=64, kernel_size=3, padding=1)
        self.conv3_1 = nn.Conv2d(in_channels=99, out_channels=128, kernel_size=3, padding=1)
        self.conv3_2 = nn.Conv2d(in_channels=128, out_channels=256, kernel_size=3, padding=1)
        self.fc1 = nn.Linear(in_features=4096, out_features=512)
        self.fc2 = nn.Linear(in_features=512, out_features=256)
        self.fc3 = nn.Linear(in_features=256, out_features=10)
        self.relu = nn.ReLU()
        self.avgPool2d = nn.AvgPool2d(kernel_size=2, stride=2)

    def forward(self, x):
        h = self.relu(self.conv1_1(x))
        h = self.relu(self.conv1_2(h))
        b1 = torch.cat([x, h], dim=0)
        b1 = self.avgPool2d(b1)

        h = self.relu(self.conv2_1(b1))
        h = self.relu(self.conv2_2(h))
        b2 = torch.cat([b1, h], dim=0)
        b2 = self.avgPool2d(b2)

        h = self.relu(self.conv3_1(b2))
        h = self.relu(self.conv3_2(h))
        b3 = self.avgPool2d(h)

        h = b3.view(-1, 4096)
        h = self.relu(self.fc1(h))
        h = self.relu(self.fc2(h))
        return self.fc3(h)
