# 20231107 윤채원 / skip connection
import torch
import torch.nn as nn


class VGG_SKIP(nn.Module):
    def __init__(self):
        super(VGG_SKIP, self).__init__()
        self.conv1_1 = nn.Conv2d(in_channels=3, out_channels=16, kernel_size=3, padding=1)
        self.conv1_2 = nn.Conv2d(in_channels=16, out_channels=32, kernel_size=3, padding=1)
        self.conv2_1 = nn.Conv2d(in_channels=32, out_channels=32, kernel_size=3, padding=1)
        self.conv2_2 = nn.Conv2d(in_channels=32, out_channels=64, kernel_size=3, padding=1)
        self.conv3_1 = nn.Conv2d(in_channels=64, out_channels=128, kernel_size=3, padding=1)
        self.conv3_2 = nn.Conv2d(in_channels=128, out_channels=256, kernel_size=3, padding=1)
        self.conv_skip1 = nn.Conv2d(in_channels=3, out_channels=32, kernel_size=3, padding=1)
        self.conv_skip2 = nn.Conv2d(in_channels=32, out_channels=64, kernel_size=3, padding=1)
        self.conv_skip3 = nn.Conv2d(in_channels=64, out_channels=256, kernel_size=3, padding=1)
        self.fc1 = nn.Linear(in_features=4096, out_features=512)
        self.fc2 = nn.Linear(in_features=512, out_features=256)
        self.fc3 = nn.Linear(in_features=256, out_features=10)
        self.relu = nn.ReLU()
        self.avgPool2d = nn.AvgPool2d(kernel_size=2, stride=2)

    def forward(self, x):
        main = self.relu(self.conv1_1(x))
        main = self.relu(self.conv1_2(main))
        side = self.conv_skip1(x)
        x2 = self.avgPool2d(torch.add(main, side))

        main = self.relu(self.conv2_1(x2))
        main = self.relu(self.conv2_2(main))
        side = self.conv_skip2(x2)
        x3 = self.avgPool2d(torch.add(main, side))

        main = self.relu(self.conv3_1(x3))
        main = self.relu(self.conv3_2(main))
        side = self.conv_skip3(x3)
        main = self.avgPool2d(torch.add(main, side))

        main = main.view(-1, 4096)
        main = self.relu(self.fc1(main))
        main = self.relu(self.fc2(main))
        return self.fc3(main)
