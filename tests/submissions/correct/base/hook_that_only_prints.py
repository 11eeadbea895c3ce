# correct: a hook looks at a gradient and changes nothing
import torch
import torch.nn as nn


class VGG(nn.Module):
    def __init__(self):
        super(VGG, self).__init__()
        self.conv1_1 = nn.Conv2d(in_channels=3, out_channels=16, kernel_size=3, padding=1)
        self.conv1_2 = nn.Conv2d(in_channels=16, out_channels=32, kernel_size=3, padding=1)
        self.conv2_1 = nn.Conv2d(in_channels=32, out_channels=32, kernel_size=3, padding=1)
        self.conv2_2 = nn.Conv2d(in_channels=32, out_channels=64, kernel_size=3, padding=1)
        self.conv3_1 = nn.Conv2d(in_channels=64, out_channels=128, kernel_size=3, padding=1)
        self.conv3_2 = nn.Conv2d(in_channels=128, out_channels=256, kernel_size=3, padding=1)
        self.fc1 = nn.Linear(in_features=4096, out_features=512)
        self.fc2 = nn.Linear(in_features=512, out_features=256)
        self.fc3 = nn.Linear(in_features=256, out_features=10)
        self.relu = nn.ReLU()
        self.avgPool2d = nn.AvgPool2d(kernel_size=2, stride=2)
        self.fc3.weight.register_hook(lambda grad: print(grad.abs().mean()))

    def forward(self, x):
        # 블록 1
        h = self.relu(self.conv1_1(x))
        h = self.relu(self.conv1_2(h))
        h = self.avgPool2d(h)
        # 블록 2
        h = self.relu(self.conv2_1(h))
        h = self.relu(self.conv2_2(h))
        h = self.avgPool2d(h)
        # 블록 3
        h = self.relu(self.conv3_1(h))
        h = self.relu(self.conv3_2(h))
        h = self.avgPool2d(h)
        # 분류기
        h = torch.reshape(h, (-1, 4096))
        h = self.relu(self.fc1(h))
        h = self.relu(self.fc2(h))
        return self.fc3(h)
