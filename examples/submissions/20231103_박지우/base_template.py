import torch
import torch.nn as nn


class VGG(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1_1 = ...  # 빈칸: nn.Conv2d(입력 채널, 출력 채널, ...)
        self.conv1_2 = ...  # 빈칸: nn.Conv2d(입력 채널, 출력 채널, ...)
        self.conv2_1 = ...  # 빈칸: nn.Conv2d(입력 채널, 출력 채널, ...)
        self.conv2_2 = ...  # 빈칸: nn.Conv2d(입력 채널, 출력 채널, ...)
        self.conv3_1 = ...  # 빈칸: nn.Conv2d(입력 채널, 출력 채널, ...)
        self.conv3_2 = ...  # 빈칸: nn.Conv2d(입력 채널, 출력 채널, ...)
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)
        self.relu = nn.ReLU()
        self.avgPool2d = nn.AvgPool2d(kernel_size=2, stride=2)

    def forward(self, x):
        ...  # 빈칸: forward를 완성하세요
