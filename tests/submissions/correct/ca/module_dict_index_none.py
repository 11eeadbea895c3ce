# correct: nn.ModuleDict, the gate gets its two dimensions by indexing with None
import torch
import torch.nn as nn
import torch.nn.functional as F


class VGG_CA(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.ModuleDict()
        for name, (i, o) in {"1_1": (3, 16), "1_2": (16, 32), "2_1": (32, 32), "2_2": (32, 64),
                             "3_1": (64, 128), "3_2": (128, 256)}.items():
            self.net["conv" + name] = nn.Conv2d(i, o, 3, padding=1)
        self.net["squeeze"] = nn.Linear(64, 64)
        self.net["excite"] = nn.Linear(64, 64)
        self.net["fc1"] = nn.Linear(4096, 512)
        self.net["fc2"] = nn.Linear(512, 256)
        self.net["fc3"] = nn.Linear(256, 10)

    def forward(self, x):
        net = self.net
        for block in "123":
            x = F.relu(net[f"conv{block}_1"](x))
            x = F.relu(net[f"conv{block}_2"](x))
            if block == "2":
                gate = x.flatten(2).mean(-1)
                gate = torch.sigmoid(net["excite"](F.relu(net["squeeze"](gate))))
                x = x * gate[:, :, None, None]
            x = F.avg_pool2d(x, 2)
        x = x.view(len(x), -1)
        x = F.relu(net["fc1"](x))
        x = F.relu(net["fc2"](x))
        return net["fc3"](x)
