# correct: walrus, debugging prints and asserts left in, anomaly detection switched on
import torch
import torch.nn as nn

DEBUG = True


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
        self.relu = nn.ReLU()
        self.pool = nn.AvgPool2d(2)
        print("model 생성 완료, parameter 수:", sum(p.numel() for p in self.parameters()))

    def forward(self, x):
        with torch.autograd.set_detect_anomaly(True, check_nan=False):
            return self._forward(x)

    def _forward(self, x):
        out = self.relu(self.conv1_2(self.relu(self.conv1_1(x))))
        print("block1", out.shape)
        if (skip := self.relu(self.conv_skip1(x))).shape != out.shape:
            raise ValueError("채널이 안 맞음")
        out = in2 = self.pool(out + skip)
        if DEBUG:
            print("pool1", out.shape, out.dtype)
        out = self.relu(self.conv2_2(self.relu(self.conv2_1(out))))
        assert (skip := self.relu(self.conv_skip2(in2))).shape == out.shape
        out = in3 = self.pool(out + skip)
        print(f"pool2 {out.shape}")
        out = self.relu(self.conv3_2(self.relu(self.conv3_1(out))))
        out = self.pool(out + (skip := self.relu(self.conv_skip3(in3))))
        assert out.shape[1:] == torch.Size([256, 4, 4])
        out = out.view(-1, 4096)
        out = self.relu(self.fc1(out))
        out = self.relu(self.fc2(out))
        out = self.fc3(out)
        assert out.shape == (x.shape[0], 10)
        return out
