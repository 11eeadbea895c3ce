import torch
import torch.nn as nn


class VGG_SKIP(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1_1 = nn.Conv2d(3, 16, kernel_size=3, padding=1)
        self.conv1_2 = nn.Conv2d(16, 32, kernel_size=3, padding=1)
        self.conv2_1 = nn.Conv2d(32, 32, kernel_size=3, padding=1)
        self.conv2_2 = nn.Conv2d(32, 64, kernel_size=3, padding=1)
        self.conv3_1 = nn.Conv2d(64, 128, kernel_size=3, padding=1)
        self.conv3_2 = nn.Conv2d(128, 256, kernel_size=3, padding=1)
        self.conv_skip1 = ...  # 빈칸: nn.Conv2d(입력 채널, 출력 채널, ...)
        self.conv_skip2 = ...  # 빈칸: nn.Conv2d(입력 채널, 출력 채널, ...)
        self.conv_skip3 = ...  # 빈칸: nn.Conv2d(입력 채널, 출력 채널, ...)
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)
        self.relu = nn.ReLU()
        self.avgPool2d = nn.AvgPool2d(kernel_size=2, stride=2)

    def forward(self, x):
        ...  # 빈칸: forward를 완성하세요
