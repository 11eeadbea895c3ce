# correct: all layers in one nn.ModuleDict, keys built with f-strings
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
