# broken: dropout inside the gate
# expect: function
import torch
import torch.nn as nn


class SEBlock(nn.Module):
    def __init__(self, channel, reduction=1):
        super(SEBlock, self).__init__()
        self.avg_pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Sequential(
            nn.Linear(channel, channel // reduction),
            nn.ReLU(inplace=True),
            nn.Linear(channel // reduction, channel),
            nn.Sigmoid(),
            nn.Dropout(0.3),
        )

    def forward(self, x):
        b, c, _, _ = x.size()
        y = self.avg_pool(x).view(b, c)
        y = self.fc(y).view(b, c, 1, 1)
        return x * y.expand_as(x)


class VGG_CA(nn.Module):
    def __init__(self):
        super(VGG_CA, self).__init__()
        self.layer1 = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU())
        self.layer2 = nn.Sequential(nn.Conv2d(32, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 64, 3, padding=1), nn.ReLU())
        self.layer3 = nn.Sequential(nn.Conv2d(64, 128, 3, padding=1), nn.ReLU(), nn.Conv2d(128, 256, 3, padding=1), nn.ReLU())
        self.se = SEBlock(64)
        self.pool = nn.AvgPool2d(2)
        self.fc = nn.Sequential(nn.Linear(4096, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))

    def forward(self, x):
        x = self.pool(self.layer1(x))
        x = self.pool(self.se(self.layer2(x)))
        x = self.pool(self.layer3(x))
        return self.fc(torch.flatten(x, 1))
