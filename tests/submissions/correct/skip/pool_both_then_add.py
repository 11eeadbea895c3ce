# correct: both paths are pooled and then added; average pooling is linear, so this is the same function
import torch
import torch.nn as nn
import torch.nn.functional as F


class VGG_SKIP(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1_1 = nn.Conv2d(3, 16, 3, padding=1)
        self.conv1_2 = nn.Conv2d(16, 32, 3, padding=1)
        self.conv2_1 = nn.Conv2d(32, 32, 3, padding=1)
        self.conv2_2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv3_1 = nn.Conv2d(64, 128, 3, padding=1)
        self.conv3_2 = nn.Conv2d(128, 256, 3, padding=1)
        self.conv_skip1 = nn.Conv2d(3, 32, 3, padding=1)
        self.conv_skip2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv_skip3 = nn.Conv2d(64, 256, 3, padding=1)
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)
        self.pool = nn.AvgPool2d(2)

    def forward(self, x):
        main = self.pool(F.relu(self.conv1_2(F.relu(self.conv1_1(x)))))
        main += self.pool(F.relu(self.conv_skip1(x)))   # 풀링 결과에 더하는 건 in-place 여도 괜찮음
        x = main
        main = self.pool(F.relu(self.conv2_2(F.relu(self.conv2_1(x)))))
        main += self.pool(F.relu(self.conv_skip2(x)))
        x = main
        main = self.pool(F.relu(self.conv3_2(F.relu(self.conv3_1(x)))))
        main += self.pool(F.relu(self.conv_skip3(x)))
        x = torch.flatten(main, 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)
