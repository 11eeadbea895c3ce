# correct: both parts are padded with zero channels and added, which is a concatenation
import torch
import torch.nn as nn
import torch.nn.functional as F


def join(a, b):
    """(N, A, H, W) and (N, B, H, W) -> (N, A + B, H, W)"""
    return F.pad(a, (0, 0, 0, 0, 0, b.size(1))) + F.pad(b, (0, 0, 0, 0, a.size(1), 0))


class VGG_DENSE(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1 = nn.Conv2d(3, 16, 3, padding=1)
        self.c2 = nn.Conv2d(16, 32, 3, padding=1)
        self.c3 = nn.Conv2d(35, 32, 3, padding=1)
        self.c4 = nn.Conv2d(32, 64, 3, padding=1)
        self.c5 = nn.Conv2d(99, 128, 3, padding=1)
        self.c6 = nn.Conv2d(128, 256, 3, padding=1)
        self.l1 = nn.Linear(4096, 512)
        self.l2 = nn.Linear(512, 256)
        self.l3 = nn.Linear(256, 10)

    def forward(self, x):
        x = F.avg_pool2d(join(x, F.relu(self.c2(F.relu(self.c1(x))))), 2)
        x = F.avg_pool2d(join(x, F.relu(self.c4(F.relu(self.c3(x))))), 2)
        x = F.avg_pool2d(F.relu(self.c6(F.relu(self.c5(x)))), 2)
        x = x.view(-1, 4096)
        return self.l3(F.relu(self.l2(F.relu(self.l1(x)))))
