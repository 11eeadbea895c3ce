# correct: a small ConvBlock class in the same file
import torch
from torch import nn


class ConvBlock(nn.Module):
    """conv-relu-conv-relu-pool"""

    def __init__(self, c_in, c_mid, c_out):
        super().__init__()
        self.a = nn.Conv2d(c_in, c_mid, 3, padding=1)
        self.b = nn.Conv2d(c_mid, c_out, 3, padding=1)
        self.act = nn.ReLU()
        self.pool = nn.AvgPool2d(2)

    def forward(self, x):
        return self.pool(self.act(self.b(self.act(self.a(x)))))


class VGG(nn.Module):
    def __init__(self):
        super().__init__()
        self.block1 = ConvBlock(3, 16, 32)
        self.block2 = ConvBlock(32, 32, 64)
        self.block3 = ConvBlock(64, 128, 256)
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)

    def forward(self, x):
        x = self.block3(self.block2(self.block1(x)))
        x = torch.relu(self.fc1(x.reshape(-1, 4096)))
        return self.fc3(torch.relu(self.fc2(x)))
