# correct: inherits a VGG and replaces what differs; skip from the image to block 2; gate not per block but on the concatenation
import torch
import torch.nn as nn
import torch.nn.functional as F

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
        self.pool = nn.MaxPool2d(2)

    def classify(self, x):
        x = torch.flatten(x, 1)
        return self.fc3(torch.relu(self.fc2(torch.relu(self.fc1(x)))))

class VGG_COMBO(VGG):
    def __init__(self):
        super().__init__()
        self.conv3_1 = nn.Conv2d(96, 128, 3, padding=1)
        self.long_skip = nn.Conv2d(3, 64, 3, stride=2, padding=1)
        self.gate = nn.Linear(96, 96)

    def forward(self, x):
        image = x
        x = torch.relu(self.conv1_1(x))
        x = torch.relu(self.conv1_2(x))
        x = kept = self.pool(x)
        x = torch.relu(self.conv2_1(x))
        x = torch.relu(self.conv2_2(x))
        x = x + self.long_skip(image)
        x = torch.cat([kept, x], 1)
        squeezed = x.sum((2, 3)) / (x.size(2) * x.size(3))
        x = torch.einsum('nchw,nc->nchw', x, self.gate(squeezed).sigmoid())
        x = self.pool(x)
        x = torch.relu(self.conv3_1(x))
        x = torch.relu(self.conv3_2(x))
        return self.classify(self.pool(x))
