# correct: a SkipBlock class used three times
import torch
import torch.nn as nn


class SkipBlock(nn.Module):
    def __init__(self, in_ch, mid_ch, out_ch):
        super(SkipBlock, self).__init__()
        self.conv1 = nn.Conv2d(in_ch, mid_ch, 3, padding=1)
        self.conv2 = nn.Conv2d(mid_ch, out_ch, 3, padding=1)
        self.conv_skip = nn.Conv2d(in_ch, out_ch, 3, padding=1)
        self.relu = nn.ReLU()
        self.pool = nn.AvgPool2d(2, 2)

    def forward(self, x):
        residual = self.relu(self.conv_skip(x))
        out = self.relu(self.conv1(x))
        out = self.relu(self.conv2(out))
        out = out + residual
        return self.pool(out)


class VGG_SKIP(nn.Module):
    def __init__(self):
        super(VGG_SKIP, self).__init__()
        self.layer1 = SkipBlock(3, 16, 32)
        self.layer2 = SkipBlock(32, 32, 64)
        self.layer3 = SkipBlock(64, 128, 256)
        self.fc1 = nn.Linear(256 * 4 * 4, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)
        self.relu = nn.ReLU()

    def forward(self, x):
        out = self.layer1(x)
        out = self.layer2(out)
        out = self.layer3(out)
        out = torch.flatten(out, 1)
        out = self.relu(self.fc1(out))
        out = self.relu(self.fc2(out))
        return self.fc3(out)
