import torch
import torch.nn as nn
import torch.nn.functional as F

class VGG_COMBO(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1_1 = nn.Conv2d(3, 16, 3, padding=1)
        self.conv1_2 = nn.Conv2d(16, 32, 3, padding=1)
        self.conv1_extra = nn.Conv2d(32, 32, 3, padding=1)
        self.conv2_1 = nn.Conv2d(35, 32, 3, padding=1)
        self.conv2_2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv3_1 = nn.Conv2d(64, 128, 3, padding=1)
        self.conv3_2 = nn.Conv2d(128, 256, 3, padding=1)
        self.gate_a = nn.Conv2d(64, 8, 1)
        self.gate_b = nn.Conv2d(8, 64, 1)
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)

    def forward(self, x):
        image = x
        out = F.relu(self.conv1_2(F.relu(self.conv1_1(x))))
        out = F.relu(self.conv1_extra(out) + out)
        out = F.max_pool2d(out, 2)
        small = F.max_pool2d(image, 2)
        out = torch.cat([small, out], dim=1)

        out = F.relu(self.conv2_2(F.relu(self.conv2_1(out))))
        gate = F.adaptive_avg_pool2d(out, (1, 1))
        gate = self.gate_b(F.relu(self.gate_a(gate))).sigmoid()
        out = F.max_pool2d(out, 2) * gate

        out = F.max_pool2d(F.relu(self.conv3_2(F.relu(self.conv3_1(out)))), 2)
        out = out.reshape(out.shape[0], -1)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(out)))))
