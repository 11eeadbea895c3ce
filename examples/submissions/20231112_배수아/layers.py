import torch
import torch.nn as nn


class ConvReLU(nn.Module):
    def __init__(self, c_in, c_out):
        super().__init__()
        self.conv = nn.Conv2d(c_in, c_out, 3, padding=1)
        self.relu = nn.ReLU()

    def forward(self, x):
        return self.relu(self.conv(x))


class SELayer(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.fc1 = nn.Linear(c, c)
        self.fc2 = nn.Linear(c, c)

    def forward(self, x):
        s = x.mean(dim=[2, 3])
        s = torch.sigmoid(self.fc2(torch.relu(self.fc1(s))))
        return x * s[..., None, None]
