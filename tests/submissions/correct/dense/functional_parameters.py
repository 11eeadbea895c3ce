# correct: Parameters registered with register_parameter, functional calls
import torch
import torch.nn as nn
import torch.nn.functional as F


class VGG_DENSE(nn.Module):
    def __init__(self):
        super().__init__()
        shapes = {
            "conv1_1": (16, 3, 3, 3), "conv1_2": (32, 16, 3, 3),
            "conv2_1": (32, 35, 3, 3), "conv2_2": (64, 32, 3, 3),
            "conv3_1": (128, 99, 3, 3), "conv3_2": (256, 128, 3, 3),
            "fc1": (512, 4096), "fc2": (256, 512), "fc3": (10, 256),
        }
        for name, shape in shapes.items():
            self.register_parameter(f"{name}_weight", nn.Parameter(torch.randn(shape) * 0.05))
            self.register_parameter(f"{name}_bias", nn.Parameter(torch.zeros(shape[0])))

    def conv(self, x, weight, bias):
        return F.relu(F.conv2d(x, weight, bias, 1, 1))

    def forward(self, x):
        y = self.conv(x, self.conv1_1_weight, self.conv1_1_bias)
        y = self.conv(y, self.conv1_2_weight, self.conv1_2_bias)
        x = F.avg_pool2d(torch.cat([x, y], 1), 2, 2)
        y = self.conv(x, self.conv2_1_weight, self.conv2_1_bias)
        y = self.conv(y, self.conv2_2_weight, self.conv2_2_bias)
        x = F.avg_pool2d(torch.cat([x, y], 1), 2, 2)
        y = self.conv(x, self.conv3_1_weight, self.conv3_1_bias)
        y = self.conv(y, self.conv3_2_weight, self.conv3_2_bias)
        x = torch.flatten(F.avg_pool2d(y, 2, 2), 1)
        x = F.relu(F.linear(x, self.fc1_weight, self.fc1_bias))
        x = F.relu(x @ self.fc2_weight.t() + self.fc2_bias)
        return F.linear(x, self.fc3_weight, self.fc3_bias)
