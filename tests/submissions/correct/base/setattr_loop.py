# correct: setattr in a loop in __init__, getattr in forward
import torch
import torch.nn as nn

SIZES = {"conv1_1": (3, 16), "conv1_2": (16, 32), "conv2_1": (32, 32),
         "conv2_2": (32, 64), "conv3_1": (64, 128), "conv3_2": (128, 256)}


class VGG(nn.Module):
    def __init__(self):
        super().__init__()
        for name, (i, o) in SIZES.items():
            setattr(self, name, nn.Conv2d(i, o, kernel_size=3, stride=1, padding=1))
        for n, (i, o) in enumerate([(4096, 512), (512, 256), (256, 10)], start=1):
            setattr(self, f"fc{n}", nn.Linear(i, o))

    def forward(self, x):
        for block in (1, 2, 3):
            for part in (1, 2):
                x = torch.relu(getattr(self, f"conv{block}_{part}")(x))
            x = nn.functional.avg_pool2d(x, kernel_size=2, stride=2)
        x = x.reshape(-1, 4096)
        x = self.fc1(x).relu()
        x = self.fc2(x).relu()
        return self.fc3(x)
