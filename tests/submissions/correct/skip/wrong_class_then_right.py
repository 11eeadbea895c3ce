# correct: a first definition forgets the skip, the class of the same name below it is complete
import torch, torch.nn as nn
import torch.nn.functional as F

class VGG_SKIP(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1_1 = nn.Conv2d(3, 16, 3, padding=1)
        self.fc1 = nn.Linear(16*32*32, 10)
    def forward(self, x):
        return self.fc1(F.relu(self.conv1_1(x)).view(-1, 16*32*32))

# ---- 다시 작성 ----
class VGG_SKIP(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1_1 = nn.Conv2d(3, 16, 3, padding=1); self.conv1_2 = nn.Conv2d(16, 32, 3, padding=1)
        self.conv2_1 = nn.Conv2d(32, 32, 3, padding=1); self.conv2_2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv3_1 = nn.Conv2d(64, 128, 3, padding=1); self.conv3_2 = nn.Conv2d(128, 256, 3, padding=1)
        self.s1, self.s2, self.s3 = nn.Conv2d(3, 32, 3, padding=1), nn.Conv2d(32, 64, 3, padding=1), nn.Conv2d(64, 256, 3, padding=1)
        self.fc1 = nn.Linear(4096, 512); self.fc2 = nn.Linear(512, 256); self.fc3 = nn.Linear(256, 10)
    def forward(self, x):
        i = x
        x = F.relu(self.conv1_1(x)); x = F.relu(self.conv1_2(x)); x = x + F.relu(self.s1(i)); x = F.avg_pool2d(x, 2)
        i = x
        x = F.relu(self.conv2_1(x)); x = F.relu(self.conv2_2(x)); x = x + F.relu(self.s2(i)); x = F.avg_pool2d(x, 2)
        i = x
        x = F.relu(self.conv3_1(x)); x = F.relu(self.conv3_2(x)); x = x + F.relu(self.s3(i)); x = F.avg_pool2d(x, 2)
        x = x.view(-1, 4096)
        x = F.relu(self.fc1(x)); x = F.relu(self.fc2(x))
        return self.fc3(x)
