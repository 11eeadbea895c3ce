# correct: shape prints, asserts, several names for the same thing, unused imports
import os
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim


class VGG_DENSE(nn.Module):
    def __init__(self):
        super(VGG_DENSE, self).__init__()
        self.conv1_1 = nn.Conv2d(in_channels=3, out_channels=16, kernel_size=3, stride=1, padding=1, bias=True)
        self.conv1_2 = nn.Conv2d(in_channels=16, out_channels=32, kernel_size=3, stride=1, padding=1, bias=True)
        self.conv2_1 = nn.Conv2d(in_channels=35, out_channels=32, kernel_size=3, stride=1, padding=1, bias=True)
        self.conv2_2 = nn.Conv2d(in_channels=32, out_channels=64, kernel_size=3, stride=1, padding=1, bias=True)
        self.conv3_1 = nn.Conv2d(in_channels=99, out_channels=128, kernel_size=3, stride=1, padding=1, bias=True)
        self.conv3_2 = nn.Conv2d(in_channels=128, out_channels=256, kernel_size=3, stride=1, padding=1, bias=True)
        self.fc1 = nn.Linear(in_features=4096, out_features=512, bias=True)
        self.fc2 = nn.Linear(in_features=512, out_features=256, bias=True)
        self.fc3 = nn.Linear(in_features=256, out_features=10, bias=True)

    def forward(self, x):
        print("input:", x.shape)
        start = time.time()
        out1 = F.relu(self.conv1_1(x))
        out1 = F.relu(self.conv1_2(out1))
        print("x", x.size(), "out1", out1.size())
        out1 = torch.cat([x, out1], dim=1)
        assert out1.size(1) == 35, "35채널이어야 함"
        out1 = F.avg_pool2d(out1, kernel_size=2)
        out2 = F.relu(self.conv2_1(out1))
        out2 = F.relu(self.conv2_2(out2))
        out2 = torch.cat([out1, out2], dim=1)
        assert out2.size(1) == 99, "99채널이어야 함"
        out2 = F.avg_pool2d(out2, kernel_size=2)
        out3 = F.relu(self.conv3_1(out2))
        out3 = F.relu(self.conv3_2(out3))
        # out3 = torch.cat([out2, out3], dim=1)   <- 이건 안 함
        out = F.avg_pool2d(out3, kernel_size=2)
        print("flatten 전:", list(out.shape), f"{time.time() - start:.3f}s")
        out = torch.flatten(out, start_dim=1, end_dim=-1)
        out = F.relu(self.fc1(out))
        out = F.relu(self.fc2(out))
        out = self.fc3(out)
        return out
