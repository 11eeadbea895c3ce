# correct: a loop that keeps count of the channels
import torch
import torch.nn as nn
import torch.nn.functional as F


class VGG_DENSE(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.ModuleList()
        self.second = nn.ModuleList()
        in_ch = 3
        for mid, out in [(16, 32), (32, 64), (128, 256)]:
            self.first.append(nn.Conv2d(in_ch, mid, 3, padding=1))
            self.second.append(nn.Conv2d(mid, out, 3, padding=1))
            in_ch += out          # concat 하면 채널이 늘어남: 3 -> 35 -> 99
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)

    def forward(self, x):
        last = len(self.first) - 1
        for i, (a, b) in enumerate(zip(self.first, self.second)):
            y = F.relu(b(F.relu(a(x))))
            x = y if i == last else torch.cat((x, y), dim=1)
            x = F.avg_pool2d(x, 2)
        x = x.reshape(x.shape[0], -1)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))
