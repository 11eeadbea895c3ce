# correct: a global device, forward moves the images there
import torch
import torch.nn as nn
import torch.nn.functional as F

device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
print(device)


class VGG_SKIP(nn.Module):
    def __init__(self):
        super().__init__()
        # skip 층부터 선언함 (순서는 상관없음)
        self.skip3 = nn.Conv2d(64, 256, 3, padding=1).to(device)
        self.skip2 = nn.Conv2d(32, 64, 3, padding=1).to(device)
        self.skip1 = nn.Conv2d(3, 32, 3, padding=1).to(device)
        self.fc3 = nn.Linear(256, 10).to(device)
        self.fc2 = nn.Linear(512, 256).to(device)
        self.fc1 = nn.Linear(4096, 512).to(device)
        self.conv3_2 = nn.Conv2d(128, 256, 3, padding=1).to(device)
        self.conv3_1 = nn.Conv2d(64, 128, 3, padding=1).to(device)
        self.conv2_2 = nn.Conv2d(32, 64, 3, padding=1).to(device)
        self.conv2_1 = nn.Conv2d(32, 32, 3, padding=1).to(device)
        self.conv1_2 = nn.Conv2d(16, 32, 3, padding=1).to(device)
        self.conv1_1 = nn.Conv2d(3, 16, 3, padding=1).to(device)

    def forward(self, x):
        x = x.to(device)
        skip = F.relu(self.skip1(x))
        x = F.relu(self.conv1_1(x))
        x = F.relu(self.conv1_2(x))
        x = F.avg_pool2d(skip + x, 2)
        skip = F.relu(self.skip2(x))
        x = F.relu(self.conv2_1(x))
        x = F.relu(self.conv2_2(x))
        x = F.avg_pool2d(skip + x, 2)
        skip = F.relu(self.skip3(x))
        x = F.relu(self.conv3_1(x))
        x = F.relu(self.conv3_2(x))
        x = F.avg_pool2d(skip + x, 2)
        x = x.contiguous().view(-1, 4096)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))
