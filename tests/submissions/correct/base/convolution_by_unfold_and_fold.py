# correct: convolutions by unfold, a matrix product and fold
import torch
import torch.nn as nn
import torch.nn.functional as F

def my_conv(x, layer):
    n, c, h, w = x.shape
    cols = F.unfold(x, 3, padding=1)
    y = torch.einsum('ok,nkl->nol', layer.weight.flatten(1), cols) + layer.bias[None, :, None]
    return F.fold(y, (h, w), 1)

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
        x = self.pool(F.relu(self.conv1_2(F.relu(self.conv1_1(x)))))
        x = self.pool(F.relu(self.conv2_2(F.relu(self.conv2_1(x)))))
        x = self.pool(F.relu(my_conv(F.relu(self.conv3_1(x)), self.conv3_2)))
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)
