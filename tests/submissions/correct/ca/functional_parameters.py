# correct: registered Parameters, 1x1 convolutions by F.conv2d, F.adaptive_avg_pool2d
import torch
import torch.nn as nn
import torch.nn.functional as F


def new(*shape):
    return nn.Parameter(torch.nn.init.kaiming_uniform_(torch.empty(*shape)))


def zero(n):
    return nn.Parameter(torch.zeros(n))


class VGG_CA(nn.Module):
    def __init__(self):
        super().__init__()
        self.k11, self.b11 = new(16, 3, 3, 3), zero(16)
        self.k12, self.b12 = new(32, 16, 3, 3), zero(32)
        self.k21, self.b21 = new(32, 32, 3, 3), zero(32)
        self.k22, self.b22 = new(64, 32, 3, 3), zero(64)
        self.g1, self.h1 = new(64, 64, 1, 1), zero(64)
        self.g2, self.h2 = new(64, 64, 1, 1), zero(64)
        self.k31, self.b31 = new(128, 64, 3, 3), zero(128)
        self.k32, self.b32 = new(256, 128, 3, 3), zero(256)
        self.w1, self.c1 = new(512, 4096), zero(512)
        self.w2, self.c2 = new(256, 512), zero(256)
        self.w3, self.c3 = new(10, 256), zero(10)

    def forward(self, x):
        x = F.relu(F.conv2d(x, self.k11, self.b11, padding=1))
        x = F.relu(F.conv2d(x, self.k12, self.b12, padding=1))
        x = F.avg_pool2d(x, 2)
        x = F.relu(F.conv2d(x, self.k21, self.b21, padding=1))
        x = F.relu(F.conv2d(x, self.k22, self.b22, padding=1))
        s = F.adaptive_avg_pool2d(x, 1)
        s = F.relu(F.conv2d(s, self.g1, self.h1))
        s = torch.sigmoid(F.conv2d(s, self.g2, self.h2))
        x = F.avg_pool2d(x * s, 2)
        x = F.relu(F.conv2d(x, self.k31, self.b31, padding=1))
        x = F.relu(F.conv2d(x, self.k32, self.b32, padding=1))
        x = F.avg_pool2d(x, 2)
        x = x.flatten(1)
        x = F.relu(F.linear(x, self.w1, self.c1))
        x = F.relu(F.linear(x, self.w2, self.c2))
        return F.linear(x, self.w3, self.c3)
