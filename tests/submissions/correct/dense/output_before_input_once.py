# correct: block 1 is [input, output], block 2 the other way round
# map: block2=output-input
import torch
import torch.nn as nn


class VGG_DENSE(nn.Module):
    def __init__(self):
        super().__init__()
        self.b1 = nn.Sequential(nn.Conv2d(3, 16, 3, 1, 1), nn.ReLU(True), nn.Conv2d(16, 32, 3, 1, 1), nn.ReLU(True))
        self.b2 = nn.Sequential(nn.Conv2d(35, 32, 3, 1, 1), nn.ReLU(True), nn.Conv2d(32, 64, 3, 1, 1), nn.ReLU(True))
        self.b3 = nn.Sequential(nn.Conv2d(99, 128, 3, 1, 1), nn.ReLU(True), nn.Conv2d(128, 256, 3, 1, 1), nn.ReLU(True))
        self.pool = nn.AvgPool2d(2)
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)

    def forward(self, x):
        x = self.pool(torch.cat([x, self.b1(x)], dim=1))
        x = self.pool(torch.cat([self.b2(x), x], dim=1))
        x = self.pool(self.b3(x)).flatten(1)
        return self.fc3(torch.relu(self.fc2(torch.relu(self.fc1(x)))))
