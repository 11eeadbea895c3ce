import torch
import torch.nn as nn
import torch.nn.functional as F
import wandb

from layers import ConvReLU, SELayer

device = 'cuda'


class VGG_SKIP(nn.Module):
    def __init__(self):
        super().__init__()
        self.block1 = nn.Sequential(ConvReLU(3, 16), ConvReLU(16, 32))
        self.block2 = nn.Sequential(ConvReLU(32, 32), ConvReLU(32, 64))
        self.block3 = nn.Sequential(ConvReLU(64, 128), ConvReLU(128, 256))
        self.skip1 = ConvReLU(3, 32)
        self.skip2 = ConvReLU(32, 64)
        self.skip3 = ConvReLU(64, 256)
        self.classifier = nn.Sequential(
            nn.Linear(4096, 512), nn.ReLU(),
            nn.Linear(512, 256), nn.ReLU(),
            nn.Linear(256, 10),
        )
        self.to(device)

    def forward(self, x):
        x = x.to(device)
        x = F.avg_pool2d(self.block1(x) + self.skip1(x), 2)
        x = F.avg_pool2d(self.block2(x) + self.skip2(x), 2)
        x = F.avg_pool2d(self.block3(x) + self.skip3(x), 2)
        return self.classifier(x.flatten(1))


class VGG_CA(nn.Module):
    def __init__(self):
        super().__init__()
        self.block1 = nn.Sequential(ConvReLU(3, 16), ConvReLU(16, 32))
        self.block2 = nn.Sequential(ConvReLU(32, 32), ConvReLU(32, 64))
        self.block3 = nn.Sequential(ConvReLU(64, 128), ConvReLU(128, 256))
        self.se = SELayer(64)
        self.classifier = nn.Sequential(
            nn.Linear(4096, 512), nn.ReLU(),
            nn.Linear(512, 256), nn.ReLU(),
            nn.Linear(256, 10),
        ).cuda()

    def forward(self, x):
        x = F.avg_pool2d(self.block1(x), 2)
        x = F.avg_pool2d(self.se(self.block2(x)), 2)
        x = F.avg_pool2d(self.block3(x), 2)
        return self.classifier(x.flatten(1).to(device))
