# correct: no layer objects, registered Parameters and torch.nn.functional
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn import Parameter


class VGG(nn.Module):
    def __init__(self):
        super().__init__()
        self.w1 = Parameter(torch.randn(16, 3, 3, 3) * 0.1)
        self.b1 = Parameter(torch.zeros(16))
        self.w2 = Parameter(torch.randn(32, 16, 3, 3) * 0.1)
        self.b2 = Parameter(torch.zeros(32))
        self.w3 = Parameter(torch.randn(32, 32, 3, 3) * 0.1)
        self.b3 = Parameter(torch.zeros(32))
        self.w4 = Parameter(torch.randn(64, 32, 3, 3) * 0.1)
        self.b4 = Parameter(torch.zeros(64))
        self.w5 = Parameter(torch.randn(128, 64, 3, 3) * 0.05)
        self.b5 = Parameter(torch.zeros(128))
        self.w6 = Parameter(torch.randn(256, 128, 3, 3) * 0.05)
        self.b6 = Parameter(torch.zeros(256))
        self.w7 = Parameter(torch.randn(512, 4096) * 0.01)
        self.b7 = Parameter(torch.zeros(512))
        self.w8 = Parameter(torch.randn(256, 512) * 0.05)
        self.b8 = Parameter(torch.zeros(256))
        self.w9 = Parameter(torch.randn(10, 256) * 0.05)
        self.b9 = Parameter(torch.zeros(10))

    def forward(self, x):
        x = F.relu(F.conv2d(x, self.w1, self.b1, stride=1, padding=1))
        x = F.relu(F.conv2d(x, self.w2, self.b2, stride=1, padding=1))
        x = F.avg_pool2d(x, 2)
        x = F.relu(F.conv2d(x, self.w3, self.b3, stride=1, padding=1))
        x = F.relu(F.conv2d(x, self.w4, self.b4, stride=1, padding=1))
        x = F.avg_pool2d(x, 2)
        x = F.relu(F.conv2d(x, self.w5, self.b5, stride=1, padding=1))
        x = F.relu(F.conv2d(x, self.w6, self.b6, stride=1, padding=1))
        x = F.avg_pool2d(x, 2)
        x = torch.flatten(x, 1)
        x = F.relu(F.linear(x, self.w7, self.b7))
        x = F.relu(F.linear(x, self.w8, self.b8))
        return F.linear(x, self.w9, self.b9)
