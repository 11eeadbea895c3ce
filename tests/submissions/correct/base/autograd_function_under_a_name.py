# correct: relu = MyReLU.apply, made at import
import torch
import torch.nn as nn
import torch.nn.functional as F

class MyReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0)
    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved_tensors
        g = g.clone()
        g[x < 0] = 0
        return g
myrelu = MyReLU.apply

class VGG(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1_1 = nn.Conv2d(3, 16, 3, padding=1)
        self.conv1_2 = nn.Conv2d(16, 32, 3, padding=1)
        self.conv2_1 = nn.Conv2d(32, 32, 3, padding=1)
        self.conv2_2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv3_1 = nn.Conv2d(64, 128, 3, padding=1)
        self.conv3_2 = nn.Conv2d(128, 256, 3, padding=1)
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)
        self.pool = nn.AvgPool2d(2)

    def forward(self, x):
        x = self.pool(myrelu(self.conv1_2(myrelu(self.conv1_1(x)))))
        x = self.pool(myrelu(self.conv2_2(myrelu(self.conv2_1(x)))))
        x = self.pool(myrelu(self.conv3_2(myrelu(self.conv3_1(x)))))
        x = torch.flatten(x, 1)
        x = myrelu(self.fc1(x))
        x = myrelu(self.fc2(x))
        return self.fc3(x)
