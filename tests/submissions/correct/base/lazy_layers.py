# correct: LazyConv2d and LazyLinear find their input sizes at the first call
import torch
import torch.nn as nn


class VGG(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1 = nn.LazyConv2d(16, 3, padding=1)
        self.c2 = nn.LazyConv2d(32, 3, padding=1)
        self.c3 = nn.LazyConv2d(32, 3, padding=1)
        self.c4 = nn.LazyConv2d(64, 3, padding=1)
        self.c5 = nn.LazyConv2d(128, 3, padding=1)
        self.c6 = nn.LazyConv2d(256, 3, padding=1)
        self.f1 = nn.LazyLinear(512)
        self.f2 = nn.LazyLinear(256)
        self.f3 = nn.LazyLinear(10)
        self.pool = nn.AvgPool2d(2)

    def forward(self, x):
        x = self.pool(torch.relu(self.c2(torch.relu(self.c1(x)))))
        x = self.pool(torch.relu(self.c4(torch.relu(self.c3(x)))))
        x = self.pool(torch.relu(self.c6(torch.relu(self.c5(x)))))
        x = x.flatten(1)
        return self.f3(torch.relu(self.f2(torch.relu(self.f1(x)))))
