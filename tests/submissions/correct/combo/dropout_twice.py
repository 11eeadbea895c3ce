# correct: Dropout(0.5) twice in the classifier, as VGG has it
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
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)
        self.pool = nn.MaxPool2d(2)
        self.sk = nn.Conv2d(64, 256, 1)
        self.g1 = nn.Linear(64, 16)
        self.g2 = nn.Linear(16, 64)
        self.drop = nn.Dropout(0.5)

    def forward(self, x):
        y = F.relu(self.conv1_2(F.relu(self.conv1_1(x))))
        x = torch.cat([x, y], 1)
        x = self.pool(x)
        x = F.relu(self.conv2_2(F.relu(self.conv2_1(x))))
        n, c, h, w = x.shape
        g = x.mean((2, 3))
        g = torch.sigmoid(self.g2(F.relu(self.g1(g))))
        x = x * g[:, :, None, None]
        x = self.pool(x)
        y = F.relu(self.conv3_2(F.relu(self.conv3_1(x))))
        x = y + self.sk(x)
        x = self.pool(x)
        x = torch.flatten(x, 1)
        x = self.drop(F.relu(self.fc1(x)))
        x = self.drop(F.relu(self.fc2(x)))
        return self.fc3(x)
