# correct: with one image alone squeeze() leaves a vector, which nn.Linear takes, and the end makes a row of it
import torch
import torch.nn as nn
import torch.nn.functional as F


class VGG_SKIP(nn.Module):
    def __init__(self):
        super().__init__()
        sizes = [(3, 16, 32), (32, 32, 64), (64, 128, 256)]
        self.first = nn.ModuleList(nn.Conv2d(i, m, 3, padding=1) for i, m, _ in sizes)
        self.second = nn.ModuleList(nn.Conv2d(m, o, 3, padding=1) for _, m, o in sizes)
        self.side = nn.ModuleList(nn.Conv2d(i, o, 3, padding=1) for i, _, o in sizes)
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)

    def forward(self, x):
        for first, second, side in zip(self.first, self.second, self.side):
            out = F.relu(second(F.relu(first(x))))
            x = F.avg_pool2d(out + F.relu(side(x)), 2)
        x = torch.flatten(x, 1).squeeze()
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x).reshape(-1, 10)
