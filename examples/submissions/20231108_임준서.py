import torch
import torchvision
import torch.nn as nn
import torch.nn.functional as F


class VGG(nn.Module):
    def __init__(self):
        super().__init__()
        ch = [3, 16, 32, 32, 64, 128, 256]
        self.convs = [nn.Conv2d(ch[i], ch[i + 1], 3, padding=1) for i in range(6)]
        self.fcs = nn.ModuleList([nn.Linear(4096, 512), nn.Linear(512, 256), nn.Linear(256, 10)])

    def forward(self, x):
        for i, conv in enumerate(self.convs):
            x = F.relu(conv(x))
            if i % 2 == 1:
                x = F.avg_pool2d(x, 2)
        x = x.view(x.size(0), -1)
        for fc in self.fcs[:-1]:
            x = F.relu(fc(x))
        return self.fcs[-1](x)


class VGG_SKIP(nn.Module):
    def __init__(self):
        super().__init__()
        sizes = [(3, 16, 32), (32, 32, 64), (64, 128, 256)]
        self.first = [nn.Conv2d(a, b, 3, padding=1) for a, b, _ in sizes]
        self.second = [nn.Conv2d(b, c, 3, padding=1) for _, b, c in sizes]
        self.skips = [nn.Conv2d(a, c, 3, padding=1) for a, _, c in sizes]
        self.fcs = nn.ModuleList([nn.Linear(4096, 512), nn.Linear(512, 256), nn.Linear(256, 10)])

    def forward(self, x):
        for c1, c2, skip in zip(self.first, self.second, self.skips):
            identity = x
            x = F.relu(c1(x))
            x = F.relu(c2(x))
            x = x + F.relu(skip(identity))
            x = F.avg_pool2d(x, 2)
        x = torch.flatten(x, 1)
        for i, fc in enumerate(self.fcs):
            x = fc(x)
            if i < 2:
                x = F.relu(x)
        return x


# 학습
train_data = torchvision.datasets.CIFAR10("./cifar", train=True, download=True,
                                          transform=torchvision.transforms.ToTensor())
loader = torch.utils.data.DataLoader(train_data, batch_size=100, shuffle=True)
model = VGG_SKIP()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(20):
    running = 0.0
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        running += loss.item()
    print("epoch", epoch, running / len(loader))   # 왜 2.30에서 안 내려가지??
