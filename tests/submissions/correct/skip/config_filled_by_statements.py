# correct: a module-level dictionary that is filled line by line, setattr and getattr
import torch
import torch.nn as nn
import torch.nn.functional as F

layer_config = {}
layer_config["conv1_1"] = (3, 16)
layer_config["conv1_2"] = (16, 32)
layer_config["conv2_1"] = (32, 32)
layer_config["conv2_2"] = (32, 64)
layer_config["conv3_1"] = (64, 128)
layer_config["conv3_2"] = (128, 256)

for n, (i, o) in enumerate([(3, 32), (32, 64), (64, 256)], 1):
    layer_config["skip%d" % n] = (i, o)


class VGG_SKIP(nn.Module):
    def __init__(self):
        super().__init__()
        for name in layer_config:
            i, o = layer_config[name]
            setattr(self, name, nn.Conv2d(i, o, 3, padding=1))
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)

    def forward(self, x):
        for b in ["1", "2", "3"]:
            y = F.relu(getattr(self, "conv" + b + "_1")(x))
            y = F.relu(getattr(self, "conv" + b + "_2")(y))
            s = F.relu(getattr(self, "skip" + b)(x))
            x = F.avg_pool2d(y + s, 2)
        x = torch.reshape(x, (x.shape[0], -1))
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)
