# broken: a relu only before the pools
# expect: function
import torch
import torch.nn as nn

cfg = [16, 32, "A", 32, 64, "A", 128, 256, "A"]


def make_layers(cfg, in_channels=3):
    layers = []
    for v in cfg:
        if v == "A":
            layers += [nn.ReLU(), nn.AvgPool2d(kernel_size=2, stride=2)]
        else:
            layers += [nn.Conv2d(in_channels, v, kernel_size=3, padding=1)]
            in_channels = v
    return nn.Sequential(*layers)


class VGG(nn.Module):
    def __init__(self, num_classes=10):
        super(VGG, self).__init__()
        self.features = make_layers(cfg)
        self.classifier = nn.Sequential(
            nn.Linear(4096, 512),
            nn.ReLU(True),
            nn.Linear(512, 256),
            nn.ReLU(True),
            nn.Linear(256, num_classes),
        )

    def forward(self, x):
        x = self.features(x)
        x = torch.flatten(x, 1)
        return self.classifier(x)
