# correct: nn.Sequential for each block and each shortcut
import torch.nn as nn


class VGG_SKIP(nn.Module):
    def __init__(self):
        super().__init__()
        self.block1 = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(),
                                    nn.Conv2d(16, 32, 3, padding=1), nn.ReLU())
        self.block2 = nn.Sequential(nn.Conv2d(32, 32, 3, padding=1), nn.ReLU(),
                                    nn.Conv2d(32, 64, 3, padding=1), nn.ReLU())
        self.block3 = nn.Sequential(nn.Conv2d(64, 128, 3, padding=1), nn.ReLU(),
                                    nn.Conv2d(128, 256, 3, padding=1), nn.ReLU())
        self.short1 = nn.Sequential(nn.Conv2d(3, 32, 3, padding=1), nn.ReLU())
        self.short2 = nn.Sequential(nn.Conv2d(32, 64, 3, padding=1), nn.ReLU())
        self.short3 = nn.Sequential(nn.Conv2d(64, 256, 3, padding=1), nn.ReLU())
        self.pool = nn.AvgPool2d(2)
        self.fc = nn.Sequential(nn.Flatten(), nn.Linear(4096, 512), nn.ReLU(),
                                nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))

    def forward(self, x):
        x = self.pool(self.block1(x) + self.short1(x))
        x = self.pool(self.block2(x) + self.short2(x))
        x = self.pool(self.block3(x) + self.short3(x))
        return self.fc(x)
