# broken: the image's channels overwrite the first outputs: slices off by one
# expect: function
import torch
import torch.nn as nn
import torch.nn.functional as F


class VGG_DENSE(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1_1 = nn.Conv2d(3, 16, 3, padding=1)
        self.conv1_2 = nn.Conv2d(16, 32, 3, padding=1)
        self.conv2_1 = nn.Conv2d(35, 32, 3, padding=1)
        self.conv2_2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv3_1 = nn.Conv2d(99, 128, 3, padding=1)
        self.conv3_2 = nn.Conv2d(128, 256, 3, padding=1)
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)

    def forward(self, x):
        n = x.size(0)
        out = F.relu(self.conv1_1(x))
        out = F.relu(self.conv1_2(out))
        buf = torch.zeros(n, 35, 32, 32, device=x.device)
        buf[:, :3] = x
        buf[:, 2:34] = out
        x = F.avg_pool2d(buf, 2)

        out = F.relu(self.conv2_1(x))
        out = F.relu(self.conv2_2(out))
        buf = torch.zeros(n, 99, 16, 16, device=x.device)
        buf[:, :35, :, :] = x
        buf[:, 35:, :, :] = out
        x = F.avg_pool2d(buf, 2)

        out = F.relu(self.conv3_1(x))
        out = F.relu(self.conv3_2(out))
        out = F.avg_pool2d(out, 2)
        out = out.view(-1, 4096)
        out = F.relu(self.fc1(out))
        out = F.relu(self.fc2(out))
        return self.fc3(out)
