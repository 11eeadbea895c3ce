# correct: [output, input] instead of [input, output], a permutation of the next layer's input channels
# map: block1=output-input block2=output-input
import torch
import torch.nn as nn
import torch.nn.functional as F


class VGG_DENSE(nn.Module):
    def __init__(self):
        super(VGG_DENSE, self).__init__()
        self.conv1_1 = nn.Conv2d(3, 16, 3, padding=1)
        self.conv1_2 = nn.Conv2d(16, 32, 3, padding=1)
        self.conv2_1 = nn.Conv2d(35, 32, 3, padding=1)
        self.conv2_2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv3_1 = nn.Conv2d(99, 128, 3, padding=1)
        self.conv3_2 = nn.Conv2d(128, 256, 3, padding=1)
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)

    def forward(self, x):
        out = F.relu(self.conv1_1(x))
        out = F.relu(self.conv1_2(out))
        out1 = F.avg_pool2d(torch.cat([out, x], dim=1), 2)
        out = F.relu(self.conv2_1(out1))
        out = F.relu(self.conv2_2(out))
        out2 = F.avg_pool2d(torch.cat([out, out1], dim=1), 2)
        out = F.relu(self.conv3_1(out2))
        out = F.relu(self.conv3_2(out))
        out = F.avg_pool2d(out, 2)
        out = out.view(-1, 4096)
        out = F.relu(self.fc1(out))
        out = F.relu(self.fc2(out))
        return self.fc3(out)
