# correct: the gate's layers are Conv1d with kernel 1 on N x 64 x 1
import torch
import torch.nn as nn
import torch.nn.functional as F


class VGG_CA(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1_1 = nn.Conv2d(3, 16, 3, padding=1)
        self.conv1_2 = nn.Conv2d(16, 32, 3, padding=1)
        self.conv2_1 = nn.Conv2d(32, 32, 3, padding=1)
        self.conv2_2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv3_1 = nn.Conv2d(64, 128, 3, padding=1)
        self.conv3_2 = nn.Conv2d(128, 256, 3, padding=1)
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)
        self.ca_a = nn.Conv1d(64, 64, 1)
        self.ca_b = nn.Conv1d(64, 64, 1)

    def forward(self, x):
        x = F.avg_pool2d(F.relu(self.conv1_2(F.relu(self.conv1_1(x)))), 2)
        x = F.relu(self.conv2_2(F.relu(self.conv2_1(x))))
        s = F.adaptive_avg_pool2d(x, 1).squeeze(-1)
        s = torch.sigmoid(self.ca_b(F.relu(self.ca_a(s))))
        x = x * s.unsqueeze(-1)
        x = F.avg_pool2d(x, 2)
        x = F.avg_pool2d(F.relu(self.conv3_2(F.relu(self.conv3_1(x)))), 2)
        x = x.flatten(1)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))
