# correct: a configuration list with "P" for a pool and "SE" for the gate
import torch
import torch.nn as nn

CFG = [16, 32, "P", 32, 64, "SE", "P", 128, 256, "P"]


class SE(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.fc1 = nn.Conv2d(c, c, kernel_size=1)
        self.fc2 = nn.Conv2d(c, c, kernel_size=1)

    def forward(self, x):
        z = x.mean(3, keepdim=True).mean(2, keepdim=True)
        z = torch.relu(self.fc1(z))
        z = torch.sigmoid(self.fc2(z))
        return z.repeat(1, 1, x.size(2), x.size(3)) * x


def build(cfg):
    layers, c = [], 3
    for item in cfg:
        match item:
            case "P":
                layers.append(nn.AvgPool2d(2, 2))
            case "SE":
                layers.append(SE(c))
            case width:
                layers.extend((nn.Conv2d(c, width, 3, padding=1), nn.ReLU()))
                c = width
    return layers


class VGG_CA(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(*build(CFG))
        self.classifier = nn.Sequential(nn.Flatten(1), nn.Linear(4096, 512), nn.ReLU(),
                                        nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))

    def forward(self, x):
        return self.classifier(self.features(x))
