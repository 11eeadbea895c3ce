# correct: MobileNetV3-like gate with hardsigmoid on the input of block 3, dropout, concatenation of three maps
import torch
import torch.nn as nn
import torch.nn.functional as F

class VGG_COMBO(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1_1 = nn.Conv2d(3, 16, 3, padding=1)
        self.conv1_2 = nn.Conv2d(16, 32, 3, padding=1)
        self.conv2_1 = nn.Conv2d(3 + 16 + 32, 32, 3, padding='same')
        self.conv2_2 = nn.Conv2d(32, 64, 3, padding='same')
        self.conv3_1 = nn.Conv2d(64, 128, 3, padding=1)
        self.conv3_2 = nn.Conv2d(128, 256, 3, padding=1)
        self.proj = nn.Conv2d(128, 256, kernel_size=1, bias=False)
        self.se = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(64, 16, 1), nn.ReLU(), nn.Conv2d(16, 64, 1), nn.Hardsigmoid())
        self.dropout = nn.Dropout(p=0.3)
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)

    def forward(self, x):
        a = F.silu(self.conv1_1(x))
        b = F.silu(self.conv1_2(a))
        x = F.max_pool2d(torch.cat([x, a, b], dim=1), 2)
        x = F.silu(self.conv2_1(x))
        x = F.silu(self.conv2_2(x))
        x = F.max_pool2d(x, 2)
        x *= self.se(x)
        x = F.silu(self.conv3_1(x))
        x = F.silu(self.conv3_2(x) + self.proj(x))
        x = F.max_pool2d(x, 2)
        x = self.dropout(torch.flatten(x, 1))
        x = self.dropout(F.relu(self.fc1(x)))
        return self.fc3(F.relu(self.fc2(x)))
