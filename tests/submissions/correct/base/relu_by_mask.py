# correct: ReLU by hand, x[x < 0] = 0
import torch
import torch.nn as nn
import torch.nn.functional as F
def relu(x):
    x[x < 0] = 0
    return x

class VGG(nn.Module):
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
        self.pool = nn.AvgPool2d(2)

    def forward(self, x):
        x = self.pool(relu(self.conv1_2(relu(self.conv1_1(x)))))
        x = self.pool(relu(self.conv2_2(relu(self.conv2_1(x)))))
        x = self.pool(relu(self.conv3_2(relu(self.conv3_1(x)))))
        x = torch.flatten(x, 1)
        x = relu(self.fc1(x))
        x = relu(self.fc2(x))
        return self.fc3(x)
