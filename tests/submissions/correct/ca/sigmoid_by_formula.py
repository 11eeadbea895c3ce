# correct: sigmoid written as 1 / (1 + exp(-x)), relu as torch.maximum with zero
import torch
import torch.nn as nn


def relu(x):
    return torch.maximum(x, torch.zeros_like(x))


def sigmoid(x):
    return 1 / (1 + torch.exp(-x))


class VGG_CA(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1_1 = nn.Conv2d(3, 16, 3, padding=1)
        self.conv1_2 = nn.Conv2d(16, 32, 3, padding=1)
        self.conv2_1 = nn.Conv2d(32, 32, 3, padding=1)
        self.conv2_2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv3_1 = nn.Conv2d(64, 128, 3, padding=1)
        self.conv3_2 = nn.Conv2d(128, 256, 3, padding=1)
        self.w1 = nn.Linear(64, 64)
        self.w2 = nn.Linear(64, 64)
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)
        self.pool = nn.AvgPool2d(2)

    def forward(self, x):
        x = self.pool(relu(self.conv1_2(relu(self.conv1_1(x)))))
        x = relu(self.conv2_2(relu(self.conv2_1(x))))
        z = torch.mean(x, (2, 3))
        z = sigmoid(self.w2(relu(self.w1(z))))
        x = self.pool(x * z.view(-1, 64, 1, 1))
        x = self.pool(relu(self.conv3_2(relu(self.conv3_1(x)))))
        x = torch.flatten(x, 1)
        return self.fc3(relu(self.fc2(relu(self.fc1(x)))))
