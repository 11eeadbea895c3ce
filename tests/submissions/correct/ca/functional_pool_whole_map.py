# correct: global pooling by F.avg_pool2d over the whole map, torch.mul
import torch
import torch.nn as nn
import torch.nn.functional as F


class VGG_CA(nn.Module):
    def __init__(self, num_classes=10):
        super(VGG_CA, self).__init__()
        self.conv1_1 = nn.Conv2d(3, 16, kernel_size=3, padding=1)
        self.conv1_2 = nn.Conv2d(16, 32, kernel_size=3, padding=1)
        self.conv2_1 = nn.Conv2d(32, 32, kernel_size=3, padding=1)
        self.conv2_2 = nn.Conv2d(32, 64, kernel_size=3, padding=1)
        self.se1 = nn.Conv2d(64, 64, kernel_size=1, stride=1, padding=0)
        self.se2 = nn.Conv2d(64, 64, kernel_size=1, stride=1, padding=0)
        self.conv3_1 = nn.Conv2d(64, 128, kernel_size=3, padding=1)
        self.conv3_2 = nn.Conv2d(128, 256, kernel_size=3, padding=1)
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, num_classes)

    def attention(self, f):
        w = F.avg_pool2d(f, kernel_size=f.shape[-1])
        w = F.relu(self.se1(w))
        return torch.sigmoid(self.se2(w))

    def forward(self, x):
        x = F.avg_pool2d(F.relu(self.conv1_2(F.relu(self.conv1_1(x)))), 2)
        x = F.relu(self.conv2_2(F.relu(self.conv2_1(x))))
        x = torch.mul(self.attention(x), x)
        x = F.avg_pool2d(x, 2)
        x = F.avg_pool2d(F.relu(self.conv3_2(F.relu(self.conv3_1(x)))), 2)
        x = x.view(x.size(0), -1)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))
