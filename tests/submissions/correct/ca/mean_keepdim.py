# correct: mean((2, 3), keepdim=True) and broadcasting
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
        self.att1 = nn.Conv2d(64, 64, 1)
        self.att2 = nn.Conv2d(64, 64, 1)
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)

    def forward(self, x):
        x = F.relu(self.conv1_1(x))
        x = F.avg_pool2d(F.relu(self.conv1_2(x)), 2)
        x = F.relu(self.conv2_1(x))
        x = F.relu(self.conv2_2(x))
        w = x.mean(dim=(2, 3), keepdim=True)
        w = torch.sigmoid(self.att2(F.relu(self.att1(w))))
        x = F.avg_pool2d(x * w, 2)
        x = F.relu(self.conv3_1(x))
        x = F.avg_pool2d(F.relu(self.conv3_2(x)), 2)
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)
