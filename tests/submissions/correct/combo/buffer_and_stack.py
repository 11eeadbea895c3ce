# correct: concatenation by filling a buffer, addition as the sum of a stack, CBAM-like gate from mean and maximum
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
        self.skip = nn.Conv2d(35, 64, 3, padding=1)
        self.mlp = nn.Sequential(nn.Linear(256, 32), nn.ReLU(), nn.Linear(32, 256))
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)

    def forward(self, x):
        n = x.shape[0]
        out = F.relu(self.conv1_2(F.relu(self.conv1_1(x))))
        both = torch.zeros(n, 35, 32, 32)
        both[:, :3] = x
        both[:, 3:] = out
        x = F.max_pool2d(both, 2)
        out = F.relu(self.conv2_2(F.relu(self.conv2_1(x))))
        x = F.max_pool2d(torch.stack([out, F.relu(self.skip(x))]).sum(dim=0), 2)
        out = F.relu(self.conv3_2(F.relu(self.conv3_1(x))))
        avg = self.mlp(out.mean(dim=(2, 3)))
        big = self.mlp(out.amax(dim=(2, 3)))
        out = out * torch.sigmoid(avg + big).view(n, 256, 1, 1)
        x = F.max_pool2d(out, 2).view(n, -1)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))
