# correct: padding='same', weights initialised by hand with self.apply
import torch.nn as nn
import torch.nn.functional as F


def init_fn(m):
    if isinstance(m, (nn.Conv2d, nn.Linear)):
        nn.init.kaiming_normal_(m.weight, nonlinearity="relu")
        nn.init.zeros_(m.bias)


class VGG(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1_1 = nn.Conv2d(3, 16, 3, padding="same")
        self.conv1_2 = nn.Conv2d(16, 32, 3, padding="same")
        self.conv2_1 = nn.Conv2d(32, 32, 3, padding="same")
        self.conv2_2 = nn.Conv2d(32, 64, 3, padding="same")
        self.conv3_1 = nn.Conv2d(64, 128, 3, padding="same")
        self.conv3_2 = nn.Conv2d(128, 256, 3, padding="same")
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)
        self.apply(init_fn)

    def forward(self, x):
        x = F.avg_pool2d(F.relu(self.conv1_2(F.relu(self.conv1_1(x)))), 2, 2)
        x = F.avg_pool2d(F.relu(self.conv2_2(F.relu(self.conv2_1(x)))), 2, 2)
        x = F.avg_pool2d(F.relu(self.conv3_2(F.relu(self.conv3_1(x)))), 2, 2)
        x = x.view(len(x), -1)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))
