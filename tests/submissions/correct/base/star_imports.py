# correct: star imports, layers without the nn. prefix
from torch import *
from torch.nn import *
from torch.nn.functional import *


class VGG(Module):
    def __init__(self):
        super().__init__()
        self.conv1_1 = Conv2d(3, 16, 3, padding=1)
        self.conv1_2 = Conv2d(16, 32, 3, padding=1)
        self.conv2_1 = Conv2d(32, 32, 3, padding=1)
        self.conv2_2 = Conv2d(32, 64, 3, padding=1)
        self.conv3_1 = Conv2d(64, 128, 3, padding=1)
        self.conv3_2 = Conv2d(128, 256, 3, padding=1)
        self.fc1 = Linear(4096, 512)
        self.fc2 = Linear(512, 256)
        self.fc3 = Linear(256, 10)

    def forward(self, x):
        x = relu(self.conv1_1(x))
        x = relu(self.conv1_2(x))
        x = avg_pool2d(x, 2)
        x = relu(self.conv2_1(x))
        x = relu(self.conv2_2(x))
        x = avg_pool2d(x, 2)
        x = relu(self.conv3_1(x))
        x = relu(self.conv3_2(x))
        x = avg_pool2d(x, 2)
        x = x.reshape(x.shape[0], -1)
        x = relu(self.fc1(x))
        x = relu(self.fc2(x))
        return self.fc3(x)
