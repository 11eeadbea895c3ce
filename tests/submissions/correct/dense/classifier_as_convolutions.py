# correct: the classifier is made of convolutions
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
        self.score = nn.Sequential(
            nn.Conv2d(256, 512, kernel_size=4, stride=1, padding=0), nn.ReLU(),
            nn.Conv2d(512, 256, kernel_size=1), nn.ReLU(),
            nn.Conv2d(256, 10, kernel_size=1), nn.Flatten())
        self.pool = nn.AvgPool2d(2)

    def forward(self, x):
        x = self.pool(torch.cat([x, self.conv1_2(self.conv1_1(x).relu()).relu()], dim=1))
        x = self.pool(torch.cat([x, self.conv2_2(self.conv2_1(x).relu()).relu()], dim=1))
        x = self.pool(self.conv3_2(self.conv3_1(x).relu()).relu())
        return self.score(x)
