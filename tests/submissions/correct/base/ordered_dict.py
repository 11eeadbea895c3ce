# correct: nn.Sequential of an OrderedDict, layers reached by name, adaptive pool that happens to be 2x2
from collections import OrderedDict

import torch.nn as nn


class VGG(nn.Module):
    def __init__(self):
        nn.Module.__init__(self)
        self.net = nn.Sequential(OrderedDict([
            ("conv1_1", nn.Conv2d(3, 16, 3, padding=1)), ("relu1_1", nn.ReLU()),
            ("conv1_2", nn.Conv2d(16, 32, 3, padding=1)), ("relu1_2", nn.ReLU()),
            ("pool1", nn.AdaptiveAvgPool2d(16)),
            ("conv2_1", nn.Conv2d(32, 32, 3, padding=1)), ("relu2_1", nn.ReLU()),
            ("conv2_2", nn.Conv2d(32, 64, 3, padding=1)), ("relu2_2", nn.ReLU()),
            ("pool2", nn.AdaptiveAvgPool2d(8)),
            ("conv3_1", nn.Conv2d(64, 128, 3, padding=1)), ("relu3_1", nn.ReLU()),
            ("conv3_2", nn.Conv2d(128, 256, 3, padding=1)), ("relu3_2", nn.ReLU()),
            ("pool3", nn.AdaptiveAvgPool2d(4)),
            ("flatten", nn.Flatten()),
            ("fc1", nn.Linear(4096, 512)), ("relu4", nn.ReLU()),
            ("fc2", nn.Linear(512, 256)), ("relu5", nn.ReLU()),
            ("fc3", nn.Linear(256, 10)),
        ]))

    def forward(self, x):
        for name, layer in self.net.named_children():
            x = layer(x)
        return x
