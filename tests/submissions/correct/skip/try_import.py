# correct: imports inside try, a helper module that is not installed is only wanted for printing
try:
    import torch
    import torch.nn as nn
except ImportError:
    print("torch가 없습니다. pip install torch")
    raise

try:
    from torchsummary import summary
except ImportError:
    summary = None


class VGG_SKIP(torch.nn.Module):
    def __init__(self):
        super(VGG_SKIP, self).__init__()
        self.conv1_1 = torch.nn.Conv2d(3, 16, 3, padding=1)
        self.conv1_2 = torch.nn.Conv2d(16, 32, 3, padding=1)
        self.conv2_1 = torch.nn.Conv2d(32, 32, 3, padding=1)
        self.conv2_2 = torch.nn.Conv2d(32, 64, 3, padding=1)
        self.conv3_1 = torch.nn.Conv2d(64, 128, 3, padding=1)
        self.conv3_2 = torch.nn.Conv2d(128, 256, 3, padding=1)
        self.shortcut1 = torch.nn.Conv2d(3, 32, 3, padding=1)
        self.shortcut2 = torch.nn.Conv2d(32, 64, 3, padding=1)
        self.shortcut3 = torch.nn.Conv2d(64, 256, 3, padding=1)
        self.fc1 = torch.nn.Linear(4096, 512)
        self.fc2 = torch.nn.Linear(512, 256)
        self.fc3 = torch.nn.Linear(256, 10)

    def forward(self, x):
        relu = torch.nn.functional.relu
        pool = torch.nn.functional.avg_pool2d
        y = relu(self.conv1_2(relu(self.conv1_1(x))))
        x = pool(y + relu(self.shortcut1(x)), 2)
        y = relu(self.conv2_2(relu(self.conv2_1(x))))
        x = pool(y + relu(self.shortcut2(x)), 2)
        y = relu(self.conv3_2(relu(self.conv3_1(x))))
        x = pool(y + relu(self.shortcut3(x)), 2)
        x = x.view(x.shape[0], 4096)
        return self.fc3(relu(self.fc2(relu(self.fc1(x)))))


model = VGG_SKIP()
if summary is not None:
    summary(model, (3, 32, 32))
