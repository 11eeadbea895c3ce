# correct: ECA gate with one conv1d, skip across block 3, concatenation in block 1
import torch
import torch.nn as nn

class ECA(nn.Module):
    def __init__(self, k=3):
        super().__init__()
        self.conv = nn.Conv1d(1, 1, kernel_size=k, padding=k // 2, bias=False)

    def forward(self, x):
        y = nn.functional.adaptive_avg_pool2d(x, 1)
        y = self.conv(y.squeeze(-1).transpose(-1, -2)).transpose(-1, -2).unsqueeze(-1)
        return x * torch.sigmoid(y).expand_as(x)

class VGG_COMBO(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1_1 = nn.Conv2d(3, 16, 3, padding=1)
        self.conv1_2 = nn.Conv2d(16, 32, 3, padding=1)
        self.conv2_1 = nn.Conv2d(35, 32, 3, padding=1)
        self.conv2_2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv3_1 = nn.Conv2d(64, 128, 3, padding=1)
        self.conv3_2 = nn.Conv2d(128, 256, 3, padding=1)
        self.down = nn.Conv2d(64, 256, 1)
        self.eca = ECA()
        self.fc = nn.ModuleList([nn.Linear(4096, 512), nn.Linear(512, 256), nn.Linear(256, 10)])
        self.act = nn.LeakyReLU(0.1)
        self.pool = nn.MaxPool2d(kernel_size=2, stride=2)

    def forward(self, x):
        y = self.act(self.conv1_2(self.act(self.conv1_1(x))))
        x = self.pool(torch.cat((x, y), 1))
        x = self.pool(self.eca(self.act(self.conv2_2(self.act(self.conv2_1(x))))))
        y = self.act(self.conv3_2(self.act(self.conv3_1(x))))
        x = self.pool(self.act(y + self.down(x)))
        x = x.flatten(start_dim=1)
        for layer in self.fc[:-1]:
            x = self.act(layer(x))
        return self.fc[-1](x)
