# broken: no pool behind block 3, the classifier is larger
# expect: channels
import torch
import torch.nn as nn


class VGG_COMBO(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1_1 = nn.Conv2d(3, 16, 3, padding=1)
        self.conv1_2 = nn.Conv2d(16, 32, 3, padding=1)
        self.conv2_1 = nn.Conv2d(32, 32, 3, padding=1)
        self.conv2_2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv3_1 = nn.Conv2d(96, 128, 3, padding=1)
        self.conv3_2 = nn.Conv2d(128, 256, 3, padding=1)
        self.skip = nn.Conv2d(3, 32, 1)
        self.squeeze = nn.AdaptiveAvgPool2d(1)
        self.gate1 = nn.Conv2d(256, 64, 1)
        self.gate2 = nn.Conv2d(64, 256, 1)
        self.fc1 = nn.Linear(16384, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)
        self.relu = nn.ReLU()
        self.pool = nn.MaxPool2d(2)

    def forward(self, x):
        block_in = x
        out = self.relu(self.conv1_1(x))
        out = self.relu(self.conv1_2(out))
        out = out + self.relu(self.skip(block_in))
        out = self.pool(out)

        block_in = out
        out = self.relu(self.conv2_1(out))
        out = self.relu(self.conv2_2(out))
        out = torch.cat([block_in, out], dim=1)
        out = self.pool(out)

        out = self.relu(self.conv3_1(out))
        out = self.relu(self.conv3_2(out))
        gate = self.squeeze(out)
        gate = torch.sigmoid(self.gate2(self.relu(self.gate1(gate))))
        out = out * gate

        out = out.flatten(1)
        out = self.relu(self.fc1(out))
        out = self.relu(self.fc2(out))
        return self.fc3(out)
