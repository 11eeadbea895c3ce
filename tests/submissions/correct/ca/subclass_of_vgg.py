# correct: inherits the base network; forward is written anew
import torch
import torch.nn as nn
import torch.nn.functional as F


class VGG(nn.Module):
    def __init__(self):
        super(VGG, self).__init__()
        self.conv1_1 = nn.Conv2d(3, 16, 3, padding=1)
        self.conv1_2 = nn.Conv2d(16, 32, 3, padding=1)
        self.conv2_1 = nn.Conv2d(32, 32, 3, padding=1)
        self.conv2_2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv3_1 = nn.Conv2d(64, 128, 3, padding=1)
        self.conv3_2 = nn.Conv2d(128, 256, 3, padding=1)
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)

    def after_block2(self, x):
        return x

    def forward(self, x):
        x = F.avg_pool2d(F.relu(self.conv1_2(F.relu(self.conv1_1(x)))), 2)
        x = self.after_block2(F.relu(self.conv2_2(F.relu(self.conv2_1(x)))))
        x = F.avg_pool2d(x, 2)
        x = F.avg_pool2d(F.relu(self.conv3_2(F.relu(self.conv3_1(x)))), 2)
        x = x.view(-1, 4096)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))


class VGG_CA(VGG):
    def __init__(self):
        super(VGG_CA, self).__init__()
        self.caconv1 = nn.Conv2d(64, 64, 1)
        self.caconv2 = nn.Conv2d(64, 64, 1)

    def after_block2(self, x):
        gate = torch.sigmoid(self.caconv2(F.relu(self.caconv1(F.adaptive_avg_pool2d(x, 1)))))
        return x * gate
