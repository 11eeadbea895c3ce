# 20231104 최민준
import torch
import torch.nn as nn


class DenseBlock(nn.Module):
    def __init__(self, in_ch, mid_ch, out_ch, concat=True):
        super(DenseBlock, self).__init__()
        self.conv1 = nn.Conv2d(in_ch, mid_ch, kernel_size=3, padding=1)
        self.conv2 = nn.Conv2d(mid_ch, out_ch, kernel_size=3, padding=1)
        self.relu = nn.ReLU(inplace=True)
        self.pool = nn.AvgPool2d(2, 2)
        self.concat = concat

    def forward(self, x):
        out = self.relu(self.conv1(x))
        out = self.relu(self.conv2(out))
        if self.concat:
            out = torch.cat([x, out], 1)
        return self.pool(out)


class VGG_DENSE(nn.Module):
    def __init__(self, num_classes=10):
        super(VGG_DENSE, self).__init__()
        self.block1 = DenseBlock(3, 16, 32)
        self.block2 = DenseBlock(35, 32, 64)
        self.block3 = DenseBlock(99, 128, 256, concat=False)
        self.classifier = nn.Sequential(
            nn.Linear(4096, 512), nn.ReLU(inplace=True),
            nn.Linear(512, 256), nn.ReLU(inplace=True),
            nn.Linear(256, num_classes))

    def forward(self, x):
        x = self.block3(self.block2(self.block1(x)))
        return self.classifier(torch.flatten(x, 1))


if __name__ == "__main__":
    model = VGG_DENSE()
    x = torch.randn(100, 3, 32, 32)
    print(model(x).shape)
