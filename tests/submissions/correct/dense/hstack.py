# correct: torch.hstack joins along dimension 1
import torch
from torch import nn


class VGG_DENSE(nn.Module):
    def __init__(self):
        super().__init__()
        self.b1 = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU())
        self.b2 = nn.Sequential(nn.Conv2d(35, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 64, 3, padding=1), nn.ReLU())
        self.b3 = nn.Sequential(nn.Conv2d(99, 128, 3, padding=1), nn.ReLU(), nn.Conv2d(128, 256, 3, padding=1), nn.ReLU())
        self.pool = nn.AvgPool2d(2)
        self.fc = nn.Sequential(nn.Flatten(), nn.Linear(4096, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))

    def forward(self, x):
        x = self.pool(torch.hstack([x, self.b1(x)]))
        x = self.pool(torch.hstack([x, self.b2(x)]))
        x = self.pool(self.b3(x))
        return self.fc(x)
