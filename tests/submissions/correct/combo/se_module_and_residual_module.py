# correct: an SELayer class and a residual block class, batch normalisation, 1x1 shortcuts everywhere
import torch
from torch import nn

class SELayer(nn.Module):
    def __init__(self, channel, reduction=16):
        super(SELayer, self).__init__()
        self.avg_pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Sequential(
            nn.Linear(channel, channel // reduction, bias=False),
            nn.ReLU(inplace=True),
            nn.Linear(channel // reduction, channel, bias=False),
            nn.Sigmoid()
        )

    def forward(self, x):
        b, c, _, _ = x.size()
        y = self.avg_pool(x).view(b, c)
        y = self.fc(y).view(b, c, 1, 1)
        return x * y.expand_as(x)

class ResBlock(nn.Module):
    def __init__(self, cin, mid, cout):
        super().__init__()
        self.conv1 = nn.Conv2d(cin, mid, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(mid)
        self.conv2 = nn.Conv2d(mid, cout, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(cout)
        self.se = SELayer(cout)
        self.shortcut = nn.Sequential(nn.Conv2d(cin, cout, 1, bias=False), nn.BatchNorm2d(cout))

    def forward(self, x):
        out = torch.relu(self.bn1(self.conv1(x)))
        out = self.se(self.bn2(self.conv2(out)))
        out = out + self.shortcut(x)
        return torch.relu(out)

class VGG_COMBO(nn.Module):
    def __init__(self, num_classes=10):
        super().__init__()
        self.block1 = ResBlock(3, 16, 32)
        self.block2 = ResBlock(32 + 3, 32, 64)
        self.block3 = ResBlock(64 + 35, 128, 256)
        self.pool = nn.MaxPool2d(2)
        self.classifier = nn.Sequential(nn.Linear(4096, 512), nn.ReLU(), nn.Dropout(0.5), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, num_classes))

    def forward(self, x):
        x = self.pool(torch.cat([x, self.block1(x)], dim=1))
        x = self.pool(torch.cat([x, self.block2(x)], dim=1))
        x = self.pool(self.block3(x))
        return self.classifier(x.flatten(1))
