# broken: a fourth fully connected layer in the classifier
# expect: channels
import torch
import torch.nn as nn
import torch.nn.functional as F


class VGG_COMBO(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1_1 = nn.Conv2d(3, 16, 3, padding=1)
        self.conv1_2 = nn.Conv2d(16, 32, 3, padding=1)
        self.conv2_1 = nn.Conv2d(35, 32, 3, padding=1)
        self.conv2_2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv3_1 = nn.Conv2d(64, 128, 3, padding=1)
        self.conv3_2 = nn.Conv2d(128, 256, 3, padding=1)
        self.gap = nn.AdaptiveAvgPool2d(1)
        self.g1 = nn.Conv2d(64, 64, 1)
        self.g2 = nn.Conv2d(64, 64, 1)
        self.sigmoid = nn.Sigmoid()
        self.skip3 = nn.Conv2d(64, 256, 3, padding=1)
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)
        self.relu = nn.ReLU()
        self.pool = nn.MaxPool2d(2, 2)
        self.fc2b = nn.Linear(256, 256)
        # END INIT

    def forward(self, x):
        block_in = x
        out = self.relu(self.conv1_1(block_in))
        out = self.relu(self.conv1_2(out))
        out = torch.cat([block_in, out], dim=1)
        out = self.pool(out)
        block_in = out
        out = self.relu(self.conv2_1(block_in))
        out = self.relu(self.conv2_2(out))
        gate = self.gap(out)
        gate = self.relu(self.g1(gate))
        gate = self.sigmoid(self.g2(gate))
        out = out * gate
        out = self.pool(out)
        block_in = out
        out = self.relu(self.conv3_1(block_in))
        out = self.relu(self.conv3_2(out))
        out = out + self.relu(self.skip3(block_in))
        out = self.pool(out)
        out = torch.flatten(out, 1)
        out = self.relu(self.fc1(out))
        out = self.relu(self.fc2(out))
        out = self.relu(self.fc2b(out))
        out = self.fc3(out)
        return out
