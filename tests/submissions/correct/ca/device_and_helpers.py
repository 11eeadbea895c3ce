# correct: a global device and a module-level function that applies the gate
import torch
import torch.nn as nn
import torch.nn.functional as F

device = 'cuda' if torch.cuda.is_available() else 'cpu'
torch.manual_seed(777)
if device == 'cuda':
    torch.cuda.manual_seed_all(777)

learning_rate = 0.1
training_epochs = 20
batch_size = 100


def channel_attention(feature, layer1, layer2):
    pooled = F.adaptive_avg_pool2d(feature, 1)
    scale = torch.sigmoid(layer2(F.relu(layer1(pooled))))
    return feature * scale


class VGG_CA(nn.Module):
    def __init__(self):
        super(VGG_CA, self).__init__()
        self.keep = nn.Identity()
        self.conv1_1 = nn.Conv2d(3, 16, 3, padding=1)
        self.conv1_2 = nn.Conv2d(16, 32, 3, padding=1)
        self.conv2_1 = nn.Conv2d(32, 32, 3, padding=1)
        self.conv2_2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv3_1 = nn.Conv2d(64, 128, 3, padding=1)
        self.conv3_2 = nn.Conv2d(128, 256, 3, padding=1)
        self.ca_conv1 = nn.Conv2d(64, 64, kernel_size=1)
        self.ca_conv2 = nn.Conv2d(64, 64, kernel_size=1)
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)
        self.to(device)

    def forward(self, x):
        x = self.keep(x.to(device))
        x = F.avg_pool2d(F.relu(self.conv1_2(F.relu(self.conv1_1(x)))), 2)
        x = F.relu(self.conv2_2(F.relu(self.conv2_1(x))))
        x = channel_attention(x, self.ca_conv1, self.ca_conv2)
        x = F.avg_pool2d(x, 2)
        x = F.avg_pool2d(F.relu(self.conv3_2(F.relu(self.conv3_1(x)))), 2)
        x = torch.flatten(x, 1)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))


criterion = nn.CrossEntropyLoss()
net = VGG_CA()
optimizer = torch.optim.SGD(net.parameters(), lr=learning_rate)
