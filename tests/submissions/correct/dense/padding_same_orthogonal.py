# correct: padding='same', orthogonal weights through a method handed to apply
import torch
import torch.nn as nn


class VGG_DENSE(nn.Module):
    def __init__(self):
        super().__init__()
        k = dict(kernel_size=(3, 3), padding="same")
        self.conv1_1 = nn.Conv2d(3, 16, **k)
        self.conv1_2 = nn.Conv2d(16, 32, **k)
        self.conv2_1 = nn.Conv2d(35, 32, **k)
        self.conv2_2 = nn.Conv2d(32, 64, **k)
        self.conv3_1 = nn.Conv2d(99, 128, **k)
        self.conv3_2 = nn.Conv2d(128, 256, **k)
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)
        self.act = nn.ReLU()
        self.down = nn.AvgPool2d(2)
        self.apply(self._init_weights)

    @staticmethod
    def _init_weights(m):
        if hasattr(m, "weight") and m.weight.dim() >= 2:
            nn.init.orthogonal_(m.weight, gain=1.4)
            m.bias.data.fill_(0.01)

    def forward(self, x):
        x1 = self.act(self.conv1_2(self.act(self.conv1_1(x))))
        x1 = self.down(torch.cat([x, x1], 1))
        x2 = self.act(self.conv2_2(self.act(self.conv2_1(x1))))
        x2 = self.down(torch.cat([x1, x2], 1))
        x3 = self.act(self.conv3_2(self.act(self.conv3_1(x2))))
        x3 = self.down(x3)
        h = self.act(self.fc1(torch.flatten(x3, 1)))
        return self.fc3(self.act(self.fc2(h)))
