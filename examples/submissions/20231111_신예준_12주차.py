# 신예준 20231111
import torch
import torch.nn as nn


class VGG(nn.Module):
    def __init__(self):
        super(VGG, self).__init__()
        self.conv1_1 = nn.Conv2d(in_channels=3, out_channels=16, kernel_size=3, padding=1)
        self.conv1_2 = nn.Conv2d(in_channels=16, out_channels=32, kernel_size=3, padding=1)
        self.conv2_1 = nn.Conv2d(in_channels=32, out_channels=32, kernel_size=3, padding=1)
        self.conv2_2 = nn.Conv2d(in_channels=32, out_channels=64, kernel_size=3, padding=1)
        self.conv3_1 = nn.Conv2d(in_channels=64, out_channels=128, kernel_size=3, padding=1)
        self.conv3_2 = nn.Conv2d(in_channels=128, out_channels=256, kernel_size=3, padding=1)
        self.fc1 = nn.Linear(in_features=4096, out_features=512)
        self.fc2 = nn.Linear(in_features=512, out_features=256)
        self.fc3 = nn.Linear(in_features=256, out_features=10)
        self.relu = nn.ReLU()
        self.avgPool2d = nn.AvgPool2d(kernel_size=2, stride=2)

    def forward(self, x):
        # 블록 1
        h = self.relu(self.conv1_1(x))
        h = self.relu(self.conv1_2(h))
        h = self.avgPool2d(h)
        # 블록 2
        h = self.relu(self.conv2_1(h))
        h = self.relu(self.conv2_2(h))
        h = self.avgPool2d(h)
        # 블록 3
        h = self.relu(self.conv3_1(h))
        h = self.relu(self.conv3_2(h))
        h = self.avgPool2d(h)
        # 분류기
        h = torch.reshape(h, (-1, 4096))
        h = self.relu(self.fc1(h))
        h = self.relu(self.fc2(h))
        h = self.fc3(h)
        return nn.functional.softmax(h, dim=1)   # 확률로 바꿔서 출력


import torch
from torch import nn


class VGG_SKIP(nn.Module):
    def __init__(self):
        super().__init__()
        conv = lambda i, o: nn.Conv2d(i, o, kernel_size=3, stride=1, padding=1)
        self.layers = nn.ModuleDict({
            "1a": conv(3, 16), "1b": conv(16, 32), "1s": conv(3, 32),
            "2a": conv(32, 32), "2b": conv(32, 64), "2s": conv(32, 64),
            "3a": conv(64, 128), "3b": conv(128, 256), "3s": conv(64, 256),
            "fc1": nn.Linear(4096, 512), "fc2": nn.Linear(512, 256), "fc3": nn.Linear(256, 10),
        })
        self.pool = nn.AvgPool2d(2, 2)

    def forward(self, x):
        L = self.layers
        for k in "123":
            y = torch.relu(L[f"{k}b"](torch.relu(L[f"{k}a"](x))))
            x = self.pool(y + torch.relu(L[f"{k}s"](x)))
        x = torch.relu(L["fc1"](x.reshape(-1, 4096)))
        x = torch.relu(L["fc2"](x))
        return L["fc3"](x)


import os
import time

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim


class VGG_DENSE(nn.Module):
    def __init__(self):
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
