# correct: the fully connected layers are convolutions (4x4, then 1x1), the map is squeezed at the end
import torch.nn as nn


class VGG(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.AvgPool2d(2),
            nn.Conv2d(32, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.AvgPool2d(2),
            nn.Conv2d(64, 128, 3, padding=1), nn.ReLU(), nn.Conv2d(128, 256, 3, padding=1), nn.ReLU(), nn.AvgPool2d(2),
        )
        self.head = nn.Sequential(
            nn.Conv2d(256, 512, 4), nn.ReLU(),   # 4x4 map -> 1x1: the same as Linear(4096, 512)
            nn.Conv2d(512, 256, 1), nn.ReLU(),
            nn.Conv2d(256, 10, 1),
        )

    def forward(self, x):
        return self.head(self.body(x)).squeeze(-1).squeeze(-1)
