# correct: out *= gate on a clone is legal; gate layers are declared first and in reverse order
import torch
import torch.nn as nn


class VGG_CA(nn.Module):
    def __init__(self):
        super(VGG_CA, self).__init__()
        self.excite = nn.Conv2d(64, 64, (1, 1))
        self.squeeze = nn.Conv2d(64, 64, (1, 1))
        self.fc3 = nn.Linear(256, 10)
        self.fc2 = nn.Linear(512, 256)
        self.fc1 = nn.Linear(4096, 512)
        self.conv3_2 = nn.Conv2d(128, 256, 3, padding=1)
        self.conv3_1 = nn.Conv2d(64, 128, 3, padding=1)
        self.conv2_2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv2_1 = nn.Conv2d(32, 32, 3, padding=1)
        self.conv1_2 = nn.Conv2d(16, 32, 3, padding=1)
        self.conv1_1 = nn.Conv2d(3, 16, 3, padding=1)
        self.relu = nn.ReLU()
        self.pool = nn.AvgPool2d(2)
        self.gap = nn.AdaptiveAvgPool2d(output_size=1)

    def forward(self, x):
        out = self.relu(self.conv1_1(x))
        out = self.pool(self.relu(self.conv1_2(out)))
        out = self.relu(self.conv2_1(out))
        out = self.relu(self.conv2_2(out))
        gate = self.gap(out)
        gate = self.relu(self.squeeze(gate))
        gate = torch.sigmoid(self.excite(gate))
        scaled = out.clone()
        scaled *= gate
        out = self.pool(scaled)
        out = self.relu(self.conv3_1(out))
        out = self.pool(self.relu(self.conv3_2(out)))
        out = torch.flatten(out, 1)
        out = self.relu(self.fc1(out))
        out = self.relu(self.fc2(out))
        return self.fc3(out)
