# correct: the average is written as a sum divided by height times width
import torch
import torch.nn as nn


class VGG_CA(nn.Module):
    def __init__(self):
        super(VGG_CA, self).__init__()
        self.conv1_1 = nn.Conv2d(3, 16, 3, padding=1)
        self.conv1_2 = nn.Conv2d(16, 32, 3, padding=1)
        self.conv2_1 = nn.Conv2d(32, 32, 3, padding=1)
        self.conv2_2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv3_1 = nn.Conv2d(64, 128, 3, padding=1)
        self.conv3_2 = nn.Conv2d(128, 256, 3, padding=1)
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)
        self.ca1 = nn.Conv2d(64, 64, 1)
        self.ca2 = nn.Conv2d(64, 64, 1)
        self.relu = nn.ReLU(inplace=True)
        self.pool = nn.AvgPool2d(2)

    def forward(self, x):
        out = self.relu(self.conv1_1(x))
        out = self.relu(self.conv1_2(out))
        out = self.pool(out)
        out = self.relu(self.conv2_1(out))
        out = self.relu(self.conv2_2(out))
        n, c, h, w = out.shape
        ca = out.sum(dim=(2, 3), keepdim=True) / (h * w)
        ca = self.relu(self.ca1(ca))
        ca = self.ca2(ca).sigmoid_()
        out = out * ca
        out = self.pool(out)
        out = self.relu(self.conv3_1(out))
        out = self.relu(self.conv3_2(out))
        out = self.pool(out)
        out = out.view(n, -1)
        out = self.relu(self.fc1(out))
        out = self.relu(self.fc2(out))
        out = self.fc3(out)
        return out
