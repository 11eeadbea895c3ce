# correct: inherits the base network and replaces the two layers whose inputs grow
import torch
import torch.nn as nn


class Model(nn.Module):
    def __init__(self):
        super(Model, self).__init__()
        self.conv1_1 = nn.Conv2d(3, 16, 3, padding=1)
        self.conv1_2 = nn.Conv2d(16, 32, 3, padding=1)
        self.conv2_1 = nn.Conv2d(32, 32, 3, padding=1)
        self.conv2_2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv3_1 = nn.Conv2d(64, 128, 3, padding=1)
        self.conv3_2 = nn.Conv2d(128, 256, 3, padding=1)
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)
        self.relu = nn.ReLU()
        self.avgPool2d = nn.AvgPool2d(2, 2)

    def forward(self, x):
        x = self.avgPool2d(self.relu(self.conv1_2(self.relu(self.conv1_1(x)))))
        x = self.avgPool2d(self.relu(self.conv2_2(self.relu(self.conv2_1(x)))))
        x = self.avgPool2d(self.relu(self.conv3_2(self.relu(self.conv3_1(x)))))
        x = torch.reshape(x, (-1, 4096))
        return self.fc3(self.relu(self.fc2(self.relu(self.fc1(x)))))


class VGG_DENSE(Model):
    def __init__(self):
        super().__init__()
        self.conv2_1 = nn.Conv2d(35, 32, 3, padding=1)
        self.conv3_1 = nn.Conv2d(99, 128, 3, padding=1)

    def forward(self, x):
        x = torch.cat([x, self.relu(self.conv1_2(self.relu(self.conv1_1(x))))], dim=1)
        x = self.avgPool2d(x)
        x = torch.cat([x, self.relu(self.conv2_2(self.relu(self.conv2_1(x))))], dim=1)
        x = self.avgPool2d(x)
        x = self.avgPool2d(self.relu(self.conv3_2(self.relu(self.conv3_1(x)))))
        x = torch.reshape(x, (-1, 4096))
        return self.fc3(self.relu(self.fc2(self.relu(self.fc1(x)))))
