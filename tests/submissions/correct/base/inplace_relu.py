# correct: one shared nn.ReLU(inplace=True), legal because it always follows a fresh result
import torch.nn as nn


class VGG(nn.Module):
    def __init__(self):
        super(VGG, self).__init__()
        self.conv1_1 = nn.Conv2d(3, 16, (3, 3), (1, 1), (1, 1))
        self.conv1_2 = nn.Conv2d(16, 32, (3, 3), (1, 1), (1, 1))
        self.conv2_1 = nn.Conv2d(32, 32, (3, 3), (1, 1), (1, 1))
        self.conv2_2 = nn.Conv2d(32, 64, (3, 3), (1, 1), (1, 1))
        self.conv3_1 = nn.Conv2d(64, 128, (3, 3), (1, 1), (1, 1))
        self.conv3_2 = nn.Conv2d(128, 256, (3, 3), (1, 1), (1, 1))
        self.fc1, self.fc2, self.fc3 = nn.Linear(4096, 512), nn.Linear(512, 256), nn.Linear(256, 10)
        self.relu = nn.ReLU(inplace=True)
        self.avg = nn.AvgPool2d(2)

    def forward(self, x):
        r, p = self.relu, self.avg
        x = p(r(self.conv1_2(r(self.conv1_1(x)))))
        x = p(r(self.conv2_2(r(self.conv2_1(x)))))
        x = p(r(self.conv3_2(r(self.conv3_1(x)))))
        x = x.view(-1, 256 * 4 * 4)
        return self.fc3(r(self.fc2(r(self.fc1(x)))))
